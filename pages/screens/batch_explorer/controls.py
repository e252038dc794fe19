"""Controls of the batch explorer, all in the address."""

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from alcore.datasets.planar.shapes import SHAPES
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls

PAGE = "batch"
ALPHA = 0.5
# Top-k selects by least confidence, so that strategy is not listed separately.
NAMES = {"top_k": "Top-k"} | {
    name: strategy.label for name, strategy in STRATEGIES.items() if name != "least_confidence"
}
PANELS = ("top_k", "k_center", "hybrid", "hybrid_product")
OPTIONS = (*PANELS, *(name for name in NAMES if name not in PANELS))
DATA_LABELS = {name: shape.title for name, shape in SHAPES.items()}


@dataclass(frozen=True)
class BatchSample:
    """Parameters of the data set."""

    data: str
    points: int
    overlap: float
    classes: int
    imbalance: float
    near_duplicates: int
    outliers: int
    seed: int


@dataclass(frozen=True)
class BatchPool:
    """A sample with its labelling state: the pool of every batch."""

    sample: BatchSample
    labelled: int
    learned: float


@dataclass(frozen=True)
class BatchSettings:
    """All settings of the screen."""

    pool: BatchPool
    size: int
    alpha: float
    selectors: tuple[str, ...]

    def config(self) -> dict[str, Any]:
        """All settings, JSON-compatible."""
        values = asdict(self)
        return values["pool"].pop("sample") | values.pop("pool") | values

    def title(self) -> str:
        """The pool in a few words."""
        sample = self.pool.sample
        parts = [f"{self.size} picks", DATA_LABELS[sample.data].lower(), f"overlap {sample.overlap:g}"]
        parts += [
            words
            for used, words in (
                (sample.classes > 2, f"{sample.classes} classes"),
                (sample.near_duplicates, f"{sample.near_duplicates} near-duplicates"),
                (sample.outliers, f"{sample.outliers} outliers"),
                (sample.imbalance < 1, f"balance {sample.imbalance:g}"),
                (self.pool.learned < 1, f"model of {100 * self.pool.learned:.0f} % of the labels"),
            )
            if used
        ]
        return ", ".join([*parts, f"{self.pool.labelled} labelled", f"seed {sample.seed}"])


def name_of(selector: str, alpha: float) -> str:
    """A selector's display name, with its weight if it has one."""
    return NAMES[selector] + (f" ({alpha:.2f})" if selector == "hybrid" else "")


def batch_controls() -> BatchSettings:
    """Draw the controls in the sidebar; the slider of alpha is on the page itself."""
    with st.sidebar:
        size = controls.slider(PAGE, "size", "Batch size", 1, 100, 10, help="Labels asked for at once.")
        selectors = controls.several(
            PAGE,
            "panels",
            "Ways to choose, side by side",
            OPTIONS,
            PANELS,
            labels=NAMES.__getitem__,
            help="Top-k, k-center and the two hybrids, and any strategy of the catalogue beside them.",
        )
        st.markdown("**The pool**")
        near_duplicates = controls.slider(
            PAGE, "duplicates", "Near-duplicates", 0, 200, 100, step=10, help="Copies moved by about 0.01."
        )
        outliers = controls.slider(PAGE, "outliers", "Outliers", 0, 40, 0, help="Isolated points around the classes.")
        imbalance = controls.slider(
            PAGE,
            "balance",
            "Balance of the classes",
            0.05,
            1.0,
            1.0,
            step=0.05,
            help="What the pool holds of every class after the first, relative to an even share.",
        )
        overlap = controls.slider(
            PAGE, "overlap", "Overlap", 0.0, 1.0, 0.5, step=0.05, help="0: classes apart. 1: mostly noise."
        )
        points = controls.slider(PAGE, "points", "Points", 100, 1000, 300, step=10)
        data = controls.selectbox(PAGE, "data", "Shape", list(SHAPES), "blobs", labels=DATA_LABELS.__getitem__)
        chosen = controls.slider(PAGE, "classes", "Classes", 2, 5, 3, help="Overlapping blobs only.")
        if data != "blobs" and chosen > 2:
            st.caption(f"{DATA_LABELS[data]}: two classes; only overlapping blobs can have more.")
        st.markdown("**The model**")
        labelled = controls.slider(PAGE, "labelled", "Labelled so far", 2, 50, 10)
        learned = controls.slider(
            PAGE,
            "learned",
            "Model quality: share of them it learned from",
            10,
            100,
            100,
            step=10,
            format="%d %%",
            help="A model is as good as the labels it has seen. Below 100 % the scores are those of an "
            "earlier model, which knew only the first of the labels; distances count all of them.",
        )
        seed = controls.slider(
            PAGE, "seed", "Seed", 0, 999, 0, help="Another seed is another sample with other first labels."
        )
    alpha = controls.own_number(PAGE, "alpha", "Alpha", 0.0, 1.0, ALPHA, step=0.05)
    sample = BatchSample(
        data=data,
        points=points,
        overlap=overlap,
        classes=chosen if data == "blobs" else 2,
        imbalance=imbalance,
        near_duplicates=near_duplicates,
        outliers=outliers,
        seed=seed,
    )
    pool = BatchPool(sample, labelled, learned / 100)
    return BatchSettings(pool, size, alpha, tuple(selectors))
