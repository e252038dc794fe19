"""The gallery of queried images as a control: a click, Enter or the space bar selects an image."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_CSS = """
.lab-gallery li[role="button"] { cursor: pointer; }
.lab-gallery li[role="button"]:hover { background: color-mix(in srgb, currentColor 6%, transparent); }
.lab-gallery li:is(:focus-visible, .chosen) {
  outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
"""
_TILES = st.components.v2.component(
    "alcore_tiles",
    js=(Path(__file__).parents[1] / "gallery.js").read_text(encoding="utf-8"),
    css=_CSS,
    isolate_styles=False,
)


def tiles(html: str, *, key: str, says: str, chosen: int | None, on_pick: Callable[[int], None]) -> None:
    """Draw a gallery from `alcore.report.html.image_gallery.gallery`.

    Args:
        html: the gallery.
        key: of the control.
        says: alternative text.
        chosen: the inspected image, marked if it is in the gallery.
        on_pick: called with the selected image before the page is redrawn.
    """

    def picked() -> None:
        index = st.session_state[key].get("picked")
        if isinstance(index, int | float):
            on_pick(int(index))

    data = {"html": html, "says": says, "chosen": chosen}
    _TILES(key=key, data=data, on_picked_change=picked, height="content")
