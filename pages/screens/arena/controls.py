"""Settings of a race and of its view, hashable keys of cached results, and their controls, all in the address."""

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from alcore.datasets.dataset import DatasetError
from alcore.loops.races.features import LOCKSTEP
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.seed_set import SeedSet
from alcore.report.interactive.arena.surfaces import Surface
from alcore.report.phrases import lowercase_first, percent, plural
from alcore.strategies.catalogue import STRATEGIES, Strategy
from alcore.strategies.wrappers import with_density, with_random_picks
from pages.screens.arena.csv_upload import OwnPoints, choose_own
from pages.shared import controls, planar_scene
from pages.shared.planar_scene import SHAPE_LABELS, PlanarScene
from pages.shared.race_controls import remedy_controls, seed_set_control

NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
NONE, OWN = "none", "own"
RACERS = {NONE: "None"} | NAMES
DATA_LABELS = SHAPE_LABELS | {OWN: "Your own points (CSV)"}
# Keys of the learners on offer, fastest first.
LEARNER_LABELS = {
    "logistic": "Linear (logistic regression)",
    "logistic_fourier": "Curved (Fourier features)",
    "knn": "k-nearest neighbours",
    "random_forest": "Random forest",
}
DEFAULT_LEARNER = "logistic_fourier"
MOST_SEEDS = 200


@dataclass(frozen=True)
class Fork:
    """A racer that switches strategy mid-run: `racer` until round `at`, then `then`."""

    racer: str
    at: int
    then: str


@dataclass(frozen=True)
class ArenaSettings:
    """A race without its seed: restored by a link, and the key of its results."""

    scene: PlanarScene | OwnPoints
    racers: tuple[str, ...]
    fork: Fork | None
    epsilon: float
    density: float
    seed_set: SeedSet
    seed_labels: int
    labels_per_round: int
    rounds: int
    learner: str = DEFAULT_LEARNER

    @property
    def loop(self) -> dict[str, Any]:
        """Arguments of `race` and `paired_races` that all racers and seeds share."""
        names = ("seed_labels", "labels_per_round", "rounds", "seed_set", "learner")
        return {name: getattr(self, name) for name in names}

    def plans(self) -> list[StrategySchedule]:
        """One entry per racer, the fork last; remedies apply to all racers except random, the baseline."""
        plans = [StrategySchedule(self._remedied(name)) for name in self.racers]
        if self.fork is not None:
            first, then = self._remedied(self.fork.racer), self._remedied(self.fork.then)
            plans.append(StrategySchedule(first, then=then, at=self.fork.at))
        return plans

    def names(self) -> dict[str, str]:
        """Display names of the racers, by their key in a race."""
        words = {name: NAMES[name] for name in self.racers}
        if self.fork is not None:
            key = f"{self.fork.racer}>{self.fork.then}@{self.fork.at}"
            words[key] = f"{NAMES[self.fork.racer]} then {lowercase_first(NAMES[self.fork.then])}"
        return words

    def title(self) -> str:
        """The data and the remedies in a few words."""
        random = f", {percent(self.epsilon, 0)} random picks" if self.epsilon else ""
        density = f", density {self.density:g}" if self.density else ""
        learner = LEARNER_LABELS[self.learner].partition(" (")[0].lower()
        return f"{self.scene.title}, {learner} learner{random}{density}"

    def config(self) -> dict[str, Any]:
        """All settings, JSON-compatible."""
        values = asdict(self)
        del values["scene"]
        return self.scene.config() | values

    def _remedied(self, name: str) -> Strategy:
        strategy = STRATEGIES[name]
        if name == "random":
            return strategy
        return with_random_picks(with_density(strategy, self.density), self.epsilon)


@dataclass(frozen=True)
class ArenaView:
    """The view: seed shown, number of paired races, and how they are drawn."""

    seed: int
    paired: int
    surface: Surface
    boundary: bool
    errors: bool = False
    predict: bool = False


def exported_config(setup: ArenaSettings, shown: ArenaView) -> dict[str, Any]:
    """Everything that was set and is looked at, for exported files."""
    return setup.config() | asdict(shown) | {"screen": "arena"}


SURFACES: dict[Surface, str] = {
    "probability": "Classes",
    "uncertainty": "Uncertainty",
    "score": "Acquisition score",
    "disagreement": "Disagreement",
}
_HELP = {
    "errors": "Marks the points of the test set that each model misclassifies.",
    "predict": "For teaching: a prediction of the winner before the race is played.",
    "best": "Where the two likeliest classes are equally probable under the distribution of the points.",
    "fork": "This racer runs once more and switches its query strategy after a round: both runs are drawn.",
    "noise": "Share of the oracle's labels that name another class. The test set has none.",
    "paired": "Races beside the one that is drawn: the band and the verdict are computed from them.",
    "seed": "Another seed is another sample and another seed set.",
    "seeds": "Size of the seed set, which all racers share.",
}


