"""One model of a labelling project: trained on the labels so far, it predicts every item and ranks the open ones."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from alcore.learners.base import TooFewLabelsError
from alcore.learners.estimators import estimator_of
from alcore.loops.session import Session
from alcore.loops.start_queries import ask_at_any_time
from alcore.pools.strategies import STRATEGIES
from alcore.projects.model.large import is_large, predicted, ranked
from alcore.projects.model.neighbourhood import ALIKE, Neighbourhood
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

# Items ranked by a model: more than are answered before the next one.
RANKED = 300
# Without labels a diverse set is sought among a random sample of so many items, and only so many are ranked.
FIRST_SAMPLE, FIRST_RANKED = 10_000, 60
# Items of a large project among which a strategy chooses that large pools have not.
LARGE_SAMPLE = 10_000


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
        weights_C_D: of a linear model of word weights, one row a class; None of other models.
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
    weights_C_D: NDArray[np.float32] | None = None

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
    settings = _Settings(estimator, strategy, seed, number)
    if is_large(x):
        found = _of_many(x, labels, seen, open_places, settings)
    else:
        found = _of_few(x, labels, seen, open_places, settings)
    places = found.places
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
            found.probs_N_C,
            places,
            held_back,
            found.note,
            seconds,
            nearest,
            alike,
            len(open_places),
            found.strategy,
            found.weights_C_D,
        )
    )


@dataclass(frozen=True)
class _Settings:
    estimator: Any
    strategy: str
    seed: int
    number: int


@dataclass(frozen=True, eq=False)
class _Found:
    """Ranked places, by which strategy, a sentence on how, and what the model says."""

    places: NDArray[np.int64]
    strategy: str
    note: str
    probs_N_C: NDArray[np.float32] | None = None
    weights_C_D: NDArray[np.float32] | None = None


def _of_few(
    x: Any, labels: Mapping[int, str], seen: Sequence[str], open_places: NDArray[np.int64], given: _Settings
) -> _Found:
    """Rank and predict with all items at once."""
    offered, most = open_places, RANKED
    if not labels:
        most = FIRST_RANKED
        offered = _sample(open_places, FIRST_SAMPLE, given)
    session = _session(x, labels, seen, offered, given)
    coded = sorted(seen)
    places, note, by = np.empty(0, dtype=np.int64), "", session.strategy
    if len(session.unlabeled):
        places, by, note = ask_at_any_time(session, min(most, len(session.unlabeled)))
    probs_N_C = weights_C_D = None
    if len(seen) >= 2:
        try:
            session.fit()
            columns = [coded.index(one) for one in seen]
            found_N_C = to_numpy(session.learner.predict_probs(session.x))[:, columns]
            probs_N_C = found_N_C.astype(np.float32)
            if sp.issparse(x):
                weights_C_D = _linear_weights(session.learner, columns)
        except TooFewLabelsError:
            pass
    return _Found(places, by.label, note, probs_N_C, weights_C_D)


def _of_many(
    x: NDArray[np.floating],
    labels: Mapping[int, str],
    seen: Sequence[str],
    open_places: NDArray[np.int64],
    given: _Settings,
) -> _Found:
    """Rank items as a large pool, or by a strategy that those have not among a random sample; predict in blocks."""
    fitted, probs_N_C = None, None
    if len(seen) >= 2:
        rows = np.fromiter(labels, np.int64, len(labels))
        fitted = clone(given.estimator).fit(np.asarray(x[rows], dtype=np.float32), np.array(list(labels.values())))
        found_N_C = predicted(fitted, x)
        probs_N_C = found_N_C[:, [list(fitted.classes_).index(one) for one in seen]]
    k = min(RANKED if labels else FIRST_RANKED, len(open_places))
    if not k:
        return _Found(open_places, "", "", probs_N_C)
    stream = int(rng_for(given.seed, "pool", given.number).integers(2**31))
    if fitted is None or given.strategy in STRATEGIES:
        places, by, note = ranked(x, labels, open_places, k, given.strategy, estimator=fitted, seed=stream)
        return _Found(places, by, note, probs_N_C)
    sample = _sample(open_places, LARGE_SAMPLE, given)
    session = _session(x, labels, seen, sample, given)
    places, chosen, note = ask_at_any_time(session, min(k, len(session.unlabeled)))
    words = f"Chosen from {len(sample):,} of {len(open_places):,} items, drawn at random."
    return _Found(places, chosen.label, f"{note} {words}".strip(), probs_N_C)


def _sample(open_places: NDArray[np.int64], most: int, given: _Settings) -> NDArray[np.int64]:
    if len(open_places) <= most:
        return open_places
    return np.sort(rng_for(given.seed, "first", given.number).choice(open_places, most, replace=False))


def _session(
    x: Any, labels: Mapping[int, str], seen: Sequence[str], offered: NDArray[np.int64], given: _Settings
) -> Session:
    """A session of the labels so far and the items on offer."""
    coded, classes = sorted(seen), max(2, len(seen))
    session = Session(
        x,
        estimator_of(given.estimator, seed=given.seed).learner(coded, classes),
        given.strategy,
        seed=int(rng_for(given.seed, "model", given.number).integers(2**31)),
        classes=classes,
        pool=np.union1d(offered, np.fromiter(labels, np.int64, len(labels))),
    )
    if labels:
        session.tell(list(labels), [coded.index(one) for one in labels.values()])
    return session


def _linear_weights(learner: Any, columns: Sequence[int]) -> NDArray[np.float32] | None:
    """Weights of a fitted linear classifier, one row a class; those of two classes are opposite."""
    weights = getattr(getattr(getattr(learner, "inner", learner), "fitted", None), "coef_", None)
    if weights is None:
        return None
    rows = np.concatenate([-weights, weights]) if len(weights) == 1 else weights
    return rows[list(columns)].astype(np.float32)
