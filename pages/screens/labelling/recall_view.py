"""Have nearly all items of a rare class been found? A random draw, labelled before anything is said."""

from pathlib import Path

import streamlit as st

from alcore.projects.guarantees import recall
from alcore.report.phrases import level
from pages.screens.labelling.drawn_view import Draw, draw_drawn, draw_left
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.texts import PAGE
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.markdown import plain


def draw_recall(home: Path, shown: Opened, annotator: str) -> None:
    """Draw the step that comes next: choose a class and draw, label the draw, read the verdict."""
    st.markdown("**Are nearly all items of a rare class found?**")
    project = shown.project
    check = recall.current_check(project)
    if check is None:
        _draw_start(shown)
        return
    verdict = recall.verdict_of(project, check, project.states())
    if verdict is None:
        left, right = st.columns([7, 3], gap="medium")
        with left:
            draw_drawn(home, shown.name, annotator, _DRAW)
        with right:
            draw_left(home, shown.name, _DRAW)
            st.caption("The draw is fixed; nothing is said before all of it is labelled, and no guess is shown.")
    else:
        message = st.success if verdict.holds else st.warning
        message(plain(recall.words_of(check, verdict)), icon=":material/search_check:")
    if st.button("End this check", icon=":material/restart_alt:", help="Its labels stay. Another check draws anew."):
        recall.end_check(project)
        st.rerun()


def _draw_start(shown: Opened) -> None:
    project = shown.project
    names = {name: name for name in project.classes}
    if not names:
        st.caption("Name the classes first.")
        return
    states = project.states()
    left, middle, right = st.columns(3, gap="medium", vertical_alignment="bottom")
    with left:
        name = controls.selectbox(PAGE, "positive", "Class", names, next(iter(names)))
    with middle:
        target = (
            controls.slider(PAGE, "recall", "Share of its items to be found, in %", 50.0, 99.0, 95.0, step=1.0) / 100
        )
    found, unseen = recall.counts(project, states, name)
    needed = recall.draws_needed(found, unseen, target)
    if needed is None:
        st.caption(f"{found:,} items of {plain(name)} are labelled, {unseen:,} items are not: no draw can settle it.")
        return
    most = min(unseen, recall.MOST)
    draws = right.number_input(
        "Items to draw", 1, most, min(needed, most), key=f"_label_recall_{name}_{target}_{needed}"
    )
    there = f"{found:,} items of {plain(name)} are labelled"
    if not found:
        there = f"No item of class {plain(name)} is labelled yet: a draw costs least once some are"
    st.caption(
        f"{there}. If none is among {needed:,} of the {unseen:,} unlabelled "
        f"items, drawn at random, at least {level(target)} are found, with 95 % certainty; if some may be, draw more."
    )
    with sentences():
        if st.button("Draw, then label", type="primary", icon=":material/casino:"):
            recall.start_check(project, name, target, int(draws))
            st.rerun()


def _drawn(handed: object, states: object) -> dict[str, str]:
    return {"why": "drawn at random, the model's guess is hidden"}


_DRAW = Draw(
    "label_recall_card",
    "Drawn items to label",
    recall.current_check,
    recall.waiting,
    lambda check: len(check.drawn),
    _drawn,
)
