"""Serialisation of a round's arrays; sizes are checked before memory is allocated."""

import io
import math
from typing import TypedDict

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from alcore.loops.pool.evaluate import Reliability
from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.pool.simulate import Round
from alcore.strategies.batch import Batch

_NOTHING: tuple[NDArray[np.int64], NDArray[np.float64]] = (np.zeros(0, np.int64), np.zeros(0))
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class Arrays(TypedDict):
    """The fields of a round that `pack` stores; see `Round`."""

    labeled: NDArray[np.int64]
    batch: Batch | None
    batch_labels: NDArray[np.int64]
    batch_probs_K_C: NDArray[np.floating]
    confusion_C_C: NDArray[np.int64] | None
    reliability: Reliability | None
    reliability_scaled: Reliability | None
    map: PoolMap | None
    predicted_S: NDArray[np.int64] | None


def pack(round_: Round) -> bytes:
    """The arrays of a round in NumPy's format, concatenated."""
    # The first byte distinguishes an empty batch from none.
    batch, confusion, drawn, predicted = round_.batch, round_.confusion_C_C, round_.map, round_.predicted_S
    indices, scores = _NOTHING if batch is None else (batch.indices, batch.scores)
    file = io.BytesIO()
    file.write(b"0" if batch is None else b"1")
    # Every round holds the whole labelled set: stored as the smallest integers.
    for array in (_small(round_.labeled), indices, scores, round_.batch_labels, round_.batch_probs_K_C):
        np.save(file, np.asarray(array), allow_pickle=False)
    # Optional parts, added after the first version.
    parts: list[tuple[NDArray, ...] | None] = [
        None if confusion is None else (_small(confusion),),
        *(
            None if one is None else (_small(one.count_B), one.confidence_B, one.accuracy_B)
            for one in (round_.reliability, round_.reliability_scaled)
        ),
        None if drawn is None else (_small(drawn.indices_P), drawn.features_P_D, drawn.log_probs_P_C),
        None if predicted is None else (_small(predicted),),
    ]
    for part in parts:
        file.write(b"0" if part is None else b"1")
        for array in part or ():
            np.save(file, array, allow_pickle=False)
    return file.getvalue()


def unpack(content: bytes) -> Arrays:
    """The arrays written by `pack`.

    Raises:
        ValueError: if the bytes are not from `pack`; the message is a phrase.
    """
    file = io.BytesIO(content)
    has_batch = file.read(1) == b"1"
    labeled, indices, scores, labels, probs = (_array(file, kinds) for kinds in ("iu", "iu", "iuf", "iu", "f"))
    _expect(labeled.ndim == indices.ndim == labels.ndim == scores.ndim == 1 and probs.ndim == 2)
    _expect(len(indices) == len(scores) and (not has_batch or len(indices) == len(labels) == len(probs)))
    # Rows of the first version end here.
    confusion, plain, scaled, drawn, predicted = (
        [_array(file, kind) for kind in kinds] if file.read(1) == b"1" else None
        for kinds in (("iu",), ("iu", "f", "f"), ("iu", "f", "f"), ("iu", "f", "f"), ("iu",))
    )
    if confusion is not None:
        _expect(confusion[0].ndim == 2 and len(set(confusion[0].shape)) == 1)
    if drawn is not None:
        _expect(drawn[0].ndim == 1 and drawn[1].ndim == drawn[2].ndim == 2 and len(set(map(len, drawn))) == 1)
    if predicted is not None:
        _expect(predicted[0].ndim == 1)
    return {
        "labeled": labeled.astype(np.int64),
        "batch": Batch(indices=indices, scores=scores) if has_batch else None,
        "batch_labels": labels,
        "batch_probs_K_C": probs,
        "confusion_C_C": None if confusion is None else confusion[0].astype(np.int64),
        "reliability": _reliability(plain),
        "reliability_scaled": _reliability(scaled),
        "map": None if drawn is None else PoolMap(drawn[0].astype(np.int64), drawn[1], drawn[2]),
        "predicted_S": None if predicted is None else predicted[0].astype(np.int64),
    }


def _array(file: io.BytesIO, kinds: str) -> NDArray:
    """The next array, of one of these dtype kinds."""
    try:
        version = npy.read_magic(file)
        shape, fortran, dtype = _HEADERS[version](file)
    except Exception as error:
        # NumPy's header parser can raise any exception.
        raise ValueError(f"an array cannot be read: {str(error)[:80]}") from error
    _expect(dtype.kind in kinds and all(size >= 0 for size in shape))
    count = math.prod(shape)
    if count * dtype.itemsize > (left := len(file.getbuffer()) - file.tell()):
        raise ValueError(f"an array claims {count * dtype.itemsize:,} bytes, and {left:,} are there")
    start = file.tell()
    file.seek(start + count * dtype.itemsize)
    flat = np.frombuffer(file.getbuffer(), dtype, count, start) if count else np.zeros(0, dtype)
    # A writable copy, like a loaded array.
    return flat.reshape(shape, order="F" if fortran else "C").copy(order="K")


def _reliability(part: list[NDArray] | None) -> Reliability | None:
    if part is None:
        return None
    _expect(all(one.ndim == 1 for one in part) and len(set(map(len, part))) == 1)
    return Reliability(part[0].astype(np.int64), part[1], part[2])


def _small(whole: NDArray[np.int64]) -> NDArray:
    """Non-negative integers as the smallest integer type that holds them."""
    values = np.asarray(whole)
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _expect(true: bool) -> None:
    if not true:
        raise ValueError("its arrays do not fit together")
