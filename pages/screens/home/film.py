"""The film of the home screen: the race of `pages.screens.home.race`, recorded by `python -m tests.benchmarks film`."""

import lzma
from pathlib import Path

import streamlit as st

FILM = Path(__file__).with_name("film.xz")
# Parameters of the arena that differ from its defaults: its link opens exactly this race.
LINK: dict[str, str] = {}


def pack(light: bytes, dark: bytes) -> bytes:
    """The content of FILM, from `pages.screens.home.race.record` in both themes."""
    return lzma.compress(b"\n".join((light, dark)), preset=9)


@st.cache_resource(show_spinner=False)
def film(dark: bool) -> bytes:
    """The recorded film in one theme, as `pages.screens.home.race.record`."""
    light, darker = lzma.decompress(FILM.read_bytes()).split(b"\n")
    return darker if dark else light
