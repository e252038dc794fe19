"""Four ways active learning fails, each with its remedy: settings in, paired courses out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

from alcore.datasets.planar.generate import CorruptedDataset, planted
from alcore.loops.failure_modes.curves import PairedCurves, calibration_curves, race_curves
from alcore.loops.steps import OnStep, ignored, part
from alcore.rng import rng_for
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.wrappers import with_density, with_random_picks

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True, eq=False)
class Trial:
    """One ward's races, all on the same seeds.

    Attributes:
        data: of the patient, one a seed.
        control_data: of the healthy patient; its test sets are what its courses are judged by.
        without: the patient's course without the remedy.
        treated: with it.
        control_without: a healthy patient's course without the remedy.
        control_treated: with it.
        reference: what the disease is measured by; each ward says which.
        random: the patient's course when it asks at random.
    """

    data: list[CorruptedDataset]
    control_data: list[CorruptedDataset]
    without: PairedCurves
    treated: PairedCurves
    control_without: PairedCurves
    control_treated: PairedCurves
    reference: PairedCurves
    random: PairedCurves


class FailureMode(Protocol):
    """One failure, its severity and the dose of its remedy."""

    rounds: int

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """Run every course.

        Args:
            seeds: one a race.
            on_step: called with the share completed; an exception stops the work.

        Raises:
            ValueError: if a setting is out of range.
        """


@dataclass(frozen=True)
class Miscalibration:
    """An over-confident model forgets a region it is wrong about; the remedy is a temperature.

    Two classes keep their order of uncertainty at any temperature, so least confidence would not notice. A
    hybrid adds uncertainty and distance, a draw has odds in proportion: there confidence counts. Healthy is
    the same data with clean answers, a model regularised as ever and its own probabilities; that is the
    reference, too. Measured at equal labels, the temperature in the default setting hardly earns the labels
    that it is fitted on.

    Attributes:
        sharpness: what the logits are multiplied by.
        C: inverse strength of the penalty; large: hardly regularised.
        label_noise: share of wrong answers in the pool.
        held_out: labels that serve the temperature instead of the training, the dose.
        trained: labels to train on before the first question, beside those held out. Whoever holds none out
            trains on all of them.
    """

    sharpness: float = 8.0
    C: float = 1.0
    label_noise: float = 0.0
    held_out: int = 4
    trained: int = 2
    strategy: str = "hybrid"
    overlap: float = 0.2
    points: int = 300
    rounds: int = 40
    strategies: ClassVar[tuple[str, ...]] = ("hybrid", "power_entropy", "least_confidence")

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """See `FailureMode`."""
        sick = _pools("far_cluster", seeds, points=self.points, overlap=self.overlap, label_noise=self.label_noise)
        well = _pools("far_cluster", seeds, points=self.points, overlap=self.overlap)

        def course(
            at: int, pools: list[CorruptedDataset], name: str, sharpness: float, C: float, held: int
        ) -> PairedCurves:
            return calibration_curves(
                [pool.dataset for pool in pools],
                name,
                seeds=seeds,
                seed_labels=self.trained + self.held_out,
                rounds=self.rounds,
                C=C,
                sharpness=sharpness,
                held_out=held,
                on_step=part(on_step, at / 5, (at + 1) / 5),
            )

        without = course(0, sick, self.strategy, self.sharpness, self.C, 0)
        treated = course(1, sick, self.strategy, self.sharpness, self.C, self.held_out)
        control_without = course(2, well, self.strategy, 1.0, 1.0, 0)
        control_treated = course(3, well, self.strategy, 1.0, 1.0, self.held_out)
        by_chance = course(4, sick, "random", self.sharpness, self.C, 0)
        return Trial(sick, well, without, treated, control_without, control_treated, control_without, by_chance)


@dataclass(frozen=True)
class SamplingBias:
    """A cluster that the boundary never touches is never labelled; the remedy is epsilon-greedy.

    Healthy are blobs without a far cluster. The reference is asking at random, which forgets no cluster.

    Attributes:
        epsilon: share of random picks, the dose.
    """

    epsilon: float = 0.2
    strategy: str = "least_confidence"
    overlap: float = 0.2
    points: int = 300
    seed_labels: int = 4
    rounds: int = 40
    strategies: ClassVar[tuple[str, ...]] = ("least_confidence", "bald", "hybrid")

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """See `FailureMode`."""
        sick = _pools("far_cluster", seeds, points=self.points, overlap=self.overlap)
        well = _pools("blobs", seeds, points=self.points, overlap=self.overlap)
        plain, cured = (with_random_picks(STRATEGIES[self.strategy], dose) for dose in (0.0, self.epsilon))
        run = partial(race_curves, seeds=seeds, seed_labels=self.seed_labels, rounds=self.rounds)
        without, treated, by_chance = run(
            [pool.dataset for pool in sick],
            [plain, cured, "random"],
            on_step=part(on_step, 0, 1 / 2),
        )
        control_without, control_treated = run(
            [pool.dataset for pool in well], [plain, cured], on_step=part(on_step, 1 / 2, 1)
        )
        return Trial(sick, well, without, treated, control_without, control_treated, by_chance, by_chance)

    def sweep(
        self, seeds: Sequence[int], doses: Sequence[float] = STRENGTHS, on_step: OnStep = ignored
    ) -> list[PairedCurves]:
        """The patient's course at each dose."""
        sick = _pools("far_cluster", seeds, points=self.points, overlap=self.overlap)
        return race_curves(
            [pool.dataset for pool in sick],
            [with_random_picks(STRATEGIES[self.strategy], dose) for dose in doses],
            seeds=seeds,
            seed_labels=self.seed_labels,
            rounds=self.rounds,
            on_step=on_step,
        )


