"""The failure clinic: the same learner without and with a remedy, over paired seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import CorruptedDataset
from alcore.datasets.planar.shapes import shape_of
from alcore.logistic.batched import probabilities, solve
from alcore.loops.ask import ask, rows_for, tie_order
from alcore.loops.learner_view import AnyStrategy, get_strategy
from alcore.loops.races.lockstep import StrategySchedule, lockstep
from alcore.loops.races.models import DatasetStack, FittedModels, accuracies, logits, stacked_logits
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_indices
from alcore.loops.steps import OnStep, counted, ignored, part
from alcore.rng import lazy_rng_for, rng_for
from alcore.strategies.remedies import fit_temperature

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PairedCurves:
    """S races of one treatment, each with T models.

    Attributes:
        labels_T: labels known at each model, those held out for its calibration included.
        accuracy_S_T: share of the test set that each model gets right.
        order_S_M: the points that were labelled for training, in the order they were told.
        coefs_T_S_K_P: the models, see `newton.solve`.
        confidence_T_S: what the logits are multiplied by before anyone reads a probability: the sharpening
            over the temperature; ones for a plain logistic regression.
    """

    labels_T: Ints
    accuracy_S_T: Floats
    order_S_M: Ints
    coefs_T_S_K_P: Floats
    confidence_T_S: Floats

    @property
    def asked_S_M(self) -> Ints:
        """The points it asked for: the order without the first labels, which nobody chose."""
        return self.order_S_M[:, self.order_S_M.shape[1] - len(self.labels_T) + 1 :]

    def at(self, s: int) -> "PairedCurves":
        """The race of one seed alone, S = 1."""
        one = slice(s, s + 1)
        return PairedCurves(
            self.labels_T,
            self.accuracy_S_T[one],
            self.order_S_M[one],
            self.coefs_T_S_K_P[:, one],
            self.confidence_T_S[:, one],
        )

    def logits(self, t: int, x_S_N_D: Floats) -> Floats:
        """z_S_K_N of the model of a round as it is read, sharpening and temperature included."""
        z_S_K_N = logits(self.coefs_T_S_K_P[t], x_S_N_D.transpose(0, 2, 1))
        return z_S_K_N * self.confidence_T_S[t][:, None, None]

    def probs(self, t: int, x_S_N_D: Floats) -> Floats:
        """probs_S_N_C of the model of a round."""
        return probabilities(self.logits(t, x_S_N_D)).transpose(0, 2, 1)


def race_curves(
    datasets: Sequence[Dataset],
    strategies: Sequence[AnyStrategy],
    *,
    seeds: Sequence[int],
    seed_labels: int,
    rounds: int,
    seed_set: SeedSet = "balanced",
    on_step: OnStep = ignored,
) -> list[PairedCurves]:
    """Race strategies in lockstep, one label a round, and keep every model.

    Args:
        datasets: one a seed; pools, test sets and classes of one size.
        strategies: one a course.
        seeds: one a race; all courses share it.
        seed_labels: labels before the first question.
        rounds: questions.
        seed_set: see `seed_indices`.
        on_step: called with the share completed, several times a round.

    Raises:
        ValueError: as `lockstep`.
    """
    turns = []
    for turn in lockstep(
        datasets,
        [StrategySchedule(strategy) for strategy in strategies],
        seeds=seeds,
        seed_labels=seed_labels,
        labels_per_round=1,
        rounds=rounds,
        seed_set=seed_set,
        on_step=on_step,
    ):
        turns.append(turn)
        on_step((turn.number + 1) / (rounds + 1))
    labels_T = np.array([turn.order_S_R_M.shape[2] for turn in turns])
    return [
        PairedCurves(
            labels_T,
            np.stack([turn.accuracy_S_R[:, r] for turn in turns], axis=1),
            turns[-1].order_S_R_M[:, r],
            np.stack([turn.coefs_S_R_K_P[:, r] for turn in turns]),
            np.ones((len(turns), len(seeds))),
        )
        for r in range(len(strategies))
    ]


def calibration_curves(
    datasets: Sequence[Dataset],
    strategy: AnyStrategy,
    *,
    seeds: Sequence[int],
    seed_labels: int,
    rounds: int,
    C: float = 1.0,
    sharpness: float = 1.0,
    held_out: int = 0,
    on_step: OnStep = ignored,
) -> PairedCurves:
    """Race a strategy whose model is over-confident, and calibrate it by a temperature.

    All labels before the first question are the same whatever is held out: the last of them serve the
    temperature instead of the training. So courses compare at equal labels.

    Args:
        datasets: one a seed; pools, test sets and classes of one size.
        strategy: what asks; it reads sharpened and then calibrated probabilities.
        seeds: one a race.
        seed_labels: labels before the first question, as many of each class as possible.
        rounds: questions, one label each.
        C: inverse strength of the model's penalty, see `newton.solve`.
        sharpness: what the logits are multiplied by; 1 is the model as it was trained.
        held_out: of the first labels, how many are kept from training to fit the temperature; 0: no
            temperature.
        on_step: called with the share completed, several times a round.

    Raises:
        ValueError: if fewer labels are left for training than there are classes, the sharpness is not above
            0, or as `lockstep`.
    """
    datasets = [ready(data, numbers=True) for data in datasets]
    stack, asking = DatasetStack.of(datasets), get_strategy(strategy)
    if held_out < 0 or seed_labels - held_out < stack.classes:
        raise ValueError(
            f"held_out must leave a label a class to train on: of {seed_labels} labels, "
            f"{held_out} were to be held out, and there are {stack.classes} classes"
        )
    if not 0 < sharpness < np.inf:
        raise ValueError(f"sharpness must be above 0 and finite, got {sharpness}")
    firsts_S_M = np.stack(
        [
            seed_indices(data.y_pool, seed_labels, seed_set="balanced", rng=rng_for(seed, "seed set"))
            for data, seed in zip(datasets, seeds, strict=True)
        ]
    )
    order_S_M, held_S_H = np.split(firsts_S_M, [seed_labels - held_out], axis=1)
    ties_S_N = [tie_order(seed, stack.y_S_N.shape[1]) for seed in seeds]
    s_S_1 = np.arange(len(seeds))[:, None]
    open_S_N = np.ones(stack.y_S_N.shape, dtype=bool)
    open_S_N[s_S_1, firsts_S_M] = False
    coefs, accuracy, confidence, kept = None, [], [], []
    for number in range(rounds + 1):
        x_S_M_D, y_S_M = stack.x_S_N_D[s_S_1, order_S_M], stack.y_S_N[s_S_1, order_S_M]
        coefs = solve(x_S_M_D, y_S_M, classes=stack.classes, C=C, start=coefs)
        sharp_S = np.full(len(seeds), float(sharpness))
        if held_out:
            z_S_K_H = sharpness * logits(coefs, stack.x_S_N_D[s_S_1, held_S_H].transpose(0, 2, 1))
            y_S_H = stack.y_S_N[s_S_1, held_S_H]
            sharp_S /= [_temperature(*one) for one in zip(z_S_K_H, y_S_H, strict=True)]
        kept.append(coefs)
        confidence.append(sharp_S)
        accuracy.append(accuracies(stacked_logits(coefs, stack.test_S_P_T), stack.y_test_S_T))
        if number == rounds:
            on_step(1.0)
            break
        read = (coefs * sharp_S[:, None, None])[:, None]
        models = FittedModels(stack, read, order_S_M[:, None], seeds, number)
        new_S = np.array(
            [
                ask(
                    asking,
                    models.view(s, 0, rows_for(asking, open_S_N[s].nonzero()[0], ties_S_N[s])),
                    1,
                    lazy_rng_for(seed, "acquisition", number),
                    ties_S_N[s],
                ).batch.indices[0]
                for s, seed in counted(
                    list(enumerate(seeds)), part(on_step, number / (rounds + 1), (number + 1) / (rounds + 1))
                )
            ]
        )
        open_S_N[s_S_1[:, 0], new_S] = False
        order_S_M = np.concatenate([order_S_M, new_S[:, None]], axis=1)
    return PairedCurves(
        np.arange(seed_labels, seed_labels + rounds + 1),
        np.stack(accuracy, axis=1),
        order_S_M,
        np.stack(kept),
        np.stack(confidence),
    )


def _temperature(z_K_H: Floats, y_H: Ints) -> float:
    """The most likely temperature of 1 or more: it softens what is over-confident and sharpens nothing.

    A few held-out points that are all right would ask for the least temperature there is. A hybrid then
    sees no uncertainty but on the boundary itself and covers the pool, which helps on such data, though not
    because anything was calibrated.
    """
    # Two classes share one logit: that of the other is zero.
    if len(z_K_H) == 1:
        z_K_H = np.concatenate([np.zeros_like(z_K_H), z_K_H])
    return max(1.0, fit_temperature(z_K_H.T, y_H))


def in_far_cluster(x_N_2: NDArray) -> NDArray[np.bool_]:
    """Which points of `far_cluster` data lie nearest to the centre of the far cluster."""
    form = shape_of("far_cluster", overlap=0.0, classes=2)
    upper_5_2 = form.prepare(np.ones(5, dtype=np.int64), (np.arange(5) + 0.5) / 5, 2)
    lower_1_2 = form.prepare(np.zeros(1, dtype=np.int64), np.array([0.5]), 2)
    centres = np.concatenate([upper_5_2, lower_1_2])
    far = np.linalg.norm(centres - np.median(centres, axis=0), axis=1).argmax()
    distances_N_6 = np.linalg.norm(x_N_2[:, None] - centres, axis=2)
    return distances_N_6.argmin(axis=1) == far


def accuracy_where(course: PairedCurves, datasets: Sequence[Dataset], where_S_N: Sequence[NDArray[np.bool_]]) -> Floats:
    """accuracy_S_T on those test points alone; NaN where there is none."""
    where = np.stack(where_S_N)
    x_S_N_D = np.stack([data.x_test for data in datasets])
    y_S_N = np.stack([data.y_test for data in datasets])
    right_T_S = np.array(
        [((course.probs(t, x_S_N_D).argmax(axis=2) == y_S_N) & where).sum(axis=1) for t in range(len(course.labels_T))]
    )
    count_S = where.sum(axis=1)
    return np.where(count_S > 0, right_T_S / np.maximum(count_S, 1), np.nan).T


def share_asked(course: PairedCurves, where_S_N: Sequence[NDArray[np.bool_]]) -> Floats:
    """Of the questions asked so far, the share about points of a kind: share_S_T-1, from one question on."""
    hit_S_M = np.stack([where_N[asked] for where_N, asked in zip(where_S_N, course.asked_S_M, strict=True)])
    return np.cumsum(hit_S_M, axis=1) / np.arange(1, hit_S_M.shape[1] + 1)


def outlier_masks(data: Sequence[CorruptedDataset]) -> list[NDArray[np.bool_]]:
    """Which points of each pool were planted as outliers."""
    return [np.isin(np.arange(len(one.dataset.y_pool)), one.outliers) for one in data]
