"""Pools on disk, and what a process that chooses a batch of one takes: wall time and peak memory."""

import sys
from pathlib import Path

import numpy as np

from tests.benchmarks.child import Spent, measured

CLASSES, LABELS = 10, 1_000
_ROWS_AT_A_TIME = 65_536


def make_pool(folder: Path, rows: int, dimensions: int) -> Path:
    """Write overlapping groups in float16 to a .npy file, block by block, and 1,000 labels beside it."""
    path = folder / f"{rows}x{dimensions}.npy"
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, dimensions)).astype(np.float32) * 4 / dimensions**0.5
    labeled = np.sort(rng.choice(rows, LABELS, replace=False))
    lines = ["row,label"]
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f2", "fortran_order": False, "shape": (rows, dimensions)}
        )
        for begin in range(0, rows, _ROWS_AT_A_TIME):
            codes = rng.integers(CLASSES, size=min(_ROWS_AT_A_TIME, rows - begin))
            x = centres[codes] + rng.standard_normal((len(codes), dimensions), dtype=np.float32)
            file.write(x.astype(np.float16).tobytes())
            inside = labeled[slice(*np.searchsorted(labeled, [begin, begin + len(codes)]))]
            lines += [f"{row},class {codes[row - begin]}" for row in inside]
    labels_of(path).write_text("\n".join(lines) + "\n")
    return path


def labels_of(pool: Path) -> Path:
    """The file of labels of a pool."""
    return pool.with_suffix(".csv")


def batch(pool: Path, strategy: str, k: int, *options: str) -> Spent:
    """One batch by the command line.

    Raises:
        RuntimeError: it failed.
    """
    out = pool.with_name("batch.csv")
    words = ["-m", "alcore", "next", "--pool", pool, "--labels", labels_of(pool), "--strategy", strategy]
    spent = measured([sys.executable, *map(str, words), "--k", str(k), "--out", str(out), "--force", *options])
    if not spent.ended:
        raise RuntimeError(spent.answer)
    return spent
