"""One item at a time, and what is known of the project beside it."""

from pathlib import Path

import streamlit as st

from pages.screens.labelling.answering import RENEWED_EVERY, draw_card
from pages.screens.labelling.opened import opened
from pages.screens.labelling.panel import draw_panel, keep_training
from pages.shared.errors import sentences
from pages.shared.toolbar import main_visual

# Seconds between two looks at what the trainer has made.
EVERY = 2.0


def draw_label_view(home: Path, name: str, annotator: str) -> None:
    """Draw the card and the panel, each in a fragment of its own: an answer redraws the card alone."""
    shown = opened(home, name)
    if not shown.project.classes:
        st.info("There are no classes yet: name them under Classes, then label.", icon=":material/sell:")
        return
    left, right = st.columns([7, 3], gap="medium")
    with left, main_visual():
        _card(home, name, annotator)
    with right:
        _panel(home, name)


@st.fragment(run_every=RENEWED_EVERY)
def _card(home: Path, name: str, annotator: str) -> None:
    with sentences():
        shown = opened(home, name)
        draw_card(shown.labelling(), annotator)
        keep_training(shown)


@st.fragment(run_every=EVERY)
def _panel(home: Path, name: str) -> None:
    with sentences():
        draw_panel(opened(home, name))
