"""Settings of the comparisons, hashable keys of cached results, and their controls, all in the address."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.drift import Drift
from alcore.loops.stream.policies import POLICIES, Budget, QueryPolicy, fixed, quantile, random_skipping, randomised
from alcore.loops.stream.policies import variable as variable_policy
from alcore.loops.synthesis.oracles import Oracle, sample_from_posterior
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls, planar_scene
from pages.shared.planar_scene import PlanarScene

PAGE = "settings"
SECTIONS = {
    "together": "Side by side",
    "stream": "Stream",
    "synthesis": "Query synthesis",
    "digits": "Synthesised digits",
}
POLICY_NAMES = {name: make().label for name, make in POLICIES.items()}
SETTING_NAMES = {
    "pool": "Pool-based",
    "stream": "Stream-based",
    "synthesis": "Synthesis",
    "random": "Random",
}


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


# Controls of other sections that have no effect in a section.
_IDLE = {
    "stream": "Here the label budget and the query strategy of the pool have no effect: the budget is a share of the "
    "arrivals, set under **The stream and its drift**.",
    "synthesis": "Here one learner synthesises its queries: the settings of pool and stream and the paired seeds have "
    "no effect.",
    "digits": "The digits depend on the seed and on the settings under **Synthesised digits**; all others have no "
    "effect.",
}
_HELP = {
    "batch": "Between two fits, at most the budget. Queries of a round repel one another.",
    "first": "Size of the seed set, the same in each setting.",
    "labels": "Queries in each setting, after the seed set.",
    "pace": "Abrupt: all of it half-way through.",
    "paired": "The curves and the verdict are computed from them.",
    "rate": "How fast the threshold follows.",
    "seed": "Of the race that is drawn.",
    "share": "An unspent share is kept for later. Side by side, the label budget above is used instead.",
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
    """All settings; each section uses its own."""

    together: ScenarioSettings
    stream: StreamSettings
    synthesis: SynthesisSettings
    digits: DigitsSettings
    policy: str
    shown: ScenarioView


def scenario_controls() -> Chosen:
    """Draw the choice of section on the page and all other controls in the sidebar."""
    section = controls.segmented(PAGE, "section", "Look at", SECTIONS, "together")
    with st.sidebar:
        if section in _IDLE:
            st.caption(_IDLE[section])
        data = planar_scene.shape_control(PAGE)
        overlap = planar_scene.overlap_control(PAGE, 0.4)
        points = controls.slider(PAGE, "points", "Points", 150, 1000, 400, step=10)
        scene = PlanarScene(data, points, overlap, planar_scene.classes_control(PAGE, data, 2))
        seed_labels = controls.slider(PAGE, "first", "Initial labels", 2, 40, 4, help=_HELP["first"])
        labels = controls.slider(PAGE, "labels", "Label budget", 5, 100, 40, help=_HELP["labels"])
        seed = controls.slider(PAGE, "seed", "Seed", 0, 999, 0, help=_HELP["seed"])
        paired = controls.slider(PAGE, "paired", "Paired seeds", 1, 50, 20, help=_HELP["paired"])
        strategies = {name: STRATEGIES[name].label for name in POOL_STRATEGIES}
        strategy = controls.selectbox(PAGE, "strategy", "Query strategy of the pool", strategies, "least_confidence")
        with st.expander("Stream policy", icon=":material/filter_alt:", expanded=section in ("together", "stream")):
            policy, thresholds = _policy()
        with st.expander("The stream and its drift", icon=":material/stream:", expanded=section == "stream"):
            stream = _stream(scene, seed_labels, thresholds)
        with st.expander("Query synthesis", icon=":material/draw:", expanded=section == "synthesis"):
            batch = controls.slider(PAGE, "batch", "Queries per round", 1, 10, 1, help=_HELP["batch"])
            starts = controls.slider(PAGE, "starts", "Searches per query", 1, 20, 8, help=_HELP["starts"])
        with st.expander("Synthesised digits", icon=":material/edit_note:", expanded=section == "digits"):
            digits = _digits(seed)
    return Chosen(
        ScenarioSettings(scene, seed_labels, labels, strategy, policy, thresholds),
        stream,
        SynthesisSettings(scene, seed_labels, labels, min(batch, labels), starts),
        digits,
        policy,
        ScenarioView(section, seed, paired),
    )


def _policy() -> tuple[str, Thresholds]:
    policy = controls.selectbox(PAGE, "policy", "Policy", POLICY_NAMES, "quantile")
    st.caption(POLICIES[policy]().description)
    label = "Threshold (fixed)"
    threshold = controls.slider(PAGE, "threshold", label, 0.0, 1.0, 0.3, step=0.01, help=_HELP["threshold"])
    rate = controls.slider(PAGE, "rate", "Step (quantile)", 0.05, 1.0, 0.3, step=0.05, help=_HELP["rate"])
    label = "Step (variable, randomised)"
    step = controls.slider(PAGE, "step", label, 0.01, 0.5, 0.01, step=0.01, help=_HELP["step"])
    spread = controls.slider(PAGE, "spread", "Spread (randomised)", 0.0, 2.0, 1.0, step=0.1, help=_HELP["spread"])
    return policy, Thresholds(threshold, step, spread, rate)


def _stream(scene: PlanarScene, seed_labels: int, thresholds: Thresholds) -> StreamSettings:
    label = "Budget, share of the arrivals"
    share = controls.slider(PAGE, "share", label, 0.01, 0.5, 0.1, step=0.01, format="percent", help=_HELP["share"])
    label = "Drift: turn of the plane in degrees"
    turn = controls.slider(PAGE, "turn", label, 0, 360, 180, step=5, help=_HELP["turn"])
    paces = {"gradual": "Gradual", "abrupt": "Abrupt"}
    pace = controls.segmented(PAGE, "pace", "The drift is", paces, "gradual", help=_HELP["pace"])
    window = controls.slider(PAGE, "window", "Train on the latest labels", 0, 100, 30, step=5, help=_HELP["window"])
    return StreamSettings(scene, seed_labels, thresholds, share, window or None, turn, pace)


def _digits(seed: int) -> DigitsSettings:
    seed_labels = controls.slider(PAGE, "digits_first", "Initial labelled digits", 16, 304, 48, step=16)
    batch = controls.slider(PAGE, "digits_batch", "Digits per round", 2, 12, 8)
    rounds = controls.slider(PAGE, "digits_rounds", "Rounds", 1, 5, 2)
    begins = {"noise": "Random pixels", "real": "Real digits"}
    begin = controls.segmented(PAGE, "digits_from", "Searches begin at", begins, "noise")
    return DigitsSettings(seed_labels, batch, rounds, begin == "real", seed)
