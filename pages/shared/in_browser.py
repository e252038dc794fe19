"""What pages need of the browser beyond Streamlit and plotly.

Charts have few stops of the Tab key, and zooms that stay; symbols in sentences are not read out by their names; links
that are symbols show their names; of options in a row that scrolls the chosen one is in sight.
"""

from pathlib import Path
from typing import Any

import streamlit as st

_ATTENDANT = st.components.v2.component(
    "alcore_in_browser",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    css=".st-key-_in_browser { height: 0; overflow: hidden; position: absolute; width: 0; }",
    isolate_styles=False,
)


def sent(key: str, name: str) -> Any:
    """What a component or chart of this key has sent, in its callback; None once it has left the page."""
    return getattr(st.session_state.get(key), name, None)


def picked_points(key: str) -> list[dict[str, Any]]:
    """The points that were selected on a chart of plotly, in its callback."""
    points: list[dict[str, Any]] = getattr(sent(key, "selection"), "points", [])
    return points


def attend() -> None:
    """Mount the invisible component; called once per run by the page frame."""
    _ATTENDANT(key="_in_browser", height="content")
