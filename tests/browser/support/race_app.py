"""`streamlit run tests/browser/support/race_app.py`: the small race with its player, and two ways to run the page."""

import streamlit as st

from pages.shared import viewport
from pages.shared.player import player
from tests.browser.support.small_race import small_figure

st.set_page_config(layout="wide")
viewport.report_viewport()
rounds = st.slider("Rounds", 1, 30, 8)
st.button("Run again")
st.session_state.runs = st.session_state.get("runs", 0) + 1
figure = small_figure(rounds, dark=viewport.is_dark())
opening = st.query_params.get("opens", "")
player.draw_player(figure, key="race", alt="A small race", filename="race", opening=opening)
player.animate(figure, key="race", alt="A small race", filename="race")
st.write(f"Run number {st.session_state.runs}")
