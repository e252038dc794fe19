"""Paired curves of the failure modes: the same learner without and with a remedy, over paired seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import CorruptedDataset
from alcore.datasets.planar.shapes import shape_of
from alcore.logistic.batched import probabilities
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.races.lockstep import lockstep
from alcore.loops.races.models import logits
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet
from alcore.loops.steps import OnStep, ignored
from alcore.strategies.remedies import fit_temperature

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PairedCurves:
    """S races of one treatment, each with T models.

    Attributes:
        labels_T: labels of each model, those held out for its calibration included.
        accuracy_S_T: share of the test set that each model predicts correctly.
        order_S_M: the points that were labelled for training, in the order of labelling.
        coefs_T_S_K_P: the models, see `solve`.
        confidence_T_S: factors of the logits before probabilities are read: the sharpening over the temperature; ones
            for a plain logistic regression.
    """

    labels_T: Ints
    accuracy_S_T: Floats
    order_S_M: Ints
    coefs_T_S_K_P: Floats
    confidence_T_S: Floats

    @property
    def asked_S_M(self) -> Ints:
        """The queried points: the order without the first labels."""
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
        """z_S_K_N of the model of a round, sharpening and temperature included."""
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
    C: float = 1.0,
    sharpness: float = 1.0,
    held_out: int = 0,
    on_step: OnStep = ignored,
) -> list[PairedCurves]:
    """Race strategies in lockstep, one label a round, and keep every model.

    Models may be over-confident, and calibrated by a temperature: strategies read sharpened and then calibrated
    probabilities. All labels before the first query are the same whatever is held out; the last of them serve the
    temperature instead of the training, so curves compare at equal labels.

    Args:
        datasets: one a seed; pools, test sets and classes of one size.
        strategies: one a curve.
        seeds: one a race; all curves share it.
        seed_labels: labels before the first query.
        rounds: queries.
        seed_set: see `seed_indices`.
        C: inverse strength of the models' penalty, see `solve`.
        sharpness: factor of the logits; 1 is the model as it was trained.
        held_out: of the first labels, how many are kept from training to fit the temperature; 0: no temperature.
        on_step: called with the share completed, several times a round.

    Raises:
        ValueError: if fewer labels are left for training than there are classes, the sharpness is not above 0, or as
            `lockstep`.
    """
    datasets = [ready(data, numbers=True) for data in datasets]
    if held_out < 0 or (held_out and seed_labels - held_out < datasets[0].classes):
        raise ValueError(
            f"held_out must leave a label a class to train on: of {seed_labels} labels, "
            f"{held_out} were to be held out, and there are {datasets[0].classes} classes"
        )
    if not 0 < sharpness < np.inf:
        raise ValueError(f"sharpness must be above 0 and finite, got {sharpness}")

    def confidence(coefs_S_R_K_P: Floats, held_S_H: Ints) -> Floats:
        confidence_S_R = np.full(coefs_S_R_K_P.shape[:2], float(sharpness))
        if held_out:
            held = zip(datasets, held_S_H, coefs_S_R_K_P, strict=True)
            confidence_S_R /= [
                [_temperature(sharpness * logits(coefs, data.x_pool[rows].T), data.y_pool[rows]) for coefs in coefs_R]
                for data, rows, coefs_R in held
            ]
        return confidence_S_R

    turns = []
    for turn in lockstep(
        datasets,
        strategies,
        seeds=seeds,
        seed_labels=seed_labels,
        labels_per_round=1,
        rounds=rounds,
        seed_set=seed_set,
        C=C,
        held_out=held_out,
        confidence=confidence if held_out or sharpness != 1 else None,
        on_step=on_step,
    ):
        turns.append(turn)
        on_step((turn.number + 1) / (rounds + 1))
    labels_T = held_out + np.array([turn.order_S_R_M.shape[2] for turn in turns])
    return [
        PairedCurves(
            labels_T,
            np.stack([turn.accuracy_S_R[:, r] for turn in turns], axis=1),
            turns[-1].order_S_R_M[:, r],
            np.stack([turn.coefs_S_R_K_P[:, r] for turn in turns]),
            np.stack([turn.confidence_S_R[:, r] for turn in turns]),
        )
        for r in range(len(strategies))
    ]


def _temperature(z_K_H: Floats, y_H: Ints) -> float:
    """The most likely temperature of 1 or more: it softens over-confident models and sharpens none.

    A few held-out points that are all predicted correctly would give the least temperature there is. With it a hybrid
    has no uncertainty but on the boundary itself and covers the pool, which helps on such data, though not by
    calibration.
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
    """share_S_T-1: the share of points of a kind among the queries so far, from the first query on."""
    hit_S_M = np.stack([where_N[asked] for where_N, asked in zip(where_S_N, course.asked_S_M, strict=True)])
    return np.cumsum(hit_S_M, axis=1) / np.arange(1, hit_S_M.shape[1] + 1)


def outlier_masks(data: Sequence[CorruptedDataset]) -> list[NDArray[np.bool_]]:
    """Which points of each pool were planted as outliers."""
    return [np.isin(np.arange(len(one.dataset.y_pool)), one.outliers) for one in data]
