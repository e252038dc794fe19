"""Batches side by side, with explanations of their measures."""

import streamlit as st

from alcore.loops.batch_explorer import BatchExperiment
from alcore.loops.steps import counted
from alcore.report.statistics.batch_quality import compare_batches
from alcore.report.svg.batch_panels import NUMBERS, panels_scene
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from pages.screens.batch_explorer import cached, maps
from pages.screens.batch_explorer.controls import NAMES, BatchSettings
from pages.shared.progress import working

_WANTED = "_batch_slow"
# Symbols of the first classes in `alcore.report.style`.
_SHAPES = "○□◇△▽"


def legend(setup: BatchSettings, found: BatchExperiment) -> str:
    """The legend of the slider's map, the model's test accuracy, and whether a choice of points is left."""
    classes = ", ".join(f"{shape} {name}" for shape, name in zip(_SHAPES, found.dataset.class_names, strict=False))
    count = len(found.labeled)
    trained = f"all {count}" if found.trained == count else f"{found.trained} of the {count}"
    free = len(found.unlabeled)
    all_in = f" Only {free} points have no label yet: every batch holds all of them." * (free <= setup.size)
    return (
        f"Labelled: {classes}. Dots: no label yet. Stars: the batch, numbered in the order of selection; a dashed ring "
        "is a near-duplicate of an earlier pick. Blue: the model is uncertain; pink: far from every label. "
        f"**The model is trained on {trained} labels; its test accuracy is {100 * found.accuracy:.1f} %.**{all_in}"
    )


def work_out(setup: BatchSettings, found: BatchExperiment, plane: PoolMap2D) -> tuple[list[BatchPanel], list[str]]:
    """The batches that are fast or requested, and the names of those that wait for a request."""
    wanted = st.session_state.get(_WANTED) == (setup.pool, setup.size)
    late = [name for name in setup.selectors if not wanted and cached.slow(name, setup.size)]
    ready = [name for name in setup.selectors if name not in late]
    panels = working(
        "Selecting the batches.",
        lambda on_step: [
            cached.panel_of(setup.pool, name, setup.size, setup.alpha, found, plane) for name in counted(ready, on_step)
        ],
    )
    return panels, late


def side_by_side(setup: BatchSettings, plane: PoolMap2D, panels: list[BatchPanel], late: list[str]) -> None:
    """Draw the computed batches side by side, and a button for the selectors `late` of slow ones."""
    if not setup.selectors:
        st.info("Choose at least one query strategy, in the settings at the side.")
    summaries = {panel.selector: panel.summary for panel in panels}
    if {"top_k", "k_center"} <= set(summaries):
        st.info(compare_batches(summaries), icon=":material/flag:")
    if panels:
        maps.panels(panels_scene(plane, panels))
    if late:
        asked = (setup.pool, setup.size)
        st.button(
            f"Work out {' and '.join(NAMES[name] for name in late)} for {setup.size} picks",
            icon=":material/hourglass_top:",
            key="batch_slow",
            on_click=lambda: st.session_state.update({_WANTED: asked}),
            help="It computes the joint mutual information of all labels of the batch, which takes some seconds for so "
            "many. The other panels do not wait for it.",
        )


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
