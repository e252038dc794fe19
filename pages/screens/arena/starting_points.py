"""Example questions, each a link to its settings."""

from dataclasses import dataclass

import streamlit as st

from pages.screens.arena.controls import DATA_LABELS, LEARNER_LABELS, RACERS
from pages.shared import address, copy_buttons

_ASKED = "arena_question"
# Parameter values of options in the address, for controls with options.
_LABELS = {
    "data": DATA_LABELS,
    "learner": LEARNER_LABELS,
    "left": RACERS,
    "right": RACERS,
    "third": RACERS,
    "start": {"random": "Random"},
    "show": {"you": "You against the machine"},
}


@dataclass(frozen=True)
class Question:
    """Settings of a link, others at their defaults, and a suggestion what to try."""

    words: str
    settings: dict[str, str]
    hint: str


QUESTIONS: dict[str, Question] = {
    "lose": Question(
        "When does uncertainty lose?",
        {
            "learner": "logistic",
            "data": "far_cluster",
            "overlap": "0.1",
            "points": "500",
            "rounds": "40",
            "paired": "40",
            "seed": "22",
        },
        "A small cluster lies far away on the wrong side. Unless a point of the seed set happens to lie in it, the "
        "model is certain of it, uncertainty sampling never queries there, and the model stays wrong; random "
        "sampling finds it sooner or later. **Try Random picks of 0.2 under Remedies: how much of the gap is left?**",
    ),
    "you": Question(
        "Can you beat it?",
        {"show": "you", "seed": "1"},
        "Your map is the last: click a grey point, and its label is yours. The others move with you.",
    ),
    "outlier": Question(
        "What does an outlier do?",
        {"learner": "logistic", "outliers": "20", "left": "k_center", "right": "least_confidence", "third": "density"},
        "Twenty points far from everything, with random labels. k-center spends its labels on them, since it selects "
        "the farthest points; uncertainty sampling mostly passes them over. **Set Outliers to 0, then to 5, under "
        "Noise and outliers: how few does it take?**",
    ),
    "start": Question(
        "Does a bad start matter?",
        {"learner": "logistic", "data": "imbalanced", "start": "random", "seeds": "3", "rounds": "40"},
        "Nine in ten points are A: three random labels often contain no B at all, and a model trained on one class "
        "is certain of it everywhere. **Try Seed set: diverse, and compare where the curves begin.**",
    ),
    "three": Question(
        "Three classes?",
        {
            "learner": "logistic",
            "classes": "3",
            "overlap": "0.3",
            "right": "margin",
            "third": "entropy",
            "rounds": "50",
        },
        "With two classes the three acquisition scores rank every point alike: set Classes to 2 and the curves "
        "coincide. With three they differ. **Try five classes, overlap 0.5, 5 initial labels: which one loses?**",
    ),
}


def draw_starting_points() -> None:
    """The questions."""
    links = {question.words: settings_of(key) for key, question in QUESTIONS.items()}
    copy_buttons.questions("pages/arena.py", links)


def draw_hint() -> None:
    """What to try with the current question."""
    if asked := address.one_of(_ASKED, "Question", QUESTIONS):
        st.markdown(f":material/lightbulb: {QUESTIONS[asked].hint}")


def settings_of(key: str) -> dict[str, str]:
    """The parameters of a question's link."""
    return {_ASKED: key} | {
        f"arena_{name}": _LABELS.get(name, {}).get(value, value) for name, value in QUESTIONS[key].settings.items()
    }
