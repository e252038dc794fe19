"""Paired trials of deep learners: every strategy over every seed, all networks of a round trained at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.loops.learner_view import AnyStrategy, get_strategy
from alcore.loops.pool.simulate import start_session
from alcore.loops.pool.train_together import train_together
from alcore.loops.races.paired import PairedRaces
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet
from alcore.loops.session import Session
from alcore.strategies.arrays import to_numpy


@dataclass(frozen=True, eq=False)
class TrialTurn:
    """One round of all trials.

    Attributes:
        number: the round; 0 is the models on the first labels.
        labels: paid for in each trial, calibration included.
        order_S_R_M: the labelled points of each trial in the order they were told.
        accuracy_S_R: shares of the test set that the models get right.
        train_loss_S_R: means over the last pass in nats.
        seconds: spent in train, evaluate and ask, by all together.
    """

    number: int
    labels: int
    order_S_R_M: NDArray[np.int64]
    accuracy_S_R: NDArray[np.float64]
    train_loss_S_R: NDArray[np.float64]
    seconds: dict[str, float]


def trial_turns(
    dataset: Dataset,
    make: Callable[[int], Learner],
    strategies: Sequence[AnyStrategy],
    *,
    seeds: Sequence[int],
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "random",
    pool_size: int | None = None,
    samples: int | None = None,
    candidates: int | None = None,
    calibration: int = 0,
) -> Iterator[TrialTurn]:
    """Run S x R trials in step; each is `simulate` with its seed and strategy, up to rounding.

    The data set lies on the device once. Networks of a round are trained as one batched model where they can
    be (`train_together`); other learners one after the other.

    Args:
        dataset: pool and test set of all trials.
        make: a new learner for a seed; all racers of a seed start from equal ones.
        strategies: the racers; see `simulate`.
        seeds: one a pair of trials; decides as in `simulate`.
        seed_labels: labels before the first question.
        labels_per_round: labels asked for in a round, fewer in the last if the pool runs out.
        rounds: questions; one round more is yielded.
        seed_set: see `seed_indices`.
        pool_size: a random part of the pool for each seed; all of it if not given.
        samples: committee members or dropout samples, see `Session`.
        candidates: choose among so many points each round, see `Session`.
        calibration: labels kept to fit a temperature on, see `simulate`.

    Yields:
        rounds + 1 turns, fewer if the pool runs out.

    Raises:
        ValueError: as `simulate`; if there is no seed or no strategy.
    """
    if not seeds or not strategies:
        raise ValueError("paired trials need at least one seed and one strategy")
    if labels_per_round < 1 or rounds < 0:
        raise ValueError(f"labels_per_round must be 1 or more and rounds 0 or more, got {labels_per_round}, {rounds}")
    dataset = ready(dataset)
    sessions: list[Session] = []
    for seed in seeds:
        for strategy in strategies:
            session = start_session(
                dataset,
                make(seed),
                strategy,
                seed=seed,
                seed_labels=seed_labels,
                seed_set=seed_set,
                pool_size=pool_size,
                samples=samples,
                candidates=candidates,
                calibration=calibration,
            )
            # One copy on the device is enough for all.
            session.x = sessions[0].x if sessions else session.x
            sessions.append(session)
    x_test = sessions[0].learner.prepare(dataset.x_test)
    shape = len(seeds), len(strategies)
    for number in range(rounds + 1):
        started = time.perf_counter()
        train_together(sessions)
        losses = [session.fit() for session in sessions]
        trained = time.perf_counter()
        accuracies = [
            np.mean(to_numpy(session.learner.predict_probs(x_test)).argmax(axis=1) == dataset.y_test)
            for session in sessions
        ]
        evaluated = time.perf_counter()
        last = number == rounds or len(sessions[0].unlabeled) == 0
        orders = np.array([session.order for session in sessions])
        for session in () if last else sessions:
            asked = session.ask(labels_per_round)
            session.tell(asked, dataset.y_pool[asked])
        yield TrialTurn(
            number,
            orders.shape[1] + calibration,
            orders.reshape(*shape, -1),
            np.reshape(accuracies, shape),
            np.reshape(losses, shape),
            {
                "train": trained - started,
                "evaluate": evaluated - trained,
                "ask": time.perf_counter() - evaluated,
            },
        )
        if last:
            return


def paired_trials(
    dataset: Dataset,
    make: Callable[[int], Learner],
    strategies: Sequence[AnyStrategy],
    *,
    seeds: Sequence[int],
    tick: Callable[[TrialTurn], None] = lambda turn: None,
    **settings: Any,
) -> PairedRaces:
    """The curves of all turns, of every seed and strategy, for a chart with bands.

    Args:
        dataset: pool and test set of all trials.
        make: a new learner for a seed.
        strategies: the racers.
        seeds: one a pair of trials.
        tick: called with each turn; an exception stops the work.
        settings: the other arguments of `trial_turns`.
    """
    turns = []
    for turn in trial_turns(dataset, make, strategies, seeds=seeds, **settings):
        turns.append(turn)
        tick(turn)
    return PairedRaces(
        names=tuple(get_strategy(strategy).name for strategy in strategies),
        seeds=tuple(int(seed) for seed in seeds),
        labels_T=np.array([turn.labels for turn in turns]),
        accuracy_S_R_T=np.stack([turn.accuracy_S_R for turn in turns], axis=2),
        train_loss_S_R_T=np.stack([turn.train_loss_S_R for turn in turns], axis=2),
        order_S_R_M=turns[-1].order_S_R_M,
    )
