"""The line above a picture, with example questions or tabs at its left and the toolbar at its right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_FULL_SCREEN = st.components.v2.component(
    "alcore_full_screen",
    html='<button type="button" title="Full screen" aria-label="Full screen">'
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 10V5h5M14 5h5v5M19 14v5h-5M10 19H5v-5"/></svg></button>',
    css="""
button { align-items: center; background: transparent; border: 1px solid transparent;
  border-radius: var(--st-base-radius); color: var(--st-text-color); cursor: pointer; display: flex; height: 2.1rem;
  padding: 0 0.45rem; }
button:hover { border-color: var(--st-border-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
svg { fill: none; height: 1.25rem; stroke: currentColor; stroke-width: 2; width: 1.25rem; }
""",
    js="""
export default function ({ parentElement }) {
  parentElement.querySelector("button").onclick = () => {
    // The whole page, of which the style sheet shows the picture alone: lists and panels open outside of the picture.
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen()
  }
}
""",
)


def picture_head() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The line above a picture, once per page: a place for questions or tabs, and the toolbar.

    Buttons of the toolbar show their icons; their labels are tooltips, and read by screen readers.
    """
    with st.container(horizontal=True, key="picture_head"):
        left = st.container(key="picture_left")
        tools = st.container(horizontal=True, key="toolbar", horizontal_alignment="right")
    return left, tools


def full_screen() -> None:
    """A button that shows the main visual alone, on the whole screen."""
    _FULL_SCREEN(key="full_screen", height="content", width="content")


def main_visual() -> DeltaGenerator:
    """The container of a screen's main visual, once per page."""
    return st.container(key="main_visual")
