"""Pools that mislead: blobs and what is planted among them, as data sets of the catalogue."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar


@dataclass(frozen=True)
class Trap:
    """Overlapping blobs with one thing amiss in their pool; the test set is clean.

    Attributes:
        title: its name for people.
        details: what is amiss, with its size.
        settings: arguments of `planar`.
    """

    title: str
    details: str
    settings: dict[str, Any]


TRAPS: dict[str, Trap] = {
    "outliers": Trap("Blobs with outliers", " (40 outliers among 400 points)", {"outliers": 40}),
    "near_duplicates": Trap(
        "Blobs with near-duplicates", " (200 points and 200 near-duplicates)", {"points": 200, "near_duplicates": 200}
    ),
    "label_noise": Trap("Blobs with label noise", " (15 % of the labels wrong)", {"label_noise": 0.15}),
    "rare_class": Trap("Blobs with a rare class", " (1:50 in the pool)", {"imbalance": 0.02}),
}


def load_trap(name: str, *, rng: np.random.Generator) -> Dataset:
    """A pool with a trap, and a clean test set.

    Args:
        name: a key of `TRAPS`.
        rng: the data's stream.
    """
    return replace(planar("blobs", **TRAPS[name].settings, rng=rng), name=name)
