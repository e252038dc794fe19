"""A manual batch: selected on the map or point by point, and measured like the others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.batch_explorer import BatchExperiment, after_query, batch_strategy, select_batch
from alcore.report.statistics.batch_quality import judge_own
from alcore.report.svg.batch_panels import NUMBERS, chooser_scene
from alcore.report.svg.paths import Spec
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from pages.screens.batch_explorer import cached, maps
from pages.screens.batch_explorer.controls import HYBRID, PAGE, BatchSettings
from pages.shared import address, link_warnings
from pages.shared.markdown import quoted

KEY = f"{PAGE}_own"
UNDOS = 50
_PAST, _SAMPLE = "_batch_own_past", "_batch_own_sample"


def picks_of(setup: BatchSettings, found: BatchExperiment) -> NDArray[np.int64]:
    """The manual batch in the address, limited to existing unlabelled points.

    A new sample has other points and starts with an empty batch.
    """
    # Duplicates and outliers are appended, so indices of other points are stable.
    whose = replace(setup.pool.scene, near_duplicates=0, outliers=0), setup.pool.seed
    if st.session_state.setdefault(_SAMPLE, whose) != whose:
        st.session_state[_SAMPLE] = whose
        st.session_state.pop(_PAST, None)
        address.write(KEY, None)
    given = address.text(KEY, "Your own batch")
    wanted = list(dict.fromkeys(address.whole(point) for point in given.split("-") if given))
    if None in wanted:
        sentence = f"**Your own batch:** the link asked for {quoted(given)}, which is no list of points."
        link_warnings.keep(KEY, sentence, "")
        address.write(KEY, None)
        given, wanted = "", []
    there = set(found.unlabeled.tolist())
    picks = [point for point in wanted if point in there][: setup.size]
    if len(picks) < len(wanted):
        link_warnings.warn(
            f"**Your own batch:** {len(wanted) - len(picks):,} of the {len(wanted):,} points in the address "
            f"are left out: they are not in this pool, or have a label, or are more than the batch size, {setup.size}."
        )
    link_warnings.settle(KEY, given)
    return np.array(picks, dtype=np.int64)


def own_panel(setup: BatchSettings, found: BatchExperiment, plane: PoolMap2D, picks: NDArray[np.int64]) -> BatchPanel:
    """The manual batch as a panel; a pick's score is its uncertainty."""
    scores = found.scores_N[found.rows(picks)]
    summary = cached.summary_of(setup.pool, setup.size, found, picks)
    return BatchPanel("you", "You", "Chosen by hand.", picks, scores, summary, plane.unsure, scored=False)


def own_map(
    setup: BatchSettings, found: BatchExperiment, plane: PoolMap2D, picks: NDArray[np.int64], trade: Spec
) -> None:
    """Draw the map with selectable points."""
    summary = cached.summary_of(setup.pool, setup.size, found, picks) if len(picks) else None
    scene = chooser_scene(
        plane, picks, summary, unlabeled=found.unlabeled, most=setup.size, trade=trade, now=found.accuracy
    )
    maps.chooser(scene, lambda chosen: _change(picks, chosen))


def own_batch(
    setup: BatchSettings,
    found: BatchExperiment,
    picks: NDArray[np.int64],
    own: BatchPanel | None,
    panels: Sequence[BatchPanel],
) -> None:
    """Draw the buttons, and once the batch is complete its measures beside those of the strategies."""
    _buttons(setup, found, picks)
    missing = setup.size - len(picks)
    if own is None or missing:
        st.caption(
            f"Click points, or draw a ring around some: **{missing} more**, and your batch is compared.",
            help="With the keyboard: Tab to the map, go through the points by rank with the arrow keys, choose with "
            "Enter.",
        )
        return
    st.info(judge_own(own.summary, {panel.label: panel.summary for panel in panels}), icon=":material/flag:")
    st.dataframe([_row(panel) for panel in (own, *panels)], hide_index=True)


def _buttons(setup: BatchSettings, found: BatchExperiment, picks: NDArray[np.int64]) -> None:
    full = len(picks) >= min(setup.size, len(found.unlabeled) - 1)
    chosen = picks.tolist()

    def add(name: str) -> None:
        strategy = batch_strategy(name, alpha=setup.alpha)
        (added,) = select_batch(after_query(found, picks), strategy, 1).indices.tolist()
        _change(picks, [*chosen, added])

    with st.container(horizontal=True):
        for name, label, icon in (
            ("top_k", "Add the most uncertain", ":material/help:"),
            ("k_center", "Add the farthest", ":material/open_in_full:"),
            (HYBRID, f"Add by alpha {setup.alpha:.2f}", ":material/balance:"),
        ):
            st.button(
                label,
                icon=icon,
                key=f"batch_own_{name}",
                on_click=add,
                args=(name,),
                disabled=full,
            )
    past: list[list[int]] = st.session_state.get(_PAST, [])
    with st.container(horizontal=True):
        st.button(
            "Undo", icon=":material/undo:", key="batch_own_undo", on_click=lambda: _write(past.pop()), disabled=not past
        )
        st.button(
            "Clear",
            icon=":material/delete:",
            key="batch_own_clear",
            on_click=_change,
            args=(picks, []),
            disabled=not chosen,
        )


def _change(before: NDArray[np.int64], chosen: Sequence[int]) -> None:
    past: list[list[int]] = st.session_state.setdefault(_PAST, [])
    past.append(before.tolist())
    del past[:-UNDOS]
    _write(chosen)


def _write(chosen: Sequence[int]) -> None:
    address.write(KEY, "-".join(map(str, chosen)) or None)


def _row(panel: BatchPanel) -> dict[str, str]:
    one = panel.summary
    return {"Batch by": panel.label} | {number.term: number.say(one) for number in NUMBERS}
