"""Example questions, and a stored benchmark: the best scenario depends on the data."""

import streamlit as st

from pages.screens.scenarios.controls import PAGE, SECTIONS
from pages.shared import copy_buttons
from pages.shared.planar_scene import SHAPE_LABELS

QUESTIONS: dict[str, dict[str, str]] = {
    "When does query synthesis fail?": {"data": SHAPE_LABELS["far_cluster"], "overlap": "0.3"},
    "What if the boundary is curved?": {"data": SHAPE_LABELS["moons"], "overlap": "0.3"},
    "What does drift do to a stream?": {"section": SECTIONS["stream"]},
    "Could you label these digits?": {"section": SECTIONS["digits"]},
}

# Gains over random sampling in percentage points of mean accuracy, 50 paired seeds, 404 points, 40 queries:
# tests/benchmarks/results/settings.json.
MEASURED = (
    ("Two blobs, overlap 0.4", "+0.6 (0.3 to 0.9)", "+0.5 (0.2 to 0.8)", "+0.6 (0.2 to 0.9)"),
    ("Four blobs, overlap 0.4", "-0.4 (-1.7 to 0.8)", "+1.7 (0.8 to 2.6)", "-4.3 (-6.0 to -2.5)"),
    ("Two moons, overlap 0.3", "+1.9 (1.3 to 2.4)", "+1.5 (0.9 to 2.1)", "-1.8 (-2.9 to -0.7)"),
    ("Far cluster, overlap 0.3", "-3.3 (-5.1 to -1.5)", "-4.3 (-6.5 to -2.2)", "-14.5 (-17.2 to -11.8)"),
)


def draw_scenario_starting_points() -> None:
    """The questions in a row."""
    links = {words: settings_of(settings) for words, settings in QUESTIONS.items()}
    copy_buttons.questions("pages/scenarios.py", links)


def settings_of(settings: dict[str, str]) -> dict[str, str]:
    """The parameters of a question's link."""
    return {f"{PAGE}_{name}": value for name, value in settings.items()}


def depends() -> None:
    """The best scenario on four data sets, from a stored benchmark over 50 paired seeds."""
    st.subheader("The best setting depends on the data", anchor=False)
    rows = [("Gain over random picks, points", "Pool", "Stream", "Synthesis"), (":--", "--:", "--:", "--:"), *MEASURED]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))
    st.caption(
        "Mean accuracy over 40 queries after a seed set of 4, less that of random picks; 50 paired seeds, in brackets "
        "the 95 % interval. Where the best boundary is a straight line, synthesised points are as good as real ones. "
        "Where it is curved, query synthesis repeatedly queries places without test points. Where a cluster lies far "
        "from the model's boundary, none of the three queries it unless a point of the seed set lies in it, and random "
        "picks are better."
    )
