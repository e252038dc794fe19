"""What is compared on what: values that a link restores and results are kept by."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.drift import Drift
from alcore.datasets.planar.generate import planar
from alcore.datasets.planar.shapes import SHAPES
from alcore.loops.stream.policies import POLICIES, Budget, QueryPolicy, fixed, quantile, random_skipping, randomised
from alcore.loops.stream.policies import variable as variable_policy
from alcore.loops.synthesis.oracles import Oracle, sample_from_posterior
from alcore.rng import rng_for

PAGE = "settings"
SECTIONS = {
    "together": "Side by side",
    "stream": "Stream",
    "synthesis": "Made-up points",
    "digits": "Made-up digits",
}
DATA_LABELS = {name: shape.title for name, shape in SHAPES.items()}
POLICY_NAMES = {name: make().label for name, make in POLICIES.items()}
SETTING_NAMES = {
    "pool": "Pool-based",
    "stream": "Stream-based",
    "synthesis": "Synthesis",
    "random": "Random",
}


@dataclass(frozen=True)
class ScenarioSample:
    """Where the points come from, but for the seed."""

    data: str
    points: int
    overlap: float
    classes: int

    def dataset(self, seed: int) -> Dataset:
        """The points of one seed."""
        return planar(
            self.data,
            points=self.points,
            overlap=self.overlap,
            classes=self.classes,
            rng=rng_for(seed, "data"),
        )

    def oracle(self) -> Oracle:
        """Answers for any point of the plane."""
        return sample_from_posterior(partial(posterior, self.data, overlap=self.overlap, classes=self.classes))

    def title(self) -> str:
        """The data in a few words."""
        classes = f", {self.classes} classes" if self.classes > 2 else ""
        return f"{DATA_LABELS[self.data]}, overlap {self.overlap:g}{classes}"


@dataclass(frozen=True)
class Thresholds:
    """How each policy adapts."""

    threshold: float
    step: float
    spread: float
    rate: float

    def policy(self, name: str) -> QueryPolicy:
        """One of them."""
        return {
            "fixed": lambda: fixed(self.threshold),
            "variable": lambda: variable_policy(self.step),
            "randomised": lambda: randomised(self.step, self.spread),
            "quantile": lambda: quantile(self.rate),
            "random": random_skipping,
        }[name]()


@dataclass(frozen=True)
class ScenarioSettings:
    """The three settings side by side."""

    sample: ScenarioSample
    seed_labels: int
    labels: int
    strategy: str
    policy: str
    thresholds: Thresholds


@dataclass(frozen=True)
class StreamSetup:
    """A stream, through all policies."""

    sample: ScenarioSample
    seed_labels: int
    thresholds: Thresholds
    share: float
    window: int | None
    turn: int
    pace: str

    def budget(self) -> Budget:
        """Of questions."""
        return Budget(self.share)

    def drift(self) -> Drift:
        """What happens to points while they arrive."""
        return Drift(turn=self.turn, pace=self.pace)


@dataclass(frozen=True)
class SynthesisSetup:
    """Questions made up in the plane."""

    sample: ScenarioSample
    seed_labels: int
    labels: int
    labels_per_round: int
    starts: int

    @property
    def rounds(self) -> int:
        """As many whole rounds as the labels pay for, one at least."""
        return max(1, self.labels // self.labels_per_round)


@dataclass(frozen=True)
class DigitsSetup:
    """Digits made up by a network."""

    seed_labels: int
    labels_per_round: int
    rounds: int
    from_real: bool
    seed: int


@dataclass(frozen=True)
class ScenarioView:
    """What is looked at."""

    section: str
    seed: int
    paired: int

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of every race: the one that is drawn is among them."""
        return tuple(sorted({self.seed, *range(self.paired)}))


def config_of(
    setup: ScenarioSettings | StreamSetup | SynthesisSetup | DigitsSetup, shown: ScenarioView
) -> dict[str, Any]:
    """Everything that was set, as JSON can say it."""
    values = asdict(setup)
    values |= values.pop("sample", {}) | values.pop("thresholds", {})
    return values | asdict(shown) | {"screen": "settings"}
