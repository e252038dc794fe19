"""Features of a project's items: compared with scikit-learn and formulas worked by hand, kept by content."""

import hashlib
import io
import json
import logging
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn
from PIL import Image
from sklearn.feature_extraction.text import TfidfVectorizer

from alcore.datasets.dataset import DatasetError
from alcore.datasets.embeddings import read_embeddings
from alcore.datasets.images import ImageSource, read_images
from alcore.datasets.tables.frame import TableSource, read_table
from alcore.datasets.texts import read_texts
from alcore.datasets.word_embeddings import wordllama
from alcore.extras import MissingExtraError
from alcore.projects.model.features import FeatureChoice, default_choice, features_of, hog, words_of_choice
from alcore.projects.model.features import computed as whole
from alcore.projects.model.features.choice import ENCODER

TEXTS = ["The cat sat", "the dog sat down", "a bird sang, a bird flew", "cat and dog", "x"]


def dense(given: Any) -> np.ndarray:
    return given.toarray() if sp.issparse(given) else np.asarray(given)


def table(text: str) -> TableSource:
    return read_table(text.encode(), "mine.csv")


def pictures(*arrays: np.ndarray) -> ImageSource:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for place, array in enumerate(arrays):
            one = io.BytesIO()
            Image.fromarray(array).save(one, "PNG")
            packed.writestr(f"{place:03}.png", one.getvalue())
    return read_images(out.getvalue(), "pictures")


def made_of(text: str, *columns: str, **kinds: Any) -> np.ndarray:
    choice = FeatureChoice("table", columns=columns, kinds=tuple(kinds.items()))
    return dense(features_of(table(text), choice))


def standardised(values: Any) -> np.ndarray:
    given = np.asarray(values, dtype=float)
    return (given - given.mean()) / given.std()


def test_numbers_are_imputed_marked_and_standardised() -> None:
    found = made_of("a;b\n1,5;3\n;9\n3,5;4\n10;8\n", "a", "b")
    np.testing.assert_allclose(found[:, 0], standardised([1.5, 3.5, 3.5, 10]), rtol=1e-6)
    np.testing.assert_allclose(found[:, 1], standardised([3, 9, 4, 8]), rtol=1e-6)
    np.testing.assert_allclose(found[:, 2], standardised([0, 1, 0, 0]), rtol=1e-6)
    assert found.shape == (4, 3) and found.dtype == np.float32


def test_rare_categories_are_one() -> None:
    cells = ["red"] * 4 + ["blue"] * 3 + ["", ""] + ["odd", "rare"]
    found = made_of("c,o\n" + "".join(f"{cell},x\n" for cell in cells), "c")
    # "", blue, red in order, then what is there once.
    expected = [[cell == "", cell == "blue", cell == "red", cell in ("odd", "rare")] for cell in cells]
    np.testing.assert_array_equal(found, np.array(expected, dtype=np.float32))


def test_dates_are_year_month_weekday_and_days() -> None:
    found = made_of("d,o\n2024-02-29 12:00,x\n1970-01-01 00:00,y\n2001-09-09 06:00,x\n", "d")
    parts = [[2024, 1970, 2001], [2, 1, 9], [3, 3, 6], [19782.5, 0, 11574.25]]
    np.testing.assert_allclose(found, np.stack([standardised(part) for part in parts], axis=1), rtol=1e-5)
    missing = made_of("d,o\n2024-02-29,x\n,y\n2001-09-09,x\n", "d")
    assert missing.shape == (3, 8) and np.isfinite(missing).all()


def test_text_beside_numbers() -> None:
    cells = [*TEXTS[:4], "and so on to the end"]
    source = table("t,n\n" + "".join(f'"{cell}",{place * place}.5\n' for place, cell in enumerate(cells)))
    assert source.columns["t"].kind == "text"
    found = features_of(source, FeatureChoice("table"))
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)).fit_transform(cells).toarray()
    np.testing.assert_allclose(dense(found)[:, :-1], words, rtol=1e-5)
    np.testing.assert_allclose(dense(found)[:, -1], standardised([n * n + 0.5 for n in range(5)]), rtol=1e-5)


