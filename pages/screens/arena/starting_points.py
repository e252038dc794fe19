"""Example questions, each a link to its settings."""

from dataclasses import dataclass

import streamlit as st

from pages.screens.arena.controls import RACERS
from pages.screens.arena.settings import DATA_LABELS
from pages.shared import address, copy_buttons, link_warnings
from pages.shared.markdown import quoted
from pages.shared.viewport import is_narrow

_ASKED = "arena_question"
# Parameter values of options in the address, for controls with options.
_LABELS = {
    "data": DATA_LABELS,
    "left": RACERS,
    "right": RACERS,
    "third": RACERS,
    "start": {"random": "Random"},
}


@dataclass(frozen=True)
class Question:
    """Settings of a link, others at their defaults, and a suggestion what to try."""

    words: str
    settings: dict[str, str]
    hint: str


QUESTIONS: dict[str, Question] = {
    "lose": Question(
        "When does uncertainty lose to random?",
        {
            "data": "far_cluster",
            "overlap": "0.1",
            "points": "500",
            "rounds": "40",
            "paired": "40",
            "seed": "22",
        },
        "A small cluster lies far away on the wrong side. Unless a first label happens to lie in it, the "
        "uncertain learner is sure of it, never asks there and stays wrong; random stumbles on it. "
        "**Try Random picks of 0.2 under Remedies: how much of the gap is left?**",
    ),
    "outlier": Question(
        "What does an outlier do?",
        {"outliers": "20", "left": "k_center", "right": "least_confidence", "third": "density"},
        "Twenty points far from everything, labelled by lot. k-center spends its labels on them, because far "
        "away is what it looks for; uncertainty mostly passes them over. **Set Outliers to 0, then to 5, "
        "under Trouble in the pool: how few does it take?**",
    ),
    "start": Question(
        "Does a bad start matter?",
        {"data": "imbalanced", "start": "random", "seeds": "3", "rounds": "40"},
        "Nine in ten points are A: three random labels often show no B at all, and a model that has seen one "
        "class is sure of it everywhere. **Try First labels: diverse, and compare where the curves begin.**",
    ),
    "three": Question(
        "Why three classes are different",
        {
            "classes": "3",
            "overlap": "0.3",
            "right": "margin",
            "third": "entropy",
            "rounds": "50",
        },
        "With two classes the three scores rank every point alike: set Classes to 2 and the curves fall on "
        "one another. With three they part. **Try five classes, overlap 0.5, 5 first labels: who loses?**",
    ),
}


def draw_starting_points() -> None:
    """The questions in a row, with a hint under the current one."""
    place = (
        st.popover("Questions to start from", icon=":material/help:")
        if is_narrow()
        else st.container(horizontal=True, gap="small")
    )
    with place:
        for key, question in QUESTIONS.items():
            copy_buttons.preset("pages/arena.py", question.words, ":material/help:", settings_of(key))
    given = address.text(_ASKED, "Question")
    if given in QUESTIONS:
        st.markdown(f":material/lightbulb: {QUESTIONS[given].hint}")
    elif given:
        link_warnings.warn(
            f"**Question:** the link asked for {quoted(given)}; {', '.join(QUESTIONS)} are possible, so none is used."
        )


def settings_of(key: str) -> dict[str, str]:
    """The parameters of a question's link."""
    return {_ASKED: key} | {
        f"arena_{name}": _LABELS.get(name, {}).get(value, value) for name, value in QUESTIONS[key].settings.items()
    }
