"""All items on a plane: draw around some, and label, skip or export them in one step."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.images import ImageSource
from alcore.projects.overview import on_map
from alcore.projects.planes import PLANES, Plane, discriminants, plane_of, planes_for, umap_apart
from alcore.report.charts.labelling import items_map
from alcore.report.interactive.render import to_plotly
from alcore.report.phrases import lowercase_first
from alcore.storage.errors import StoreError
from pages.screens.labelling.items_view import lines
from pages.screens.labelling.opened import Opened, picture_url
from pages.screens.labelling.selection import draw_actions
from pages.screens.labelling.texts import PAGE
from pages.shared import controls
from pages.shared.chart import toolbar
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.session_cache import cached
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_dark

MOST, MOST_PICTURES = 4000, 48
_NAMES: dict[Plane, str] = {"pca": "PCA", "umap": "UMAP", "lda": "LDA"}
_FAILED = "_label_plane_failed"
COLOURS = {"label": "label", "predicted": "prediction"}


def draw_map_view(shown: Opened, annotator: str) -> None:
    """Draw the map, and what can be done with a selection."""
    project = shown.project
    states = project.states()
    labels = {
        project.items.place_of[item]: state.label
        for item, state in states.items()
        if state.label is not None and item in project.items.place_of
    }
    offered = planes_for(labels)
    places = on_map(project.items, states, MOST)
    model = None if shown.kept is None else shown.kept.model
    named = [] if model is None else model.named_N
    head = st.container(horizontal=True, vertical_alignment="center", key="label_map_head")
    with head:
        by = controls.segmented(PAGE, "colour", "Colour by", COLOURS, "label")
        plane = offered[0]
        if len(offered) > 1:
            plane = controls.segmented(PAGE, "plane", "Plane", {one: _NAMES[one] for one in offered}, offered[0])
    try:
        plane_N_2 = _plane(shown, plane, labels)
    except StoreError as error:
        _draw_failure(str(error), (str(project.folder), plane))
        return
    names = [
        (named[place] if named else "")
        if by == "predicted"
        else (state.label or "" if (state := states.get(project.ids[place])) else "")
        for place in places.tolist()
    ]
    groups = {name: np.flatnonzero(np.array(names, dtype=object) == name) for name in dict.fromkeys(names)}
    every = lines(shown)
    texts = [f"{every[place][:80]}  {name}" for place, name in zip(places.tolist(), names, strict=True)]
    chart = items_map(plane_N_2[places].astype(np.float64), groups, places, texts, project.classes)
    actions = st.container()
    event: Any = main_visual().plotly_chart(
        to_plotly(chart, dark=is_dark()),
        theme=None,
        key=f"label_map_{by}_{plane}",
        on_select="rerun",
        selection_mode=("lasso", "box"),
        config=toolbar("items"),
        alt=f"All items on a plane: {PLANES[plane]}",
    )
    picked = [int(one["customdata"][0]) for one in event.selection.points if one.get("customdata")]
    if not picked:
        part = "" if len(places) == len(project.items) else f" of {len(project.items):,}"
        head.caption(
            f"{len(places):,}{part} items, {lowercase_first(PLANES[plane])}: **draw around some to label them**, or "
            "tick them under Items.",
            width="content",
        )
    with actions:
        draw_actions(shown, [project.ids[place] for place in picked], annotator, key="label_map")
    if picked and isinstance(project.source, ImageSource):
        with st.container(horizontal=True, gap="xsmall"):
            for place in picked[:MOST_PICTURES]:
                st.image(picture_url(project.source, place, 64), width=48)


def _draw_failure(sentence: str, failed: tuple[str, str]) -> None:
    """Why a plane could not be made, until it is tried again: a rerun does not start a long computation anew."""
    st.session_state[_FAILED] = (failed, sentence)
    st.error(plain(sentence), icon=":material/error:")
    st.button("Try again", icon=":material/refresh:", on_click=lambda: st.session_state.pop(_FAILED, None))


def _plane(shown: Opened, by: Plane, labels: dict[int, str]) -> NDArray[np.float32]:
    project = shown.project
    failed, sentence = st.session_state.get(_FAILED, (None, ""))
    if failed == (str(project.folder), by):
        raise StoreError(sentence)
    if by != "lda":
        if by == "umap":
            words = "Placing the items: UMAP. The first time takes a minute or two; labelling goes on meanwhile."
            return working(words, lambda on_step: umap_apart(project, on_step))
        return working(f"Placing the items: {PLANES[by]}.", lambda on_step: plane_of(project))
    key = (str(project.folder), project.ledger().last, project.trained_as)
    return cached("label_lda", key, lambda on_step: discriminants(project, labels), "Placing the items.", most=2)