def test_without_a_choice_ids_labels_and_empty_columns_stay_out() -> None:
    rows = "".join(f"{n},{'ab'[n % 2]},,{'red' if n % 3 else 'green'},{n * n}\n" for n in range(30))
    source = table("nr,label,none,colour,x\n" + rows).with_roles(label="label")
    np.testing.assert_array_equal(
        dense(features_of(source, default_choice(source))),
        dense(features_of(source, FeatureChoice("table", columns=("colour", "x")))),
    )
    named = source.with_roles(ids="x", label="label")
    assert dense(features_of(named, default_choice(named))).shape == (30, 2)


def test_a_column_can_be_taken_for_another_kind() -> None:
    text = "n,o\n" + "".join(f"{n % 3},x\n" for n in range(12))
    assert made_of(text, "n").shape == (12, 1)
    np.testing.assert_array_equal(made_of(text, "n", n="category"), np.eye(3)[np.arange(12) % 3])
    with pytest.raises(DatasetError, match="Column 'o' is not one of dates"):
        made_of(text, "o", o="date")
    with pytest.raises(DatasetError, match="hold no numbers, categories, dates or text"):
        made_of(text, "o", o="numbers")
    with pytest.raises(DatasetError, match="mine.csv has no column 'z'"):
        made_of(text, "z")


def test_an_id_that_is_chosen_is_a_number_or_a_category() -> None:
    source = table("nr,code\n" + "".join(f"{n},u{n:03}\n" for n in range(30)))
    assert [info.kind for info in source.columns.values()] == ["id", "id"]
    found = dense(features_of(source, FeatureChoice("table", columns=("nr",))))
    np.testing.assert_allclose(found[:, 0], standardised(range(30)), rtol=1e-6)
    np.testing.assert_array_equal(
        dense(features_of(source, FeatureChoice("table", columns=("code",)))), np.ones((30, 1))
    )


def test_tfidf_by_the_formula() -> None:
    source = read_texts("\n".join(TEXTS).encode(), "t.txt")
    found = features_of(source, FeatureChoice("tfidf"))
    assert sp.issparse(found) and found.dtype == np.float32 and found.shape == (5, 19)
    # "a bird sang, a bird flew": single letters are no words, bird is there twice.
    weights = {"bird": 1 + np.log(2), "sang": 1, "flew": 1, "bird sang": 1, "sang bird": 1, "bird flew": 1}
    rarity = 1 + np.log(6 / 2)
    expected = np.array(sorted(weight * rarity for weight in weights.values()))
    np.testing.assert_allclose(np.sort(found[2].data), expected / np.linalg.norm(expected), rtol=1e-6)
    assert found[4].nnz == 0
    assert features_of(source, FeatureChoice("tfidf", vocabulary=3)).shape == (5, 3)
    with pytest.raises(DatasetError, match="The texts of t.txt have no word of two letters or more"):
        features_of(read_texts(b"a\n!\n", "t.txt"), FeatureChoice("tfidf"))


def test_texts_of_columns_are_joined() -> None:
    rows = [("Big news", "about cats"), ("", "nothing to see"), ("More", "of it all")]
    source = table("title,body\n" + "".join(f"{title},{body}\n" for title, body in rows))
    found = features_of(source, FeatureChoice("tfidf", columns=("title", "body")))
    expected = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)).fit_transform(
        " ".join(row).strip() for row in rows
    )
    np.testing.assert_allclose(dense(found), expected.toarray(), rtol=1e-6)
    with pytest.raises(DatasetError, match="has no column of text"):
        features_of(table("a,b\n1.5,x\n2.5,x\n"), FeatureChoice("tfidf"))


