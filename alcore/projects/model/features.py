"""Features of a labelling project's items: what a learner is trained on, computed once and kept by content."""

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.embeddings import EmbeddingSource
from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.tables.kinds import ColumnKind
from alcore.datasets.texts import TextSource
from alcore.extras import optional_imports

Method = Literal["table", "tfidf", "wordllama", "pixels", "hog", "given"]
Features: TypeAlias = Any  # a NumPy array or a SciPy CSR matrix

MAX_CATEGORIES = 50
# Of a text, for the embedding: its memory grows with the longest text of a batch.
LONGEST_TEXT = 10_000
HOG_CELL, HOG_BINS, HOG_BLOCK = 8, 9, 2
_WORDS = ".words.json"  # ending of a vocabulary's file
_VERSION = 1  # of what is computed: a new number leaves features of the old kind unused


@dataclass(frozen=True)
class FeatureChoice:
    """How items become numbers.

    Attributes:
        method: `table` (columns by their kinds), `tfidf` or `wordllama` (texts, or columns of a table joined by
            spaces), `pixels` or `hog` (images), `given` (embeddings as they are).
        columns: of a table; empty: all but those of ids and labels that hold something.
        kinds: (column, kind) of columns to be taken for another kind than the one found.
        vocabulary: words and pairs of words at the most, of TF-IDF.
        side: height and width that images are resized to, in pixels; for `hog` a multiple of 8, 16 or more.
        components: principal components at the most, of pixels.
    """

    method: Method
    columns: tuple[str, ...] = ()
    kinds: tuple[tuple[str, ColumnKind], ...] = ()
    vocabulary: int = 20_000
    side: int = 64
    components: int = 100


def default_choice(source: Source) -> FeatureChoice:
    """Features that need no optional package and no settings."""
    if isinstance(source, TableSource):
        return FeatureChoice("table")
    if isinstance(source, TextSource):
        return FeatureChoice("tfidf")
    return FeatureChoice("pixels" if isinstance(source, ImageSource) else "given")


def features_of(source: Source, choice: FeatureChoice, folder: Path | None = None) -> Features:
    """The features of all items of a source, in its order.

    Args:
        source: N items.
        choice: how they become numbers.
        folder: where they are kept, by a hash of the content they are made of and of the choice; a dense array is then
            mapped read-only. None: they are computed anew.

    Returns:
        (N, D): float32, dense or a CSR matrix with sorted indices; of `given` the vectors of the source.

    Raises:
        DatasetError: the method does not fit the source, or nothing can be made of its content.
        MissingExtraError: `wordllama` is not installed.
    """
    if choice.method == "given":
        if not isinstance(source, EmbeddingSource):
            raise _unfit(source, choice)
        return source.vectors_N_D
    if folder is None:
        return _computed(source, choice)[1]
    stem = _stem(source, choice, folder)
    kept = _kept(stem)
    if kept is not None and kept.shape[0] == len(source):
        return kept
    transformer, features = _computed(source, choice)
    _keep(stem, features)
    if choice.method == "tfidf":
        _keep_words(stem, transformer)
    return _kept(stem) if isinstance(features, np.ndarray) else features


def vocabulary_of(source: Source, choice: FeatureChoice, folder: Path) -> dict[str, int]:
    """Column of each word and pair of words of the features `tfidf`, kept beside them.

    Raises:
        DatasetError: as `features_of`.
    """
    stem = _stem(source, choice, folder)
    path = stem.with_suffix(_WORDS)
    with contextlib.suppress(OSError, ValueError):
        return {word: column for column, word in enumerate(json.loads(path.read_text(encoding="utf-8")))}
    return _keep_words(stem, _computed(source, choice)[0])


def _keep_words(stem: Path, vectorizer: Any) -> dict[str, int]:
    columns = {word: int(column) for word, column in vectorizer.vocabulary_.items()}
    part = stem.with_suffix(f"{_WORDS}.{os.getpid()}")
    part.write_text(json.dumps(sorted(columns, key=columns.__getitem__), ensure_ascii=False), encoding="utf-8")
    part.replace(stem.with_suffix(_WORDS))
    return columns


