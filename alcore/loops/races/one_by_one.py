"""Races with any learner, fitted one model at a time: rounds with the scores behind their queries, and traces."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.loops.ask import Asked, ask, tie_order
from alcore.loops.get_strategy import AnyStrategy, check_compatible, get_strategy
from alcore.loops.pool.simulate import Round, start_session
from alcore.loops.races.grid import Grid
from alcore.loops.races.lockstep import StrategySchedule, names_of, strategies_by_round
from alcore.loops.races.settings import RaceSettings
from alcore.loops.races.trace import RaceTrace
from alcore.loops.ready import ready
from alcore.loops.session import Session
from alcore.loops.steps import OnStep, ignored
from alcore.rng import lazy_rng_for, rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.pool_view import PoolView
from alcore.strategies.strategy import Strategy


@dataclass(frozen=True, eq=False)
class FittedRound:
    """One round of a race.

    Attributes:
        number: the round.
        labeled: the points the model was trained on, in the order of labelling.
        accuracy: share of the test set that it predicts correctly.
        train_loss: mean over the labelled points in nats.
        wrong_T: whether each point of the test set is misclassified.
        strategy: of its query; in the last round, that of the query before.
        asked: the query; None in the last round.
        seconds: wall time of train, evaluate, score and select.
    """

    number: int
    labeled: NDArray[np.int64]
    accuracy: float
    train_loss: float
    wrong_T: NDArray[np.bool_]
    strategy: Strategy
    asked: Asked | None
    seconds: dict[str, float]


def rounds_one_by_one(
    dataset: Dataset, learner: Learner, plan: AnyStrategy | StrategySchedule, *, seed: int, settings: RaceSettings
) -> Iterator[FittedRound]:
    """A race, one round at a time: the queries of `simulate`.

    Args:
        dataset: pool and test set; the oracle is its own labels.
        learner: the model; between two rounds it is that of the round just yielded.
        plan: a strategy, or one that changes.
        seed: of every random stream.
        settings: of the race.

    Raises:
        ValueError: as `simulate`.
    """
    if settings.labels_per_round < 1 or settings.rounds < 0:
        raise ValueError(
            "labels_per_round must be 1 or more and rounds 0 or more, "
            f"got {settings.labels_per_round}, {settings.rounds}"
        )
    dataset = ready(dataset)
    strategies_T = strategies_by_round(plan, max(settings.rounds, 1))
    session = start_session(
        dataset,
        learner,
        strategies_T[0],
        seed=seed,
        seed_labels=settings.initial_labels,
        seed_set=settings.seed_set,
    )
    for strategy in dict.fromkeys(strategies_T):
        check_compatible(strategy, learner)
    ties_N = tie_order(seed, len(dataset.y_pool))
    x_test = learner.prepare(dataset.x_test)
    for number in range(settings.rounds + 1):
        loss = session.fit()
        trained = time.perf_counter()
        wrong_T = to_numpy(learner.predict_probs(x_test)).argmax(axis=1) != dataset.y_test
        evaluated = time.perf_counter()
        last = number == settings.rounds or not len(session.unlabeled)
        labeled, asked = np.asarray(session.order), None
        if not last:
            session.strategy = strategies_T[number]
            asked = _asked(session, settings.labels_per_round, ties_N, number)
            session.tell(asked.batch.indices, dataset.y_pool[asked.batch.indices])
        seconds = {
            **session.seconds,
            "evaluate": evaluated - trained,
            "select": time.perf_counter() - evaluated - session.seconds["score"],
        }
        strategy = strategies_T[min(number, len(strategies_T) - 1)]
        yield FittedRound(number, labeled, float(np.mean(~wrong_T)), loss, wrong_T, strategy, asked, seconds)
        if last:
            return


def trace_one_by_one(
    dataset: Dataset,
    strategies: Sequence[AnyStrategy | StrategySchedule],
    *,
    learner: str,
    seed: int,
    settings: RaceSettings,
    grid: Grid,
    acquisition: bool = False,
    on_step: OnStep = ignored,
) -> list[RaceTrace]:
    """`race` with a learner that is fitted one model at a time; see there for arguments and errors."""
    traces = []
    for r, (plan, name) in enumerate(zip(strategies, names_of(strategies), strict=True)):
        model = make_learner(learner, classes=dataset.classes, seed=seed)
        looked = _Looked(model, dataset, grid)
        for one in rounds_one_by_one(dataset, model, plan, seed=seed, settings=settings):
            looked.add(one, seed, acquisition)
            on_step((r + (one.number + 1) / (settings.rounds + 1)) / len(strategies))
        traces.append(looked.trace(name))
    return traces


def replay_one_by_one(
    dataset: Dataset,
    order_M: NDArray[np.int64],
    ends_T: NDArray[np.int64],
    *,
    learner: str,
    seed: int,
    grid: Grid,
) -> RaceTrace:
    """`replay_races` with a learner that is fitted one model at a time: round t has the first ends_T[t] labels."""
    model = make_learner(learner, classes=dataset.classes, seed=seed)
    looked = _Looked(model, dataset, grid)
    x_test = model.prepare(dataset.x_test)
    for number, end in enumerate(ends_T):
        started = time.perf_counter()
        labeled = order_M[:end]
        rng = rng_for(seed, "train", number)
        loss = model.fit(looked.x_N[labeled], dataset.y_pool[labeled], rng=rng)
        trained = time.perf_counter()
        wrong_T = to_numpy(model.predict_probs(x_test)).argmax(axis=1) != dataset.y_test
        seconds = {"train": trained - started, "evaluate": time.perf_counter() - trained, "score": 0.0, "select": 0.0}
        one = FittedRound(
            number, labeled, float(np.mean(~wrong_T)), loss, wrong_T, get_strategy("random"), None, seconds
        )
        looked.add(one, seed, False)
    return looked.trace("you")


class _Looked:
    """The rounds of one race, with the predictions of their models over the pool and the plane."""

    def __init__(self, model: Learner, dataset: Dataset, grid: Grid) -> None:
        self.model = model
        self.dataset = dataset
        self.grid = grid
        self.x_N = model.prepare(dataset.x_pool)
        self.places_P = model.prepare(grid.points_P_2)
        self.rounds: list[Round] = []
        self.surfaces: list[NDArray[np.float32]] = []
        self.probs: list[NDArray[np.float32]] = []
        self.scores: list[NDArray[np.float32]] = []
        self.wrong: list[NDArray[np.bool_]] = []
        self.acquired: list[NDArray[np.float32] | None] = []

    def add(self, one: FittedRound, seed: int, acquisition: bool) -> None:
        """Add a round, as long as the model is its model."""
        n = len(self.dataset.y_pool)
        probs_P_C = to_numpy(self.model.predict_probs(self.places_P))
        probs_N_C = to_numpy(self.model.predict_probs(self.x_N))
        batch = None if one.asked is None else one.asked.batch
        rows = one.labeled[:0] if batch is None else batch.indices
        self.rounds.append(
            Round(
                round=one.number,
                labeled=one.labeled,
                accuracy=one.accuracy,
                train_loss=one.train_loss,
                batch=batch,
                batch_labels=self.dataset.y_pool[rows],
                batch_probs_K_C=probs_N_C[rows],
                seconds=one.seconds,
            )
        )
        self.surfaces.append(probs_P_C.reshape(len(self.grid.y), len(self.grid.x), -1).astype(np.float32))
        self.probs.append(probs_N_C.astype(np.float32))
        scores_N = np.full(n, np.nan) if one.asked is None else one.asked.scores_of_all(n)
        self.scores.append(scores_N.astype(np.float32))
        self.wrong.append(one.wrong_T)
        if acquisition:
            self.acquired.append(self._acquired(one.strategy, probs_P_C, seed, one.number))

    def trace(self, name: str) -> RaceTrace:
        """All rounds so far."""
        known = [scores_Y_X for scores_Y_X in self.acquired if scores_Y_X is not None]
        return RaceTrace(
            strategy=name,
            rounds=self.rounds,
            order=self.rounds[-1].labeled,
            surfaces_R_Y_X_C=np.stack(self.surfaces),
            probs_R_N_C=np.stack(self.probs),
            scores_R_N=np.stack(self.scores),
            wrong_R_T=np.stack(self.wrong),
            acquisition_R_Y_X=np.stack(known) if len(known) == len(self.rounds) else None,
        )

    def _acquired(self, strategy: Strategy, probs_P_C: NDArray, seed: int, number: int) -> NDArray[np.float32] | None:
        """The score over the plane, where it reads nothing but the probabilities of a point."""
        if strategy.score is None or strategy.needs != ("probs_N_C",):
            return None
        view = PoolView(np.arange(len(probs_P_C)), probs_N_C=lambda: probs_P_C)
        scores_P = to_numpy(strategy.score(view, lazy_rng_for(seed, "acquisition", number)))
        return scores_P.reshape(len(self.grid.y), len(self.grid.x)).astype(np.float32)


def _asked(session: Session, k: int, ties_N: NDArray[np.int64], number: int) -> Asked:
    """The query of `session.ask`, with its scores."""
    return ask(session.strategy, session.view(), k, lazy_rng_for(session.seed, "acquisition", number), ties_N)
