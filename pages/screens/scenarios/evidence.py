"""The verdict of a comparison over paired seeds."""

import streamlit as st

from alcore.report.statistics.comparison import Comparison
from alcore.report.text.claims import brief_claims, claims, gains_of, race_claims
from alcore.report.text.comparison import describe_comparison
from pages.screens.scenarios.controls import MOST_SEEDS, PAGE
from pages.shared.markdown import plain
from pages.shared.verdict import show_verdict

# Paired seeds that the button beside an open verdict adds.
MORE = 20


def show_evidence(comparison: Comparison, paired: int, seed: int) -> None:
    """Draw the verdict: a claim per rival, or a sentence for a single seed; where it is open, a button that adds seeds.

    Args:
        comparison: of the paired seeds.
        paired: how many were chosen.
        seed: of the race that is drawn, one of the paired seeds.
    """
    more = min(MORE, MOST_SEEDS - paired)
    if len(comparison.seeds) > 1:
        show_verdict(race_claims(comparison, gains_of(comparison, seed), more=more > 0))
    else:
        st.markdown(plain(words_of(comparison)))
    if more > 0 and (paired == 1 or any(rival.verdict == "undecided" for rival in comparison.rivals)):
        st.button(f"Add {more} seeds", icon=":material/add:", key="settings_more", on_click=_add, args=(paired + more,))


def words_of(comparison: Comparison) -> str:
    """The verdict in sentences."""
    return f"{'. '.join(claims(comparison))}." if len(comparison.seeds) > 1 else describe_comparison(comparison)


def brief_of(comparison: Comparison) -> str:
    """The verdict for a figure: a line per claim."""
    return brief_claims(comparison) if len(comparison.seeds) > 1 else describe_comparison(comparison)


def _add(paired: int) -> None:
    st.session_state[f"{PAGE}_paired"] = paired
