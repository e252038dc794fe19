"""A question before the race is played: who will win? For teaching."""

import streamlit as st

from alcore.report.phrases import plural
from alcore.report.statistics.comparison import Comparison
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.figure import play_again
from pages.shared.markdown import plain

_GUESSES, _ASKED = "_arena_guesses", "_arena_asked_about"
_NONE = "no difference"


def ask_for_prediction(shown: ShownRace) -> str | None:
    """Draw the question; returns the reader's answer, or None while there is none.

    An answer holds for a setting, whatever the seed drawn.
    """
    guesses: dict[object, str] = st.session_state.setdefault(_GUESSES, {})
    key = (shown.setup, shown.view.paired)
    if (guess := guesses.get(key)) is not None:
        return guess
    if st.session_state.get(_ASKED) != key:
        # Each race that a question is asked about opens on its first round, and stays there.
        st.session_state[_ASKED] = key
        play_again()
    options = [*shown.setup.names().values(), _NONE]
    with st.container(horizontal=True, vertical_alignment="center", key="arena_prediction"):
        st.markdown(f"**Which will have the higher mean accuracy over {plural(shown.view.paired, 'paired seed')}?**")
        for number, words in enumerate(options):
            label = words[0].upper() + words[1:]
            st.button(label, key=f"arena_guess_{number}", on_click=guesses.__setitem__, args=(key, words))
    return None


def judged(guess: str, comparison: Comparison) -> str:
    """What came of a prediction, in a sentence."""
    clear = [rival for rival in comparison.rivals if rival.verdict != "undecided"]
    best = max(comparison.standings, key=lambda one: one.area.estimate)
    winner = best.name if clear else _NONE
    right = "Right" if guess == winner else "Not so"
    outcome = f"{plain(winner)} has the highest mean accuracy" if clear else "no difference is significant"
    return f"You predicted **{plain(guess)}**. {right}: {outcome}."
