"""Settings of a race and of its view, hashable keys of cached results, and their controls, all in the address."""

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from alcore.datasets.dataset import DatasetError
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.seed_set import SeedSet
from alcore.report.interactive.arena.surfaces import Surface
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

    @property
    def loop(self) -> dict[str, Any]:
        """Arguments of `race` and `paired_races` that all racers and seeds share."""
        names = ("seed_labels", "labels_per_round", "rounds", "seed_set")
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
            words[key] = f"{NAMES[self.fork.racer]}, then {NAMES[self.fork.then]}"
        return words

    def title(self) -> str:
        """The data and the remedies in a few words."""
        random = f", {100 * self.epsilon:.0f} % random picks" if self.epsilon else ""
        density = f", density {self.density:g}" if self.density else ""
        return f"{self.scene.title}{random}{density}"

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
        racers = _racers()
        data = planar_scene.shape_control("arena", options=DATA_LABELS)
        if data == OWN:
            try:
                scene = choose_own()
            except DatasetError as error:
                failure = error  # raised after all controls are drawn, so that they keep their values
        else:
            scene = _scene(data)
        loop = _loop()
        shown = _shown()
        with st.expander("Remedies", icon=":material/healing:"):
            remedies = remedy_controls("arena")
        fork = _fork(racers, loop["rounds"])
    if failure is not None:
        raise failure
    return None if scene is None else (ArenaSettings(scene, racers, fork, **remedies, **loop), shown)


def _racers() -> tuple[str, ...]:
    chosen = []
    for name, label, default in (
        ("left", "First query strategy", "least_confidence"),
        ("right", "Second query strategy", "random"),
        ("third", "Third query strategy", NONE),
    ):
        options = RACERS if default == NONE else NAMES
        chosen.append(controls.selectbox("arena", name, label, options, default))
        if chosen[-1] in STRATEGIES:
            st.caption(STRATEGIES[chosen[-1]].description)
    # Random is always in the race; a repeated strategy is a single racer.
    return tuple(name for name in dict.fromkeys([*chosen, "random"]) if name != NONE)


def _scene(data: str) -> PlanarScene:
    overlap = planar_scene.overlap_control("arena", 0.4)
    points = controls.slider("arena", "points", "Points", 50, 1000, 400, step=10)
    classes = planar_scene.classes_control("arena", data, 2)
    with st.expander("Noise and outliers", icon=":material/warning:"):
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
        "rounds": controls.slider("arena", "rounds", "Rounds", 1, 100, 30),
    }


def _shown() -> ArenaView:
    return ArenaView(
        seed=controls.slider("arena", "seed", "Seed", 0, 999, 0, help=_HELP["seed"]),
        paired=controls.slider("arena", "paired", "Paired seeds", 1, 100, 20, help=_HELP["paired"]),
        surface=controls.selectbox("arena", "surface", "Colour shows", SURFACES, "probability"),
        boundary=controls.toggle("arena", "best", "Best possible boundary", False, help=_HELP["best"]),
    )


def _fork(racers: tuple[str, ...], rounds: int) -> Fork | None:
    with st.expander("Switch strategy mid-run", icon=":material/fork_right:"):
        racer = controls.selectbox("arena", "fork", "Run to continue", RACERS, NONE, help=_HELP["fork"])
        at = controls.slider("arena", "at", "Switch after round", 0, 99, 10)
        then = controls.selectbox("arena", "then", "Query strategy from then on", NAMES, "random")
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
