"""Batches side by side, with explanations of their measures."""

import streamlit as st

from alcore.loops.batch_explorer import BatchExperiment
from alcore.loops.steps import counted
from alcore.report.svg.batch_panels import NUMBERS, panels_scene
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from pages.screens.batch_explorer import cached, maps
from pages.screens.batch_explorer.controls import BatchSettings
from pages.shared.progress import working

# Symbols of the first classes in `alcore.report.style`.
_SHAPES = "○□◇△▽"
# What is coloured: on the map with the slider, on that of one's own batch, and on maps side by side.
COLOURS = "Blue: the model is uncertain. Pink: far from every label."
BLUE = "Blue: the model is uncertain."
SHADES = "Shaded: a strategy's score; without one, where the model is uncertain."


def legend(setup: BatchSettings, found: BatchExperiment, coloured: str = COLOURS) -> str:
    """The legend of the maps, the labels that the model is trained on, and whether a choice of points is left."""
    classes = ", ".join(f"{shape} {name}" for shape, name in zip(_SHAPES, found.dataset.class_names, strict=False))
    early = "" if found.trained == len(found.labeled) else f" The model is trained on {found.trained} of the labels."
    free = len(found.unlabeled)
    all_in = f" Only {free} points have no label yet: every batch holds all of them." * (free <= setup.size)
    return (
        f"Hollow: the {len(found.labeled)} labels, {classes}. Numbered: the batch; dashed ring: a near-duplicate. "
        f"Dashed circle: farthest from every label. {coloured}{early}{all_in}"
    )


def work_out(setup: BatchSettings, found: BatchExperiment, plane: PoolMap2D) -> list[BatchPanel]:
    """The batch of every chosen strategy."""
    return working(
        "Selecting the batches.",
        lambda on_step: [
            cached.panel_of(setup.pool, name, setup.size, setup.alpha, found, plane)
            for name in counted(setup.selectors, on_step)
        ],
    )


def side_by_side(plane: PoolMap2D, panels: list[BatchPanel]) -> None:
    """Draw the batches side by side."""
    if panels:
        maps.panels(panels_scene(plane, panels))
    else:
        st.info("Choose at least one query strategy, in the settings at the side.")


def explain(shown: list[BatchPanel]) -> None:
    """A button that explains each measure of the batches."""
    with st.popover("What do the numbers mean?", icon=":material/help:", disabled=not shown):
        if not shown:
            return
        st.markdown("\n".join(f"- **{number.term}**: {number.help}" for number in NUMBERS))
        exact = all(panel.summary.exact for panel in shown)
        error = max(panel.summary.error for panel in shown)
        how = "by enumeration of all outcomes of the labels"
        if not exact:
            how += ", or from 2,000 samples of them where there are too many (≈)"
        if error:
            how += f"; its standard error is at most {error:.3f} nats"
        st.markdown(
            "**Information** is the mutual information of the labels and the model, estimated with a committee of 20 "
            "models, each trained on a bootstrap sample of the labels: a label is informative where they disagree. A "
            "nat is 1.44 bits; 20 models differ by 3.0 nats at most, so the larger a batch, the more of its labels' "
            f"information is redundant. It is computed {how}. A green dot marks the best panel in a row, and every "
            "panel within sampling error or rounding of it. Labels of the picks are read to describe a batch, never "
            "to select it."
        )
