"""The simulated pool loop: train, evaluate, score the pool, query, label, repeat."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.loops.get_strategy import AnyStrategy
from alcore.loops.pool.evaluate import Reliability, draw_pool_map, evaluate_model
from alcore.loops.pool.peak_memory import peak_memory_of
from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.ready import ready
from alcore.loops.seed_set import SeedSet, seed_indices
from alcore.loops.session import Session
from alcore.loops.stopping import STOP_SET, StopRules
from alcore.points import numbers_of, rows_of
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy
from alcore.strategies.batch import Batch

# Called with the number of the round, its stage (train, evaluate, select, map), and the batch once it is selected.
OnStage = Callable[[int, str, Sequence[int]], None]


def unwatched(number: int, stage: str, batch: Sequence[int]) -> None:
    """Nobody looks."""


@dataclass(frozen=True, eq=False)
class Round:
    """One round of the loop: the model on the labels so far, and its next query.

    Attributes:
        round: 0 is the model on the seed set.
        labeled: the points the model was trained on, in the order of labelling; the seed set first.
        accuracy: share of the test set that it predicts correctly.
        train_loss: mean over the labelled points in nats.
        batch: the query; None in the last round.
        batch_labels: (k,) its labels.
        batch_probs_K_C: (k, C) its class probabilities before labelling.
        seconds: wall time of train, evaluate, score and select, and of map where one was drawn.
        held_out: how many labels beside them the model was calibrated on.
        measures: of the test set what `Quality.numbers` lists, and `images_per_second` (test points judged a
            second); `memory_train`, `memory_evaluate` and `memory_ask`, the peak of each stage in MiB, see
            `peak_memory_of`. Measures that were not taken are missing.
        confusion_C_C: test points by true class (row) and predicted class (column); None where not counted.
        reliability: accuracy on the test set by confidence, without a temperature.
        reliability_scaled: the same with the temperature fitted on the labels held out, if there are any.
        map: of a part of the pool, if one was drawn.
        predicted_S: the classes the model predicts for the stop set, if a rule compares them.
        stopped: the rule that ends the run here; else empty.
    """

    round: int
    labeled: NDArray[np.int64]
    accuracy: float
    train_loss: float
    batch: Batch | None
    batch_labels: NDArray[np.int64]
    batch_probs_K_C: NDArray[np.floating]
    seconds: dict[str, float]
    held_out: int = 0
    measures: dict[str, float] = field(default_factory=dict)
    confusion_C_C: NDArray[np.int64] | None = None
    reliability: Reliability | None = None
    reliability_scaled: Reliability | None = None
    map: PoolMap | None = None
    predicted_S: NDArray[np.int64] | None = None
    stopped: str = ""

    @property
    def labels(self) -> int:
        """The number of labels, those held out included."""
        return len(self.labeled) + self.held_out


def simulate(
    dataset: Dataset,
    learner: Learner,
    strategy: AnyStrategy,
    *,
    seed: int,
    seed_labels: int,
    labels_per_round: int,
    rounds: int,
    seed_set: SeedSet = "random",
    pool_size: int | None = None,
    samples: int | None = None,
    candidates: int | None = None,
    calibration: int = 0,
    mapped: int = 0,
    stop: StopRules | None = None,
) -> Iterator[Round]:
    """Run a whole experiment, one round at a time; the oracle is the data set's own labels.

    Args:
        dataset: pool and test set.
        learner: the model; between two rounds it is that of the round just yielded.
        strategy: a key of `STRATEGIES`, a strategy, or a function `score(probs_N_C) -> scores_N`.
        seed: decides pool sample, first labels and every other stream: strategies with one seed are paired.
        seed_labels: labels before the first query.
        labels_per_round: labels of a query, fewer in the last if the pool runs out.
        rounds: queries; one round more is yielded, the model on all labels.
        seed_set: `random`, `balanced`, `diverse`, `communities` or `published`, see `seed_indices`.
        pool_size: a random part of the pool to work with; all of it if not given.
        samples: committee members or dropout samples, see `Session`.
        candidates: choose among so many points each round, see `Session`.
        calibration: so many random labels more are kept from training, and the temperature of the model's
            probabilities is fitted on them each round.
        mapped: draw a map of so many points of the pool each round; it changes nothing else.
        stop: rules that may end the run earlier; they change nothing before that.

    Yields:
        rounds + 1 rounds, fewer if the pool runs out or a rule holds; see `Round.stopped`.

    Raises:
        ValueError: if the strategy is unknown, a number is below 1, or the pool is smaller than the seed set.
    """
    if labels_per_round < 1 or rounds < 0:
        raise ValueError(f"labels_per_round must be 1 or more and rounds 0 or more, got {labels_per_round}, {rounds}")
    dataset = ready(dataset)
    session = start_session(
        dataset,
        learner,
        strategy,
        seed=seed,
        seed_labels=seed_labels,
        seed_set=seed_set,
        pool_size=pool_size,
        samples=samples,
        candidates=candidates,
        calibration=calibration,
    )
    yield from run_rounds(
        session, dataset, labels_per_round=lambda number: labels_per_round, rounds=rounds, mapped=mapped, stop=stop
    )


def start_session(
    dataset: Dataset,
    learner: Learner,
    strategy: AnyStrategy,
    *,
    seed: int,
    seed_labels: int,
    seed_set: SeedSet = "random",
    pool_size: int | None = None,
    samples: int | None = None,
    candidates: int | None = None,
    calibration: int = 0,
) -> Session:
    """A session with its first labels, as in `simulate`; see there for arguments and errors."""
    if pool_size is not None and seed_set == "published":
        raise ValueError("a published start belongs to the whole pool: leave pool_size out")
    dataset = ready(dataset)
    n = len(dataset.y_pool)
    pool = np.arange(n)
    if pool_size is not None:
        if not 1 <= pool_size <= n:
            raise ValueError(f"pool_size must be 1 to {n:,} (the size of the data set), got {pool_size:,}")
        pool = np.sort(rng_for(seed, "pool").choice(n, pool_size, replace=False))
    session = Session(
        dataset.x_pool,
        learner,
        strategy,
        seed=seed,
        classes=dataset.classes,
        pool=pool,
        samples=samples,
        candidates=candidates,
    )
    x_cluster, levels = None, getattr(session.learner, "levels", None)
    if seed_set in ("diverse", "communities"):
        try:
            x_cluster = numbers_of(dataset.x_pool)[pool]
        except ValueError:  # points that are no numbers: the features of the learner
            x_cluster = to_numpy(session.learner.features(rows_of(session.x, pool)))
    first = pool[
        seed_indices(
            dataset.y_pool[pool],
            seed_labels,
            seed_set=seed_set,
            x_pool=x_cluster,
            published=dataset.published_start,
            levels=None if levels is None else (levels, pool),
            rng=rng_for(seed, "seed set"),
        )
    ]
    session.tell(first, dataset.y_pool[first])
    if calibration > len(session.unlabeled):
        raise ValueError(f"calibration needs {calibration:,} labels, but {len(session.unlabeled):,} points are left")
    if calibration:
        held = rng_for(seed, "calibration").permutation(session.unlabeled)[:calibration]
        session.hold_out(held, dataset.y_pool[held])
    return session


def run_rounds(
    session: Session,
    dataset: Dataset,
    *,
    labels_per_round: Callable[[int], int],
    rounds: int,
    first: int = 0,
    mapped: int = 0,
    map_before: PoolMap | None = None,
    stop: StopRules | None = None,
    before: Sequence[Round] = (),
    on_stage: OnStage = unwatched,
) -> Iterator[Round]:
    """The rounds of a session from a given round on.

    Args:
        session: has the labels of all rounds before `first`.
        dataset: its pool and test set.
        labels_per_round: round number -> labels of its query; called when the round comes.
        rounds: queries in all, counted from round 0.
        first: the number of the round to begin with.
        mapped: draw a map of so many points of the pool each round; it changes nothing else.
        map_before: the map of the round before `first`, to which the next is aligned.
        stop: as in `simulate`.
        before: the rounds before `first`, which the rules read.
        on_stage: called as a stage of a round begins.

    Yields:
        Rounds `first` to `rounds`, fewer if the pool runs out or a rule holds.
    """
    model = session.learner
    x_test = model.prepare(dataset.x_test)
    peak_mib = peak_memory_of(model.record["device"])
    accuracies = [one.accuracy for one in before]
    predictions = [one.predicted_S for one in before if one.predicted_S is not None]
    settling = stop is not None and stop.agreement is not None
    x_stop = None
    if settling:
        # Of the pool, never of the test set.
        points = np.flatnonzero(session.askable_N)
        size = min(STOP_SET, len(points))
        x_stop = session.x[np.sort(rng_for(session.seed, "stop set").choice(points, size, replace=False))]
    for number in range(first, rounds + 1):
        on_stage(number, "train", ())
        train_loss = session.fit()
        peak = peak_mib()
        memory = {"memory_train": peak if session.train_memory is None else session.train_memory}
        on_stage(number, "evaluate", ())
        started = time.perf_counter()
        found = evaluate_model(model, x_test, dataset.y_test)
        spent = time.perf_counter() - started
        memory["memory_evaluate"] = peak_mib()
        labeled = np.asarray(session.order)
        accuracies.append(found.accuracy)
        if x_stop is not None:
            predictions.append(to_numpy(model.predict_probs(x_stop)).argmax(axis=1))
        stopped = stop.reason(accuracies, predictions) if stop else ""
        last = number == rounds or len(session.unlabeled) == 0 or stopped != ""
        if not last:
            on_stage(number, "select", ())
        asked = np.empty(0, np.int64) if last else session.ask(labels_per_round(number))
        batch = session.batch
        probs = to_numpy(model.predict_probs(rows_of(session.x, asked))) if batch else np.empty((0, dataset.classes))
        memory["memory_ask"] = peak_mib()
        seconds = {**session.seconds, "evaluate": spent}
        on_stage(number, "map", asked.tolist())
        if mapped:
            started = time.perf_counter()
            map_before = draw_pool_map(session, np.concatenate([labeled, asked]), mapped, map_before)
            seconds["map"] = time.perf_counter() - started
            peak_mib()
        if not last:
            # Before the round is yielded: its receiver may train for the next.
            session.tell(asked, dataset.y_pool[asked])
        yield Round(
            number,
            labeled,
            found.accuracy,
            train_loss,
            batch,
            dataset.y_pool[asked],
            probs,
            seconds,
            held_out=len(session.held_out),
            measures=found.numbers
            | {"images_per_second": len(dataset.y_test) / spent}
            | {stage: peak for stage, peak in memory.items() if peak is not None},
            confusion_C_C=found.confusion_C_C,
            reliability=found.reliability,
            reliability_scaled=found.reliability_scaled,
            map=map_before if mapped else None,
            predicted_S=predictions[-1] if settling else None,
            stopped=stopped,
        )
        if last:
            return
