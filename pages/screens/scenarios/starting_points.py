"""Example questions, and a stored benchmark: the best scenario depends on the data."""

import streamlit as st

from pages.screens.scenarios.settings import DATA_LABELS, PAGE, SECTIONS
from pages.shared import copy_buttons
from pages.shared.viewport import is_narrow

QUESTIONS: dict[str, dict[str, str]] = {
    "When does making points up fail?": {"data": DATA_LABELS["far_cluster"], "overlap": "0.3"},
    "What if a line is no boundary?": {"data": DATA_LABELS["moons"], "overlap": "0.3"},
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
    place = (
        st.popover("Questions to start from", icon=":material/help:")
        if is_narrow()
        else st.container(horizontal=True, gap="small")
    )
    with place:
        for words, settings in QUESTIONS.items():
            copy_buttons.preset("pages/scenarios.py", words, ":material/help:", settings_of(settings))


def settings_of(settings: dict[str, str]) -> dict[str, str]:
    """The parameters of a question's link."""
    return {f"{PAGE}_{name}": value for name, value in settings.items()}


def depends() -> None:
    """The best scenario on four data sets, from a stored benchmark over 50 paired seeds."""
    st.subheader("Who wins? It depends", anchor=False)
    rows = [f"| {' | '.join(row)} |" for row in MEASURED]
    st.markdown(
        "\n".join(
            [
                "| Gain over random picks, points | Pool | Stream | Synthesis |",
                "|:--|--:|--:|--:|",
                *rows,
            ]
        )
    )
    st.caption(
        "Mean accuracy over 40 questions after 4 first labels, less that of random picks; 50 paired seeds, "
        "in brackets the 95 % interval. Where a straight line is the best boundary, made-up points do as "
        "well as real ones. Where it is not, the model asks again and again about places where no point "
        "will ever be tested. Where one cluster lies far from the line that the model believes in, none of "
        "the three looks there unless a first label happens to lie there, and random picks win."
    )
