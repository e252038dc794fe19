"""Settings of the comparisons, hashable keys of cached results, and their controls, all in the address."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.drift import Drift
from alcore.loops.stream.policies import POLICIES, Budget, QueryPolicy, fixed, quantile, random_skipping, randomised
from alcore.loops.stream.policies import variable as variable_policy
from alcore.loops.synthesis.oracles import Oracle, sample_from_posterior
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls, planar_scene
from pages.shared.planar_scene import PlanarScene

# Prefix of the controls in the address, and the screen's name in files.
PAGE, NAME = "settings", "scenarios"
MOST_SEEDS = 50
SECTIONS = {
    "together": "Side by side",
    "stream": "Stream",
    "synthesis": "Query synthesis",
    "digits": "Synthesised digits",
}
# Section -> its part of the file names.
FILES = {key: label.lower().replace(" ", "-") for key, label in SECTIONS.items()}
POLICY_NAMES = {name: make().label for name, make in POLICIES.items()}
SETTING_NAMES = {"pool": "Pool", "stream": "Stream", "synthesis": "Synthesis", "random": "Random"}


@dataclass(frozen=True)
class Thresholds:
    """Parameters of the policies' thresholds."""

    threshold: float
    step: float
    spread: float
    rate: float

    def policy(self, name: str) -> QueryPolicy:
        """The policy of this name."""
        return {
            "fixed": lambda: fixed(self.threshold),
            "variable": lambda: variable_policy(self.step),
            "randomised": lambda: randomised(self.step, self.spread),
            "quantile": lambda: quantile(self.rate),
            "random": random_skipping,
        }[name]()


# Those that the policies have at first.
THRESHOLDS = {"threshold": 0.3, "step": 0.01, "spread": 1.0, "rate": 0.3}


@dataclass(frozen=True)
class ScenarioSettings:
    """The three scenarios side by side."""

    scene: PlanarScene
    seed_labels: int
    labels: int
    strategy: str
    policy: str
    thresholds: Thresholds


@dataclass(frozen=True)
class StreamSettings:
    """A stream through all policies."""

    scene: PlanarScene
    seed_labels: int
    thresholds: Thresholds
    share: float
    window: int | None
    turn: int
    pace: str

    def budget(self) -> Budget:
        """The labelling budget."""
        return Budget(self.share)

    def drift(self) -> Drift:
        """The drift of the points over the stream."""
        return Drift(turn=self.turn, pace=self.pace)


