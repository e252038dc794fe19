"""The home screen: a race in a loop, three measured numbers, a guided path, and a card for every other screen."""

from pathlib import Path

import streamlit as st

from pages.screens.home.cards import draw_cards
from pages.screens.home.tour import draw_tour
from pages.screens.home.way_on import draw_way_on
from pages.shared import address, copy_buttons, frame, viewport
from pages.shared.errors import sentences
from pages.shared.progress import working
from pages.shared.toolbar import main_visual

_STYLE = (Path(__file__).parent / "screen.css").read_text(encoding="utf-8")


def draw_home() -> None:
    """Draw the screen."""
    frame.page(
        "home",
        frame.NAME,
        "Choose which points are worth a label, and see whether that beats random.",
        icon=":material/science:",
    )
    draw_way_on()
    # Imported here: the first paint does not wait for them.
    from pages.screens.home import race
    from pages.screens.home.live import draw_live
    from pages.screens.home.numbers import draw_numbers

    ink, paper = ("#56B4E9", "#10171F") if viewport.is_dark() else ("#0072B2", "#FFFFFF")
    picture, beside = (st.container(), st.container()) if viewport.is_narrow() else st.columns([5, 2], gap="medium")
    with beside, st.container(key="home_watch"):
        st.html(f"<style>:root {{ --home-ink: {ink}; --home-paper: {paper}; }} {_STYLE}</style>")
        copy_buttons.preset("pages/arena.py", "**Watch the race**", ":material/play_arrow:", race.LINK)
    with picture, main_visual(), sentences():
        dark = viewport.is_dark()
        draw_live(working("Running the race.", lambda on_step: race.film(dark)))
    with beside, sentences():
        draw_numbers()
        copy_buttons.which_strategy_link()
    draw_tour()
    draw_cards()
    address.close_page()
