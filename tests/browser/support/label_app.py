"""A labelling project of numbered texts, for the tests of the card."""

import os
from pathlib import Path

import numpy as np
import streamlit as st

from alcore.projects.items import Items
from alcore.projects.queue import Mix, Ranking
from alcore.projects.store import FILE, ProjectStore
from pages.screens.labelling.answering import Labelling, draw_card
from pages.screens.labelling.card.card import ClassButton

ITEMS = int(os.environ.get("LABEL_ITEMS", "1000"))
FOLDER = Path(os.environ["ALCORE_HOME"]) / "projects" / "test"

if not (FOLDER / FILE).exists():
    with ProjectStore(FOLDER) as made:
        made.add_items([f"i{number}" for number in range(ITEMS)], np.random.default_rng(0).permutation(ITEMS))

with ProjectStore(FOLDER) as store:
    items = Items(*store.items())

labelling = Labelling(
    "test",
    FOLDER,
    [ClassButton("even", "1", "#0072B2"), ClassButton("odd", "2", "#E69F00")],
    items,
    lambda place: {"text": f"number {items.ids[place]}"},
    Ranking(list(range(ITEMS))),
    Mix(audit_every=5),
)


@st.fragment
def card() -> None:
    draw_card(labelling, st.query_params.get("annotator", "anna"))


card()
