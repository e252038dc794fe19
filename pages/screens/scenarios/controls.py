"""Controls of the screen, all in the address."""

from dataclasses import dataclass

import streamlit as st

from alcore.loops.stream.policies import POLICIES
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.scenarios.settings import (
    DATA_LABELS,
    PAGE,
    POLICY_NAMES,
    SECTIONS,
    DigitsSetup,
    ScenarioSample,
    ScenarioSettings,
    ScenarioView,
    StreamSetup,
    SynthesisSetup,
    Thresholds,
)
from pages.shared import controls

# Controls of other sections that have no effect in a section.
_IDLE = {
    "stream": "Here the label budget and what the pool is asked by do not matter: what may be asked is a "
    "share of the arrivals, set under **The stream and its drift**.",
    "synthesis": "Here one learner makes up its questions: what concerns the pool or a stream does not "
    "matter, nor do the paired seeds.",
    "digits": "The digits follow the seed and what is set under **Made-up digits**; nothing else matters.",
}
# Strategies fast enough to query one point at a time: no slower than the other scenarios.
POOL_STRATEGIES = ("least_confidence", "margin", "entropy", "k_center", "hybrid")


@dataclass(frozen=True)
class Chosen:
    """All settings; each section uses its own."""

    together: ScenarioSettings
    stream: StreamSetup
    synthesis: SynthesisSetup
    digits: DigitsSetup
    policy: str
    shown: ScenarioView


def scenario_controls() -> Chosen:
    """Draw the choice of section on the page and all other controls in the sidebar."""
    section = controls.segmented(PAGE, "section", "Look at", list(SECTIONS), "together", labels=SECTIONS.__getitem__)
    with st.sidebar:
        if section in _IDLE:
            st.caption(_IDLE[section])
        sample, seed_labels, labels, seed, paired = _common()
        strategy = controls.selectbox(
            PAGE,
            "strategy",
            "The pool is asked by",
            list(POOL_STRATEGIES),
            "least_confidence",
            labels={name: STRATEGIES[name].label for name in POOL_STRATEGIES}.__getitem__,
        )
        policy, thresholds = _policy(expanded=section in ("together", "stream"))
        share, window, turn, pace = _stream(expanded=section == "stream")
        with st.expander("Made-up points", icon=":material/draw:", expanded=section == "synthesis"):
            batch = controls.slider(
                PAGE,
                "batch",
                "Questions per round",
                1,
                10,
                1,
                help="Between two fits, and never more than the budget. Those of a round keep apart.",
            )
            starts = controls.slider(
                PAGE, "starts", "Searches per question", 1, 20, 8, help="The highest end is asked about."
            )
        digits = _digits(seed, expanded=section == "digits")
    return Chosen(
        ScenarioSettings(sample, seed_labels, labels, strategy, policy, thresholds),
        StreamSetup(sample, seed_labels, thresholds, share, window, turn, pace),
        SynthesisSetup(sample, seed_labels, labels, min(batch, labels), starts),
        digits,
        policy,
        ScenarioView(section, seed, paired),
    )


def _common() -> tuple[ScenarioSample, int, int, int, int]:
    data = controls.selectbox(PAGE, "data", "Data", list(DATA_LABELS), "blobs", labels=DATA_LABELS.__getitem__)
    overlap = controls.slider(
        PAGE, "overlap", "Overlap", 0.0, 1.0, 0.4, step=0.05, help="0: classes apart. 1: mostly noise."
    )
    points = controls.slider(PAGE, "points", "Points", 150, 1000, 400, step=10)
    classes = controls.slider(PAGE, "classes", "Classes", 2, 5, 2, help="Overlapping blobs only.")
    if data != "blobs" and classes != 2:
        st.caption(f"{DATA_LABELS[data]}: two classes; only overlapping blobs can have more.")
    seed_labels = controls.slider(
        PAGE, "first", "How many first labels", 2, 40, 4, help="Known before the start, the same everywhere."
    )
    labels = controls.slider(
        PAGE, "labels", "Label budget", 5, 100, 40, help="Questions in each setting, after the first labels."
    )
    seed = controls.slider(PAGE, "seed", "Seed", 0, 999, 0, help="Which of the races is drawn.")
    paired = controls.slider(
        PAGE, "paired", "Paired seeds", 1, 50, 20, help="What the curves and the sentence rest on."
    )
    sample = ScenarioSample(data, points, overlap, classes if data == "blobs" else 2)
    return sample, seed_labels, labels, seed, paired


def _policy(*, expanded: bool) -> tuple[str, Thresholds]:
    with st.expander("When a stream asks", icon=":material/filter_alt:", expanded=expanded):
        policy = controls.selectbox(
            PAGE, "policy", "Policy", list(POLICIES), "quantile", labels=POLICY_NAMES.__getitem__
        )
        st.caption(POLICIES[policy]().description)
        threshold = controls.slider(
            PAGE, "threshold", "Threshold (fixed)", 0.0, 1.0, 0.3, step=0.01, help="0 asks always, 1 never."
        )
        rate = controls.slider(PAGE, "rate", "Step (quantile)", 0.05, 1.0, 0.3, step=0.05, help="How fast it follows.")
        step = controls.slider(
            PAGE,
            "step",
            "Step (variable, randomised)",
            0.01,
            0.5,
            0.01,
            step=0.01,
            help="By what share the threshold moves at each arrival.",
        )
        spread = controls.slider(
            PAGE,
            "spread",
            "Spread (randomised)",
            0.0,
            2.0,
            1.0,
            step=0.1,
            help="Of the factor by which it is multiplied; 0 is the variable threshold.",
        )
    return policy, Thresholds(threshold, step, spread, rate)


def _stream(*, expanded: bool) -> tuple[float, int | None, int, str]:
    with st.expander("The stream and its drift", icon=":material/stream:", expanded=expanded):
        share = controls.slider(
            PAGE,
            "share",
            "Budget, share of the arrivals",
            0.01,
            0.5,
            0.1,
            step=0.01,
            format="percent",
            help="What is not spent is kept for later. Side by side, the label budget above decides instead.",
        )
        turn = controls.slider(
            PAGE,
            "turn",
            "Drift: turn of the plane in degrees",
            0,
            360,
            180,
            step=5,
            help="By the end of the stream. At 180 two blobs have changed places, at 360 they are back.",
        )
        pace = controls.segmented(
            PAGE,
            "pace",
            "The drift is",
            ["gradual", "abrupt"],
            "gradual",
            labels=str.capitalize,
            help="Abrupt: all of it half-way through.",
        )
        window = controls.slider(
            PAGE,
            "window",
            "Learn from the latest labels",
            0,
            100,
            30,
            step=5,
            help="0: from all labels, also those that the drift has made wrong.",
        )
    return share, window or None, turn, pace


def _digits(seed: int, *, expanded: bool) -> DigitsSetup:
    with st.expander("Made-up digits", icon=":material/edit_note:", expanded=expanded):
        seed_labels = controls.slider(PAGE, "digits_first", "First labelled digits", 16, 304, 48, step=16)
        batch = controls.slider(PAGE, "digits_batch", "Digits per round", 2, 12, 8)
        rounds = controls.slider(PAGE, "digits_rounds", "Rounds", 1, 5, 2)
        begin = controls.segmented(
            PAGE,
            "digits_from",
            "Searches begin at",
            ["noise", "real"],
            "noise",
            labels={"noise": "Random pixels", "real": "Real digits"}.__getitem__,
        )
    return DigitsSetup(seed_labels, batch, rounds, begin == "real", seed)
