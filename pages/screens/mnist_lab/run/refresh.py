"""Redrawing only after a new round: the polling fragment notifies the drawing fragment.

Fragments run independently on the server; the two communicate in the browser.
"""

from pathlib import Path

import streamlit as st

# Out of the flow: even an element of zero height takes up a gap.
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
    """For the polling fragment: the number of rounds of a race; reruns after `every` seconds.

    After each run of the whole page both fragments must be mounted again with a new `page_run`: their callbacks belong
    to that run, and with equal data the browser would keep calling those of an earlier run.
    """
    data = {"race": race, "says": rounds, "every": round(1000 * every), "page_run": page_run}
    _PULSE(key="_pulse_says", data=data, on_ticked_change=lambda: None, height="content")


def subscribe(race: str, drawn: int, *, page_run: int) -> None:
    """For the drawing fragment: the number of rounds drawn; reruns when there are more."""
    data = {"race": race, "drawn": drawn, "page_run": page_run}
    _PULSE(key="_pulse_hears", data=data, on_outdated_change=lambda: None, height="content")
