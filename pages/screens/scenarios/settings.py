"""Settings of the comparisons: restored by a link, and hashable keys of cached results."""

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
    """Parameters of the data set, without the seed."""

    data: str
    points: int
    overlap: float
    classes: int

    def dataset(self, seed: int) -> Dataset:
        """The points of a seed."""
        return planar(
            self.data,
            points=self.points,
            overlap=self.overlap,
            classes=self.classes,
            rng=rng_for(seed, "data"),
        )

    def oracle(self) -> Oracle:
        """The oracle for any point of the plane."""
        return sample_from_posterior(partial(posterior, self.data, overlap=self.overlap, classes=self.classes))

    def title(self) -> str:
        """The data in a few words."""
        classes = f", {self.classes} classes" if self.classes > 2 else ""
        return f"{DATA_LABELS[self.data]}, overlap {self.overlap:g}{classes}"


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

    sample: ScenarioSample
    seed_labels: int
    labels: int
    strategy: str
    policy: str
    thresholds: Thresholds


@dataclass(frozen=True)
class StreamSetup:
    """A stream through all policies."""

    sample: ScenarioSample
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
class SynthesisSetup:
    """Query synthesis in the plane."""

    sample: ScenarioSample
    seed_labels: int
    labels: int
    labels_per_round: int
    starts: int

    @property
    def rounds(self) -> int:
        """Number of whole rounds within the budget, at least one."""
        return max(1, self.labels // self.labels_per_round)


@dataclass(frozen=True)
class DigitsSetup:
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


def config_of(
    setup: ScenarioSettings | StreamSetup | SynthesisSetup | DigitsSetup, shown: ScenarioView
) -> dict[str, Any]:
    """All settings, JSON-compatible."""
    values = asdict(setup)
    values |= values.pop("sample", {}) | values.pop("thresholds", {})
    return values | asdict(shown) | {"screen": "settings"}
