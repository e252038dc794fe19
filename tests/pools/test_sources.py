"""Sources, labels and what is wrong with them: the same rows from every source, and a sentence for every fault."""

import gc
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alcore.pools import labels as labels_module
from alcore.pools.arrays import NpySource
from alcore.pools.labels import labels_of
from alcore.pools.opening import open_source
from alcore.pools.pool import Pool, PoolSettings
from alcore.pools.source import PoolError
from tests.pools.support import embeddings, saved, some_labels

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

SMALL = PoolSettings(block_rows=1_000, workers=2)


def parquet_folder(
    folder: Path, x: np.ndarray, ids: Any, *, files: int = 3, columns: bool = False, **options: Any
) -> Path:
    folder.mkdir(exist_ok=True)
    for number, part in enumerate(np.array_split(np.arange(len(x)), 3)):
        if columns:
            data = {f"e{column}": x[part, column] for column in range(x.shape[1])}
        else:
            data = {"vector": pa.FixedSizeListArray.from_arrays(pa.array(x[part].ravel()), x.shape[1])}
        if ids is not None:
            data["id"] = pa.array([ids[row] for row in part])
        parquet.write_table(pa.table(data), folder / f"part-{number}.parquet", row_group_size=700)
    return folder


@pytest.mark.parametrize("kind", ["list", "columns"])
@pytest.mark.parametrize("words", [False, True])
def test_parquet_gives_the_rows_of_npy(kind: str, words: bool, tmp_path: Path) -> None:
    x, codes = embeddings(5_000)
    x = x.astype(np.float32)
    labels = some_labels(codes, 100)
    ids = [f"item {row}" for row in range(len(x))] if words else list(range(len(x)))
    folder = parquet_folder(tmp_path / "emb", x, ids, columns=kind == "columns")
    pool = Pool(folder)
    assert len(pool) == 5_000 and pool.source.dimensions == 16 and pool.source.has_ids
    known = {ids[row]: label for row, label in labels.items()}
    found = pool.next(50, known, "margin", settings=SMALL)
    assert found.ids.tolist() == [ids[row] for row in found.rows]
    if not words:  # ids that are the rows' numbers hash as those
        assert found.rows.tolist() == Pool(x).next(50, labels, "margin").rows.tolist()
        assert np.array_equal(found.scores, Pool(x).next(50, labels, "margin").scores)
    rows = np.array([4_999, 3, 1_700, 3])
    assert np.array_equal(pool.source.take(rows), x[rows])
    assert pool.source.ids(rows).tolist() == [ids[row] for row in rows]
    for block_rows in (1, 10**9):
        again = pool.next(50, known, "margin", settings=PoolSettings(block_rows=block_rows))
        assert again.ids.tolist() == found.ids.tolist()


def test_parquet_without_ids_counts_its_rows(tmp_path: Path) -> None:
    x, codes = embeddings(3_000)
    x = x.astype(np.float32)
    labels = some_labels(codes, 60)
    folder = parquet_folder(tmp_path / "emb", x, None)
    assert Pool(folder).next(20, labels).rows.tolist() == Pool(x).next(20, labels).rows.tolist()


def test_blocks_of_an_iterator_are_read_once(tmp_path: Path) -> None:
    x, codes = embeddings(3_000)
    labels = some_labels(codes, 60)
    pool = Pool(x[begin : begin + 700] for begin in range(0, 3_000, 700))
    assert isinstance(pool.source, NpySource)
    spool = Path(pool.source.path)
    assert spool.is_file()
    assert pool.next(20, labels).rows.tolist() == Pool(saved(tmp_path, x)).next(20, labels).rows.tolist()
    copy = pickle.loads(pickle.dumps(pool.source))
    del copy
    gc.collect()
    assert spool.is_file()
    del pool
    gc.collect()
    assert not spool.exists() and not spool.parent.exists()


