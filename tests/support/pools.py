"""Pools made by hand, as a strategy sees them, for tests over the whole catalogue."""

from typing import Any

import numpy as np
import torch

from alcore.strategies.gradient import expected_gradient_length
from alcore.strategies.pool_view import PoolView

Values = dict[str, Any]


def values(
    samples_N_K_C: np.ndarray,
    features_N_D: np.ndarray,
    labeled_M_D: np.ndarray,
    labels_M: np.ndarray,
    dtype: Any = np.float64,
) -> Values:
    """All that a view can be asked for, of models that predict the samples."""
    probs_N_C = samples_N_K_C.mean(axis=1).astype(dtype)
    classes = samples_N_K_C.shape[2]
    # Of the labelled points the models are as sure as of four in five.
    labeled_probs_M_C = np.eye(classes)[labels_M] * 0.8 + 0.2 / classes
    features_N_D = features_N_D.astype(dtype)
    return {
        "probs_N_C": probs_N_C,
        "probs_N_K_C": samples_N_K_C.astype(dtype),
        "features_N_D": features_N_D,
        "labeled_M_D": labeled_M_D.astype(dtype),
        "labeled_probs_M_C": labeled_probs_M_C.astype(dtype),
        "labels_M": labels_M,
        "gradient_lengths_N": expected_gradient_length(probs_N_C, features_N_D),
        "classes": classes,
        "candidates": None,
    }


def random_values(
    seed: int, n: int, classes: int = 3, samples: int = 5, labels: int = 6, dtype: Any = np.float64
) -> Values:
    """Models that disagree, on points in three dimensions."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(classes, 0.5), size=(n, samples))
    known = np.arange(labels) % classes
    return values(probs, rng.normal(size=(n, 3)), rng.normal(size=(labels, 3)), known, dtype)


def rows(given: Values, index: np.ndarray) -> Values:
    """Some of the unlabelled points, in the order of the index."""
    return given | {
        name: value[index] for name, value in given.items() if isinstance(value, np.ndarray) and "_N" in name
    }


def on_torch(given: Values, device: str = "cpu") -> Values:
    """The same with tensors for what a network computes."""
    return given | {
        name: torch.tensor(value, device=device)
        for name, value in given.items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    }


def view_of(given: Values) -> PoolView:
    """The view; points are numbered from 0 in the order of the rows."""
    sources = {name: (lambda value=value: value) for name, value in given.items()}
    return PoolView(np.arange(len(given["probs_N_C"])), **sources)
