"""Stream-based selective sampling: a point is queried when it arrives, or never. Many streams in step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.drift import NO_DRIFT, Drift, arrival_times
from alcore.logistic.batched import predict, probabilities, solve
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_set_of
from alcore.loops.steps import OnStep, counted, ignored
from alcore.loops.stream.policies import Budget, QueryPolicy, Randomness, decide
from alcore.rng import rng_for

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """One stream, the same for every policy.

    Attributes:
        seed: of the seed set, the order and the random numbers.
        first: points of the pool labelled before the first arrival; they are not part of the budget.
        first_M_D: their coordinates.
        first_y_M: their labels.
        index_T: the point of the pool at each arrival.
        x_T_D: its coordinates then.
        y_T: its label, queried or not.
        times_T: from 0 to 1.
        uniform_T: a uniform random number for each arrival, in [0, 1).
        normal_T: a standard normal one.
    """

    seed: int
    first: Ints
    first_M_D: Floats
    first_y_M: Ints
    index_T: Ints
    x_T_D: Floats
    y_T: Ints
    times_T: Floats
    uniform_T: Floats
    normal_T: Floats


def arrivals_of(
    dataset: Dataset,
    *,
    seed: int,
    seed_labels: int,
    drift: Drift = NO_DRIFT,
    seed_set: SeedSet = "balanced",
) -> Arrivals:
    """The pool as a stream: the seed set, then the other points in a random order.

    Args:
        dataset: one row of numbers a point; in the plane, if there is drift.
        seed: of the seed set, the order and the random numbers.
        seed_labels: labels before the first arrival, of the first concept.
        drift: how points move while they arrive.
        seed_set: see `seed_indices`.

    Raises:
        ValueError: if the points are not rows of numbers, or nothing is left to arrive.
    """
    dataset = ready(dataset, numbers=True)
    if dataset.x_pool.ndim != 2 or not 1 <= seed_labels < len(dataset.y_pool):
        raise ValueError(
            "a stream needs one row of numbers a point and from one first label to all points but one, got "
            f"points of shape {dataset.x_pool.shape} and seed_labels={seed_labels}"
        )
    first = seed_set_of(dataset, seed_labels, seed=seed, seed_set=seed_set)
    rest = np.delete(np.arange(len(dataset.y_pool)), first)
    order = rng_for(seed, "arrivals").permutation(rest)
    times_T = arrival_times(len(order))
    return Arrivals(
        seed=seed,
        first=first,
        first_M_D=drift.move(dataset.x_pool[first].astype(np.float64), 0.0),
        first_y_M=dataset.y_pool[first],
        index_T=order,
        x_T_D=drift.move(dataset.x_pool[order].astype(np.float64), times_T),
        y_T=dataset.y_pool[order],
        times_T=times_T,
        uniform_T=rng_for(seed, "arrivals", "coin").random(len(order)),
        normal_T=rng_for(seed, "arrivals", "factor").standard_normal(len(order)),
    )


@dataclass(frozen=True, eq=False)
class StreamResult:
    """One stream under one policy: T arrivals, Q evaluations on the test set.

    Attributes:
        policy: its name.
        arrivals: the stream.
        uncertainty_T: one minus the largest probability, by the model at the arrival.
        threshold_T: the threshold; the budget may forbid a query above it.
        earned_T: labels that might have been spent by then.
        asked_T: whether the point was queried.
        spent_T: labels spent, this one included.
        correct_T: whether the model at the arrival, before it was trained on the label, predicted it.
        looked_Q: arrivals before each evaluation, 0 first and T last.
        accuracy_Q: share of the test set, moved to the concept of that time, that the model predicts correctly.
        models_L_K_P: the model after each label, that of the first labels in row 0; see `solve`.
    """

    policy: str
    arrivals: Arrivals
    uncertainty_T: Floats
    threshold_T: Floats
    earned_T: Ints
    asked_T: Bools
    spent_T: Ints
    correct_T: Bools
    looked_Q: Ints
    accuracy_Q: Floats
    models_L_K_P: Floats

    @property
    def labels_Q(self) -> Ints:
        """Labels held at each evaluation, the first ones included."""
        return len(self.arrivals.first) + np.concatenate([[0], self.spent_T])[self.looked_Q]

    def prequential_T(self, latest: int = 100) -> Floats:
        """Prequential accuracy: the share of the latest arrivals (fewer at first) predicted before their label.

        Source: Dawid (1984), over a sliding window.
        """
        right = np.concatenate([[0], np.cumsum(self.correct_T)])
        end_T = np.arange(1, len(right))
        begin_T = np.maximum(end_T - latest, 0)
        return (right[end_T] - right[begin_T]) / (end_T - begin_T)

    def model_after(self, count: int) -> Floats:
        """Coefficients (K, P) of the model after so many arrivals."""
        return self.models_L_K_P[self.spent_T[count - 1] if count else 0]


def streams(
    datasets: Sequence[Dataset],
    policies: Sequence[QueryPolicy],
    *,
    seeds: Sequence[int],
    seed_labels: int,
    budget: Budget,
    drift: Drift = NO_DRIFT,
    window: int | None = None,
    seed_set: SeedSet = "balanced",
    looks: int = 20,
    on_step: OnStep = ignored,
) -> list[list[StreamResult]]:
    """Run the streams of S seeds under R policies in step, on logistic regression fitted after each label.

    Seed set, order and random numbers are those of the seed alone, so policies are paired; and a stream does not
    depend on those beside it. The model is scikit-learn's default. T arrivals of L labels cost T + L steps of all
    streams together.

    Args:
        datasets: one a seed, with pools and classes of one size. The test sets are used in evaluations alone.
        policies: from `alcore.loops.stream.policies`.
        seeds: one a data set.
        seed_labels: labels before the first arrival.
        budget: of queries, for each policy.
        drift: how points move while they arrive.
        window: train on so many of the latest labels, the first ones included until they are pushed out; on
            all if not given.
        seed_set: see `seed_indices`.
        looks: evaluations after the first, evenly spaced.
        on_step: called with the share completed, after each arrival; an exception stops the work.

    Returns:
        [seed][policy].

    Raises:
        ValueError: if data sets differ in size or are not one a seed, or a number is out of range.
    """
    datasets = [ready(data, numbers=True) for data in datasets]
    sizes = {(data.x_pool.shape, data.classes) for data in datasets}
    if len(sizes) != 1 or len(datasets) != len(seeds) or not policies:
        raise ValueError(
            "streams in step need a policy and one data set a seed, all of one size, got "
            f"{len(policies)} policies, {len(seeds)} seeds and {len(datasets)} data sets of sizes {sizes}"
        )
    if looks < 1 or (window is not None and window < 1):
        raise ValueError(f"looks and window must be 1 or more, got {looks} and {window}")
    arriving = [
        arrivals_of(data, seed=seed, seed_labels=seed_labels, drift=drift, seed_set=seed_set)
        for data, seed in zip(datasets, seeds, strict=True)
    ]
    # B = S x R streams, those of one seed next to one another.
    per_seed, arrivals = len(policies), len(arriving[0].y_T)
    x_B_T_D, y_B_T, uniform_B_T, normal_B_T = (
        np.repeat(np.stack([getattr(one, name) for one in arriving]), per_seed, axis=0)
        for name in ("x_T_D", "y_T", "uniform_T", "normal_T")
    )
    room = seed_labels + budget.earned(arrivals) if window is None else window
    current = _StreamModels(arriving, per_seed, room=room, classes=datasets[0].classes)
    uncertainty_B_T, threshold_B_T = np.empty((2, *y_B_T.shape))
    asked_B_T, correct_B_T = np.empty((2, *y_B_T.shape), dtype=bool)
    spent_B = np.zeros(len(y_B_T), dtype=np.int64)
    state_B = np.tile([policy.initial for policy in policies], len(arriving))
    models_B = [[coefs_K_P] for coefs_K_P in current.coefs_B_K_P.copy()]
    for t in counted(range(arrivals), on_step):
        probs_B_C = current.probabilities_of(x_B_T_D[:, t])
        uncertainty_B_T[:, t] = 1 - probs_B_C.max(axis=1)
        correct_B_T[:, t] = probs_B_C.argmax(axis=1) == y_B_T[:, t]
        chance = Randomness(uniform_B_T[:, t], normal_B_T[:, t], budget.has_budget(t + 1, spent_B))
        may_B = spent_B < budget.earned(t + 1)
        for r, policy in enumerate(policies):
            own = slice(r, None, per_seed)
            threshold_B_T[own, t], asked_B_T[own, t], state_B[own] = decide(
                policy,
                state_B[own],
                uncertainty_B_T[own, t],
                may_B[own],
                Randomness(*(drawn_B[own] for drawn_B in chance)),
                budget.share,
            )
        asking = np.flatnonzero(asked_B_T[:, t])
        if len(asking):
            spent_B[asking] += 1
            current.add(asking, x_B_T_D[asking, t], y_B_T[asking, t])
            for b in asking:
                models_B[b].append(current.coefs_B_K_P[b].copy())
    looked_Q = np.unique(np.rint(np.linspace(0, arrivals, looks + 1)).astype(np.int64))
    earned_T = np.array([budget.earned(t + 1) for t in range(arrivals)])
    spent_B_T = np.cumsum(asked_B_T, axis=1, dtype=np.int64)
    found = []
    for s, (one, data) in enumerate(zip(arriving, datasets, strict=True)):
        rows = range(s * per_seed, (s + 1) * per_seed)
        models_R = [np.stack(models_B[b]) for b in rows]
        accuracy_R_Q = _accuracies(data, drift, one.times_T, looked_Q, spent_B_T[rows], models_R)
        found.append(
            [
                StreamResult(
                    policy=policy.name,
                    arrivals=one,
                    uncertainty_T=uncertainty_B_T[b],
                    threshold_T=threshold_B_T[b],
                    earned_T=earned_T,
                    asked_T=asked_B_T[b],
                    spent_T=spent_B_T[b],
                    correct_T=correct_B_T[b],
                    looked_Q=looked_Q,
                    accuracy_Q=accuracy_R_Q[r],
                    models_L_K_P=models_R[r],
                )
                for r, (b, policy) in enumerate(zip(rows, policies, strict=True))
            ]
        )
    return found


def _accuracies(
    data: Dataset, drift: Drift, times_T: Floats, looked_Q: Ints, spent_R_T: Ints, models_R: list[Floats]
) -> Floats:
    """accuracy_R_Q of one seed, each on the test set moved to the time of the latest arrival."""
    accuracy_R_Q = np.empty((len(models_R), len(looked_Q)))
    for q, looked in enumerate(looked_Q):
        last = max(looked - 1, 0)
        spent_R = spent_R_T[:, last] if looked else np.zeros(len(models_R), dtype=np.int64)
        coefs_R_K_P = np.stack([models[spent] for models, spent in zip(models_R, spent_R, strict=True)])
        x_test = drift.move(data.x_test, times_T[last])
        accuracy_R_Q[:, q] = (predict(coefs_R_K_P, x_test).argmax(axis=2) == data.y_test).mean(axis=1)
    return accuracy_R_Q


class _StreamModels:
    """The labels and the models of B streams.

    Every stream has room for the same number of labels; a place without a label has weight 0, and where there is no
    room the oldest label is replaced.
    """

    def __init__(self, arriving: Sequence[Arrivals], per_seed: int, *, room: int, classes: int) -> None:
        """Fit the first labels, the same for all policies of a seed."""
        first_S_M_D = np.stack([one.first_M_D for one in arriving])[:, -room:]
        first_y_S_M = np.stack([one.first_y_M for one in arriving])[:, -room:]
        self.classes = classes
        start = solve(first_S_M_D, first_y_S_M, classes=classes)
        self.coefs_B_K_P = np.repeat(start, per_seed, axis=0)
        places = ((0, 0), (0, room - first_y_S_M.shape[1]))
        self.x_B_M_D = np.repeat(np.pad(first_S_M_D, (*places, (0, 0))), per_seed, axis=0)
        self.y_B_M = np.repeat(np.pad(first_y_S_M, places), per_seed, axis=0)
        self.weights_B_M = np.repeat(np.pad(np.ones(first_y_S_M.shape), places), per_seed, axis=0)
        self.labels_B = np.full(len(self.y_B_M), first_y_S_M.shape[1])

    def add(self, rows_A: Ints, x_A_D: Floats, y_A: Ints) -> None:
        """Add a label to some of the streams and fit them again."""
        places_A = self.labels_B[rows_A] % self.y_B_M.shape[1]
        self.x_B_M_D[rows_A, places_A] = x_A_D
        self.y_B_M[rows_A, places_A] = y_A
        self.weights_B_M[rows_A, places_A] = 1
        self.labels_B[rows_A] += 1
        self.coefs_B_K_P[rows_A] = solve(
            self.x_B_M_D[rows_A],
            self.y_B_M[rows_A],
            self.weights_B_M[rows_A],
            classes=self.classes,
            start=self.coefs_B_K_P[rows_A],
        )

    def probabilities_of(self, x_B_D: Floats) -> Floats:
        """probs_B_C of one point of each stream by its own model."""
        z_B_K = (self.coefs_B_K_P[:, :, :-1] * x_B_D[:, None]).sum(axis=2) + self.coefs_B_K_P[:, :, -1]
        return probabilities(z_B_K[:, :, None])[:, :, 0]
