"""What charts need of the browser beyond plotly: few stops of the Tab key, and zooms that stay."""

from pathlib import Path

import streamlit as st

_CHARTS = st.components.v2.component(
    "alcore_charts",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    css=".st-key-_charts { height: 0; overflow: hidden; position: absolute; width: 0; }",
    isolate_styles=False,
)


def attend() -> None:
    """Mount the invisible component; called once per run by the page frame."""
    _CHARTS(key="_charts", height="content")
