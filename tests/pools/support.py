"""Pools for tests: overlapping classes, and the answer by a sort of everything."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.pools.hashes import codes_of, keys_of
from alcore.pools.models import fit_heads


def embeddings(rows: int, dimensions: int = 16, classes: int = 4, seed: int = 0) -> tuple[NDArray, NDArray]:
    """Overlapping groups in float16, and the class of each row."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, dimensions))
    codes = rng.integers(classes, size=rows)
    return (centres[codes] + rng.normal(size=(rows, dimensions))).astype(np.float16), codes


def saved(folder: Path, x: NDArray, name: str = "emb.npy") -> Path:
    np.save(folder / name, x)
    return folder / name


def some_labels(codes: NDArray, count: int, seed: int = 1) -> dict[int, str]:
    rows = np.random.default_rng(seed).choice(len(codes), count, replace=False)
    return {int(row): "abcdefgh"[codes[row]] for row in rows}


def head_probs(x: NDArray, labels: dict[int, Any], *, members: int = 1, seed: int = 0) -> NDArray:
    """Probabilities (N, K, C) by the same coefficients, tile by tile."""
    rows = np.array(sorted(labels))
    rows = rows[np.argsort(keys_of(codes_of(rows), 0))]
    classes = sorted(set(labels.values()))
    codes = np.array([classes.index(labels[row]) for row in rows])
    heads = fit_heads(x[rows].astype(np.float32), codes, len(classes), members=members, seed=seed)
    return np.concatenate([heads.probs(x[begin : begin + 1024]) for begin in range(0, len(x), 1024)])


def sorted_rows(scores: NDArray, ids: NDArray, labeled: set[int], k: int, seed: int = 0) -> list[int]:
    """The best k by a sort of the whole pool on (score, hash)."""
    keys = keys_of(codes_of(ids), seed)
    ranked = sorted((-float(score), int(key), row) for row, (score, key) in enumerate(zip(scores, keys, strict=True)))
    return [row for _, _, row in ranked if row not in labeled][:k]
