"""The settings' animated figures: maps with their strips over the learning curves, with the player."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import streamlit as st

from alcore.report.html.player.page import player_page
from alcore.report.interactive.animation_payload import LOOKS, page_payload
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.phrases import percent
from alcore.report.statistics.comparison import Comparison
from pages.screens.scenarios.controls import NAME
from pages.shared.player.player import animate, draw_player
from pages.shared.progress import working
from pages.shared.viewport import is_dark

_FILE = f"alcore-{NAME}"
Draw = Callable[..., PreparedFigure]


def draw_figure(draw: Draw, *, key: str, alt: str, below: int) -> None:
    """Draw a figure with its player: the last round at once, then all.

    Args:
        draw: makes the figure, `draw(dark=..., still=...)`.
        key: of the player.
        alt: the figure in words.
        below: pixels of what is to be seen with it.
    """
    still = working("Drawing the settings.", lambda on_step: draw(dark=is_dark(), still=True))
    # What is opened plays once.
    opening = st.session_state.setdefault(f"_{key}_opening", uuid4().hex)
    draw_player(still, key=key, alt=alt, filename=_FILE, below=below, opening=opening)
    figure = working("Drawing every round.", lambda on_step: draw(dark=is_dark()))
    animate(figure, key=key, alt=alt, filename=_FILE)


def animation_of(draw: Draw, *, alt: str, title: str, verdict: str, legend: str, config: dict[str, Any]) -> bytes:
    """The figure as an HTML page with its player.

    Args:
        draw: as in `draw_figure`.
        alt: the figure in words.
        title: of the page.
        verdict: the first paragraph below the figure.
        legend: the second.
        config: all settings.
    """
    whole = draw()
    looks = {name: draw(dark=dark, still=True) for name, dark in LOOKS.items()}
    payload = page_payload(whole, looks, alt=alt, filename=_FILE)
    curves = [trace for trace in whole.to_dict()["data"] if trace.get("meta") == "grows" and trace["mode"] == "lines"]
    heading = ["Round", "Labels", *(curve["name"] for curve in curves)]
    rows = [
        [str(number), f"{labels:,}", *(percent(curve["y"][number]) for curve in curves)]
        for number, labels in enumerate(whole.to_dict()["layout"]["meta"]["labels"])
    ]
    return player_page(
        payload, title=title, alt=alt, verdict=verdict, legend=legend, rounds=[heading, *rows], config=config
    )


def bands_of(comparison: Comparison, keys: Sequence[str]) -> list[CurveBand]:
    """The interval of each mean, in the order of the curves; none for a single seed."""
    if len(comparison.seeds) < 2:
        return []
    standings = [comparison.standing(key) for key in keys]
    return [CurveBand(comparison.labels_T, one.low_T, one.high_T) for one in standings]