def _stem(source: Source, choice: FeatureChoice, folder: Path) -> Path:
    """What files of features are called, without their endings: by what they are made of and how."""
    import sklearn

    content = source.digest(_columns(source, choice)) if isinstance(source, TableSource) else source.digest
    described = json.dumps([_VERSION, sklearn.__version__, content, asdict(choice)])
    return folder / hashlib.blake2b(described.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, eq=False)
class Prepared:
    """Items on the way to features.

    Attributes:
        inputs: of all items: texts, a frame of columns by their kinds, or an array.
        transformer: of scikit-learn, not fitted, which makes features of them; None: they are the features.
    """

    inputs: Any
    transformer: Any = None


def prepared(source: Source, choice: FeatureChoice) -> Prepared:
    """What features are made of, and how.

    Raises:
        DatasetError: the method does not fit the source.
        MissingExtraError: `wordllama` is not installed.
    """
    if isinstance(source, EmbeddingSource) and choice.method == "given":
        return Prepared(source.vectors_N_D)
    if isinstance(source, TableSource) and choice.method == "table":
        return _of_table(source, choice)
    if isinstance(source, TableSource | TextSource) and choice.method in ("tfidf", "wordllama"):
        texts = texts_of(source, choice)
        return (
            Prepared(texts, _vectorizer(choice.vocabulary)) if choice.method == "tfidf" else Prepared(wordllama(texts))
        )
    if isinstance(source, ImageSource) and choice.method == "pixels":
        return _of_pixels(_pixels(source, choice.side), choice.components)
    if isinstance(source, ImageSource) and choice.method == "hog":
        return Prepared(_hog(source, choice.side))
    raise _unfit(source, choice)


def fitted(made: Prepared, name: str) -> tuple[Any, Features]:
    """The fitted transformer (None without one) and the features.

    Args:
        made: of all items.
        name: of their file, for sentences.

    Raises:
        DatasetError: no text has a word of two letters or more.
    """
    if made.transformer is None:
        return None, made.inputs
    try:
        with np.errstate(invalid="ignore"):  # the share of variance of a single image, which is not used
            found = made.transformer.fit_transform(made.inputs)
    except ValueError as error:
        raise _no_words(name, error) from error
    dense = np.asarray if not sp.issparse(found) else sp.csr_matrix
    return made.transformer, dense(found, dtype=np.float32)


def _computed(source: Source, choice: FeatureChoice) -> tuple[Any, Features]:
    return fitted(prepared(source, choice), source.name)


def _unfit(source: Source, choice: FeatureChoice) -> DatasetError:
    fitting = {
        TableSource: "table, tfidf or wordllama",
        TextSource: "tfidf or wordllama",
        ImageSource: "pixels or hog",
        EmbeddingSource: "given",
    }[type(source)]
    return DatasetError(f"Features {choice.method!r} cannot be made of {source.name}: choose {fitting}.")


# Tables


def _columns(source: TableSource, choice: FeatureChoice) -> tuple[str, ...]:
    """The chosen columns; without a choice those that say something of an item."""
    if choice.columns:
        return choice.columns
    special = {source.id_column, source.label_column}
    kinds = {name: info.kind for name, info in source.columns.items()} | dict(choice.kinds)
    return tuple(name for name, kind in kinds.items() if name not in special and kind not in ("id", "empty"))


def text_columns(source: TableSource, choice: FeatureChoice) -> tuple[str, ...]:
    """The chosen columns, or those of text.

    Raises:
        DatasetError: the table has none.
    """
    columns = choice.columns or tuple(one for one in _columns(source, choice) if source.columns[one].kind == "text")
    if not columns:
        raise DatasetError(f"{source.name} has no column of text: choose the columns that hold the texts.")
    return columns


def texts_of(source: TableSource | TextSource, choice: FeatureChoice) -> Sequence[str]:
    """The text of each item; of a table its chosen columns, or its columns of text, joined by spaces.

    Raises:
        DatasetError: the table has none.
    """
    if isinstance(source, TextSource):
        return source.texts
    columns = text_columns(source, choice)
    return [" ".join(filter(None, cells)) for cells in zip(*map(source.texts, columns), strict=True)]


