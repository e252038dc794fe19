"""Screens that the reader has visited, kept in the browser."""

import streamlit as st

_STATE = "_visited"
_JS = """
const NAME = "alcore-visited"
export default function ({ data, setStateValue }) {
  try {
    const known = new Set([...JSON.parse(localStorage.getItem(NAME) ?? "[]"), ...data])
    localStorage.setItem(NAME, JSON.stringify([...known]))
    if (known.size > data.length) setStateValue("visited", [...known])
  } catch {
    // A browser that keeps nothing: the visits of this session are shown.
  }
}
"""
# Out of the flow: even an element of zero height takes up a gap.
_CSS = ".st-key-_visits { position: absolute; width: 0; height: 0; overflow: hidden; }"
_MEMORY = st.components.v2.component("alcore_visits", js=_JS, css=_CSS, isolate_styles=False)


def note(page: str) -> None:
    """Note a visit; called by the frame with the key of the page."""
    _visited().add(page)


def visited() -> frozenset[str]:
    """Keys of the pages visited in this session, and in earlier ones of this browser; mounts its memory."""
    before = _visited()
    kept = _MEMORY(key="_visits", data=sorted(before), on_visited_change=lambda: None, height="content").visited
    before |= {str(page) for page in kept or ()}
    return frozenset(before)


def _visited() -> set[str]:
    found: set[str] = st.session_state.setdefault(_STATE, set())
    return found
