"""An animated figure with a control bar: play, step, scrub and speed, all in the browser."""

from pathlib import Path

import streamlit as st

from alcore.report.interactive.animation_payload import animation_payload, figure_payload
from alcore.report.interactive.arena.animation import with_controls
from alcore.report.interactive.curves import PreparedFigure
from pages.shared.viewport import is_narrow

_HERE = Path(__file__).parent


def _read(*names: str) -> str:
    return "".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_PLAYER = st.components.v2.component(
    "alcore_player",
    html=_read("player.html"),
    css=_read("player.css"),
    js=_read("figure.js", "figure_frame.js", "figure_tip.js", "figure_chart.js", "player.js"),
    isolate_styles=False,
)
_REEL = st.components.v2.component("alcore_reel", js=_read("player_reel.js"), isolate_styles=False)


def draw_player(still: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Draw an animated figure under its control bar, first of all as it is in its last round.

    The bar stays in sight while the figure does: call this outside of containers. It opens on the last round,
    keeps its place while the page is run again with the same race, and sends nothing to the server while it
    plays.

    Args:
        still: from `alcore.report.interactive.arena.figure.arena_figure`; its frames are not looked at.
        key: of the player.
        alt: the figure in words.
        filename: of the picture that a reader saves, without its ending.
    """
    _PLAYER(
        key=key,
        data=figure_payload(still, alt=alt, filename=filename),
        on_stuck_change=lambda: None,
        height="content",
    )


def animate(figure: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Hand a figure that is already drawn its frames, and whatever else there is to add by now.

    Where a browser could not draw it, it is drawn by plotly with its own controls instead.

    Args:
        figure: the same race with every round.
        key: of its player.
        alt: the figure in words.
        filename: as in `draw_player`.
    """
    if st.session_state[key].stuck:
        st.plotly_chart(
            with_controls(figure, narrow=is_narrow()),
            key=f"{key}_plotly",
            theme=None,
            alt=alt,
            config={"displaylogo": False},
        )
    else:
        _REEL(key=f"{key}_reel", data=animation_payload(figure, alt=alt, filename=filename), height="content")
