"""The frame of every page: settings, navigation, title and lead."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from alcore.home import HomeError, alcore_home
from pages.shared import address, controls, in_browser, link_warnings, progress, viewport, visits
from pages.shared.errors import sentences

NAME = "Active learning lab"
# File, name in the navigation, icon.
PAGES = (
    ("dashboard.py", "Home", ":material/home:"),
    ("pages/arena.py", "Arena", ":material/swords:"),
    ("pages/label.py", "Label your data", ":material/label:"),
    ("pages/batch_explorer.py", "Batch explorer", ":material/scatter_plot:"),
    ("pages/mnist.py", "MNIST lab", ":material/edit_note:"),
    ("pages/failure_modes.py", "Failure clinic", ":material/healing:"),
    ("pages/strategies.py", "Strategy atlas", ":material/map:"),
    ("pages/scenarios.py", "Pool, stream, synthesis", ":material/stream:"),
    ("pages/tournament.py", "Tournament", ":material/trophy:"),
)

# Inline SVG, since Streamlit fetches emoji and symbol icons of the browser tab from the network.
_TAB_ICON = (
    '<svg viewBox="0 0 32 32" xmlns="http://www.w3.org/2000/svg">'
    '<rect width="32" height="32" rx="7" fill="#0072B2"/>'
    '<path d="M7 27 25 5" stroke="#fff" stroke-width="2" stroke-dasharray="3 3"/>'
    '<circle cx="9" cy="11" r="4" fill="#56B4E9"/><circle cx="23" cy="22" r="4" fill="#E69F00"/>'
    '<circle cx="16" cy="16" r="4.5" fill="#fff"/></svg>'
)

_STYLE = Path(__file__).with_name("frame.css").read_text(encoding="utf-8")


def page(key: str, title: str, lead: str, icon: str) -> None:
    """Open a page; the first call on every screen.

    Args:
        key: prefix of the page's controls in the address.
        title: the heading, also in the browser's tab.
        lead: a Markdown sentence that suggests a first step.
        icon: a Material symbol, ":material/name:".
    """
    open_page(key, title, lead, icon)()


def open_page(key: str, title: str, lead: str, icon: str) -> Callable[[], None]:
    """Open a page whose picture is drawn before its head.

    Returns:
        what draws the navigation and the head, at their place; to be called before any control is drawn.
    """
    tab = title if title == NAME else f"{title} · {NAME}"
    st.set_page_config(page_title=tab, page_icon=_TAB_ICON, layout="wide")
    # One container without gaps, since each element takes one, also where there is nothing to see.
    top = st.container(key="page_top")
    with top:
        viewport.report_viewport()
        st.html(f"<style>{_STYLE}{progress.STYLE}</style>")
        progress.open_place()
    visits.note(key)
    anew = address.open_page(key, moved=controls.any_moved())

    def draw_head() -> None:
        with top:
            in_browser.attend()
            with st.container(horizontal=True, key="navigation"):
                for path, label, symbol in PAGES:
                    st.page_link(path, label=label, icon=symbol)
            with st.container(horizontal=True, key="page_head"):
                st.title(title, icon=icon, anchor=False)
                st.markdown(lead)
            with sentences():
                alcore_home()
            link_warnings.open_place(key, anew=anew)

    return draw_head


def home() -> Path:
    """The folder for data and results; if it is not writable the page ends here.

    `page` has already reported the error.
    """
    try:
        return alcore_home()
    except HomeError:
        st.stop()
