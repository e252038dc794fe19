"""A fixed draw of items, labelled one at a time, and how many of them are left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.projects.answers import ItemState
from alcore.projects.project import Project
from alcore.projects.store import Handed
from pages.screens.labelling.answering import RENEWED_EVERY, draw_card
from pages.screens.labelling.label_view import EVERY
from pages.screens.labelling.opened import opened
from pages.shared.errors import sentences


@dataclass(frozen=True)
class Draw:
    """What is drawn, and how it is labelled.

    Attributes:
        key: of the card.
        words: of the number of items left.
        current: the draw of a project; None without one.
        waiting: those of its items that are to be labelled.
        size: how many different items it has.
        reason: what the card shows of why; None: as of the queue.
    """

    key: str
    words: str
    current: Callable[[Project], Any]
    waiting: Callable[[Project, Any, Mapping[str, ItemState]], list[Handed]]
    size: Callable[[Any], int]
    reason: Callable[[Handed, Mapping[str, ItemState]], Mapping[str, Any]] | None = None


@st.fragment(run_every=EVERY)
def draw_left(home: Path, name: str, draw: Draw) -> None:
    """How many of the drawn items are left."""
    project = opened(home, name).project
    if (found := draw.current(project)) is not None:
        left = len(draw.waiting(project, found, project.states()))
        st.metric(draw.words, f"{left:,} of {draw.size(found):,}")


@st.fragment(run_every=RENEWED_EVERY)
def draw_drawn(home: Path, name: str, annotator: str, draw: Draw) -> None:
    """The card of the drawn items; the page is run again once all are answered."""
    with sentences():
        shown = opened(home, name)
        project, found = shown.project, draw.current(shown.project)
        if found is None:
            return
        labelling = replace(shown.labelling(), only=lambda states: draw.waiting(project, found, states))
        if draw.reason is not None:
            labelling = replace(labelling, reason=draw.reason)
        draw_card(labelling, annotator, key=draw.key)
        if not draw.waiting(project, found, project.states()):
            st.rerun()
