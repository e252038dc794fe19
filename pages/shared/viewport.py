"""What the reader's browser looks like: narrow or wide, light or dark.

A component without any visible part reports both, once and on every change; until it has spoken, the
first request's headers and Streamlit's own theme information stand in.
"""

from typing import TypedDict

import streamlit as st

_STATE = "_screen"
_KEY = "_viewport"

# It speaks only where what it sees differs from what Python already knows, so it never causes a loop.
_JS = """
export default function (component) {
  const { data, parentElement, setStateValue } = component
  const host = parentElement.host ?? parentElement
  const query = window.matchMedia("(max-width: 640px)")
  const report = (known) => {
    const paint = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
    const probe = document.createElement("canvas").getContext("2d")
    probe.fillStyle = paint || "#ffffff"
    probe.fillRect(0, 0, 1, 1)
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data
    const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128
    if (query.matches !== known.narrow || dark !== known.dark) {
      setStateValue("seen", { narrow: query.matches, dark })
    }
  }
  const onChange = () => report({})
  query.addEventListener("change", onChange)
  report(data)
  return () => query.removeEventListener("change", onChange)
}
"""

# Out of the flow: an element of no height would still cost the page one gap.
_CSS = """
.st-key-_viewport { position: absolute; width: 0; height: 0; overflow: hidden; }
"""

_OBSERVER = st.components.v2.component("alcore_viewport", js=_JS, css=_CSS, isolate_styles=False)


class _Screen(TypedDict):
    narrow: bool
    dark: bool


def report_viewport() -> None:
    """Mount the observer; called once a run by the page frame."""
    known = _known()
    seen = _OBSERVER(key=_KEY, data=dict(known), on_seen_change=lambda: None, height="content").seen
    if isinstance(seen, dict):
        known = _Screen(narrow=bool(seen.get("narrow")), dark=bool(seen.get("dark")))
    st.session_state[_STATE] = known


def is_narrow() -> bool:
    """Is the browser at most 640 px wide, so that panels belong under one another?"""
    return _known()["narrow"]


def is_dark() -> bool:
    """Does the reader see the dark theme?"""
    return _known()["dark"]


def _known() -> _Screen:
    known: _Screen | None = st.session_state.get(_STATE)
    return known or _Screen(
        narrow="Mobi" in (st.context.headers.get("User-Agent") or ""),
        dark=st.context.theme.type == "dark",
    )
