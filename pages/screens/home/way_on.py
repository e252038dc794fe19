"""The sentence about an address without a screen, with the screens that it may have meant."""

import difflib
from pathlib import Path

import streamlit as st

from pages.shared import address
from pages.shared.frame import PAGES
from pages.shared.markdown import quoted
from pages.shared.unknown_paths import ABSENT


def draw_way_on() -> None:
    """Say that the screen does not exist; nothing for all other addresses."""
    if not (given := address.text(ABSENT, "Address")):
        return
    screens = {Path(path).stem: (path, name, icon) for path, name, icon in PAGES[1:]}
    called = {word.lower(): key for key, (_, name, _) in screens.items() for word in (key, name, *name.split())}
    near = difflib.get_close_matches(given.rpartition("/")[2].lower(), called, n=3, cutoff=0.6)
    meant = list(dict.fromkeys(called[word] for word in near))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="home_way_on"):
        st.markdown(
            f":material/link_off: There is no screen {quoted('/' + given)}. "
            f"{'Did you mean this one?' if meant else 'All screens are in the bar above.'}",
            width="content",
        )
        for key in meant:
            path, name, icon = screens[key]
            st.page_link(path, label=name, icon=icon)