def test_labels_from_every_table(tmp_path: Path) -> None:
    x, codes = embeddings(2_000)
    labels = some_labels(codes, 40)
    expected = Pool(x).next(20, labels).rows.tolist()
    frame = pd.DataFrame({"note": "x", "Row": list(labels), "label": list(labels.values())})
    frame.loc[len(frame)] = ["later", 1_999 if 1_999 not in labels else 1_998, ""]
    frame.to_csv(tmp_path / "labels.csv", index=False)
    frame.to_csv(tmp_path / "labels.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "labels.parquet")
    for given in (frame, tmp_path / "labels.csv", str(tmp_path / "labels.tsv"), tmp_path / "labels.parquet"):
        batch = Pool(x).next(20, given)
        assert batch.rows.tolist() == expected
        assert batch.notes[0].startswith("1 rows of") and batch.notes[0].endswith("have no label yet")


NAN = np.where(np.arange(2_000)[:, None] == 1_234, np.nan, np.ones((2_000, 3))).astype(np.float16)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.ones((5, 3), dtype=np.int64), "emb.npy holds int64: embeddings are float16 or float32"),
        (np.array([["a"]]), "emb.npy holds <U1: embeddings are float16"),
        (np.ones(5, dtype=np.float32), r"emb.npy has the shape \(5,\): embeddings are rows"),
        (np.ones((0, 3), dtype=np.float32), r"emb.npy has the shape \(0, 3\)"),
        (np.asfortranarray(np.ones((5, 3), dtype=np.float32)), "emb.npy is stored column by column"),
        (np.array([[None]]), "emb.npy holds Python objects, which are never loaded"),
    ],
)
def test_arrays_that_are_no_embeddings(array: np.ndarray, sentence: str, tmp_path: Path) -> None:
    np.save(tmp_path / "emb.npy", array, allow_pickle=True)
    with pytest.raises(PoolError, match=sentence):
        Pool(tmp_path / "emb.npy")


def test_files_that_are_damaged(tmp_path: Path) -> None:
    whole = saved(tmp_path, np.ones((500, 8), dtype=np.float16)).read_bytes()
    for content, sentence in (
        (whole[:-10], "cut.npy is cut off or damaged"),
        (whole[:40], "cut.npy is cut off or damaged"),
        (b"row,label\n", "cut.npy is no .npy file"),
        (b"", "cut.npy is no .npy file"),
    ):
        (tmp_path / "cut.npy").write_bytes(content)
        with pytest.raises(PoolError, match=sentence):
            Pool(tmp_path / "cut.npy")
    with pytest.raises(PoolError, match="missing.npy is not there"):
        Pool(tmp_path / "missing.npy")
    pool = Pool(tmp_path / "emb.npy")
    (tmp_path / "emb.npy").write_bytes(whole[:-10])
    with pytest.raises(PoolError, match="emb.npy has become shorter while it was read"):
        pool.next(5, {0: "a", 1: "b"})
    with pytest.raises(PoolError, match="emb.npy has become shorter"):
        pool.next(5, {0: "a", 499: "b"})


def test_rows_that_are_not_finite() -> None:
    for value in (np.nan, np.inf):
        x = np.ones((3_000, 3), dtype=np.float16)
        x[1_234, 1] = value
        with pytest.raises(PoolError, match="Row 1,234 of the pool holds NaN or infinity"):
            Pool(x).next(5, {0: "a", 1: "b"})
        with pytest.raises(PoolError, match="Row 1,234 of the pool holds NaN or infinity"):
            Pool(x).next(5, {0: "a", 1_234: "b"})
        with pytest.raises(PoolError, match=r"Row 1,234 \(id 1\) of blocks holds NaN"):
            Pool([(x, (np.arange(3_000) * 7 + 366) % 3_001)]).next(5, None, model=_Even())
    with pytest.raises(PoolError, match="Row 1,234 of the pool holds NaN"):
        Pool(NAN).next(2_000, None, "typiclust")


class _Even:
    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.full((len(x), 2), 0.5)


