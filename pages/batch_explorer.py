"""One pool, one model: what top-k, k-center and hybrid would each ask for."""

import math

import streamlit as st

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar import planar
from alcore.loops.explore import Exploration, explore
from alcore.loops.race import Grid, grid_over
from alcore.report.batches import BatchSummary, compare_batches, summarise_batch
from alcore.report.figures_batch import batch_figure
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.frame import page

PANELS = {
    "top_k": ("Top-k", "The most uncertain points, wherever they are."),
    "k_center": ("k-center", "The points farthest from everything known."),
    "hybrid": ("Hybrid, sum", "alpha x uncertainty + (1 - alpha) x distance."),
    "hybrid_product": ("Hybrid, product", "Uncertainty x distance: no weight to choose."),
}
NONE = "none"
OTHERS = {name: strategy.label for name, strategy in STRATEGIES.items() if name not in PANELS}

page(
    "batch",
    "Batch explorer",
    "One model, one set of scores, four ways to fill a batch. "
    "**Add near-duplicates and watch top-k pay for the same answer twice.**",
    ":material/scatter_plot:",
)


@st.cache_data(max_entries=64, show_spinner=False)
def run_exploration(
    points: int,
    overlap: float,
    near_duplicates: int,
    labeled: int,
    batch_size: int,
    alpha: float,
    seed: int,
    another: str | None,
) -> tuple[Dataset, Grid, Exploration, dict[str, BatchSummary]]:
    """The data, the model's scores, and each selector's batch with its numbers."""
    data = planar(
        "blobs", points=points, overlap=overlap, near_duplicates=near_duplicates, rng=rng_for(seed, "data")
    )
    grid = grid_over(data, aspect=1.0)
    found = explore(
        data, seed=seed, labeled=labeled, batch_size=batch_size, alpha=alpha, grid=grid, another=another
    )
    summaries = {
        name: summarise_batch(
            data.x_pool,
            data.y_pool,
            data.classes,
            found.labeled,
            batch.indices,
            found.scores_of(batch.indices),
        )
        for name, batch in found.batches.items()
    }
    return data, grid, found, summaries


def show_panel(name: str, label: str, description: str) -> None:
    """One selector's batch, its numbers under it."""
    batch, summary = found.batches[name], summaries[name]
    st.markdown(f"#### {label}")
    st.caption(description)
    per_class = ", ".join(
        f"{count} {letter}" for letter, count in zip(data.class_names, summary.per_class, strict=True)
    )
    st.plotly_chart(
        batch_figure(
            data.x_pool,
            data.y_pool,
            data.class_names,
            grid.x,
            grid.y,
            found.surface_Y_X,
            found.labeled,
            batch.indices,
            batch.scores,
            strategy=name,
        ),
        key=f"batch_{name}",
        alt=f"{label}: {len(batch)} picks on the uncertainty surface; classes {per_class}.",
        config={"displaylogo": False, "displayModeBar": False},
    )
    gap = summary.smallest_distance
    st.markdown(
        f"**{summary.mean_uncertainty:.3f}** mean uncertainty  \n"
        f"**{summary.covering_radius:.2f}** covering radius  \n"
        f"**{'no' if math.isnan(gap) else f'{gap:.3f}'}** smallest gap between picks  \n"
        f"**{per_class}** by class"
    )


with st.sidebar:
    batch_size = controls.slider("batch", "size", "Batch size", 1, 30, 10)
    alpha = controls.slider(
        "batch",
        "alpha",
        "Alpha",
        0.0,
        1.0,
        0.5,
        step=0.05,
        help="Of the hybrid sum. 0: as k-center. 1: as top-k.",
    )
    near_duplicates = controls.slider(
        "batch",
        "duplicates",
        "Near-duplicates in the pool",
        0,
        200,
        0,
        step=10,
        help="Copies moved by about 0.01.",
    )
    labeled = controls.slider("batch", "labelled", "Labelled so far", 2, 50, 10)
    overlap = controls.slider("batch", "overlap", "Overlap", 0.0, 1.0, 0.4, step=0.05)
    points = controls.slider("batch", "points", "Points", 100, 1000, 300, step=10)
    seed = controls.slider("batch", "seed", "Seed", 0, 999, 0)
    another = controls.selectbox(
        "batch",
        "another",
        "One more strategy",
        [NONE, *OTHERS],
        NONE,
        labels=lambda name: OTHERS.get(name, name),
    )
    st.caption(STRATEGIES[another].description if another in STRATEGIES else "Shown below the four panels.")

with sentences():
    data, grid, found, summaries = run_exploration(
        points,
        overlap,
        near_duplicates,
        labeled,
        batch_size,
        alpha,
        seed,
        None if another == NONE else another,
    )
    st.info(compare_batches(summaries), icon=":material/flag:")
    for column, (name, (label, description)) in zip(st.columns(4), PANELS.items(), strict=True):
        with column:
            show_panel(name, label, description)
    if another != NONE:
        with st.columns(4)[0]:
            show_panel(another, STRATEGIES[another].label, STRATEGIES[another].description)
    st.caption(
        "Brown bands: where the model is unsure, the deeper the more. Small markers are labelled, numbers "
        "are picks in their order. A small covering radius means that no point is far from a label; a "
        "smallest gap near 0 means that one answer is paid for twice. Labels are read only to describe the "
        "batch."
    )
