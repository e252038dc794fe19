"""Presenter mode: large type, without sidebar and navigation."""

import streamlit as st

from pages.shared import address

_ADDRESS = "arena_present"
_STYLE = """<style>
html { font-size: 20px; }
[data-testid="stMainBlockContainer"] { padding-top: 0.75rem; }
.alcore-figure { --alcore-type: 1.35; }
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], .st-key-navigation { display: none !important; }
</style>"""


def presenter_button() -> None:
    """A button of the toolbar that turns presenter mode on and off; the address keeps it."""
    on = address.one_of(_ADDRESS, "Presenter mode", ("true",)) == "true"
    label, icon = ("Leave presenter mode", ":material/close:") if on else ("Presenter mode", ":material/co_present:")
    st.button(label, icon=icon, help=label, key="arena_presenter", on_click=_turn, args=(not on,))
    if on:
        st.html(_STYLE)


def _turn(on: bool) -> None:
    address.write(_ADDRESS, "true" if on else None)
