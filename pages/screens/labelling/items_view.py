"""All items as a table: filter, search, sort, and mend labels in bulk."""

from typing import Any

import pandas as pd
import streamlit as st

from alcore.datasets.images import ImageSource
from alcore.projects.overview import FILTERS, filtered, lines_of, overview_frame
from pages.screens.labelling.opened import Opened, picture_url
from pages.screens.labelling.selection import draw_actions
from pages.screens.labelling.texts import PAGE
from pages.shared import controls
from pages.shared.chart import percent_bar
from pages.shared.session_cache import cached
from pages.shared.viewport import is_narrow

MOST, MOST_PICTURES = 5000, 300
# Columns that are left out while nothing is in them.
_SELDOM = ("machine", "by", "flagged", "skipped", "unsure", "excluded", "notes")


def lines(shown: Opened) -> list[str]:
    """Every item of a project in a line; read once a session."""
    project = shown.project
    first = tuple(project.settings["features"]["columns"])
    key = (str(project.folder), first)
    return cached("label_lines", key, lambda on_step: lines_of(project.source, first), "Reading the items.", most=2)


def draw_items_view(shown: Opened, annotator: str) -> None:
    """Draw the table and what can be done with its selected rows."""
    project = shown.project
    model = None if shown.kept is None else shown.kept.model
    frame = overview_frame(project.items, lines(shown), project.states(), model)
    left, middle, right = st.columns([2, 3, 3], vertical_alignment="bottom")
    with left:
        which = controls.selectbox(PAGE, "filter", "Show", FILTERS, "all")
    with middle:
        names = {name: name for name in project.classes}
        classes = controls.several(PAGE, "class", "Label or prediction", names, []) if names else []
    with right:
        words = controls.line(PAGE, "search", "Search", "", 200, placeholder="in items, ids and notes")
    rows = filtered(frame, which, tuple(classes), words)
    actions = st.container()
    st.caption(
        f"{len(rows):,} of {len(frame):,} items"
        + (f"; the first {MOST:,} are listed, search for more" if len(rows) > MOST else "")
        + ". Tick rows to label or mend them (keyboard: Shift and the space bar); a click on a column's name sorts."
    )
    head = rows.head(MOST).reset_index(drop=True)
    head["probability"] *= 100
    empty = [name for name in _SELDOM if not frame[name].astype(bool).any()]
    head = head.drop(columns=empty)
    config: dict[str, Any] = {
        "probability": percent_bar(),
    }
    if isinstance(project.source, ImageSource):
        head = _with_pictures(shown, head)
        config["picture"] = st.column_config.ImageColumn(width="small")
    event = st.dataframe(
        head,
        hide_index=True,
        height=520 if is_narrow() else 620,
        key=f"label_items_{which}_{words}_{'_'.join(classes)}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config=config,
        alt=f"{len(head):,} items with their labels and predictions",
    )
    chosen = [head["id"].iloc[row] for row in event.selection.rows if row < len(head)]
    with actions:
        draw_actions(shown, chosen, annotator, key="label_table")


def _with_pictures(shown: Opened, head: pd.DataFrame) -> pd.DataFrame:
    source, place_of = shown.project.source, shown.project.items.place_of
    assert isinstance(source, ImageSource)
    urls = [picture_url(source, place_of[item], 64) for item in head["id"].iloc[:MOST_PICTURES]]
    pictures = urls + [None] * (len(head) - len(urls))
    return pd.concat([pd.DataFrame({"picture": pictures}), head.drop(columns="item")], axis=1)
