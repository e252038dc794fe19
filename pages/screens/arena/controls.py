"""Controls of the arena, all in the address."""

from typing import Any

import streamlit as st

from alcore.datasets.dataset import DatasetError
from alcore.report.interactive.arena.surfaces import Surface
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.arena.csv_upload import choose_own
from pages.screens.arena.settings import DATA_LABELS, NAMES, NONE, OWN, ArenaSettings, ArenaView, Fork
from pages.shared import controls

RACERS = NAMES | {NONE: "Nobody"}
SURFACES: dict[Surface, str] = {
    "probability": "Classes",
    "uncertainty": "Uncertainty",
    "score": "Own score",
    "disagreement": "Disagreement",
}


def arena_controls() -> tuple[ArenaSettings, ArenaView] | None:
    """Draw the controls in the sidebar; None while no file is uploaded.

    Raises:
        DatasetError: if the uploaded points are invalid; the sentence names the place.
    """
    with st.sidebar:
        racers = _racers()
        data = controls.selectbox("arena", "data", "Data", list(DATA_LABELS), "blobs", labels=DATA_LABELS.__getitem__)
        own, failure = None, None
        if data == OWN:
            try:
                own = choose_own()
            except DatasetError as error:
                failure = error  # raised after all controls are drawn, so that they keep their values
        values = _shape(data) if data != OWN else _no_shape()
        trouble = _trouble() if data != OWN else {"near_duplicates": 0, "label_noise": 0.0, "outliers": 0}
        race = _race()
        shown = _shown()
        remedies = _remedies()
        fork = _fork(racers, race["rounds"])
    if failure is not None:
        raise failure
    if data == OWN and own is None:
        return None
    return ArenaSettings(data=data, own=own, racers=racers, fork=fork, **values, **trouble, **race, **remedies), shown


def _racers() -> tuple[str, ...]:
    chosen = []
    for name, label, default in (
        ("left", "First racer asks by", "least_confidence"),
        ("right", "Second racer asks by", "random"),
        ("third", "Third racer asks by", NONE),
    ):
        options = list(STRATEGIES) if default != NONE else [NONE, *STRATEGIES]
        chosen.append(controls.selectbox("arena", name, label, options, default, labels=RACERS.__getitem__))
        if chosen[-1] in STRATEGIES:
            st.caption(STRATEGIES[chosen[-1]].description)
    # Random is always in the race; a repeated strategy is a single racer.
    return tuple(name for name in dict.fromkeys([*chosen, "random"]) if name != NONE)


def _shape(data: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "overlap": controls.slider(
            "arena",
            "overlap",
            "Overlap",
            0.0,
            1.0,
            0.4,
            step=0.05,
            help="0: classes apart. 1: mostly noise.",
        ),
        "points": controls.slider("arena", "points", "Points", 50, 1000, 400, step=10),
    }
    chosen = controls.slider("arena", "classes", "Classes", 2, 5, 2, help="Overlapping blobs only.")
    values["classes"] = chosen if data == "blobs" else 2
    if data != "blobs" and chosen != 2:
        st.caption(f"{DATA_LABELS[data]}: two classes; only overlapping blobs can have more.")
    return values


def _no_shape() -> dict[str, Any]:
    return {"overlap": 0.0, "points": 0, "classes": 2, "imbalance": 1.0}


def _trouble() -> dict[str, Any]:
    with st.expander("Trouble in the pool", icon=":material/warning:"):
        return {
            "outliers": controls.slider(
                "arena",
                "outliers",
                "Outliers",
                0,
                40,
                0,
                help="Isolated points around the classes, their labels drawn by lot.",
            ),
            "label_noise": controls.slider(
                "arena",
                "noise",
                "Wrong answers",
                0.0,
                0.4,
                0.0,
                step=0.02,
                help="The share of answers that name another class. The test set stays clean.",
            ),
            "near_duplicates": controls.slider(
                "arena",
                "duplicates",
                "Near-duplicates",
                0,
                400,
                0,
                step=10,
                help="Copies moved by about 0.01.",
            ),
            "imbalance": controls.slider(
                "arena",
                "balance",
                "Balance of the classes",
                0.05,
                1.0,
                1.0,
                step=0.05,
                help="What the pool holds of every class after the first, relative to an even share.",
            ),
        }


def _race() -> dict[str, Any]:
    return {
        "seed_set": controls.segmented(
            "arena",
            "start",
            "First labels",
            ["balanced", "random", "diverse"],
            "balanced",
            labels=str.capitalize,
            help="Balanced: every class is shown. Random: a class can be missing. Diverse: one point of "
            "each of as many clusters.",
        ),
        "seed_labels": controls.slider(
            "arena",
            "seeds",
            "How many first labels",
            2,
            40,
            4,
            help="Known before the race starts, the same for all racers.",
        ),
        "labels_per_round": controls.slider("arena", "batch", "Labels per round", 1, 20, 1),
        "rounds": controls.slider("arena", "rounds", "Rounds", 1, 100, 30),
    }


def _shown() -> ArenaView:
    return ArenaView(
        seed=controls.slider(
            "arena",
            "seed",
            "Seed",
            0,
            999,
            0,
            help="Another seed is another sample, other first labels: another race.",
        ),
        paired=controls.slider(
            "arena",
            "paired",
            "Paired seeds",
            1,
            100,
            20,
            help="Races beside the one that is drawn: the band, and what the sentence rests on.",
        ),
        surface=controls.selectbox(
            "arena", "surface", "Colour shows", list(SURFACES), "probability", labels=SURFACES.__getitem__
        ),
        boundary=controls.toggle(
            "arena",
            "best",
            "Best possible boundary",
            False,
            help="Where the distribution that the points were drawn from has the two likeliest classes tie.",
        ),
    )


def _remedies() -> dict[str, Any]:
    with st.expander("Remedies", icon=":material/healing:"):
        return {
            "epsilon": controls.slider(
                "arena",
                "epsilon",
                "Random picks",
                0.0,
                1.0,
                0.0,
                step=0.05,
                help="Against sampling bias: each pick of a racer gives way to a random one this often.",
            ),
            "density": controls.slider(
                "arena",
                "density",
                "Weight of density",
                0.0,
                5.0,
                0.0,
                step=0.25,
                help="Against outliers: scores times density to this power.",
            ),
        }


def _fork(racers: tuple[str, ...], rounds: int) -> Fork | None:
    with st.expander("Time travel", icon=":material/fork_right:"):
        racer = controls.selectbox(
            "arena",
            "fork",
            "From the race of",
            [NONE, *STRATEGIES],
            NONE,
            labels=RACERS.__getitem__,
            help="This racer runs once more and changes its strategy on the way: both futures are drawn.",
        )
        at = controls.slider("arena", "at", "Change after round", 0, 99, 10)
        then = controls.selectbox("arena", "then", "Then ask by", list(STRATEGIES), "random", labels=NAMES.__getitem__)
        if racer == NONE:
            return None
        if racer not in racers:
            st.caption(f"{NAMES[racer]} does not race: choose one of the racers above.")
            return None
        if at >= rounds:
            st.caption(f"The race has {rounds} rounds: change before its last.")
            return None
        if racer == then:
            st.caption("The fork goes on as before: choose another strategy.")
            return None
        return Fork(racer, at, then)
