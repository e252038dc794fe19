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
        (5, "a pool is a path, an array or blocks of rows, not 5"),
    ],
)
def test_blocks_that_do_not_fit(blocks: Any, sentence: str) -> None:
    with pytest.raises(PoolError, match=sentence):
        Pool(blocks)
