"""Controls of the atlas, all in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.report.statistics.simplex import Triple, read_triple, spelled, sum_of
from alcore.strategies import uncertainty
from alcore.strategies.catalogue import FAMILIES, STRATEGIES
from pages.shared import controls, planar_scene
from pages.shared.markdown import plain
from pages.shared.planar_scene import PlanarScene

PAGE = "strategies"
SECTIONS = {
    "entries": "Map of strategies",
    "which": "Which strategy?",
    "simplex": "The simplex",
    "doubt": "Epistemic and aleatoric",
}
NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
MEASURES: dict[str, Callable] = {
    "least_confidence": uncertainty.least_confidence,
    "margin": uncertainty.margin,
    "entropy": uncertainty.entropy,
}
EXAMPLES = {"first": (0.34, 0.33, 0.33), "second": (0.5, 0.49, 0.01)}
LETTERS = {"first": "A", "second": "B"}
# Regularisation of the committee's members -> its label, and C, the inverse of its strength.
FREEDOM = {"held": ("Regularised", 1.0), "looser": ("Weakly regularised", 10.0), "free": ("Unregularised", 100.0)}
# Name of a model output in code -> its display name.
GIVES = {
    "probs_N_C": "Class probabilities",
    "probs_N_K_C": "Several models",
    "features_N_D": "Features",
    "gradient_lengths_N": "Gradients",
}
NEEDS = {
    "probs_N_C": "class probabilities of one model, so any classifier with probabilities",
    "probs_N_K_C": "class probabilities of several models: a committee, or a network with dropout",
    "features_N_D": "features in which distance means something",
    "labeled_M_D": "the features of what is labelled",
    "labeled_probs_M_C": "class probabilities of what is labelled",
    "labels_M": "the labels so far",
    "classes": "the number of classes",
    "delta": "a radius, chosen once a run",
    "candidates": "a limit on the points to try, on large pools",
    "gradient_lengths_N": "gradients, which logistic regression and networks give",
}
SORTS = {
    "family": "Family",
    "name": "Name",
    "time": "Measured time",
    "gain": "Gain over random",
}


@dataclass(frozen=True)
class UncertaintySettings:
    """A committee on a pool in the plane."""

    scene: PlanarScene
    seed: int
    labelled: int
    freedom: float
    places: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class ComparedMeasures:
    """Two scores, and the example of their comparison."""

    one: str
    other: str
    reference: str


def choose_section() -> str:
    """The view."""
    return controls.segmented(PAGE, "section", "Look at", SECTIONS, "entries")


def choose_entry() -> str:
    """The strategy shown."""
    return controls.selectbox(PAGE, "entry", "Strategy", NAMES, "margin")


def choose_beside() -> str:
    """The strategy compared with it."""
    return controls.selectbox(PAGE, "beside", "Compared with", NAMES, "k_center")


def choose_rows() -> tuple[list[str], list[str], str]:
    """Families, available model outputs, and the order of the table."""
    first, second, third = st.columns([5, 5, 3])
    with first:
        families = controls.several(PAGE, "families", "Families", {name: name for name in FAMILIES}, FAMILIES)
    with second:
        help = "Only strategies that need nothing else are listed. Coverage strategies need features."
        gives = controls.several(PAGE, "gives", "Available model outputs", GIVES, list(GIVES), help=help)
    with third:
        order = controls.selectbox(PAGE, "sort", "Sort by", SORTS, "family")
    return families, gives, order


def choose_triple(which: str) -> Triple:
    """A typed example; invalid text gives a message and the default example."""
    words = {"first": "First example, A", "second": "Second example, B"}[which]
    usual = spelled(EXAMPLES[which])
    typed = controls.line(
        PAGE, which, words, usual, 60, help="Probabilities of classes 1, 2 and 3, or odds such as 2 1 1."
    )
    try:
        triple = read_triple(typed or usual)
    except ValueError as error:
        st.warning(f"**{words}:** {plain(str(error))}. {usual} is used.", icon=":material/link_off:")
        return EXAMPLES[which]
    if (total := sum_of(typed or usual)) != 1:
        # What is odds to one reader is a slip to another.
        st.caption(f"Their sum is {total:g}, not 1: each is divided by it, which gives {spelled(triple)}.")
    return triple


def choose_compared(places: Sequence[DeltaGenerator]) -> ComparedMeasures:
    """Two measures to compare, and the example; each control in its own container."""
    names = {name: NAMES[name] for name in MEASURES}
    with places[0]:
        one = controls.selectbox(PAGE, "one", "Compare", names, "entropy")
    with places[1]:
        other = controls.selectbox(PAGE, "other", "with", names, "margin")
    with places[2]:
        help = "Marked: where one of the two measures is higher than at this example, and the other is lower."
        reference = controls.segmented(PAGE, "reference", "Reference example", LETTERS, "second", help=help)
    return ComparedMeasures(one, other, reference)


def choose_uncertainty() -> UncertaintySettings:
    """Pool and committee, in a row; the two positions are dragged, or typed here."""
    first, second, third, fourth = st.columns(4, gap="medium", vertical_alignment="bottom")
    with first:
        help = "The fewer, the more the committee disagrees; with a handful of labels its members may err alike."
        labelled = controls.slider(PAGE, "labelled", "Labels", 4, 150, 24, help=help)
    with second:
        overlap = planar_scene.overlap_control(PAGE, 0.5)
    with third:
        labels = {name: label for name, (label, _) in FREEDOM.items()}
        help = (
            "Inverse regularisation C = 1, 10 or 100. Strong regularisation makes all members predict alike, so that "
            "epistemic uncertainty appears as aleatoric."
        )
        freedom = controls.selectbox(PAGE, "freedom", "The members are", labels, "free", help=help)
    with fourth:
        data = planar_scene.shape_control(PAGE)
    with controls.group("Data"):
        one, other, third = st.columns(3, gap="medium")
        with one:
            classes = planar_scene.classes_control(PAGE, data, 3)
        with other:
            points = controls.slider(PAGE, "points", "Points", 200, 1000, 400, step=50)
        with third:
            seed = controls.slider(PAGE, "seed", "Seed", 0, 999, 0)
        one, other = st.columns(2, gap="medium")
        with one:
            a = _place("a", 50, 50)
        with other:
            b = _place("b", 10, 90)
    scene = PlanarScene(data, points, overlap, classes)
    return UncertaintySettings(scene, seed, labelled, FREEDOM[freedom][1], (a, b))


def _place(letter: str, across: int, up: int) -> tuple[float, float]:
    x = controls.slider(PAGE, f"{letter}_x", f"{letter.upper()}: x", 0, 100, across, format="%d %%")
    y = controls.slider(PAGE, f"{letter}_y", f"{letter.upper()}: y", 0, 100, up, format="%d %%")
    return x / 100, y / 100
