"""An animated figure with a control bar: play, step, scrub and speed, all in the browser."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from alcore.report.html.player.assets import player_markup, player_script, player_styles
from alcore.report.interactive.animation_payload import animation_payload, figure_payload
from alcore.report.interactive.render import PreparedFigure

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_PLAYER = st.components.v2.component(
    "alcore_player",
    html=player_markup(),
    css=player_styles() + _read("component.css"),
    js=player_script() + _read("component.js"),
    isolate_styles=False,
)
_REEL = st.components.v2.component("alcore_reel", js=_read("reel.js"), isolate_styles=False)


def draw_player(
    still: PreparedFigure,
    *,
    key: str,
    alt: str,
    filename: str,
    opening: str = "",
    hold: bool = False,
    below: int = 0,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Draw an animated figure under its control bar, at first only its last round.

    The bar is visible while the figure is: call this outside of containers. It keeps its position in reruns with the
    same race, opens another race on its last round, and sends nothing to the server while it plays. A browser that
    cannot draw the figure shows `alt` instead.

    Args:
        still: from `alcore.report.interactive.arena.figure.arena_figure`; its frames are not used.
        key: of the player.
        alt: the figure in words.
        filename: of the saved picture, without its ending.
        opening: a figure with another opening than the last opens on its first round and plays to the end by itself,
            unless the reader prefers reduced motion.
        hold: such a figure stays on its first round; it plays once `hold` is false.
        below: pixels to leave under the figure, where the page has its controls.
        on_pick: called after a click on a point in the map that takes clicks; see `picked`.
    """
    payload = figure_payload(still, alt=alt, filename=filename, opening=opening, hold=hold, below=below)
    _PLAYER(key=key, data=payload, height="content", on_pick_change=on_pick or _ignored)


def picked(key: str) -> int | None:
    """The point of the pool that was clicked in the player, in its callback."""
    pick = getattr(st.session_state.get(key), "pick", None)
    return int(pick["point"]) if isinstance(pick, dict) and "point" in pick else None


def animate(figure: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Add its frames, and all traces added since, to a figure that is already drawn.

    Args:
        figure: the same race with every round.
        key: of its player.
        alt: the figure in words.
        filename: as in `draw_player`.
    """
    _REEL(key=f"{key}_reel", data=animation_payload(figure, alt=alt, filename=filename), height="content")


def _ignored() -> None:
    """A click that changes nothing."""