def test_wordllama_is_near_for_near_texts_and_loads_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", no_network)
    handlers = logging.getLogger().handlers[:]
    source = read_texts(
        b"the cat sleeps on the sofa\na kitten naps on the couch\nshares fell on Wall Street\n!\n", "t.txt"
    )
    found = features_of(source, FeatureChoice("wordllama"))
    assert found.shape == (4, 256) and found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    near = found @ found.T
    assert near[0, 1] > near[0, 2] + 0.2 and near[0, 1] > near[1, 2] + 0.2
    assert logging.getLogger().handlers == handlers
    blank = wordllama(["", "word", "word " * 100_000])
    np.testing.assert_array_equal(blank[0], 0)
    np.testing.assert_allclose(blank[2], blank[1], atol=0.2)


def test_wordllama_that_is_missing_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    with pytest.raises(MissingExtraError) as caught:
        features_of(read_texts(b"a b\n", "t.txt"), FeatureChoice("wordllama"))
    assert "This needs wordllama, which is not installed. Install it with: pip install" in str(caught.value)
    assert "[text]" in str(caught.value)


def test_sentence_embeddings_are_made_once_by_the_model_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Encoder:
        def __init__(self, name: str) -> None:
            if name == "nowhere":
                raise OSError("We couldn't connect\nto the hub.")
            self.name = name

        def encode(self, texts: list[str], **given: Any) -> Any:
            assert given == {"normalize_embeddings": True, "show_progress_bar": False}
            calls.append(self.name)
            return np.array([[len(text), 1.0] for text in texts])

    package = ModuleType("sentence_transformers")
    package.SentenceTransformer = Encoder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)
    source = read_texts(b"a\nbcd\n", "t.txt")
    for encoder in ("", "", "mine"):
        found = features_of(source, FeatureChoice("sentences", encoder=encoder), tmp_path)
        assert found.dtype == np.float32 and found.tolist() == [[1, 1], [3, 1]]
    assert calls == [ENCODER, "mine"]
    with pytest.raises(
        DatasetError, match=r"The model nowhere .* could not be loaded \(We couldn't connect to the hub\)"
    ):
        features_of(source, FeatureChoice("sentences", encoder="nowhere"))
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"This needs sentence_transformers.*\[sentences\]"):
        features_of(source, FeatureChoice("sentences"))


def test_features_that_were_kept_before_encoders_keep_their_name(tmp_path: Path) -> None:
    source = read_texts(b"a b\n", "t.txt")
    before = {name: value for name, value in asdict(FeatureChoice("tfidf")).items() if name != "encoder"}
    described = json.dumps([whole._VERSION, sklearn.__version__, source.digest, before])
    expected = hashlib.blake2b(described.encode(), digest_size=16).hexdigest()
    assert whole._stem(source, FeatureChoice("tfidf"), tmp_path).name == expected


def test_pixels_are_principal_components() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.integers(0, 256, (8, 8, 3)).astype(np.uint8) for _ in range(12)]
    found = dense(features_of(pictures(*arrays), FeatureChoice("pixels", side=8, components=4)))
    flat = np.stack(arrays).reshape(12, -1) / 255
    left, values, _ = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    expected = left[:, :4] * values[:4]
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-4)
    sizes = [rng.integers(0, 256, (5 + n, 30 - n)).astype(np.uint8) for n in range(6)]
    assert dense(features_of(pictures(*sizes), FeatureChoice("pixels"))).shape == (6, 6)
    np.testing.assert_array_equal(features_of(pictures(sizes[0]), FeatureChoice("pixels")), [[0]])


