"""Controls of the atlas, all in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.datasets.planar.shapes import SHAPES
from alcore.report.statistics.simplex import Triple, read_triple, spelled
from alcore.strategies import uncertainty
from alcore.strategies.catalogue import FAMILIES, STRATEGIES
from pages.screens.batch_explorer.controls import BatchSample
from pages.screens.strategy_atlas.texts import GIVES
from pages.shared import controls
from pages.shared.markdown import plain

PAGE = "strategies"
SECTIONS = {"entries": "Strategies", "simplex": "The simplex", "doubt": "Two kinds of doubt"}
NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
MEASURES: dict[str, Callable] = {
    "least_confidence": uncertainty.least_confidence,
    "margin": uncertainty.margin,
    "entropy": uncertainty.entropy,
}
EXAMPLES = {"first": (0.34, 0.33, 0.33), "second": (0.5, 0.49, 0.01)}
LETTERS = {"first": "A", "second": "B"}
FREEDOM = {"held": 1.0, "looser": 10.0, "free": 100.0}
SORTS = {
    "family": "Family",
    "name": "Name",
    "time": "Measured time",
    "gain": "Gain over random",
}


@dataclass(frozen=True)
class UncertaintySettings:
    """A committee on a pool in the plane."""

    sample: BatchSample
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
    return controls.segmented(PAGE, "section", "Look at", list(SECTIONS), "entries", labels=SECTIONS.__getitem__)


def choose_entry() -> str:
    """The strategy shown."""
    return controls.selectbox(PAGE, "entry", "Strategy", list(NAMES), "margin", labels=NAMES.__getitem__)


def choose_rows() -> tuple[list[str], list[str], str]:
    """Families, available model outputs, and the order of the table."""
    first, second, third = st.columns([5, 5, 3])
    with first:
        families = controls.several(PAGE, "families", "Families", FAMILIES, FAMILIES)
    with second:
        gives = controls.several(
            PAGE,
            "gives",
            "Your learner gives",
            list(GIVES),
            list(GIVES),
            labels=GIVES.__getitem__,
            help="Only strategies that need nothing else are listed. k-center and its like need features.",
        )
    with third:
        order = controls.selectbox(PAGE, "sort", "Sort by", list(SORTS), "family", labels=SORTS.__getitem__)
    return families, gives, order


def choose_triple(which: str) -> Triple:
    """A typed example; invalid text gives a message and the default example."""
    words = {"first": "First example, A", "second": "Second example, B"}[which]
    usual = spelled(EXAMPLES[which])
    typed = controls.line(
        PAGE, which, words, usual, 60, help="Probabilities of classes 1, 2 and 3, or odds such as 2 1 1."
    )
    try:
        return read_triple(typed or usual)
    except ValueError as error:
        st.warning(f"**{words}:** {plain(str(error))}. {usual} is used.", icon=":material/link_off:")
        return EXAMPLES[which]


def choose_compared(places: Sequence[DeltaGenerator]) -> ComparedMeasures:
    """Two measures to compare, and the example; each control in its own container."""
    names = list(MEASURES)
    with places[0]:
        one = controls.selectbox(PAGE, "one", "Compare", names, "entropy", labels=NAMES.__getitem__)
    with places[1]:
        other = controls.selectbox(PAGE, "other", "with", names, "margin", labels=NAMES.__getitem__)
    with places[2]:
        reference = controls.segmented(
            PAGE,
            "reference",
            "held against",
            list(LETTERS),
            "second",
            labels=LETTERS.__getitem__,
            help="Where one of the two measures asks before this example and the other after it.",
        )
    return ComparedMeasures(one, other, reference)


def choose_uncertainty() -> UncertaintySettings:
    """Pool and committee, in the sidebar; the two positions are dragged, or typed here."""
    with st.sidebar:
        data = controls.selectbox(
            PAGE,
            "data",
            "Data",
            list(SHAPES),
            "blobs",
            labels={name: shape.title for name, shape in SHAPES.items()}.__getitem__,
        )
        overlap = controls.slider(
            PAGE, "overlap", "Noise: overlap of the classes", 0.0, 1.0, 0.5, step=0.05,
            help="0: classes apart. 1: mostly noise, which no label removes.",
        )  # fmt: skip
        labelled = controls.slider(
            PAGE, "labelled", "Labels", 4, 150, 24, help="The fewer, the more the committee disagrees."
        )
        freedom = controls.selectbox(
            PAGE,
            "freedom",
            "The members are",
            list(FREEDOM),
            "free",
            labels=str.capitalize,
            help="How little they are penalised for being sure (C = 1, 10 or 100). Members on a short rein "
            "all shrink to the same doubt: what they do not know then looks like noise.",
        )
        chosen = controls.slider(PAGE, "classes", "Classes", 2, 5, 3, help="Overlapping blobs only.")
        points = controls.slider(PAGE, "points", "Points", 200, 1000, 400, step=50)
        seed = controls.slider(PAGE, "seed", "Seed", 0, 999, 0)
        with st.expander("Places A and B", icon=":material/place:"):
            places = _place("a", 50, 50), _place("b", 10, 90)
    classes = chosen if data == "blobs" else 2
    sample = BatchSample(data, points, overlap, classes, 1.0, 0, 0, seed)
    return UncertaintySettings(sample, labelled, FREEDOM[freedom], places)


def _place(letter: str, across: int, up: int) -> tuple[float, float]:
    words = letter.upper()
    x = controls.slider(PAGE, f"{letter}_x", f"{words}: across", 0, 100, across, format="%d %%")
    y = controls.slider(PAGE, f"{letter}_y", f"{words}: up", 0, 100, up, format="%d %%")
    return x / 100, y / 100