def arena_controls() -> tuple[ArenaSettings, ArenaView] | None:
    """Draw the controls in the sidebar; None while no file is uploaded.

    Raises:
        DatasetError: if the uploaded points are invalid; the sentence names the place.
    """
    scene: PlanarScene | OwnPoints | None = None
    failure = None
    with st.sidebar:
        learner = controls.selectbox("arena", "learner", "Learner", LEARNER_LABELS, DEFAULT_LEARNER)
        racers = _racers(learner)
        data = planar_scene.shape_control("arena", options=DATA_LABELS)
        if data == OWN:
            try:
                scene = choose_own()
            except DatasetError as error:
                failure = error  # raised after all controls are drawn, so that they keep their values
        else:
            scene = _scene(data)
        rounds = controls.slider("arena", "rounds", "Rounds", 1, 100, 30)
        seed = controls.slider("arena", "seed", "Seed", 0, 999, 0, help=_HELP["seed"])
        with controls.group("Learner"):
            loop = _loop()
            fork = _fork(racers, rounds, learner)
        with controls.group("Remedies"):
            remedies = remedy_controls("arena")
        with controls.group("Evidence"):
            paired = controls.slider("arena", "paired", "Paired seeds", 1, MOST_SEEDS, 20, help=_HELP["paired"])
            surface = controls.selectbox("arena", "surface", "Colour shows", SURFACES, "probability")
            errors = controls.toggle("arena", "errors", "Test errors", False, help=_HELP["errors"])
            boundary = not isinstance(scene, OwnPoints) and controls.toggle(
                "arena", "best", "Best possible boundary", False, help=_HELP["best"]
            )
            predict = controls.toggle("arena", "predict", "Predict first", False, help=_HELP["predict"])
    if failure is not None:
        raise failure
    if scene is None:
        return None
    setup = ArenaSettings(scene, racers, fork, **remedies, **loop, rounds=rounds, learner=learner)
    return setup, ArenaView(seed, paired, surface, boundary, errors, predict)


def _racers(learner: str) -> tuple[str, ...]:
    names = {name: label for name, label in NAMES.items() if serves(learner, name)}
    chosen = []
    for name, label, default in (
        ("left", "First query strategy", "least_confidence"),
        ("right", "Second query strategy", "random"),
        ("third", "Third query strategy", NONE),
    ):
        options = {NONE: RACERS[NONE]} | names if default == NONE else names
        chosen.append(controls.selectbox("arena", name, label, options, default))
        if chosen[-1] in STRATEGIES:
            controls.caption(STRATEGIES[chosen[-1]].description)
    # Random is always in the race; a repeated strategy is a single racer.
    return tuple(name for name in dict.fromkeys([*chosen, "random"]) if name != NONE)


def serves(learner: str, strategy: str) -> bool:
    """Whether a learner of the arena gives what a strategy reads: gradients are those of logistic regression."""
    return learner in LOCKSTEP or "gradient_lengths_N" not in STRATEGIES[strategy].needs


def _scene(data: str) -> PlanarScene:
    overlap = planar_scene.overlap_control("arena", 0.4)
    with controls.group("Data"):
        points = controls.slider("arena", "points", "Points", 50, 1000, 400, step=10)
        classes = planar_scene.classes_control("arena", data, 2) if data == "blobs" else 2
    with controls.group("Noise and outliers"):
        return PlanarScene(
            data,
            points,
            overlap,
            classes,
            outliers=planar_scene.outliers_control("arena"),
            label_noise=controls.slider("arena", "noise", "Label noise", 0.0, 0.4, 0.0, step=0.02, help=_HELP["noise"]),
            near_duplicates=planar_scene.near_duplicates_control("arena", 400, 0),
            imbalance=planar_scene.balance_control("arena"),
        )


def _loop() -> dict[str, Any]:
    return {
        "seed_set": seed_set_control("arena", "start", "balanced"),
        "seed_labels": controls.slider("arena", "seeds", "Initial labels", 2, 40, 4, help=_HELP["seeds"]),
        "labels_per_round": controls.slider("arena", "batch", "Labels per round", 1, 20, 1),
    }


def _fork(racers: tuple[str, ...], rounds: int, learner: str) -> Fork | None:
    options = {NONE: RACERS[NONE]} | {name: NAMES[name] for name in racers}
    racer = controls.selectbox("arena", "fork", "Switch strategy mid-run", options, NONE, help=_HELP["fork"])
    if racer == NONE:
        return None
    at = controls.slider("arena", "at", "Switch after round", 0, 99, 10)
    names = {name: label for name, label in NAMES.items() if serves(learner, name)}
    then = controls.selectbox("arena", "then", "Query strategy from then on", names, "random")
    if at >= rounds:
        controls.caption(f"The race has {plural(rounds, 'round')}: change before its last.")
        return None
    if racer == then:
        controls.caption("The fork goes on as before: choose another strategy.")
        return None
    return Fork(racer, at, then)
