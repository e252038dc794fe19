"""Building the learner, the session and the remaining rounds of a run from its history."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.learners.torch.checkpoint import CheckpointError, unpack
from alcore.loops.get_strategy import check_compatible
from alcore.loops.pool.simulate import Round, run_rounds, start_session
from alcore.loops.session import Session
from alcore.runs.config import RunConfig
from alcore.runs.config_data import pool_size_of, stop_rules_of
from alcore.runs.store.run_history import RunHistory
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.strategy import Strategy
from alcore.strategies.wrappers import with_density, with_random_picks

# Number of points on each round's map of the pool: some 200 KB.
MAPPED = 5_000


def make_learner_for(config: RunConfig, dataset: Dataset, tick: Callable[[], None]) -> Learner:
    """The learner of a config, unfitted."""
    return make_learner(
        config.learner,
        classes=dataset.classes,
        seed=config.seed,
        device=config.device,
        tick=tick,
        **config.training,
    )


def restore_checkpoint(learner: Learner, dataset: Dataset, carried: bytes) -> bool:
    """Load a checkpoint into a new learner; False if it is invalid, and the learner is then unusable."""
    try:
        unpack(carried, learner, dataset.x_pool.shape[1:])
    except CheckpointError:
        return False
    return True


def build_session(
    course: RunHistory, dataset: Dataset, learner: Learner, stored: Sequence[Round], *, trained: bool
) -> Session:
    """The session of a run after its stored rounds.

    Args:
        course: history of the run.
        dataset: its data.
        learner: in its state after the last stored round, or new.
        stored: the run's first rounds.
        trained: whether the learner has that state; otherwise it is retrained in the same way.
    """
    config = course.config
    session = start_session(
        dataset,
        learner,
        _strategy(course.config_at(0)),
        seed=config.seed,
        seed_set=config.seed_set,
        seed_labels=config.seed_labels,
        pool_size=pool_size_of(config),
        samples=config.samples,
        candidates=config.candidates,
        calibration=config.calibration,
    )
    for round_ in stored:
        if round_.batch is not None:
            _lead(session, course.config_at(round_.round))
            session.follow(round_.batch.indices, round_.batch_labels, train=not trained)
    return session


def rounds_to_come(
    course: RunHistory,
    dataset: Dataset,
    session: Session,
    stored: Sequence[Round],
    *,
    labels_per_round: Callable[[int], int],
) -> Iterator[Round]:
    """The rounds after the stored ones, from `run_rounds`."""
    if stored and stored[-1].batch is None:
        return
    first = len(stored)
    _lead(session, course.config_at(first))
    for round_ in run_rounds(
        session,
        dataset,
        labels_per_round=labels_per_round,
        rounds=course.config.rounds,
        first=first,
        mapped=MAPPED,
        map_before=stored[-1].map if stored else None,
        stop=stop_rules_of(course.config),
        before=stored,
    ):
        yield round_
        _lead(session, course.config_at(round_.round + 1))


def _lead(session: Session, config: RunConfig) -> None:
    """Let this config select the points from now on."""
    strategy = _strategy(config)
    check_compatible(strategy, session.learner)
    session.strategy, session.samples, session.candidates = strategy, config.samples, config.candidates


def _strategy(config: RunConfig) -> Strategy:
    return _with_remedies(STRATEGIES[config.strategy], config.density, config.epsilon)


@lru_cache(maxsize=16)
def _with_remedies(strategy: Strategy, density: float, epsilon: float) -> Strategy:
    """One object in every round: what a strategy needs is found by a trial, once for each object."""
    return with_random_picks(with_density(strategy, density), epsilon)
