"""An animated figure with a control bar: play, step, scrub and speed, all in the browser."""

import zlib
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from alcore.report.html.player.assets import player_markup, player_script, player_styles
from alcore.report.interactive.animation_payload import animation_content, figure_content
from alcore.report.interactive.packing import packed, packed_frames
from alcore.report.interactive.render import PreparedFigure
from pages.shared.in_browser import sent

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


# The code of the player is sent in every run, as every message is: compressed, a quarter of its size.
_SCRIPT = zlib.compress((player_script() + _read("unpack.js") + _read("shared.js")).encode(), 9)
_CODE = st.components.v2.component(
    "alcore_player_code", css=player_styles() + _read("component.css"), js=_read("code.js"), isolate_styles=False
)
_PLAYER = st.components.v2.component(
    "alcore_player", html=player_markup(), js=_read("ready.js") + _read("component.js"), isolate_styles=False
)
_REEL, _FRAMES = (
    st.components.v2.component(
        f"alcore_{kind}",
        js=f'{_read("ready.js")}{_read("reel.js")}export default passing("{kind}")',
        isolate_styles=False,
    )
    for kind in ("reel", "frames")
)


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
    content = figure_content(still, alt=alt, filename=filename, opening=opening, hold=hold, below=below)
    _CODE(key=f"{key}_code_reel", data=_SCRIPT, height="content")
    _PLAYER(key=key, data=packed(content), height="content", on_pick_change=on_pick or _ignored)


def picked(key: str) -> int | None:
    """The point of the pool that was clicked in the player, in its callback."""
    pick = sent(key, "pick")
    return int(pick["point"]) if isinstance(pick, dict) and "point" in pick else None


def animate(figure: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Add its frames, and all traces added since, to a figure that is already drawn.

    Args:
        figure: the same race with every round.
        key: of its player.
        alt: the figure in words.
        filename: as in `draw_player`.
    """
    content = animation_content(figure, alt=alt, filename=filename)
    look = {name: value for name, value in content.items() if name != "frames"}
    _REEL(key=f"{key}_reel", data=packed(look), height="content")
    # Separately: the same frames, as of a race whose bands have changed, are not sent again.
    _FRAMES(key=f"{key}_frames_reel", data=packed_frames(content), height="content")


def _ignored() -> None:
    """A click that changes nothing."""
