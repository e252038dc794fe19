"""Planar data: its settings, its controls, its points, and the program that generates it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import CorruptedDataset, planted
from alcore.datasets.planar.shapes import SHAPES
from alcore.loops.races.grid import Grid
from alcore.report.phrases import percent, plural
from alcore.rng import rng_for
from pages.shared import controls

SHAPE_LABELS = {name: shape.title for name, shape in SHAPES.items()}


@dataclass(frozen=True)
class PlanarScene:
    """Settings of planar data without the seed, see `alcore.datasets.planar.generate.planted`."""

    data: str
    points: int
    overlap: float
    classes: int
    imbalance: float = 1.0
    near_duplicates: int = 0
    label_noise: float = 0.0
    outliers: int = 0

    @property
    def title(self) -> str:
        """The data in a few words: every setting without effect is left out."""
        parts = [SHAPE_LABELS[self.data], f"overlap {self.overlap:g}"]
        parts += [
            words
            for used, words in (
                (self.classes > 2, f"{self.classes} classes"),
                (self.imbalance < 1, f"balance {self.imbalance:g}"),
                (self.outliers, plural(self.outliers, "outlier")),
                (self.label_noise, f"{percent(self.label_noise, 0)} label noise"),
                (self.near_duplicates, f"{self.near_duplicates} near-duplicates"),
            )
            if used
        ]
        return ", ".join(parts)

    def corrupted(self, seed: int) -> CorruptedDataset:
        """The points of a seed, and which of them are corruptions; cached."""
        return _corrupted(self, seed)

    def dataset(self, seed: int) -> Dataset:
        """The points of a seed."""
        return self.corrupted(seed).dataset

    def posterior(self, grid: Grid, points_P_2: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """True class probabilities at the places of a grid, (Y, X, C).

        Args:
            grid: the places.
            points_P_2: their positions when the data was generated, where they differ from the grid's.
        """
        points_P_2 = grid.points_P_2 if points_P_2 is None else points_P_2
        probs_P_C = _posterior(self.data, self.overlap, self.classes, points_P_2)
        return probs_P_C.reshape(len(grid.y), len(grid.x), -1)

    def config(self) -> dict[str, Any]:
        """All settings, JSON-compatible."""
        return asdict(self)

    def program(self) -> tuple[list[str], str]:
        """Import lines, and a function `data(seed)` that returns the points of a seed."""
        arguments = ", ".join(f"{name}={value}" for name, value in asdict(self).items() if name != "data")
        call = f'planar("{self.data}", rng=rng_for(seed, "data"), {arguments})'
        imports = ["from alcore.datasets.planar.generate import planar", "from alcore.rng import rng_for"]
        return imports, f"def data(seed):\n    return {call}\n"


@st.cache_data(max_entries=64, show_spinner=False)
def _posterior(shape: str, overlap: float, classes: int, points_P_2: NDArray[np.float64]) -> NDArray[np.float64]:
    return posterior(shape, points_P_2, overlap=overlap, classes=classes)


@st.cache_data(max_entries=256, show_spinner=False)
def _corrupted(scene: PlanarScene, seed: int) -> CorruptedDataset:
    values = asdict(scene)
    return planted(values.pop("data"), **values, rng=rng_for(seed, "data"))


def shape_control(
    page: str, label: str = "Data", options: Mapping[str, str] = SHAPE_LABELS, default: str = "blobs"
) -> str:
    """The choice of a shape, or of another entry of `options`."""
    return controls.selectbox(page, "data", label, options, default)


def overlap_control(page: str, default: float) -> float:
    """The overlap of the classes."""
    help = "0: separate classes. 1: mostly noise, which no label reduces."
    return controls.slider(page, "overlap", "Overlap", 0.0, 1.0, default, step=0.05, help=help)


def classes_control(page: str, data: str, default: int) -> int:
    """The number of classes; only for overlapping blobs, since other shapes have two."""
    return controls.slider(page, "classes", "Classes", 2, 5, default) if data == "blobs" else 2


def outliers_control(page: str, default: int = 0) -> int:
    """The number of outliers."""
    help = "Isolated points around the classes, with random labels."
    return controls.slider(page, "outliers", "Outliers", 0, 40, default, help=help)


def near_duplicates_control(page: str, most: int, default: int) -> int:
    """The number of near-duplicates."""
    help = "Copies of random points, moved by about 0.01."
    return controls.slider(page, "duplicates", "Near-duplicates", 0, most, default, step=10, help=help)


def balance_control(page: str) -> float:
    """The class balance of the pool."""
    help = "Share of every class after the first in the pool, relative to its share in a balanced pool."
    return controls.slider(page, "balance", "Class balance", 0.05, 1.0, 1.0, step=0.05, help=help)