def test_ids_that_occur_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.ones((3_000, 2), dtype=np.float32)
    ids = [f"id {row}" for row in range(3_000)]
    ids[2_900] = "id 17"
    sentence = r"has the id 'id 17' twice, in rows 17 and 2,900"
    for at_a_time in (16_000_000, 500):
        monkeypatch.setattr(labels_module, "CODES_AT_A_TIME", at_a_time)
        with pytest.raises(PoolError, match=sentence):
            Pool([(x, np.array(ids))])
        with pytest.raises(PoolError, match=sentence):
            Pool(parquet_folder(tmp_path / "emb", x, ids))
        assert len(Pool([(x, np.arange(3_000))])) == 3_000


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("row,label\n3,a\n9999,b\n", "labels.csv has a label for row '9999': rows of the pool are numbered 0 to 99"),
        ("row,label\n-1,a\n", "has a label for row '-1'"),
        ("row,label\nthree,a\n", "has a label for row 'three'"),
        ("row,label\n3,a\n3,b\n", "labels.csv has two labels for '3'"),
        ("index,label\n3,a\n", "labels.csv needs the columns row and label; it has index, label"),
        ("", "labels.csv cannot be read as a table"),
        ('row,label\n3,"a\n', "labels.csv cannot be read as a table"),
    ],
)
def test_labels_that_do_not_fit(table: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(PoolError, match=sentence):
        Pool(np.ones((100, 2), dtype=np.float32)).next(5, tmp_path / "labels.csv")


def test_labels_of_unknown_ids(tmp_path: Path) -> None:
    x = np.ones((10, 2), dtype=np.float32)
    words, numbers = open_source([(x, np.array(list("abcdefghij")))]), open_source([(x, np.arange(10) + 100)])
    with pytest.raises(PoolError, match="has labels for 2 ids that blocks lacks, such as 'x'"):
        labels_of({"a": 1, "x": 2, "y": 3}, words)
    with pytest.raises(PoolError, match="has a label for the id 'a': ids of blocks are whole numbers"):
        labels_of({"a": 1}, numbers)
    assert labels_of({"103": 1, 107.0: 2}, numbers).rows.tolist() in ([3, 7], [7, 3])
    assert labels_of(pd.DataFrame({"row": [3], "label": ["a"]}), words).rows.tolist() == [3]
    with pytest.raises(PoolError, match=r"needs the columns id \(or row\) and label; it has none"):
        labels_of(5, words)
    (tmp_path / "bad.csv").write_bytes(b"row,label\n1,\xff\xfe\n")
    with pytest.raises(PoolError, match="bad.csv cannot be read as a table .* in UTF-8"):
        labels_of(tmp_path / "bad.csv", words)
    with pytest.raises(PoolError, match="no.csv is not there"):
        labels_of(tmp_path / "no.csv", words)


def test_parquet_that_cannot_be_used(tmp_path: Path) -> None:
    folder = tmp_path / "emb"
    folder.mkdir()
    with pytest.raises(PoolError, match="emb holds no Parquet file"):
        Pool(folder)
    parquet.write_table(pa.table({"id": [1, 2], "text": ["a", "b"]}), folder / "a.parquet")
    with pytest.raises(PoolError, match=r"emb needs rows, and one column of lists .* the columns text \(string\)"):
        Pool(folder)
    parquet.write_table(pa.table({"id": [1, 2], "v": [[1.0, 2.0], [1.0]]}), folder / "a.parquet")
    with pytest.raises(PoolError, match="Row 1 of a.parquet has no vector of 2 numbers"):
        Pool(folder).next(1, None, model=_Even())
    with pytest.raises(PoolError, match="emb has no column 'key': its columns are id, v"):
        Pool(folder, id_column="key")
    parquet.write_table(pa.table({"id": [3, None], "v": [[1.0, 2.0], [1.0, 3.0]]}), folder / "a.parquet")
    with pytest.raises(PoolError, match="a.parquet has 1 rows without 'id'"):
        Pool(folder)
    parquet.write_table(pa.table({"id": [1.5, 2.5], "v": [[1.0, 2.0], [1.0, 3.0]]}), folder / "a.parquet")
    with pytest.raises(PoolError, match="ids are whole numbers or words"):
        Pool(folder)
    parquet.write_table(pa.table({"id": [1, 2], "v": [[1.0, 2.0], [1.0, 3.0]]}), folder / "a.parquet")
    parquet.write_table(pa.table({"id": [3], "w": [[1.0, 2.0]]}), folder / "b.parquet")
    with pytest.raises(PoolError, match=r"b.parquet has other columns than a.parquet"):
        Pool(folder)
    (folder / "b.parquet").write_bytes((folder / "a.parquet").read_bytes()[:-20])
    with pytest.raises(PoolError, match="is no whole Parquet file"):
        Pool(folder)


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ([], "the pool has no block"),
        ([np.ones((3, 2)), np.ones((3, 4))], "block 1 has 4 columns, block 0 has 2"),
        ([np.ones((3, 2)), (np.ones((3, 2)), [1, 2, 3])], "block 1 comes with ids"),
        ([(np.ones((3, 2)), [1, 2])], "block 0 has 3 rows and 2 ids"),
        ([[1, 2]], r"block 0 has the shape \(2,\)"),
        ([[np.ones((3, 2)), [1, 2, 3]]], "block 0 is no array of rows"),
        ([(np.ones((3, 2)), [1, 2, 3], 4)], "block 0 is no array of rows"),
        ([(np.ones((1, 2)), [1.5])], "block 0 has ids of type float64"),
        ([(np.ones((1, 2)), [1]), (np.ones((1, 2)), ["a"])], "block 1 has ids of type <U1"),
        (5, "a pool is a path, an array or blocks of rows, not 5"),
    ],
)
def test_blocks_that_do_not_fit(blocks: Any, sentence: str) -> None:
    with pytest.raises(PoolError, match=sentence):
        Pool(blocks)


