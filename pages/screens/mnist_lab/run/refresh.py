"""Drawing again only when a round has come: the part of the page that polls tells the part that draws.

Both are fragments, which run apart from one another on the server; they meet in the browser.
"""

from pathlib import Path

import streamlit as st

# Out of the flow: an element of no height would still cost the page one gap.
_CSS = """
.st-key-_pulse_says, .st-key-_pulse_hears {
  position: absolute; width: 0; height: 0; overflow: hidden; }
"""
_PULSE = st.components.v2.component(
    "alcore_pulse",
    js=(Path(__file__).parent / "refresh.js").read_text(encoding="utf-8"),
    css=_CSS,
    isolate_styles=False,
)


def publish(race: str, rounds: int, *, every: float, page_run: int) -> None:
    """From the part that polls: how many rounds a race has; it runs again every so many seconds.

    After each run of the whole page both parts must be told anew, with another `page_run`: what they answer
    to belongs to that run, and with equal data the browser would go on answering to an earlier one.
    """
    data = {"race": race, "says": rounds, "every": round(1000 * every), "page_run": page_run}
    _PULSE(key="_pulse_says", data=data, on_ticked_change=lambda: None, height="content")


def subscribe(race: str, drawn: int, *, page_run: int) -> None:
    """From the part that draws: how many rounds of a race it has drawn; it runs again when there are more."""
    data = {"race": race, "drawn": drawn, "page_run": page_run}
    _PULSE(key="_pulse_hears", data=data, on_heard_change=lambda: None, height="content")
