"""Four ways active learning fails, each with its remedy: settings in, paired curves out."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from alcore.datasets.planar.generate import CorruptedDataset, planted
from alcore.loops.failure_modes.curves import PairedCurves, race_curves
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.steps import OnStep, ignored, part
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.wrappers import with_density, with_random_picks

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True, eq=False)
class Trial:
    """All races of one failure mode, on the same seeds.

    Attributes:
        data: the affected data sets, one a seed.
        control_data: the data sets without the failure; their test sets evaluate the control arms.
        without: curves on the affected data without the remedy.
        treated: with the remedy.
        control_without: curves on the control data without the remedy.
        control_treated: with the remedy.
        reference: what the effect of the failure is measured against; each failure mode defines it.
        random: curves of random sampling on the affected data.
    """

    data: list[CorruptedDataset]
    control_data: list[CorruptedDataset]
    without: PairedCurves
    treated: PairedCurves
    control_without: PairedCurves
    control_treated: PairedCurves
    reference: PairedCurves
    random: PairedCurves


class Arm(NamedTuple):
    """A strategy, and the settings of `race_curves` that differ from its defaults."""

    strategy: AnyStrategy
    settings: dict[str, Any] = {}


@dataclass(frozen=True)
class FailureMode(ABC):
    """One failure, its severity and the strength of its remedy.

    Attributes:
        strategy: key of the strategy that fails.
        overlap: of the classes.
        points: of each pool.
        rounds: queries, of one label each.
        strategies: keys of strategies that show the failure.
        shapes: of the affected and of the control data.
        corruptions: fields that are settings of the affected data, see `planted`.
        distortions: fields that are settings of the affected races, see `race_curves`.
        reference: the arm that the effect of the failure is measured against.
    """

    strategy: str = "least_confidence"
    overlap: float = 0.2
    points: int = 300
    rounds: int = 40
    strategies: ClassVar[tuple[str, ...]]
    shapes: ClassVar[tuple[str, str]] = ("blobs", "blobs")
    corruptions: ClassVar[tuple[str, ...]] = ()
    distortions: ClassVar[tuple[str, ...]] = ()
    reference: ClassVar[str] = "control_without"

    @property
    @abstractmethod
    def seed_labels(self) -> int:
        """Labels before the first query."""

    @abstractmethod
    def arms(self) -> dict[str, Arm]:
        """The arms `without` and `treated`; others are raced on the affected data alone."""

    def pools(self, affected: bool, seeds: Sequence[int]) -> list[CorruptedDataset]:
        """The affected or the control data sets, one a seed."""
        shape, fields = (self.shapes[0], self.corruptions) if affected else (self.shapes[1], ())
        how = {name: getattr(self, name) for name in ("points", "overlap", *fields)}
        return [planted(shape, rng=rng_for(seed, "data"), **how) for seed in seeds]

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """Race every arm; arms on the same data with the same settings are raced together.

        Args:
            seeds: one a race.
            on_step: called with the share completed; an exception stops the work.

        Raises:
            ValueError: if a setting is out of range.
        """
        pools = {affected: self.pools(affected, seeds) for affected in (True, False)}
        arms = self.arms()
        arms["random"] = Arm("random", arms["without"].settings)
        distorted = {name: getattr(self, name) for name in self.distortions}
        groups: dict[tuple[Any, ...], dict[str, AnyStrategy]] = defaultdict(dict)
        for name, (strategy, settings) in arms.items():
            groups[True, *(distorted | settings).items()][name] = strategy
            if name in ("without", "treated"):
                groups[False, *settings.items()][f"control_{name}"] = strategy
        curves: dict[str, PairedCurves] = {}
        for number, ((affected, *items), group) in enumerate(groups.items()):
            found = race_curves(
                [pool.dataset for pool in pools[affected]],
                list(group.values()),
                seeds=seeds,
                seed_labels=self.seed_labels,
                rounds=self.rounds,
                on_step=part(on_step, number / len(groups), (number + 1) / len(groups)),
                **dict(items),
            )
            curves |= zip(group, found, strict=True)
        curves.setdefault("reference", curves[self.reference])
        return Trial(pools[True], pools[False], **curves)


@dataclass(frozen=True)
class Miscalibration(FailureMode):
    """An over-confident model leaves a region unlabelled that it is wrong about; the remedy is a temperature.

    The order of uncertainty of two classes is the same at any temperature, so least confidence does not change. A
    hybrid adds uncertainty and distance, a power strategy draws in proportion to it: there confidence counts. The
    control is the same data with clean labels, usual regularisation and unscaled probabilities; it is the reference,
    too. At equal labels the temperature earns little more than the label that it is fitted on: in the default setting
    0.9 points of mean accuracy (95 % interval 0.3 to 1.4, on seeds 400 to 549, which took no part in choosing it).

    Attributes:
        sharpness: factor of the logits.
        C: inverse strength of the penalty; large: hardly regularised.
        label_noise: share of wrong labels in the pool.
        held_out: labels that the temperature is fitted on instead of the model: the strength of the remedy.
        trained: labels to train on before the first query, beside those held out. Without the remedy all of them are
            trained on.
    """

    strategy: str = "hybrid"
    overlap: float = 0.1
    points: int = 200
    rounds: int = 60
    sharpness: float = 8.0
    C: float = 1.0
    label_noise: float = 0.1
    held_out: int = 1
    trained: int = 2
    strategies: ClassVar[tuple[str, ...]] = ("hybrid", "power_entropy", "least_confidence")
    shapes: ClassVar[tuple[str, str]] = ("far_cluster", "far_cluster")
    corruptions: ClassVar[tuple[str, ...]] = ("label_noise",)
    distortions: ClassVar[tuple[str, ...]] = ("sharpness", "C")

    @property
    def seed_labels(self) -> int:
        """Labels before the first query, held out or not."""
        return self.trained + self.held_out

    def arms(self) -> dict[str, Arm]:
        """See `FailureMode`."""
        return {"without": Arm(self.strategy), "treated": Arm(self.strategy, {"held_out": self.held_out})}


@dataclass(frozen=True)
class SamplingBias(FailureMode):
    """A cluster that the decision boundary never touches is never labelled; the remedy is epsilon-greedy.

    The control is blobs without a far cluster. The reference is random sampling, which labels every cluster.

    Attributes:
        epsilon: share of random picks, the strength of the remedy.
    """

    epsilon: float = 0.2
    seed_labels: int = 4
    strategies: ClassVar[tuple[str, ...]] = ("least_confidence", "bald", "hybrid")
    shapes: ClassVar[tuple[str, str]] = ("far_cluster", "blobs")
    reference: ClassVar[str] = "random"

    def arms(self) -> dict[str, Arm]:
        """See `FailureMode`."""
        plain = STRATEGIES[self.strategy]
        return {"without": Arm(with_random_picks(plain, 0.0)), "treated": Arm(with_random_picks(plain, self.epsilon))}

    def sweep(
        self, seeds: Sequence[int], strengths: Sequence[float] = STRENGTHS, on_step: OnStep = ignored
    ) -> list[PairedCurves]:
        """Curves on the affected data at each strength of the remedy."""
        return race_curves(
            [pool.dataset for pool in self.pools(True, seeds)],
            [with_random_picks(STRATEGIES[self.strategy], strength) for strength in strengths],
            seeds=seeds,
            seed_labels=self.seed_labels,
            rounds=self.rounds,
            on_step=on_step,
        )


@dataclass(frozen=True)
class OutlierAttraction(FailureMode):
    """Isolated points with random labels look most uncertain; the remedy is density weighting.

    The control is the same data without the outliers; it is the reference, too.

    Attributes:
        outliers: isolated points in the pool.
        beta: exponent of the density, the strength of the remedy.
    """

    strategy: str = "bald"
    overlap: float = 0.4
    rounds: int = 25
    outliers: int = 20
    beta: float = 2.0
    seed_labels: int = 4
    strategies: ClassVar[tuple[str, ...]] = ("bald", "qbc_vote_entropy", "k_center", "least_confidence")
    corruptions: ClassVar[tuple[str, ...]] = ("outliers",)

    def arms(self) -> dict[str, Arm]:
        """See `FailureMode`."""
        plain = STRATEGIES[self.strategy]
        return {"without": Arm(with_density(plain, 0.0)), "treated": Arm(with_density(plain, self.beta))}


@dataclass(frozen=True)
class ColdStart(FailureMode):
    """Uncertainty means nothing while the model has few labels; the remedy is a diverse seed set.

    The control is the same shape with equal classes. The reference is a seed set of as many labels with every class
    among them, which cannot be chosen without knowing the labels.

    Attributes:
        imbalance: points of the rarer class for each of the other, in the pool; the test set has as many.
        seed_labels: labels before the first query: random without the remedy, one a k-means cluster with it. The
            strength of the remedy.
    """

    overlap: float = 0.4
    rounds: int = 20
    imbalance: float = 0.1
    seed_labels: int = 3
    strategies: ClassVar[tuple[str, ...]] = ("least_confidence", "hybrid", "k_center")
    corruptions: ClassVar[tuple[str, ...]] = ("imbalance",)

    def arms(self) -> dict[str, Arm]:
        """See `FailureMode`."""
        seed_sets = {"without": "random", "treated": "diverse", "reference": "balanced"}
        return {name: Arm(self.strategy, {"seed_set": seed_set}) for name, seed_set in seed_sets.items()}


FAILURE_MODES: dict[str, type[Miscalibration] | type[SamplingBias] | type[OutlierAttraction] | type[ColdStart]] = {
    "calibration": Miscalibration,
    "bias": SamplingBias,
    "outliers": OutlierAttraction,
    "cold": ColdStart,
}
