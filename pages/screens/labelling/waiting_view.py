"""A view before there is anything in it: what is missing, what will be there, and a sample of the items."""

from html import escape

import pandas as pd
import streamlit as st

from alcore.datasets.images import ImageSource
from alcore.projects.overview import unlabelled_sample
from pages.screens.labelling.items_view import lines
from pages.screens.labelling.opened import Opened, picture_url
from pages.screens.labelling.texts import open_next
from pages.shared.viewport import is_narrow

_MOST, _MOST_NARROW = 90, 12
_STYLE = """<style>
.alcore-sample { display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); }
.alcore-sample img { aspect-ratio: 1; border-radius: 0.3rem; image-rendering: pixelated; object-fit: contain;
  width: 100%; }
</style>"""


def draw_waiting(shown: Opened, sentence: str, have: int, need: int, what: str, later: str) -> None:
    """Draw what is missing with a way to it.

    Args:
        shown: the project.
        sentence: what is missing.
        have: how many there are.
        need: how many are needed.
        what: their name in the plural.
        later: what the view shows then, in Markdown.
    """
    beside, right = (st.container(), st.container()) if is_narrow() else st.columns([2, 3], gap="large")
    with beside:
        st.info(sentence, icon=":material/hourglass_empty:")
        st.progress(min(have / need, 1.0), text=f"{have:,} of {need:,} {what}")
        st.button("Label items", icon=":material/label:", on_click=lambda: open_next(shown.name), type="primary")
    right.markdown(later)
    draw_sample(shown)


def draw_sample(shown: Opened) -> None:
    """Items without a label, in random order: pictures, or lines of text."""
    project = shown.project
    most = _MOST_NARROW if is_narrow() else _MOST
    places = unlabelled_sample(project.items, project.states(), most).tolist()
    if not places:
        return
    st.markdown(f"**A random sample of the items without a label**: {len(places):,}")
    if not isinstance(project.source, ImageSource):
        every = lines(shown)
        st.dataframe(pd.DataFrame({"item": [every[place] for place in places]}), hide_index=True, height=560)
        return
    pictures = [
        f'<img src="{picture_url(project.source, place, 96)}" alt="{escape(project.ids[place])}">' for place in places
    ]
    st.html(f'{_STYLE}<div class="alcore-sample">{"".join(pictures)}</div>')
