"""The home screen: a race in a loop, three measured numbers, a guided path, and a card for every other screen."""

from importlib import import_module
from pathlib import Path

import streamlit as st

from pages.screens.home.cards import draw_cards
from pages.screens.home.film import LINK, film
from pages.screens.home.live import draw_live
from pages.screens.home.tour import draw_tour
from pages.screens.home.way_on import draw_way_on
from pages.shared import address, copy_buttons, frame, viewport
from pages.shared.errors import sentences
from pages.shared.progress import let_draw
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
    ink, paper = ("#56B4E9", "#10171F") if viewport.is_dark() else ("#0072B2", "#FFFFFF")
    picture, beside = (st.container(), st.container()) if viewport.is_narrow() else st.columns([5, 2], gap="medium")
    with beside, st.container(key="home_watch"):
        st.html(f"<style>:root {{ --home-ink: {ink}; --home-paper: {paper}; }} {_STYLE}</style>")
        copy_buttons.preset("pages/arena.py", "**Watch the race**", ":material/play_arrow:", LINK)
    with picture, main_visual(), sentences():
        draw_live(film(viewport.is_dark()))
    let_draw()
    # Imported here: the picture does not wait for what computes the numbers.
    from pages.screens.home.numbers import draw_numbers

    with beside, sentences():
        draw_numbers()
        copy_buttons.which_strategy_link()
    draw_tour()
    draw_cards()
    address.close_page()
    # Loaded last, for the screen that comes next.
    for name in ("cached", "figure"):
        import_module(f"pages.screens.arena.{name}")
