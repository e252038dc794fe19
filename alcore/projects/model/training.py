"""One model of a labelling project: trained on the labels so far, it predicts every item and ranks the open ones."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from alcore.learners.base import TooFewLabelsError
from alcore.learners.estimators import estimator_of
from alcore.loops.session import Session
from alcore.loops.start_queries import ask_at_any_time
from alcore.projects.model.neighbourhood import ALIKE, Neighbourhood
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

# Items ranked by a model: more than are answered before the next one.
RANKED = 300
# Without labels a diverse set is sought among a random sample of so many items, and only so many are ranked.
FIRST_SAMPLE, FIRST_RANKED = 10_000, 60


@dataclass(frozen=True, eq=False)
class ModelRound:
    """What one model says.

    Attributes:
        number: of the round, from 0.
        labels: how many it was trained on.
        classes: in the order of the columns of probs_N_C.
        probs_N_C: class probabilities of every item, float32; None while the labels show fewer than two classes.
        places: open items of the training part, best first.
        held_back: those of them that are near-duplicates of labelled items.
        nearest: for each of `places` the most similar labelled item; -1 without one.
        alike: place -> open items that are near-duplicates of it, for those of `places` that have any.
        open_count: how many open items were ranked.
        strategy: that ranked them, in a few words.
        note: a sentence where another strategy than the project's ranked them.
        seconds: training, predicting and ranking.
    """

    number: int
    labels: int
    classes: tuple[str, ...]
    probs_N_C: NDArray[np.float32] | None
    places: NDArray[np.int64]
    held_back: frozenset[int]
    note: str
    seconds: float
    nearest: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    alike: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    open_count: int = 0
    strategy: str = ""

    @property
    def predicted_N(self) -> NDArray[np.int64] | None:
        """The most probable class of every item, as a number of `classes`."""
        return None if self.probs_N_C is None else self.probs_N_C.argmax(axis=1)

    @property
    def named_N(self) -> list[str]:
        """The name of the most probable class of every item; empty while there is no prediction."""
        return [] if self.predicted_N is None else [self.classes[number] for number in self.predicted_N.tolist()]

    @property
    def confidence_N(self) -> NDArray[np.float32] | None:
        """The largest probability of every item."""
        return None if self.probs_N_C is None else self.probs_N_C.max(axis=1)


# Small steps: on a busy machine several threads would wait longer for one another than they compute.
@threadpool_limits.wrap(limits=1)
def train_round(
    x: Any,
    labels: Mapping[int, str],
    classes: Sequence[str],
    *,
    estimator: Any,
    strategy: str,
    open_places: NDArray[np.int64],
    seed: int,
    number: int,
) -> ModelRound:
    """Train on the labels so far, predict every item, and rank the open ones.

    Args:
        x: features of all items: an array, or a CSR matrix.
        labels: place -> class of the items that train, in the order of their labels.
        classes: all classes of the project, seen or not.
        estimator: as `estimator_of` takes it.
        strategy: key of the query strategy.
        open_places: items that may be queried to train.
        seed: of the project.
        number: of the round; with the seed it decides random streams.
    """
    started = time.perf_counter()
    offered, most = open_places, RANKED
    if not labels:
        most = FIRST_RANKED
        if len(open_places) > FIRST_SAMPLE:
            sample = rng_for(seed, "first", number).choice(open_places, FIRST_SAMPLE, replace=False)
            offered = np.sort(sample)
    seen = tuple(one for one in classes if one in set(labels.values()))
    coded = sorted(seen)
    stream = int(rng_for(seed, "model", number).integers(2**31))
    setup = estimator_of(estimator, seed=seed)
    session = Session(
        x,
        setup.learner(coded, max(2, len(coded))),
        strategy,
        seed=stream,
        classes=max(2, len(coded)),
        pool=np.union1d(offered, np.fromiter(labels, np.int64, len(labels))),
    )
    if labels:
        session.tell(list(labels), [coded.index(one) for one in labels.values()])
    places, note, by = np.empty(0, dtype=np.int64), "", session.strategy
    if len(session.unlabeled):
        places, by, note = ask_at_any_time(session, min(most, len(session.unlabeled)))
    probs_N_C = None
    if len(seen) >= 2:
        try:
            session.fit()
            found_N_C = to_numpy(session.learner.predict_probs(session.x))[:, [coded.index(one) for one in seen]]
            probs_N_C = found_N_C.astype(np.float32)
        except TooFewLabelsError:
            pass
    near = Neighbourhood(x, places)
    nearest, similarity = near.nearest(np.fromiter(labels, np.int64, len(labels)))
    held_back = frozenset(places[similarity >= ALIKE].tolist())
    alike = near.alike(open_places)
    seconds = time.perf_counter() - started
    return ModelRound(
        *(
            number,
            len(labels),
            seen,
            probs_N_C,
            places,
            held_back,
            note,
            seconds,
            nearest,
            alike,
            len(open_places),
            by.label,
        )
    )
