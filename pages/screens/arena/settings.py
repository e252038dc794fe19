"""Settings of a race and of its view: hashable keys of cached results."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from alcore.datasets.planar.shapes import SHAPES
from alcore.loops.races.lockstep import StrategySchedule
from alcore.report.interactive.arena.surfaces import Surface
from alcore.strategies.catalogue import STRATEGIES, Strategy
from alcore.strategies.wrappers import with_density, with_random_picks
from pages.screens.arena.csv_upload import OwnPoints

NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
NONE, OWN = "none", "own"
DATA_LABELS = {name: shape.title for name, shape in SHAPES.items()} | {OWN: "Your own points (CSV)"}


@dataclass(frozen=True)
class Fork:
    """A fork that switches strategy: `racer` until round `at`, then `then`."""

    racer: str
    at: int
    then: str


@dataclass(frozen=True)
class ArenaSettings:
    """A race without its seed: restored by a link, and the key of its results."""

    data: str
    own: OwnPoints | None
    points: int
    overlap: float
    classes: int
    imbalance: float
    outliers: int
    label_noise: float
    near_duplicates: int
    racers: tuple[str, ...]
    fork: Fork | None
    epsilon: float
    density: float
    seed_set: Literal["random", "balanced", "diverse"]
    seed_labels: int
    labels_per_round: int
    rounds: int

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
        """The data in a few words."""
        if self.own is not None:
            return self.own.title
        parts = [DATA_LABELS[self.data], f"overlap {self.overlap:g}"]
        parts += [
            words
            for used, words in (
                (self.classes > 2, f"{self.classes} classes"),
                (self.imbalance < 1, f"balance {self.imbalance:g}"),
                (self.outliers, f"{self.outliers} outliers"),
                (self.label_noise, f"{100 * self.label_noise:.0f} % wrong answers"),
                (self.near_duplicates, f"{self.near_duplicates} near-duplicates"),
                (self.epsilon, f"{100 * self.epsilon:.0f} % random picks"),
                (self.density, f"density {self.density:g}"),
            )
            if used
        ]
        return ", ".join(parts)

    def config(self) -> dict[str, Any]:
        """All settings, JSON-compatible."""
        values = asdict(self)
        if self.own is not None:
            values["own"] = self.own.config()
        return values

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
