"""An animated chart with a control bar: play, step, scrub and speed, all in the browser."""

from pathlib import Path

import streamlit as st

from alcore.report.figures import PreparedFigure
from alcore.report.figures_2d_playback import apart, with_controls
from pages.shared.viewport import is_narrow

_HERE = Path(__file__)
_BAR = st.components.v2.component(
    "alcore_player",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def player(figure: PreparedFigure, *, key: str, alt: str, filename: str) -> None:
    """Draw an animated figure under its control bar.

    The bar stays in sight while the block of the page that it is in does: call this outside of containers. It
    opens on the last round, keeps its place while the page is run again with the same race, and sends
    nothing to the server while it plays. Where the chart does not answer it, the figure is drawn with
    plotly's own controls instead.

    Args:
        figure: from `alcore.report.figures_2d.arena_figure`.
        key: of the chart; the bar's is `{key}_player`.
        alt: the figure in words.
        filename: of the picture that the chart's toolbar saves.
    """
    still, reel = apart(figure)
    bar = _BAR(key=f"{key}_player", data=reel, on_stuck_change=lambda: None, height="content")
    st.plotly_chart(
        with_controls(figure, narrow=is_narrow()) if bar.stuck else still,
        key=key,
        theme=None,
        alt=alt,
        config={"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": filename}},
    )
