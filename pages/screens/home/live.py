"""The picture of the home screen: a recorded race in a loop."""

from pathlib import Path

import streamlit as st

from alcore.report.html.player.assets import player_script, player_styles

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_LIVE = st.components.v2.component(
    "alcore_live",
    html=_read("live.html"),
    css=player_styles() + _read("live.css"),
    js=player_script() + _read("live.js"),
    isolate_styles=False,
)


def draw_live(film: bytes) -> None:
    """Draw a film of `pages.screens.home.film`; it plays by itself unless the reader prefers reduced motion."""
    _LIVE(key="home_live", data=film, height="content")