def hog_by_hand(image: np.ndarray) -> np.ndarray:
    """Pixel by pixel, cell by cell."""
    height, width, channels = image.shape
    cells = np.zeros((height // 8, width // 8, 9))
    for y in range(height):
        for x in range(width):
            best = (0.0, 0.0, 0.0)
            for c in range(channels):
                dy = float(image[y + 1, x, c]) - float(image[y - 1, x, c]) if 0 < y < height - 1 else 0.0
                dx = float(image[y, x + 1, c]) - float(image[y, x - 1, c]) if 0 < x < width - 1 else 0.0
                best = max(best, (np.hypot(dy, dx), dy, dx), key=lambda one: one[0])
            length, dy, dx = best
            angle = np.degrees(np.arctan2(dy, dx)) % 180
            cells[y // 8, x // 8, min(int(angle // 20), 8)] += length / 64
    blocks = []
    for y in range(cells.shape[0] - 1):
        for x in range(cells.shape[1] - 1):
            block = cells[y : y + 2, x : x + 2].ravel()
            block = block / np.sqrt((block**2).sum() + 1e-10)
            block = np.minimum(block, 0.2)
            blocks.append(block / np.sqrt((block**2).sum() + 1e-10))
    return np.concatenate(blocks)


@pytest.mark.parametrize("shape", [(24, 32, 3), (16, 16, 1)])
def test_hog_pixel_by_pixel(shape: tuple[int, int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    np.testing.assert_allclose(hog(image), hog_by_hand(image), atol=1e-6)


def test_hog_of_images() -> None:
    image = np.random.default_rng(2).integers(0, 256, (16, 16)).astype(np.uint8)
    found = features_of(pictures(image, image.T, np.full((16, 16), 7, np.uint8)), FeatureChoice("hog", side=16))
    np.testing.assert_allclose(found[0], hog_by_hand(image[..., None]), atol=1e-6)
    np.testing.assert_array_equal(found[2], 0)
    for side in (8, 20):
        with pytest.raises(DatasetError, match=f"for HOG is {side} pixels: choose a multiple of 8"):
            features_of(pictures(image), FeatureChoice("hog", side=side))


def test_embeddings_are_given_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, np.eye(3, dtype=np.float16))
    source = read_embeddings(path, "mine")
    assert features_of(source, default_choice(source), tmp_path / "kept") is source.vectors_N_D
    assert not (tmp_path / "kept").exists()


def test_a_method_that_does_not_fit_is_a_sentence() -> None:
    texts = read_texts(b"a b\n", "t.txt")
    picture = pictures(np.zeros((8, 8), np.uint8))
    for source, method, fitting in [
        (texts, "table", "tfidf, wordllama or sentences"),
        (texts, "given", "tfidf, wordllama or sentences"),
        (picture, "tfidf", "pixels, hog, cnn or images"),
        (table("a,b\nx,y\n"), "hog", "table, skrub, tfidf, wordllama or sentences"),
    ]:
        with pytest.raises(DatasetError, match=f"Features '{method}' cannot be made of .*: choose {fitting}"):
            features_of(source, FeatureChoice(method))  # type: ignore[arg-type]
    assert default_choice(picture).method == "pixels" and default_choice(texts).method == "tfidf"


def test_features_are_kept_by_content_and_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[FeatureChoice] = []
    compute = whole._computed

    def counting(source: Any, choice: FeatureChoice) -> Any:
        computed.append(choice)
        return compute(source, choice)

    monkeypatch.setattr(whole, "_computed", counting)
    rows = "".join(f"word{n % 7} and word{n},{n * n}.5,{'ab'[n % 2]}\n" for n in range(40))
    text = "t,x,k\n" + rows
    numbers, words = FeatureChoice("table", columns=("x",)), FeatureChoice("tfidf", columns=("t",))
    first = {choice: dense(features_of(table(text), choice, tmp_path)) for choice in (numbers, words)}
    assert len(computed) == 2 and sorted(one.suffix for one in tmp_path.iterdir()) == [".json", ".npy", ".npz"]
    # The same content of the chosen columns under another name, with other labels.
    other = read_table(text.replace(",a\n", ",c\n").encode(), "other.csv")
    for choice in (numbers, words):
        again = features_of(other, choice, tmp_path)
        np.testing.assert_array_equal(dense(again), first[choice])
        np.testing.assert_array_equal(dense(features_of(other, choice)), first[choice])
    assert isinstance(features_of(other, numbers, tmp_path), np.memmap)
    assert computed[2:] == [numbers, words]  # only those without a folder
    features_of(table(text.replace("0.5", "0.75")), numbers, tmp_path)
    features_of(table(text), FeatureChoice("tfidf", columns=("t",), vocabulary=5), tmp_path)
    assert len(computed) == 6 and len([path for path in tmp_path.iterdir() if path.suffix != ".json"]) == 4


def test_kept_features_that_are_damaged_are_computed_anew(tmp_path: Path) -> None:
    source = read_texts("\n".join(TEXTS).encode(), "t.txt")
    pixels = pictures(np.eye(16, dtype=np.uint8), np.zeros((16, 16), np.uint8))
    for one, choice in ((source, FeatureChoice("tfidf")), (pixels, FeatureChoice("hog", side=16))):
        whole = dense(features_of(one, choice, tmp_path)).copy()  # not mapped: the file is cut below
        (kept,) = (path for path in tmp_path.iterdir() if path.suffix != ".json")
        for content in (b"", kept.read_bytes()[:-20], b"nonsense"):
            kept.write_bytes(content)
            np.testing.assert_array_equal(dense(features_of(one, choice, tmp_path)), whole)
        assert [path for path in tmp_path.iterdir() if path.suffix != ".json"] == [kept]
        kept.unlink()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sp, "save_npz", full)
    with pytest.raises(OSError, match="No space left"):
        features_of(read_texts(b"two words\n", "t.txt"), FeatureChoice("tfidf"), tmp_path)
    assert not [*tmp_path.iterdir()]


def test_parquet_and_csv_of_the_same_values_give_the_same(tmp_path: Path) -> None:
    values = pd.DataFrame({"x": [0.5, 1.5, None, 4.0], "t": ["some words", "more words", "words", "no more"]})
    values.to_parquet(tmp_path / "mine.parquet")
    by_parquet = read_table(tmp_path / "mine.parquet", "mine.parquet")
    by_csv = read_table(values.to_csv(index=False).encode(), "mine.csv")
    choice = FeatureChoice("table", columns=("x", "t"))
    np.testing.assert_array_equal(dense(features_of(by_parquet, choice)), dense(features_of(by_csv, choice)))


MIXED = "amount,shop,when,note\n" + "".join(
    f"{n if n % 5 else ''},{'abc'[n % 3]},2024-0{1 + n % 9}-11,word{n % 11} of a letter about number{n % 7} again\n"
    for n in range(60)
)


def test_tables_are_vectorized_by_skrub_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    source = table(MIXED)
    monkeypatch.setattr(FeatureChoice.__module__ + ".find_spec", lambda name: None)
    assert default_choice(source).method == "table" and "ColumnTransformer" in words_of_choice(default_choice(source))
    monkeypatch.setattr(FeatureChoice.__module__ + ".find_spec", lambda name: object())
    assert default_choice(source).method == "skrub" and "TableVectorizer" in words_of_choice(default_choice(source))
    monkeypatch.setitem(sys.modules, "skrub", None)
    with pytest.raises(MissingExtraError, match=r"This needs skrub, .*\[tables\]"):
        features_of(source, FeatureChoice("skrub"))


def test_skrub_is_given_columns_of_their_kinds() -> None:
    pytest.importorskip("skrub")
    found = dense(features_of(table(MIXED), FeatureChoice("skrub")))
    assert len(found) == 60 and np.isfinite(found).all()
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-4)
    amounts = np.array([n if n % 5 else np.nan for n in range(60)])
    filled = np.where(np.isnan(amounts), np.nanmedian(amounts), amounts)
    expected = (filled - filled.mean()) / filled.std()
    assert np.isclose(found, expected[:, None], atol=1e-4).all(axis=0).any()
    missing = np.isnan(amounts)  # marked beside
    assert np.isclose(found, ((missing - missing.mean()) / missing.std())[:, None], atol=1e-4).all(axis=0).any()
