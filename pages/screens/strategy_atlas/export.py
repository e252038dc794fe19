"""Downloads of a section, and its link."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from alcore.report.paper.render import to_bytes
from pages.screens.strategy_atlas.controls import PAGE
from pages.shared.copy_buttons import copy_link

MIMES = {
    "csv": "text/csv",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}

# File name without "alcore-" -> its description, and a function that creates it.
Files = Mapping[str, tuple[str, Callable[[], bytes]]]


def take_away(files: Files, *, key: str) -> None:
    """A panel of downloads, each created on demand, and the link."""
    with st.container(horizontal=True):
        with st.popover("Export", icon=":material/download:"):
            for name, (said, make) in files.items():
                st.download_button(
                    said,
                    make,
                    file_name=f"alcore-{name}",
                    mime=MIMES[name.rpartition(".")[2]],
                    key=f"{PAGE}_export_{key}_{name}",
                    on_click="ignore",
                    width="stretch",
                )
        copy_link()


def figure_files(name: str, said: str, draw: Callable[[], Any]) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """A printed figure in three formats."""
    return {
        f"{name}.{fmt}": (f"**{said}** ({fmt.upper()})", partial(_drawn, draw, fmt)) for fmt in ("png", "svg", "pdf")
    }


def _drawn(draw: Callable[[], Any], fmt: str) -> bytes:
    return to_bytes(draw(), fmt)