@dataclass(frozen=True)
class SynthesisSettings:
    """Query synthesis in the plane."""

    scene: PlanarScene
    seed_labels: int
    labels: int
    labels_per_round: int
    starts: int

    @property
    def rounds(self) -> int:
        """Number of whole rounds within the budget, at least one."""
        return max(1, self.labels // self.labels_per_round)


@dataclass(frozen=True)
class DigitsSettings:
    """Query synthesis of digits by a network."""

    seed_labels: int
    labels_per_round: int
    rounds: int
    from_real: bool
    seed: int


# What the screen opens on: chosen by the rule of tests/benchmarks/settings.py.
DEFAULT = PlanarScene("moons", 400, 0.1, 2)
# Those that come along ready-made.
DIGITS = DigitsSettings(seed_labels=48, labels_per_round=8, rounds=2, from_real=False, seed=0)


@dataclass(frozen=True)
class ScenarioView:
    """The view."""

    section: str
    seed: int
    paired: int

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of all races, including the seed shown."""
        return tuple(sorted({self.seed, *range(self.paired)}))


def oracle_of(scene: PlanarScene) -> Oracle:
    """The oracle for any point of the plane: it samples from the true class probabilities."""
    return sample_from_posterior(partial(posterior, scene.data, overlap=scene.overlap, classes=scene.classes))


_HELP = {
    "batch": "Between two fits, at most the budget. Queries of a round repel one another.",
    "first": "Size of the seed set, the same in each setting.",
    "labels": "Queries in each setting, after the seed set.",
    "pace": "Abrupt: all of it half-way through.",
    "paired": "The curves and the verdict are computed from them.",
    "rate": "How fast the threshold follows.",
    "seed": "Of the race that is drawn.",
    "share": "An unspent share is kept for later.",
    "spread": "Of the threshold's random factor; 0 is the variable threshold.",
    "starts": "The highest optimum is queried.",
    "step": "Relative change of the threshold at each arrival.",
    "threshold": "0 queries every arrival, 1 none.",
    "turn": "By the end of the stream. At 180 two blobs have changed places, at 360 they are back.",
    "window": "0: on all labels, also those that the drift has made wrong.",
}
# Strategies fast enough to query one point at a time: no slower than the other scenarios.
POOL_STRATEGIES = ("least_confidence", "margin", "entropy", "k_center", "hybrid")


@dataclass(frozen=True)
class Chosen:
    """The view, and the settings of the section shown."""

    settings: ScenarioSettings | StreamSettings | SynthesisSettings | DigitsSettings
    policy: str
    shown: ScenarioView


def choose_section() -> str:
    """Draw the choice of section, a key of SECTIONS."""
    return controls.segmented(PAGE, "section", "Look at", SECTIONS, "together")


def scenario_controls(section: str) -> Chosen:
    """Draw the controls of a section in the sidebar."""
    with st.sidebar:
        if section == "digits":
            digits = _digits()
            return Chosen(digits, "", ScenarioView(section, digits.seed, 1))
        policy, thresholds = "", Thresholds(**THRESHOLDS)
        if section == "stream":
            policy, thresholds = _policy()
            flow = _stream()
        else:
            labels = controls.slider(PAGE, "labels", "Label budget", 5, 100, 40, help=_HELP["labels"])
        if section == "together":
            strategies = {name: STRATEGIES[name].label for name in POOL_STRATEGIES}
            strategy = controls.selectbox(
                PAGE, "strategy", "Query strategy of the pool", strategies, "least_confidence"
            )
            policy, thresholds = _policy()
        elif section == "synthesis":
            batch = controls.slider(PAGE, "batch", "Queries per round", 1, 10, 1, help=_HELP["batch"])
            starts = controls.slider(PAGE, "starts", "Searches per query", 1, 20, 8, help=_HELP["starts"])
        seed = _seed()
        with controls.group("Data"):
            scene, seed_labels = _scene()
        paired = 1
        if section != "synthesis":
            with controls.group("Evidence"):
                paired = controls.slider(PAGE, "paired", "Paired seeds", 1, MOST_SEEDS, 20, help=_HELP["paired"])
    shown = ScenarioView(section, seed, paired)
    if section == "together":
        return Chosen(ScenarioSettings(scene, seed_labels, labels, strategy, policy, thresholds), policy, shown)
    if section == "stream":
        return Chosen(StreamSettings(scene, seed_labels, thresholds, **flow), policy, shown)
    return Chosen(SynthesisSettings(scene, seed_labels, labels, min(batch, labels), starts), policy, shown)


def _seed() -> int:
    return controls.slider(PAGE, "seed", "Seed", 0, 999, 0, help=_HELP["seed"])


def _scene() -> tuple[PlanarScene, int]:
    """The data, and the size of the seed set."""
    data = planar_scene.shape_control(PAGE, default=DEFAULT.data)
    overlap = planar_scene.overlap_control(PAGE, DEFAULT.overlap)
    classes = planar_scene.classes_control(PAGE, data, DEFAULT.classes)
    points = controls.slider(PAGE, "points", "Points", 150, 1000, 400, step=10)
    seed_labels = controls.slider(PAGE, "first", "Initial labels", 2, 40, 4, help=_HELP["first"])
    return PlanarScene(data, points, overlap, classes), seed_labels


def _policy() -> tuple[str, Thresholds]:
    """The policy of the stream, and the parameters of its threshold; those of the others rest at their defaults."""
    policy = controls.selectbox(
        PAGE, "policy", "Policy of the stream", POLICY_NAMES, "quantile", help="When an arrival is queried."
    )
    values = dict(THRESHOLDS)
    if policy == "fixed":
        label = "Threshold"
        values["threshold"] = controls.slider(
            PAGE, "threshold", label, 0.0, 1.0, 0.3, step=0.01, help=_HELP["threshold"]
        )
    elif policy == "quantile":
        values["rate"] = controls.slider(PAGE, "rate", "Step", 0.05, 1.0, 0.3, step=0.05, help=_HELP["rate"])
    elif policy != "random":
        values["step"] = controls.slider(PAGE, "step", "Step", 0.01, 0.5, 0.01, step=0.01, help=_HELP["step"])
        if policy == "randomised":
            values["spread"] = controls.slider(PAGE, "spread", "Spread", 0.0, 2.0, 1.0, step=0.1, help=_HELP["spread"])
    return policy, Thresholds(**values)


def _stream() -> dict[str, Any]:
    """Budget, drift and window of a stream."""
    label = "Budget, share of the arrivals"
    share = controls.slider(PAGE, "share", label, 0.01, 0.5, 0.1, step=0.01, format="percent", help=_HELP["share"])
    label = "Drift: turn of the plane in degrees"
    turn = controls.slider(PAGE, "turn", label, 0, 360, 180, step=5, help=_HELP["turn"])
    paces = {"gradual": "Gradual", "abrupt": "Abrupt"}
    pace = "gradual"
    if turn:
        pace = controls.segmented(PAGE, "pace", "The drift is", paces, "gradual", help=_HELP["pace"])
    window = controls.slider(PAGE, "window", "Train on the latest labels", 0, 100, 30, step=5, help=_HELP["window"])
    return {"share": share, "window": window or None, "turn": turn, "pace": pace}


def _digits() -> DigitsSettings:
    usual = DIGITS
    seed_labels = controls.slider(PAGE, "digits_first", "Initial labelled digits", 16, 304, usual.seed_labels, step=16)
    batch = controls.slider(PAGE, "digits_batch", "Digits per round", 2, 12, usual.labels_per_round)
    rounds = controls.slider(PAGE, "digits_rounds", "Rounds", 1, 5, usual.rounds)
    begins = {"noise": "Random pixels", "real": "Real digits"}
    begin = controls.segmented(PAGE, "digits_from", "Searches begin at", begins, "noise")
    return DigitsSettings(seed_labels, batch, rounds, begin == "real", _seed())
