"""Building the session and the remaining rounds of a run from its history."""

from collections.abc import Callable, Iterator, Sequence

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.loops.get_strategy import check_compatible
from alcore.loops.pool.simulate import OnStage, Round, run_rounds, start_session, unwatched
from alcore.loops.session import Session
from alcore.runs.config import RunConfig
from alcore.runs.config_data import start_options, stop_rules_of, strategy_of
from alcore.runs.store.run_info import RunHistory

# Number of points on each round's map of the pool: some 200 KB.
MAPPED = 5_000


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
    session = start_session(dataset, learner, strategy_of(course.config_at(0)), **start_options(course.config))
    for round_ in stored:
        if round_.batch is not None:
            _set_strategy(session, course.config_at(round_.round))
            session.follow(round_.batch.indices, round_.batch_labels, train=not trained)
    return session


def rounds_to_come(
    course: RunHistory,
    dataset: Dataset,
    session: Session,
    stored: Sequence[Round],
    *,
    labels_per_round: Callable[[int], int],
    on_stage: OnStage = unwatched,
) -> Iterator[Round]:
    """The rounds after the stored ones, from `run_rounds`."""
    if stored and stored[-1].batch is None:
        return
    first = len(stored)
    _set_strategy(session, course.config_at(first))
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
        on_stage=on_stage,
    ):
        yield round_
        _set_strategy(session, course.config_at(round_.round + 1))


def _set_strategy(session: Session, config: RunConfig) -> None:
    """Let this config select the points from now on."""
    strategy = strategy_of(config)
    check_compatible(strategy, session.learner)
    session.strategy, session.samples, session.candidates = strategy, config.samples, config.candidates