def _of_table(source: TableSource, choice: FeatureChoice) -> Prepared:
    """Numbers and dates imputed, marked where missing and standardised; categories one-hot; text as TF-IDF."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    kinds = dict(choice.kinds)
    columns: dict[str, Any] = {}
    numbers: list[str] = []
    parts: list[tuple[str, Any, Any]] = []
    categories: list[str] = []
    for column in _columns(source, choice):
        kind = kinds.get(column, source.info(column).kind)
        if kind == "id":
            kind = "category" if np.isnan(source.numbers(column)).all() else "numbers"
        if kind in ("numbers", "date"):
            values = _date_parts(source.dates(column)) if kind == "date" else {"number": source.numbers(column)}
            added = {f"{part} of {column}": one for part, one in values.items() if not np.isnan(one).all()}
            columns |= added
            numbers += added
        elif kind != "empty":
            columns[f"{kind} of {column}"] = source.texts(column)
            if kind == "category":
                categories.append(f"category of {column}")
            else:
                parts.append((f"words of {column}", _vectorizer(choice.vocabulary), f"text of {column}"))
    if numbers:
        imputer = SimpleImputer(strategy="median", add_indicator=True)
        parts.append(("numbers", make_pipeline(imputer, StandardScaler()), numbers))
    if categories:
        encoder = OneHotEncoder(
            handle_unknown="infrequent_if_exist", min_frequency=2, max_categories=MAX_CATEGORIES, dtype=np.float32
        )
        parts.append(("categories", encoder, categories))
    if not parts:
        raise DatasetError(
            f"The chosen columns of {source.name} hold no numbers, categories, dates or text: choose other columns."
        )
    return Prepared(pd.DataFrame(columns), ColumnTransformer(parts))


def _date_parts(dates: pd.Series) -> dict[str, NDArray[np.float64]]:
    """Year, month (1 to 12), weekday (0 is Monday) and days since 1970, NaN where a date is missing."""
    parts = {
        "year": dates.dt.year,
        "month": dates.dt.month,
        "weekday": dates.dt.day_of_week,
        "days": (dates - pd.Timestamp(0)) / pd.Timedelta(days=1),
    }
    return {name: part.to_numpy(dtype=np.float64, na_value=np.nan) for name, part in parts.items()}


# Texts

_TFIDF: dict[str, Any] = {"sublinear_tf": True, "ngram_range": (1, 2), "dtype": np.float32}


def tfidf(texts: Sequence[str], vocabulary: int, name: str) -> sp.csr_matrix:
    """TF-IDF of words and pairs of words, rows of unit length.

    A word of a text weighs (1 + ln(times in the text)) * (1 + ln((1 + N) / (1 + texts that have it))).

    Args:
        texts: N of them.
        vocabulary: how many words and pairs there are at the most, the most frequent first.
        name: of their file, for sentences.

    Returns:
        (N, D) CSR matrix, float32.

    Raises:
        DatasetError: no text has a word of two letters or more.
    """
    features: sp.csr_matrix = fitted(Prepared(texts, _vectorizer(vocabulary)), name)[1]
    return features


def _vectorizer(vocabulary: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**_TFIDF, max_features=vocabulary)


def _no_words(name: str, error: ValueError) -> DatasetError:
    if "empty vocabulary" not in str(error):
        raise error
    return DatasetError(f"The texts of {name} have no word of two letters or more: choose other columns or features.")


def wordllama(texts: Sequence[str]) -> NDArray[np.float32]:
    """Static word embeddings averaged over each text, rows of unit length; zeros where a text has no word.

    The weights lie in the package wordllama: nothing is downloaded. Of a text the first 10,000 characters are read.

    Args:
        texts: N of them.

    Returns:
        (N, 256).

    Raises:
        MissingExtraError: wordllama is not installed.

    Source: WordLlama, github.com/dleemiller/WordLlama (MIT).
    """
    from sklearn.preprocessing import normalize

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with optional_imports():
        import wordllama as package
    root.handlers[:] = handlers  # the package sets up logging for the whole process
    root.setLevel(level)
    model = package.WordLlama.load(cache_dir=Path(package.__file__).parent, disable_download=True)
    return normalize(model.embed([text[:LONGEST_TEXT] for text in texts])).astype(np.float32)


# Images


def _pixels(source: ImageSource, side: int) -> NDArray[np.uint8]:
    """(N, side, side, channels): all images resized without regard to their proportions."""
    with optional_imports():
        from PIL import Image
    first = np.asarray(source.image(0))
    pixels = np.empty((len(source), side, side, 1 if first.ndim == 2 else 3), dtype=np.uint8)
    for item in range(len(source)):
        small = source.image(item).resize((side, side), Image.Resampling.BILINEAR)
        pixels[item] = np.asarray(small).reshape(side, side, -1)
    return pixels


def _of_pixels(pixels_N_H_W_C: NDArray[np.uint8], components: int) -> Prepared:
    """Pixels between 0 and 1, (N, H * W * C), and at most `components` principal components of them."""
    from sklearn.decomposition import PCA

    flat = pixels_N_H_W_C.reshape(len(pixels_N_H_W_C), -1).astype(np.float32) / 255
    return Prepared(flat, PCA(min(components, *flat.shape), random_state=0))


def _hog(source: ImageSource, side: int) -> NDArray[np.float32]:
    """`hog` of all images, resized to one size."""
    if side % HOG_CELL or side < HOG_CELL * HOG_BLOCK:
        raise DatasetError(f"The side of images for HOG is {side} pixels: choose a multiple of 8, 16 or more.")
    return np.stack([hog(image) for image in _pixels(source, side)])


def hog(image_H_W_C: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Histograms of oriented gradients.

    The gradient is the central difference, 0 at the border, of the channel in which it is largest. Each cell of 8 x 8
    pixels has a histogram of 9 directions between 0 and 180 degrees, weighted by the gradient's length and divided by
    the cell's pixels. Each block of 2 x 2 cells, one at every cell, is divided by its length, cut off at 0.2 and
    divided by its length again.

    Args:
        image_H_W_C: sides are multiples of 8, 16 or more.

    Returns:
        ((H/8 - 1) * (W/8 - 1) * 36,)

    Source: Dalal & Triggs (2005), section 6, without interpolation between cells and directions.
    """
    values = image_H_W_C.astype(np.float64)
    rows, columns = np.zeros_like(values), np.zeros_like(values)
    rows[1:-1] = values[2:] - values[:-2]
    columns[:, 1:-1] = values[:, 2:] - values[:, :-2]
    lengths = np.hypot(rows, columns)
    strongest = lengths.argmax(axis=2)[..., None]
    rows, columns, lengths = (np.take_along_axis(one, strongest, axis=2)[..., 0] for one in (rows, columns, lengths))
    degrees = np.rad2deg(np.arctan2(rows, columns)) % 180
    bins = np.minimum((degrees * (HOG_BINS / 180)).astype(np.int64), HOG_BINS - 1)
    high, wide = lengths.shape[0] // HOG_CELL, lengths.shape[1] // HOG_CELL
    cells = np.add.outer(np.arange(lengths.shape[0]) // HOG_CELL * wide, np.arange(lengths.shape[1]) // HOG_CELL)
    sums = np.bincount((cells * HOG_BINS + bins).ravel(), lengths.ravel(), high * wide * HOG_BINS)
    histograms = sums.reshape(high, wide, HOG_BINS) / HOG_CELL**2
    windows = np.lib.stride_tricks.sliding_window_view(histograms, (HOG_BLOCK, HOG_BLOCK), axis=(0, 1))
    blocks = np.moveaxis(windows, 2, -1).reshape(high - 1, wide - 1, -1)
    for most in (0.2, np.inf):
        blocks = np.minimum(blocks / np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + 1e-10), most)
    return blocks.ravel().astype(np.float32)


# What is kept


def _kept(stem: Path) -> Features | None:
    """Features that were kept; None if there are none or the file is damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        if stem.with_suffix(".npy").exists():
            return np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        if stem.with_suffix(".npz").exists():
            with stem.with_suffix(".npz").open("rb") as file:
                return sp.csr_matrix(sp.load_npz(file))
    return None


def _keep(stem: Path, features: Features) -> None:
    """Write features under another name, then rename: what has the name is whole."""
    ending = ".npy" if isinstance(features, np.ndarray) else ".npz"
    stem.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(suffix=ending, prefix=".part-", dir=stem.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(features, np.ndarray):
                np.save(file, features, allow_pickle=False)
            else:
                sp.save_npz(file, features)
        Path(part).replace(stem.with_suffix(ending))
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
