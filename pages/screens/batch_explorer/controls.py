"""Controls of the batch explorer, all in the address."""

from dataclasses import dataclass

import streamlit as st

from alcore.report.phrases import lowercase_first, percent, plural
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls, planar_scene
from pages.shared.planar_scene import PlanarScene

PAGE = "batch"
# The slider opens at its end of uncertainty, where top-k is.
ALPHA = 1.0
# The strategy whose batches the slider shows.
HYBRID = "hybrid"
# Top-k selects by least confidence, so that strategy is not listed separately.
NAMES = {"top_k": "Top-k"} | {
    name: strategy.label for name, strategy in STRATEGIES.items() if name != "least_confidence"
}
PANELS = ("top_k", "k_center", "badge", "batchbald")
_HELP = {
    "learned": "Below 100 % the scores are those of an earlier model, trained on the first of the labels; distances "
    "count all of them.",
    "panels": "Each has a dot beside the slider's path and a map below. The slider's own batches are the hybrid's.",
    "seed": "Another seed is another sample and another seed set.",
}
OPTIONS = (*PANELS, *(name for name in NAMES if name not in PANELS))


@dataclass(frozen=True)
class BatchPool:
    """A sample with its labelling state: the pool of every batch."""

    scene: PlanarScene
    seed: int
    labelled: int
    learned: float


@dataclass(frozen=True)
class BatchSettings:
    """All settings of the screen."""

    pool: BatchPool
    size: int
    alpha: float
    selectors: tuple[str, ...]

    def title(self, seeds: int | None = None) -> str:
        """The pool in a few words; of races over so many seeds, whose models are trained on all labels."""
        pool = self.pool
        parts = [plural(self.size, "pick"), lowercase_first(pool.scene.title)]
        if pool.learned < 1 and seeds is None:
            parts.append(f"model of {percent(pool.learned, 0)} of the labels")
        drawn = f"seed {pool.seed}" if seeds is None else plural(seeds, "paired seed")
        return ", ".join([*parts, f"{pool.labelled} labelled", drawn])


def name_of(selector: str, alpha: float) -> str:
    """A selector's display name, with its weight if it has one."""
    return NAMES[selector] + (f" ({alpha:.2f})" if selector == HYBRID else "")


def batch_controls() -> BatchSettings:
    """Draw the controls in the sidebar; the slider of alpha is on the page itself."""
    with st.sidebar:
        size = controls.slider(PAGE, "size", "Batch size", 1, 100, 20, help="Labels of a query.")
        options = {name: NAMES[name] for name in OPTIONS}
        selectors = controls.several(
            PAGE, "panels", "Query strategies", options, PANELS, as_chosen=True, help=_HELP["panels"]
        )
        near_duplicates = planar_scene.near_duplicates_control(PAGE, 200, 100)
        labelled = controls.slider(PAGE, "labelled", "Labels so far", 2, 50, 6)
        seed = controls.slider(PAGE, "seed", "Seed", 0, 999, 0, help=_HELP["seed"])
        with controls.group("Data"):
            data = planar_scene.shape_control(PAGE, "Shape")
            overlap = planar_scene.overlap_control(PAGE, 0.5)
            points = controls.slider(PAGE, "points", "Points", 100, 1000, 300, step=10)
            classes = planar_scene.classes_control(PAGE, data, 3)
        with controls.group("Noise and outliers"):
            outliers = planar_scene.outliers_control(PAGE)
            imbalance = planar_scene.balance_control(PAGE)
        with controls.group("Learner"):
            label = "Share of the labels that the model is trained on"
            learned = controls.slider(
                PAGE, "learned", label, 10, 100, 100, step=10, format="%d %%", help=_HELP["learned"]
            )
    alpha = controls.own_number(PAGE, "alpha", "Alpha", 0.0, 1.0, ALPHA, step=0.05)
    scene = PlanarScene(
        data, points, overlap, classes, imbalance=imbalance, near_duplicates=near_duplicates, outliers=outliers
    )
    return BatchSettings(BatchPool(scene, seed, labelled, learned / 100), size, alpha, tuple(selectors))
