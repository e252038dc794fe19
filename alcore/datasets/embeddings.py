"""A user's embeddings: one vector an item, from .npy, .npz or Parquet. Mapped, not loaded, where the file allows it."""

import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.item_ids import checked_ids, content_ids
from alcore.datasets.tables.question import Ambiguous, Option, Question
from alcore.datasets.user_files import UserFile, digest_of, listed, member_bytes, open_archive, size_of
from alcore.extras import optional_imports
from alcore.short import short

MAX_VECTORS = 1_000_000
MAX_DIMENSIONS = 16_384
MAX_BYTES = 20_000_000_000
MAX_UNPACKED = 4_000_000_000  # of compressed arrays, which cannot be mapped
_BLOCK = 16_384
_ID_NAMES = ("id", "ids", "item_id", "key", "keys", "names", "filename", "filenames")
_MAX_MEMBERS = 1_000
_LOCAL_HEADER = 30  # bytes of a ZIP member before its name


@dataclass(frozen=True, eq=False)
class EmbeddingSource:
    """Items that are given as vectors.

    Attributes:
        name: the file's name.
        vectors_N_D: finite numbers, of the type that the file has; mapped read-only where the file allows it.
        ids: one an item: those of the file or of the caller, or made of the vectors.
        digest: of the file's bytes.
        sentences: what was read.
    """

    name: str
    vectors_N_D: NDArray[Any] = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    digest: str
    sentences: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def read_embeddings(
    file: UserFile,
    name: str,
    *,
    ids: Sequence[str] | None = None,
    id_column: str | None = None,
    array: str | None = None,
    folder: Path | None = None,
) -> EmbeddingSource:
    """Read up to 1,000,000 vectors of up to 16,384 numbers.

    An .npy file and the uncompressed arrays of an .npz archive are mapped when given by path. Nothing is unpickled.
    Without ids an item's id is made of its vector; a column or array of a name such as `id` is taken for ids.

    Args:
        file: its path, or its bytes. The kind is found by its first bytes.
        name: what to call it in sentences.
        ids: one an item, for a file without them.
        id_column: the column of a Parquet file, or the array of an .npz archive, that holds the ids.
        array: the array of an .npz archive that holds the vectors.
        folder: where the vectors of a Parquet file are written to be mapped; None: they are kept in memory.

    Raises:
        Ambiguous: an .npz archive has several arrays that could hold the vectors, and `array` is not given.
        DatasetError: it is damaged or too large, holds objects or numbers that are not finite, or ids do not fit.
        MissingExtraError: the file is Parquet and pyarrow is not installed.
    """
    size = size_of(file, name)
    if size > MAX_BYTES:
        raise DatasetError(f"{name} has {size / 1e9:,.1f} GB, more than {MAX_BYTES / 1e9:.0f}: use float16, or a part.")
    raw = np.frombuffer(file, np.uint8) if isinstance(file, bytes) else np.memmap(file, np.uint8, "r")
    digest = digest_of(file)
    start = raw[:6].tobytes()
    given: NDArray[Any] | Sequence[str] | None = ids
    if start == b"\x93NUMPY":
        vectors_N_D = _array_in(raw, name)
    elif start[:4] == b"PK\x03\x04":
        vectors_N_D, found = _of_archive(file, raw, name, array, id_column)
        given = found if ids is None else ids
    elif start[:4] == b"PAR1":
        vectors_N_D, listed_ids = _of_parquet(file, name, id_column, folder and folder / f"{digest}-vectors.npy")
        given = listed_ids if ids is None else ids
    else:
        raise DatasetError(f"{name} is no .npy, .npz or Parquet file: save the vectors with numpy.save.")
    _check_shape(vectors_N_D.shape, vectors_N_D.dtype, name)
    _check_finite(vectors_N_D, name)
    count, dimensions = vectors_N_D.shape
    if given is None:
        made = content_ids(row.tobytes() for row in vectors_N_D)
    else:
        texts = [one.decode(errors="replace") if isinstance(one, bytes) else str(one).strip() for one in given]
        if len(texts) != count:
            raise DatasetError(f"{name} has {count:,} vectors and {len(texts):,} ids: give one id a vector.")
        made = checked_ids(texts, range(1, count + 1), f"The id of a vector of {name}")
    origin = ", ids made of the vectors" if given is None else ""
    said = f"{count:,} vectors of {dimensions:,} numbers ({vectors_N_D.dtype}){origin}."
    return EmbeddingSource(name, vectors_N_D, made, digest, (said,))


