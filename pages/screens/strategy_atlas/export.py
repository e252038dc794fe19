"""Downloads of a section, and its link."""

from collections.abc import Callable, Mapping
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from alcore.report.paper.render import to_bytes
from pages.screens.strategy_atlas.controls import PAGE
from pages.shared.copy_buttons import copy_link
from pages.shared.export_panel import download, export_popover
from pages.shared.toolbar import full_screen

# File name without "alcore-" -> its description, and a function that creates it.
Files = Mapping[str, tuple[str, Callable[[], bytes]]]


def take_away(
    tools: DeltaGenerator, files: Files, *, key: str, figures: Mapping[str, tuple[str, Callable[[], Any]]]
) -> None:
    """A panel of downloads, each created on demand, the link, and the full screen.

    Args:
        tools: the toolbar.
        files: tables.
        key: distinguishes the panels of the screen.
        figures: file name without its ending -> description, and a function that draws the printed figure.
    """

    def drawn(draw: Callable[[], Any], fmt: str) -> Callable[[], bytes]:
        return lambda: to_bytes(draw(), fmt)

    drawings = {
        f"{stem}.{fmt}": (f"**{label}** ({fmt.upper()})", drawn(draw, fmt))
        for stem, (label, draw) in figures.items()
        for fmt in ("png", "svg", "pdf")
    }
    with tools:
        with export_popover():
            for name, (words, make) in {**files, **drawings}.items():
                download(words, make, f"alcore-{name}", key=f"{PAGE}_export_{key}_{name}")
        copy_link()
        full_screen()
