"""The four files of MNIST and of the data sets in its format: is what lies on disk what was published?"""

import gzip
import hashlib
import json
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

IMAGES, LABELS = 2051, 2049  # the magic numbers of the IDX format
SIDE, CLASSES = 28, 10
# name -> magic number, count.
FILES = {
    "train-images-idx3-ubyte": (IMAGES, 60_000),
    "train-labels-idx1-ubyte": (LABELS, 60_000),
    "t10k-images-idx3-ubyte": (IMAGES, 10_000),
    "t10k-labels-idx1-ubyte": (LABELS, 10_000),
}
CHECKSUMS = "checksums.json"  # written after a checked download, so that later damage is found
_CHUNK = 1 << 20
_LONGEST_RECORD = 10_000


def size_of(file: str) -> int:
    """How many bytes an intact unpacked file has."""
    magic, count = FILES[file]
    return 16 + count * SIDE**2 if magic == IMAGES else 8 + count


def md5_of(path: Path) -> str:
    """The MD5 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def recorded_md5(folder: Path) -> dict[str, str] | None:
    """The MD5 of each unpacked file as an earlier download recorded it; empty without a record.

    Returns:
        None if the record is damaged.
    """
    path = folder / CHECKSUMS
    try:
        if not path.exists():
            return {}
        if path.stat().st_size > _LONGEST_RECORD:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    whole = isinstance(found, dict) and set(found) == set(FILES)
    return found if whole and all(isinstance(md5, str) for md5 in found.values()) else None


def unpacked_md5(packed: Path, published: str) -> str | None:
    """The MD5 of what a packed file holds; None if the file is missing or not the published one."""
    try:
        if md5_of(packed) != published:
            return None
        found = hashlib.md5(usedforsecurity=False)
        left = size_of(packed.stem) + 1
        with gzip.open(packed) as file:
            while left > 0 and (piece := file.read(min(_CHUNK, left))):
                found.update(piece)
                left -= len(piece)
    except (OSError, EOFError, zlib.error):
        return None
    return found.hexdigest()


def file_problem(path: Path, md5: str | None, *, balanced: bool) -> str | None:
    """Why an unpacked file cannot be used, in one sentence; None if it can.

    Args:
        path: the file, named as in `FILES`.
        md5: of the published content; if it is unknown, the header and the labels are all there is to check.
        balanced: whether every class has equally many labels.

    Raises:
        OSError: it cannot be read.
    """
    magic, count = FILES[path.name]
    found, expected = path.stat().st_size, size_of(path.name)
    if found != expected:
        state = "truncated" if found < expected else "too long"
        return f"{path} is {state}: it has {found:,} bytes, an intact file has {expected:,}."
    if md5 is not None:
        return None if md5_of(path) == md5 else _corrupt(path, "its content does not have the published checksum")
    header = [magic, count, SIDE, SIDE] if magic == IMAGES else [magic, count]
    if np.fromfile(path, ">i4", len(header)).tolist() != header:
        held = f"images of {SIDE} x {SIDE} pixels" if magic == IMAGES else "labels"
        return _corrupt(path, f"its header does not announce {count:,} {held}")
    return _label_problem(path, balanced) if magic == LABELS else None


def _label_problem(path: Path, balanced: bool) -> str | None:
    labels_N = read_idx(path)
    if labels_N.max() >= CLASSES:
        return _corrupt(path, f"it holds the label {labels_N.max()}, and labels are 0 to {CLASSES - 1}")
    counts_C = np.bincount(labels_N, minlength=CLASSES)
    share = len(labels_N) // CLASSES
    if balanced and (odd := np.flatnonzero(counts_C != share)).size:
        found = f"{counts_C[odd[0]]:,} times the label {odd[0]}"
        return _corrupt(path, f"it holds {found}, and each of the {CLASSES} labels occurs {share:,} times")
    return None


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The labels (N,), or the images (N, 1, 28, 28), of a file that `file_problem` has passed."""
    magic, count = FILES[path.name]
    if magic == LABELS:
        return np.fromfile(path, np.uint8, offset=8)
    return np.fromfile(path, np.uint8, offset=16).reshape(count, 1, SIDE, SIDE)


def _corrupt(path: Path, why: str) -> str:
    return f"{path} is corrupt: {why}."
