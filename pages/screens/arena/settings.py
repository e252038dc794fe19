"""What is raced on what, and what is looked at: values that results are kept by."""

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
    """A racer that changes its mind: as `racer` until round `at`, by `then` from there on."""

    racer: str
    at: int
    then: str


@dataclass(frozen=True)
class ArenaSettings:
    """A race but for its seed: what a copied link restores, and what results are kept by."""

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
        """One a racer, the fork last; remedies are for all but random, which is what they are measured by."""
        plans = [StrategySchedule(self._remedied(name)) for name in self.racers]
        if self.fork is not None:
            first, then = self._remedied(self.fork.racer), self._remedied(self.fork.then)
            plans.append(StrategySchedule(first, then=then, at=self.fork.at))
        return plans

    def names(self) -> dict[str, str]:
        """Words for every racer, by the name that a race gives it."""
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
        """Everything that was set, as JSON can say it."""
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
    """What is looked at: which of the races, how many beside it, and how it is drawn."""

    seed: int
    paired: int
    surface: Surface
    boundary: bool


def exported_config(setup: ArenaSettings, shown: ArenaView) -> dict[str, Any]:
    """Everything that was set and is looked at, for exported files."""
    return setup.config() | asdict(shown) | {"screen": "arena"}
