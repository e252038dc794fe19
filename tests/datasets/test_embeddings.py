"""A user's embeddings: mapped where the file allows it, never unpickled, finite, with ids."""

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from alcore.datasets import embeddings
from alcore.datasets.dataset import DatasetError
from alcore.datasets.embeddings import read_embeddings
from alcore.datasets.sources import read_source
from alcore.datasets.tables.question import Ambiguous

VECTORS = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
IDS = [f"item {n}" for n in range(40)]


def saved(save: Any = np.save, *arrays: Any, **named: Any) -> bytes:
    out = io.BytesIO()
    save(out, *arrays, **named)
    return out.getvalue()


def said(data: bytes, **options: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        read_embeddings(data, "mine", **options)
    return str(caught.value)


def maps(array: Any) -> bool:
    """Whether the array lies in a mapped file."""
    return array is not None and (isinstance(array, np.memmap) or maps(getattr(array, "base", None)))


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_is_mapped_as_it_is(dtype: str, order: Any, tmp_path: Path) -> None:
    given = np.asarray(VECTORS * 10 % 200, dtype=dtype, order=order)
    path = tmp_path / "mine.npy"
    np.save(path, given)
    source = read_embeddings(path, "mine")
    np.testing.assert_array_equal(source.vectors_N_D, given)
    assert maps(source.vectors_N_D) and source.vectors_N_D.dtype == given.dtype
    with pytest.raises(ValueError, match="read-only"):
        source.vectors_N_D[0, 0] = 1
    again = read_embeddings(path.read_bytes(), "mine")
    np.testing.assert_array_equal(again.vectors_N_D, given)
    assert (again.ids, again.digest) == (source.ids, source.digest)
    assert source.sentences == (f"40 vectors of 6 numbers ({given.dtype}), ids made of the vectors.",)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_ids(save: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, vectors=VECTORS, ids=np.array(IDS), more=np.arange(3))
    for given in (path, path.read_bytes()):
        source = read_embeddings(given, "mine")
        np.testing.assert_array_equal(source.vectors_N_D, VECTORS)
        assert source.ids == tuple(IDS)
    assert maps(read_embeddings(path, "mine").vectors_N_D) == (save is np.savez)


def test_several_arrays_are_asked_about() -> None:
    data = saved(np.savez, a=VECTORS, b=VECTORS[:, :2], key=np.arange(40), other=np.arange(40)[::-1])
    with pytest.raises(Ambiguous) as caught:
        read_embeddings(data, "mine")
    question = caught.value.question
    assert question.argument == "array" and [one.example for one in question.options] == ["40 x 6", "40 x 2"]
    source = read_embeddings(data, "mine", array="b", id_column="other")
    assert source.vectors_N_D.shape == (40, 2) and source.ids[:2] == ("39", "38")
    assert said(data, array="c").startswith("mine has no array c")
    assert said(data, array="a", id_column="c").startswith("mine has no array 'c': choose one of 'a'")
    assert said(saved(np.savez, key=np.arange(4))).startswith("mine has no array of vectors")


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("fixed", [False, True])
def test_parquet_of_lists(mapped: bool, fixed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_BLOCK", 7)
    values = pa.array(VECTORS.ravel())
    lists = pa.FixedSizeListArray.from_arrays(values, 6) if fixed else pa.array(list(VECTORS))
    path = tmp_path / "mine.parquet"
    parquet.write_table(pa.table({"id": IDS, "vector": lists}), path)
    source = read_embeddings(path, "mine", folder=tmp_path / "work" if mapped else None)
    np.testing.assert_array_equal(source.vectors_N_D, VECTORS)
    assert source.ids == tuple(IDS) and source.vectors_N_D.dtype == np.float32
    assert maps(source.vectors_N_D) == mapped
    if mapped:
        assert [one.suffix for one in (tmp_path / "work").iterdir()] == [".npy"]


def test_parquet_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    pd.DataFrame(VECTORS, columns=[f"x{n}" for n in range(6)]).assign(nr=range(40), word=IDS).to_parquet(path)
    source = read_embeddings(path, "mine", id_column="word")
    np.testing.assert_array_equal(source.vectors_N_D, VECTORS)
    assert source.ids == tuple(IDS)
    assert read_embeddings(path.read_bytes(), "mine").ids == read_embeddings(saved(np.save, VECTORS), "mine").ids
    assert said(path.read_bytes(), id_column="nope").startswith("mine has no column 'nope': choose one of 'x0'")


def parquet_of(**columns: Any) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def test_ids_are_checked() -> None:
    data = saved(np.save, VECTORS[[0, 1, 0]])
    assert read_embeddings(data, "mine", ids=["a", "b", "c"]).ids == ("a", "b", "c")
    made = read_embeddings(data, "mine").ids
    assert made[2] == made[0] + "#2" and made[1] != made[0]
    assert said(data, ids=["a", "b"]).startswith("mine has 3 vectors and 2 ids")
    assert said(data, ids=["a", "b", "a"]).startswith("The id of a vector of mine holds 'a' in rows 1, 3")
    assert said(data, ids=["a", "b", ""]).startswith("The id of a vector of mine is blank in row 3")
    assert said(saved(np.savez, x=VECTORS, id=np.zeros(40, dtype=int))).startswith(
        "The id of a vector of mine holds '0'"
    )
    assert said(parquet_of(id=["a", None], v=[[1.0], [2.0]])).startswith("The id of a vector of mine is blank in row 2")


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    trap = np.array([[Trap(tmp_path / "sprung")]], dtype=object)
    for data in (saved(np.save, trap), saved(np.savez, x=trap)):
        assert "holds Python objects, which are never loaded" in said(data)
    assert said(pickle.dumps(Trap(tmp_path / "sprung"))).startswith("mine is no .npy, .npz or Parquet file")
    assert not (tmp_path / "sprung").exists()


def npy_with_header(header: str) -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(64)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "mine is empty"),
        (b"1,2\n3,4\n", "mine is no .npy, .npz or Parquet file"),
        (saved(np.save, VECTORS)[:-5], "mine is cut off: 955 of 960 bytes of numbers are there"),
        (saved(np.save, VECTORS)[:50], "mine is no whole .npy file"),
        (npy_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000)}"), "mine is cut off"),
        (
            npy_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-4, -4)}"),
            "mine holds an array of shape",
        ),
        (npy_with_header("__import__('os').getcwd()"), "mine is no whole .npy file"),
        (npy_with_header("{'descr': '<f4', 'shape': ("), "mine is no whole .npy file"),
        (npy_with_header("{'descr': '<U0', 'fortran_order': False, 'shape': (2, 2)}"), "which is empty"),
        (saved(np.save, VECTORS[0]), "mine holds an array of shape (6,) of float32: vectors are numbers"),
        (saved(np.save, np.array([["a", "b"]])), "mine holds an array of shape (1, 2) of <U1"),
        (saved(np.save, VECTORS.astype(complex)), "of complex128: vectors are numbers"),
        (saved(np.save, np.zeros((2, 3), dtype="f4,f4")), "vectors are numbers"),
        (saved(np.save, VECTORS[:0]), "which is empty"),
        (saved(np.savez, x=VECTORS)[:-40], "mine is not a whole ZIP archive"),
        (parquet_of(id=["a"], v=["text"]), "mine needs rows, and one column of lists of numbers"),
        (parquet_of(v=[[1.0, 2.0], [3.0]]), "Row 2 of mine has no vector of the length of the others"),
        (parquet_of(v=[[1.0, 2.0], None]), "Row 2 of mine has no vector of the length of the others"),
        (parquet_of(v=[None, [1.0, 2.0]]), "of mine has no vector of the length of the others"),
        (parquet_of(v=[[1.0, 2.0]])[:-8], "mine is no whole Parquet file"),
        (parquet_of(v=[["a"]]), "mine is no whole Parquet file"),
        (parquet_of(v=pa.array([], pa.list_(pa.float32()))), "mine needs rows"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(data: bytes, part: str) -> None:
    assert part in said(data)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_placed(bad: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_BLOCK", 7)
    vectors = VECTORS.copy()
    vectors[[11, 30], 4] = bad
    vectors[30, 2] = bad
    expected = f"Row 12 of mine holds {bad} in column 5; 2 rows have numbers that are not finite"
    assert said(saved(np.save, vectors)).startswith(expected)
    assert said(parquet_of(v=list(vectors))).startswith(expected)


def test_limits_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "MAX_VECTORS", 39)
    for data in (saved(np.save, VECTORS), parquet_of(v=list(VECTORS))):
        assert said(data).startswith("mine has 40 vectors, more than 39")
    monkeypatch.setattr(embeddings, "MAX_VECTORS", 40)
    monkeypatch.setattr(embeddings, "MAX_DIMENSIONS", 5)
    for data in (saved(np.save, VECTORS), parquet_of(v=list(VECTORS))):
        assert said(data).startswith("mine has vectors of 6 numbers")
    zeros = saved(np.savez_compressed, x=np.zeros((40, 5)))
    assert len(read_embeddings(zeros, "mine")) == 40
    monkeypatch.setattr(embeddings, "MAX_UNPACKED", 1_600)
    assert said(zeros).startswith("mine unpacks to 0.0 GB in memory")
    assert len(read_embeddings(saved(np.savez, x=np.zeros((40, 5))), "mine")) == 40
    monkeypatch.setattr(embeddings, "MAX_BYTES", 900)
    assert said(saved(np.save, VECTORS)).startswith("mine has 0.0 GB, more than 0")


def test_the_kind_of_source_is_that_of_the_name(tmp_path: Path) -> None:
    kinds = {
        "a.npy": (saved(np.save, VECTORS), "EmbeddingSource"),
        "a.txt": (b"one\ntwo\n", "TextSource"),
        "a.csv": (b"a,b\nx,y\n", "TableSource"),
        "a.JSONL": (b'{"a": 1}', "TableSource"),
    }
    for name, (data, kind) in kinds.items():
        assert type(read_source(data, name)).__name__ == kind
    with pytest.raises(DatasetError, match="a.zip is not a whole ZIP archive"):
        read_source(b"PK", "a.zip")
    with pytest.raises(DatasetError, match="holds no PNG or JPEG image"):
        read_source(tmp_path, "folder")
