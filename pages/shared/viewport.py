"""Properties of the reader's browser: narrow or wide, light or dark.

An invisible component reports both, at the start and on every change; until its first report, the headers of the first
request and Streamlit's theme information are used. The component also keeps the browser's history whole.
"""

from pathlib import Path
from typing import TypedDict

import streamlit as st

_STATE = "_screen"
_KEY = "_viewport"

# It reports only differences from the values known to Python, so it never causes a rerun loop.
_JS = (
    f"""{Path(__file__).with_name("page_history.js").read_text(encoding="utf-8")}
"""
    """
export default function (component) {
  keepHistoryWhole()
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
    // Panels lie outside of what Streamlit declares as dark.
    document.documentElement.style.colorScheme = dark ? "dark" : "light"
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
)

# Out of the flow: even an element of zero height takes up a gap.
_CSS = """
.st-key-_viewport { position: absolute; width: 0; height: 0; overflow: hidden; }
"""

_OBSERVER = st.components.v2.component("alcore_viewport", js=_JS, css=_CSS, isolate_styles=False)


class _Screen(TypedDict):
    narrow: bool
    dark: bool


def report_viewport() -> None:
    """Mount the component; called once per run by the page frame."""
    known = _known()
    seen = _OBSERVER(key=_KEY, data=dict(known), on_seen_change=lambda: None, height="content").seen
    if isinstance(seen, dict):
        known = _Screen(narrow=bool(seen.get("narrow")), dark=bool(seen.get("dark")))
    st.session_state[_STATE] = known


def is_narrow() -> bool:
    """Whether the browser is at most 640 px wide, so that panels are stacked."""
    return _known()["narrow"]


def is_dark() -> bool:
    """Whether the theme is dark."""
    return _known()["dark"]


def _known() -> _Screen:
    known: _Screen | None = st.session_state.get(_STATE)
    return known or _Screen(
        narrow="Mobi" in (st.context.headers.get("User-Agent") or ""),
        dark=st.context.theme.type == "dark",
    )
