"""One model of a labelling project: trained on the labels so far, it predicts every item and ranks the open ones."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from alcore.learners.base import TooFewLabelsError
from alcore.learners.estimators import estimator_of
from alcore.loops.session import Session
from alcore.loops.start_queries import ask_at_any_time
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

# Items ranked by a model: more than are answered before the next one.
RANKED = 300
# Ranked items as similar as this (cosine) to a labelled one are near-duplicates.
ALIKE = 0.99


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
        pool=np.union1d(open_places, np.fromiter(labels, np.int64, len(labels))),
    )
    if labels:
        session.tell(list(labels), [coded.index(one) for one in labels.values()])
    places, note = np.empty(0, dtype=np.int64), ""
    if len(session.unlabeled):
        places, _, note = ask_at_any_time(session, min(RANKED, len(session.unlabeled)))
    probs_N_C = None
    if len(seen) >= 2:
        try:
            session.fit()
            found_N_C = to_numpy(session.learner.predict_probs(session.x))[:, [coded.index(one) for one in seen]]
            probs_N_C = found_N_C.astype(np.float32)
        except TooFewLabelsError:
            pass
    alike = near_duplicates(x, places, np.fromiter(labels, np.int64, len(labels)))
    return ModelRound(number, len(labels), seen, probs_N_C, places, alike, note, time.perf_counter() - started)


def near_duplicates(x: Any, places: NDArray[np.int64], labelled: NDArray[np.int64]) -> frozenset[int]:
    """Which items are nearly the same as a labelled one: a cosine of 0.99 or more around the mean of both.

    Args:
        x: features of all items, numbers (N, D) or a CSR matrix; others have no near-duplicates.
        places: items to look at.
        labelled: the labelled items.
    """
    if not len(places) or not len(labelled):
        return frozenset()
    if sp.issparse(x):
        ours, theirs = (_unit_rows(x[rows].toarray()) for rows in (places, labelled))
    elif isinstance(x, np.ndarray) and x.dtype.kind in "biuf":
        both = x[np.concatenate([places, labelled])].reshape(len(places) + len(labelled), -1).astype(np.float64)
        both -= both.mean(axis=0)
        ours, theirs = _unit_rows(both[: len(places)]), _unit_rows(both[len(places) :])
    else:
        return frozenset()
    closest_P = (ours @ theirs.T).max(axis=1)
    return frozenset(places[closest_P >= ALIKE].tolist())


def _unit_rows(x_M_D: NDArray[np.floating]) -> NDArray[np.floating]:
    lengths_M = np.linalg.norm(x_M_D, axis=1, keepdims=True)
    return x_M_D / np.where(lengths_M > 0, lengths_M, 1)
