"""How often the accuracy's interval covers the accuracy on fresh items, over simulated labelling projects.

Each project has its own data, is labelled by margin with every fifth answer an audit, and trains a model at each look.
The truth is the model's accuracy on fresh items of the same generator.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from alcore.datasets.planar.generate import planar
from alcore.projects.answers import ItemState
from alcore.projects.audit import wilson
from alcore.projects.items import Items
from alcore.projects.model.training import train_round
from alcore.projects.project import ranking_of
from alcore.projects.queue import Mix, next_items
from alcore.projects.status import LOOK, accuracy_of, audited_places, untouched_reserve
from alcore.rng import rng_for
from tests.benchmarks.kept import kept
from tests.benchmarks.measure import Result, hardware

ANY_LOAD = True
PROJECTS, ITEMS, FRESH, LOOKS = 2000, 1500, 8000, 5
OVERCONFIDENT = 0.2  # temperature that probabilities are sharpened with


class Sharpened(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities are sharpened, so that it is more confident than it is right."""

    def __init__(self, inner: Any, temperature: float = 1.0) -> None:
        self.inner = inner
        self.temperature = temperature

    def fit(self, X: Any, y: Any) -> "Sharpened":
        """Fit the inner classifier."""
        self.inner.fit(X, y)
        self.classes_ = self.inner.classes_
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Its probabilities to the power of one over the temperature."""
        powers = np.maximum(self.inner.predict_proba(X), 1e-12) ** (1 / self.temperature)
        return powers / powers.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """The inner prediction."""
        return self.inner.predict(X)


LEARNERS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression(max_iter=2000),
    "forest": lambda: RandomForestClassifier(30, min_samples_leaf=2, random_state=0),
    "naive Bayes": GaussianNB,
}
DATA = ("blobs", "moons", "mixture")
CONFIDENCES = {"calibrated": 1.0, "over-confident": OVERCONFIDENT}


def data_of(name: str, count: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Items of a generator and their classes."""
    if name == "mixture":  # four classes of two clusters each in six dimensions, fixed
        centres = rng_for(0, "mixture").normal(scale=1.6, size=(8, 6))
        cluster = rng.integers(8, size=count)
        x = centres[cluster] + rng.normal(size=(count, 6))
        y = cluster % 4
    else:
        found = planar(name, points=count, overlap=0.4, rng=rng)
        x = np.concatenate([found.x_pool, found.x_test])[:count]
        y = np.concatenate([found.y_pool, found.y_test])[:count].astype(np.int64)
    return np.asarray(x, dtype=np.float32), y


def project_of(data: str, learner: str, temperature: float, seed: int) -> list[list[float]]:
    """(truth, estimate, low, high, width of Wilson's plain interval) at each look."""
    rng = rng_for(seed, "honest", data, learner)
    x, y = data_of(data, ITEMS + FRESH, rng)
    order = rng.permutation(len(x))
    x, y = x[order], y[order]
    names = [f"c{number}" for number in range(y.max() + 1)]
    items = Items([str(place) for place in range(ITEMS)], rng.permutation(ITEMS))
    states: dict[str, ItemState] = {}
    found: list[list[float]] = []
    model = None
    while len(found) < LOOKS:
        handed = next_items(
            5 * LOOK, "", items, states, ranking=ranking_of(model), mix=Mix(seed=seed), answered=len(states)
        )
        for one in handed:
            label = names[y[items.place_of[one.item]]]
            states[one.item] = ItemState(labels={"": label}, purpose=one.purpose)
        training = {
            items.place_of[item]: state.label
            for item, state in states.items()
            if state.purpose != "audit" and state.label is not None
        }
        assert not items.reserve_N[list(training)].any()
        open_N = ~items.reserve_N
        open_N[list(training)] = False
        model = train_round(
            x,
            training,
            names,
            estimator=Sharpened(LEARNERS[learner](), temperature),
            strategy="margin",
            open_places=np.flatnonzero(open_N),
            seed=seed,
            number=len(found),
        )
        audits = audited_places(items, states)
        reserve_N = np.concatenate([untouched_reserve(items, states), np.zeros(len(x) - ITEMS, dtype=bool)])
        estimate, looked_at = accuracy_of(model, audits, reserve_N)
        assert estimate is not None and looked_at == LOOK * (len(found) + 1)
        named = np.array(model.named_N)
        truth = float((named[ITEMS:] == np.array(names)[y[ITEMS:]]).mean())
        plain = float(np.mean([named[place] == label for place, label in audits]))
        low, high = wilson(plain, len(audits))
        found.append([truth, estimate.value, estimate.low, estimate.high, high - low])
    return found


def _projects(data: str, learner: str, temperature: float, seeds: range) -> list[list[list[float]]]:
    return [project_of(data, learner, temperature, seed) for seed in seeds]


def run() -> list[Result]:
    """Simulate, a few projects of each setting in turn; it goes on where it was stopped."""
    settings = list(product(DATA, LEARNERS, CONFIDENCES))
    found: list[tuple[tuple[str, str, str], list[list[float]]]] = []
    chunk = 10
    for first in range(0, -(-PROJECTS // len(settings)), chunk):
        for data, learner, confidence in settings:
            seeds = range(first, first + chunk)
            key = {"data": data, "learner": learner, "confidence": confidence, "seeds": [first, first + chunk]}
            rows = kept(
                "honest_interval",
                key,
                partial(_projects, data, learner, CONFIDENCES[confidence], seeds),
            )
            found += [((data, learner, confidence), one) for one in rows]
        print(f"{len(found):,} projects", flush=True)
    return [_row("all", found[:PROJECTS])] + [
        _row(" / ".join(setting), [one for one in found[:PROJECTS] if one[0] == setting]) for setting in settings
    ]


def _row(work: str, found: list[tuple[tuple[str, str, str], list[list[float]]]]) -> Result:
    looks_P_T_5 = np.array([rows for _, rows in found])
    truth, value, low, high, plain = np.moveaxis(looks_P_T_5, 2, 0)
    return {
        "work": f"{len(found):,} simulated projects of {ITEMS:,} items: {work}",
        "audit_labels": [LOOK * look for look in range(1, LOOKS + 1)],
        "coverage": ((low <= truth) & (truth <= high)).mean(axis=0).round(4).tolist(),
        "mean_width": (high - low).mean(axis=0).round(4).tolist(),
        "width_to_plain_wilson": ((high - low).mean(axis=0) / plain.mean(axis=0)).round(4).tolist(),
        "mean_accuracy": truth.mean(axis=0).round(4).tolist(),
        "mean_error_of_estimate": (value - truth).mean(axis=0).round(4).tolist(),
        "hardware": hardware(),
    }