def test_ids_beyond_double_precision_are_labelled() -> None:
    x = np.ones((4, 2), dtype=np.float32)
    signed = open_source([(x, np.array([2**53 + 1, 2**53, -(2**63), 2**63 - 1]))])
    for id_, row in ((2**53 + 1, 0), (np.int64(2**53), 1), (-(2**63), 2), (str(2**63 - 1), 3), (float(2**53), 1)):
        assert labels_of({id_: "a"}, signed).rows.tolist() == [row]
    unsigned = open_source([(x, np.array([2**63, 2**64 - 1, 2**63 - 1, 5], dtype=np.uint64))])
    for key, row in ((2**63, 0), (np.uint64(2**64 - 1), 1), (str(2**63 - 1), 2), (5.0, 3)):
        assert labels_of({key: "a"}, unsigned).rows.tolist() == [row]
    for source, absent in ((signed, 2**63), (unsigned, -1)):  # the code of an id of the other type
        with pytest.raises(PoolError, match="1 ids that blocks lacks"):
            labels_of({absent: "a"}, source)
    for wrong in (5.5, float("nan"), float("inf"), "5.5", None, 2**64, -(2**63) - 1):
        with pytest.raises(PoolError, match="ids of blocks are whole numbers"):
            labels_of({wrong: "a"}, unsigned)


def test_every_missing_value_of_pandas_is_no_label() -> None:
    frame = pd.DataFrame({"row": [0, 1, 2, 3], "label": pd.array(["a", pd.NA, "b", pd.NA], dtype="string")})
    known = labels_of(frame, open_source(np.ones((9, 2), dtype=np.float32)))
    assert sorted(known.rows.tolist()) == [0, 2] and known.note == "2 rows of the labels have no label yet"
    known = labels_of({0: 1.0, 1: pd.NaT, 2: float("nan"), 3: None}, open_source(np.ones((9, 2), dtype=np.float32)))
    assert known.rows.tolist() == [0]


@pytest.mark.parametrize("kind", [pa.large_list(pa.float32()), pa.list_(pa.float16()), pa.list_(pa.float64(), 2)])
def test_lists_of_every_kind_beside_other_columns(kind: Any, tmp_path: Path) -> None:
    rows = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float16 if kind.value_type == pa.float16() else np.float32)
    data = {"v": pa.array(list(rows), kind), "tags": [["a"], ["b", "c"]], "price": [1.5, 2.5], "id": ["x", "y"]}
    parquet.write_table(pa.table(data), tmp_path / "a.parquet")
    source = open_source(tmp_path)
    assert source.dimensions == 2 and source.take(np.array([1, 0])).tolist() == [[3, 4], [1, 2]]
    assert Pool(tmp_path).next(1, model=_Even()).notes == ()


def test_columns_that_make_a_row_are_named(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"e0": [1.0, 2.0], "price": [3.0, 4.0], "n": [1, 2]}), tmp_path / "a.parquet")
    (note,) = Pool(tmp_path).next(1, model=_Even()).notes
    assert note.endswith("is the 2 columns of fractions: 'e0', 'price'")


def test_the_columns_of_a_pool_are_part_of_its_stamp(tmp_path: Path) -> None:
    parquet.write_table(
        pa.table({"e": [1.0, 2.0], "f": [1.0, 3.0], "id": [1, 2], "key": [2, 1]}), tmp_path / "a.parquet"
    )
    stamps = {open_source(tmp_path, id_column=column).stamp for column in (None, "id", "key")}
    assert len(stamps) == 2


@pytest.mark.parametrize("kind", [pa.binary(), pa.float32(), pa.bool_(), pa.decimal128(30, 2)])
def test_ids_are_words_or_whole_numbers_by_their_type(kind: Any, tmp_path: Path) -> None:
    ids = pa.array([b"1", b"2"], kind) if kind == pa.binary() else pa.array([1, 0]).cast(kind, safe=False)
    parquet.write_table(pa.table({"id": ids, "v": [[1.0], [2.0]]}), tmp_path / "a.parquet")
    with pytest.raises(PoolError, match="ids are whole numbers or words"):
        Pool(tmp_path)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string(), pa.dictionary(pa.int8(), pa.string())])
def test_words_of_every_type_are_ids(kind: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": pa.array(["a", "b"]).cast(kind), "v": [[1.0], [2.0]]}), tmp_path / "a.parquet")
    assert sorted(Pool(tmp_path).next(2, model=_Even()).ids.tolist()) == ["a", "b"]


def test_vectors_without_numbers(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"v": pa.array([[], []], pa.list_(pa.float32()))}), tmp_path / "a.parquet")
    with pytest.raises(PoolError, match="has no number in the column 'v'"):
        Pool(tmp_path)