def _array_in(raw: NDArray[np.uint8], name: str) -> NDArray[Any]:
    """The array of an .npy file as a view of its bytes; nothing is copied or unpickled."""
    header = io.BytesIO(raw[:100_000].tobytes())
    try:
        version = np.lib.format.read_magic(header)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(header)
    except Exception as error:  # the header is read as a Python literal, which fails in many ways
        reason = short(str(error), 100)
        raise DatasetError(f"{name} is no whole .npy file ({reason}): save it with numpy.save.") from error
    if dtype.hasobject:
        raise DatasetError(
            f"{name} holds Python objects, which are never loaded: save numbers, as in "
            "numpy.save(path, numpy.asarray(vectors, dtype='float32'))."
        )
    begin, size = header.tell(), math.prod(shape) * dtype.itemsize
    if not size or min(shape, default=0) < 0:
        raise DatasetError(f"{name} holds an array of shape {shape} of {dtype}, which is empty: give one with vectors.")
    if begin + size > len(raw):
        raise DatasetError(
            f"{name} is cut off: {len(raw) - begin:,} of {size:,} bytes of numbers are there. Copy or save it again."
        )
    return raw[begin : begin + size].view(dtype).reshape(shape, order="F" if fortran else "C")


def _of_archive(
    file: UserFile, raw: NDArray[np.uint8], name: str, chosen: str | None, id_array: str | None
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The vectors of an .npz archive, and its ids if it has them."""
    with open_archive(file, name, most_members=_MAX_MEMBERS, most_bytes=MAX_BYTES) as archive:
        packed = sum(one.file_size for one in archive.infolist() if one.compress_type != zipfile.ZIP_STORED)
        if packed > MAX_UNPACKED:
            raise DatasetError(
                f"{name} unpacks to {packed / 1e9:,.1f} GB in memory: save it with numpy.save or numpy.savez, which "
                "are mapped."
            )
        arrays: dict[str, NDArray[Any]] = {}
        for member in archive.infolist():
            if member.filename.endswith(".npy"):
                key = member.filename.removesuffix(".npy")
                arrays[key] = _array_in(_member(archive, member, raw, name), f"{short(key)} in {name}")
    tables = {key: one for key, one in arrays.items() if one.ndim == 2}
    if chosen is None and len(tables) > 1:
        options = tuple(Option(key, short(key), " x ".join(map(str, one.shape))) for key, one in tables.items())
        known = " or ".join(map(short, tables))
        raise Ambiguous(Question("array", f"{name} has several arrays of vectors: choose {known}.", options))
    vectors = chosen or next(iter(tables), "")
    if vectors not in arrays:
        raise DatasetError(f"{name} has no array {vectors or 'of vectors'}: save one row an item, as in numpy.savez.")
    if id_array is not None and id_array not in arrays:
        raise DatasetError(f"{name} has no array {short(id_array)}: choose one of {listed(list(arrays))}.")
    called = id_array or next((one for one in _ID_NAMES if one in arrays and arrays[one].ndim == 1), None)
    return arrays[vectors], None if called is None else arrays[called]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, raw: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """The bytes of a member: where they lie in the archive if they are not compressed."""
    start = member.header_offset + _LOCAL_HEADER
    lengths = [int.from_bytes(raw[start - end : start - end + 2].tobytes(), "little") for end in (4, 2)]
    begin = start + sum(lengths)
    if member.compress_type == zipfile.ZIP_STORED and begin + member.file_size <= len(raw):
        return raw[begin : begin + member.file_size]
    return np.frombuffer(member_bytes(archive, member, name), np.uint8)


def _of_parquet(
    file: UserFile, name: str, id_column: str | None, target: Path | None
) -> tuple[NDArray[Any], list[str] | None]:
    """The vectors of a Parquet file, from one column of lists or several of numbers, and its ids if it has them."""
    with optional_imports():
        import pyarrow as pa
        import pyarrow.parquet as parquet
    vectors_N_D: NDArray[Any] | None = None
    try:
        with parquet.ParquetFile(pa.BufferReader(file) if isinstance(file, bytes) else file, memory_map=True) as opened:
            rows, schema = opened.metadata.num_rows, opened.schema_arrow
            if id_column is not None and id_column not in schema.names:
                raise DatasetError(f"{name} has no column {short(id_column)}: choose one of {listed(schema.names)}.")
            called = id_column or next((one for one in schema.names if one.lower() in _ID_NAMES), None)
            kinds = {one.name: one.type for one in schema if one.name != called}
            lists = [key for key, kind in kinds.items() if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)]
            columns = lists or [key for key, kind in kinds.items() if pa.types.is_floating(kind)]
            if not rows or not columns or len(lists) > 1:
                raise DatasetError(
                    f"{name} needs rows, and one column of lists of numbers or columns of fractions: it has {rows:,} "
                    f"rows and the columns {listed(schema.names)}."
                )
            ids: list[str] | None = None if called is None else []
            done = 0
            for batch in opened.iter_batches(_BLOCK, columns=columns if called is None else [*columns, called]):
                block = _list_block(batch.column(lists[0]), name, done) if lists else _column_block(batch, columns)
                if vectors_N_D is None:
                    vectors_N_D = _room(target, (rows, block.shape[1]), block.dtype, name)
                if block.shape[1] != vectors_N_D.shape[1]:
                    raise DatasetError(
                        f"Row {done + 1:,} of {name} has a vector of {block.shape[1]:,} numbers, others have "
                        f"{vectors_N_D.shape[1]:,}: give vectors of one length."
                    )
                vectors_N_D[done : done + len(block)] = block
                done += len(block)
                if ids is not None:
                    ids += ["" if one is None else str(one) for one in batch.column(called).to_pylist()]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise DatasetError(f"{name} is no whole Parquet file ({error}): write or download it again.") from error
    assert vectors_N_D is not None  # there are rows
    if target is not None:
        target.with_suffix(".part").replace(target)
        vectors_N_D = np.load(target, mmap_mode="r", allow_pickle=False)
    return vectors_N_D, ids


def _list_block(column: Any, name: str, done: int) -> NDArray[Any]:
    """A column of lists as rows of numbers."""
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    unlike = np.flatnonzero(lengths != lengths[0])  # NaN where there is no list
    if len(unlike) or np.isnan(lengths[0]):
        row = int(unlike[0]) if len(unlike) else 0
        raise DatasetError(
            f"Row {done + row + 1:,} of {name} has no vector of the length of the others: give each row one of "
            "the same length."
        )
    return _numbers_of(column.flatten()).reshape(len(column), -1)


def _column_block(batch: Any, columns: Sequence[str]) -> NDArray[Any]:
    return np.column_stack([_numbers_of(batch.column(column)) for column in columns])


def _numbers_of(values: Any) -> NDArray[Any]:
    numbers = values.to_numpy(zero_copy_only=False)
    return numbers if numbers.dtype.kind == "f" else numbers.astype(np.float32)


def _room(target: Path | None, shape: tuple[int, int], dtype: np.dtype[Any], name: str) -> NDArray[Any]:
    """An array to fill, in memory or mapped to a file beside `target`."""
    _check_shape(shape, dtype, name)
    if target is None:
        return np.empty(shape, dtype=dtype)
    target.parent.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(target.with_suffix(".part"), mode="w+", dtype=dtype, shape=shape)


def _check_shape(shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> None:
    if len(shape) != 2 or dtype.kind not in "fiu" or 0 in shape:
        raise DatasetError(
            f"{name} holds an array of shape {shape} of {dtype}: vectors are numbers, one row an item, one column a "
            "dimension."
        )
    rows, dimensions = shape
    if rows > MAX_VECTORS:
        raise DatasetError(f"{name} has {rows:,} vectors, more than {MAX_VECTORS:,}: keep a random part of them.")
    if dimensions > MAX_DIMENSIONS or rows * dimensions * dtype.itemsize > MAX_BYTES:
        raise DatasetError(
            f"{name} has vectors of {dimensions:,} numbers, {rows * dimensions * dtype.itemsize / 1e9:,.1f} GB in all; "
            f"up to {MAX_DIMENSIONS:,} numbers and {MAX_BYTES / 1e9:.0f} GB are read: reduce the dimensions."
        )


def _check_finite(vectors_N_D: NDArray[Any], name: str) -> None:
    """In blocks, so that a mapped file is never loaded whole."""
    bad, first = 0, None
    for begin in range(0, len(vectors_N_D), _BLOCK):
        finite = np.isfinite(vectors_N_D[begin : begin + _BLOCK])
        rows = np.flatnonzero(~finite.all(axis=1))
        bad += len(rows)
        if len(rows) and first is None:
            first = begin + int(rows[0]), int(np.flatnonzero(~finite[rows[0]])[0])
    if first is not None:
        row, column = first
        raise DatasetError(
            f"Row {row + 1:,} of {name} holds {vectors_N_D[row, column]} in column {column + 1:,}; {bad:,} "
            f"{'row has' if bad == 1 else 'rows have'} numbers that are not finite: leave them out, or compute "
            "them anew."
        )