@dataclass(frozen=True)
class OutlierAttraction:
    """Isolated points with labels by lot look most uncertain; the remedy is density weighting.

    Healthy is the same data without the outliers; that is the reference, too.

    Attributes:
        outliers: isolated points in the pool.
        beta: how much density counts, the dose.
    """

    outliers: int = 20
    beta: float = 2.0
    strategy: str = "bald"
    overlap: float = 0.4
    points: int = 300
    seed_labels: int = 4
    rounds: int = 25
    strategies: ClassVar[tuple[str, ...]] = ("bald", "qbc_vote_entropy", "k_center", "least_confidence")

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """See `FailureMode`."""
        sick = _pools("blobs", seeds, points=self.points, overlap=self.overlap, outliers=self.outliers)
        well = _pools("blobs", seeds, points=self.points, overlap=self.overlap)
        plain, cured = (with_density(STRATEGIES[self.strategy], dose) for dose in (0.0, self.beta))
        run = partial(race_curves, seeds=seeds, seed_labels=self.seed_labels, rounds=self.rounds)
        without, treated, by_chance = run(
            [pool.dataset for pool in sick],
            [plain, cured, "random"],
            on_step=part(on_step, 0, 1 / 2),
        )
        control_without, control_treated = run(
            [pool.dataset for pool in well], [plain, cured], on_step=part(on_step, 1 / 2, 1)
        )
        return Trial(sick, well, without, treated, control_without, control_treated, control_without, by_chance)


@dataclass(frozen=True)
class ColdStart:
    """The first model has seen too little for uncertainty to mean anything; the remedy is a diverse start.

    Healthy is the same shape with equal classes. The reference is a start with as many labels and every
    class among them, which nobody can choose without knowing the labels.

    Attributes:
        imbalance: points of the rarer class for each of the other, in the pool; the test set has as many.
        seed_labels: labels before the first question: random without the remedy, one a k-means cluster with
            it. The dose.
    """

    imbalance: float = 0.1
    seed_labels: int = 3
    strategy: str = "least_confidence"
    overlap: float = 0.4
    points: int = 300
    rounds: int = 20
    strategies: ClassVar[tuple[str, ...]] = ("least_confidence", "hybrid", "k_center")

    def trial(self, seeds: Sequence[int], on_step: OnStep = ignored) -> Trial:
        """See `FailureMode`."""
        sick = _pools("blobs", seeds, points=self.points, overlap=self.overlap, imbalance=self.imbalance)
        well = _pools("blobs", seeds, points=self.points, overlap=self.overlap)
        run = partial(race_curves, seeds=seeds, seed_labels=self.seed_labels, rounds=self.rounds)
        steps = [part(on_step, at / 5, (at + 1) / 5) for at in range(5)]
        of_sick, of_well = ([pool.dataset for pool in pools] for pools in (sick, well))
        without, by_chance = run(of_sick, [self.strategy, "random"], seed_set="random", on_step=steps[0])
        (treated,) = run(of_sick, [self.strategy], seed_set="diverse", on_step=steps[1])
        (reference,) = run(of_sick, [self.strategy], seed_set="balanced", on_step=steps[2])
        (control_without,) = run(of_well, [self.strategy], seed_set="random", on_step=steps[3])
        (control_treated,) = run(of_well, [self.strategy], seed_set="diverse", on_step=steps[4])
        return Trial(sick, well, without, treated, control_without, control_treated, reference, by_chance)


FAILURE_MODES: dict[str, type[Miscalibration] | type[SamplingBias] | type[OutlierAttraction] | type[ColdStart]] = {
    "calibration": Miscalibration,
    "bias": SamplingBias,
    "outliers": OutlierAttraction,
    "cold": ColdStart,
}


def _pools(shape: str, seeds: Sequence[int], **how: Any) -> list[CorruptedDataset]:
    return [planted(shape, rng=rng_for(seed, "data"), **how) for seed in seeds]
