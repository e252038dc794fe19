"""An animated figure with a control bar in the browser: play, step, scrub and speed."""

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
    """Draw an animated figure under its control bar, initially in its last round.

    The bar sticks to the screen while the figure is visible: call this outside of containers. The player keeps its
    position over reruns with the same race, and sends nothing to the server while it plays.

    Args:
        still: from `alcore.report.interactive.arena.figure.arena_figure`; its frames are ignored.
        key: of the player.
        alt: alternative text.
        filename: name of the saved image, without its extension.
    """
    _PLAYER(
        key=key,
        data=figure_payload(still, alt=alt, filename=filename),
        on_stuck_change=lambda: None,
        height="content",
    )


def animate(figure: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Add frames and further traces to a figure that is already drawn.

    If the browser cannot draw the figure, plotly draws it with its own controls.

    Args:
        figure: the same race with every round.
        key: of its player.
        alt: alternative text.
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
