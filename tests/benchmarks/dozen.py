"""A dozen labels with the pool in use: accuracy over paired starts; the protocol is in `dozen.md` beside this file.

`ALCORE_DOZEN` names the cells to run, such as "digits; mnist"; if it is not set, all that are not finished yet.
"""

import json
import os
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.catalogue import load_dataset, problem
from alcore.datasets.dataset import Dataset
from alcore.home import alcore_home
from alcore.learners.base import no_tick
from alcore.learners.graph.learner import NEIGHBOURS, GraphLearner, GraphPoints, PoolGraph
from alcore.learners.graph.spaces import SPACES, Near
from alcore.learners.options import Metric
from alcore.loops.session import Session
from alcore.rng import rng_for
from tests.benchmarks.kept import kept
from tests.benchmarks.measure import RESULTS, Result, hardware, write

# Accuracies do not depend on what else the machine does.
ANY_LOAD = True
STARTS = 20
# Ten questions at once, then one at a time up to 20, then the rest at once.
FIRST, ONE_BY_ONE, LAST = 10, 20, 40
REPORTED = (10, 11, 12, 15, 20, 40)
# Numbers of random labels.
RANDOM = (12, 20, 40)
# Neighbours of an image that are kept, of which 10 are in a start's pool.
WIDE = 40
# Training images of MNIST and its like that are in reported pools; the others are for development.
REPORTABLE = 54_000
SHARE = 0.9
IMBALANCE = 10


class Cell(NamedTuple):
    """A setting: the data, the pool, and the metric.

    Attributes:
        name: of the setting.
        dataset: a key of the data sets.
        pool: images in the pool; None for nine tenths, 0 for all there are.
        metric: of the graph.
        plain: whether images are rows of pixels, which are not deskewed.
        imbalanced: whether classes are thinned out.
        starts: how many.
        balanced: whether the mean of the classes' recalls stands in place of the accuracy.
    """

    name: str
    dataset: str
    pool: int | None = None
    metric: Metric = "distortion"
    plain: bool = False
    imbalanced: bool = False
    starts: int = STARTS
    balanced: bool = False


# scikit-learn's three, and all of KEEL's with 6 to 15 classes.
MANY = (
    *("vowel", "segment", "satimage", "penbased", "optdigits", "texture"),
    *("movement_libras", "led7digit", "marketing"),
)
TABLES = ("iris", "wine", "breast_cancer", *(f"keel_{name}" for name in MANY))
CELLS = (
    Cell("mnist", "mnist"),
    Cell("digits", "digits"),
    Cell("digits, euclid", "digits", metric="euclid"),
    Cell("digits, plain pixels", "digits", metric="euclid", plain=True),
    *(Cell(name, name, metric="euclid") for name in TABLES),
    Cell("sms messages, embedded: balanced accuracy", "spam_embedded", metric="euclid", balanced=True),
    Cell("mnist, pool of 2,000", "mnist", 2000),
    Cell("mnist, pool of 10,000", "mnist", 10_000),
    Cell("mnist, imbalanced", "mnist", 10_000, imbalanced=True),
    Cell("mnist, plain pixels", "mnist", metric="euclid", plain=True),
    Cell("mnist, euclid", "mnist", metric="euclid"),
    Cell("mnist, all 60,000", "mnist", 0, starts=1),
    Cell("fashion-mnist", "fashion-mnist"),
    Cell("kmnist", "kmnist"),
)


def run() -> list[Result]:
    """All starts of the wanted cells; the results file is written after each, and keeps the other cells."""
    home = alcore_home()
    path = RESULTS / "dozen.json"
    found: dict[str, Result] = {row["work"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    named = os.environ.get("ALCORE_DOZEN")

    def rows() -> list[Result]:
        return [found[cell.name] for cell in CELLS if cell.name in found]

    for cell in CELLS:
        if cell.name not in named.split("; ") if named else found.get(cell.name, {}).get("starts") == cell.starts:
            continue
        if problem(cell.dataset, home):
            print(f"{cell.name}: not run, {problem(cell.dataset, home)}")
            found[cell.name] = {"work": cell.name, "starts": 0, "note": "not run: the files are not there"}
            continue
        data = load_dataset(cell.dataset, seed=0, home=home, download=False)
        starts: list[dict[str, Any]] = []
        for start in range(cell.starts):
            key = {**cell._asdict(), "start": start, "protocol": 1}
            del key["starts"], key["name"], key["balanced"]
            starts.append(kept("dozen", key, partial(one_start, data, cell, start)))
            found[cell.name] = summary(cell, starts)
            write("dozen", rows())
        print(f"{cell.name}: {found[cell.name]['communities']}", flush=True)
    return rows()


class Larger:
    """The 40 nearest of all images that pools are drawn from, and of the test images among these.

    Whether two images are neighbours does not depend on the pool that they are in. So distances are computed once for
    all starts: the neighbours of an image in a pool are the first of its 40 that are in that pool.
    """

    def __init__(self, data: Dataset, cell: Cell) -> None:
        """Find them, or read them from before."""
        x, x_test = (_plain(part) if cell.plain else part for part in (data.x_pool[:REPORTABLE], data.x_test))
        path = alcore_home() / "benchmarks" / f"dozen-{cell.dataset}-{cell.metric}{'-plain' * cell.plain}.npz"
        self.x, self.space = x, SPACES[cell.metric].__new__(SPACES[cell.metric])
        if not path.exists():
            space = SPACES[cell.metric](x, no_tick)
            near = space.of_pool(WIDE, no_tick)
            features, tests = space.of_others(x_test, WIDE, no_tick)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, *near, space.features_P_D, *tests, features)
        with np.load(path) as held:
            rows, squared, self.features, test_rows, test_squared, self.test_features = held.values()
        self.near, self.tests = (rows, squared), (test_rows, test_squared)


class PoolOfLarger(PoolGraph):
    """The graph of a part of the images, from the neighbours among all."""

    def __init__(self, larger: Larger, rows: NDArray[np.int64]) -> None:
        """Keep neighbours that are in the part."""
        place = np.full(len(larger.x), -1)
        place[rows] = np.arange(len(rows))
        near = _within(larger.near[0][rows], larger.near[1][rows], place)
        self.join(larger.x[rows], larger.space, larger.features[rows], near)
        self.tests = self.tied(larger.test_features, _within(*larger.tests, place))

    def prepare(self, x: NDArray, tick: object) -> GraphPoints:
        """The pool, or the test images."""
        return self.pool if len(x) == len(self.x_pool) else self.tests


def _within(rows_N_K: NDArray[np.int64], squared_N_K: NDArray[np.float64], place: NDArray[np.int64]) -> Near:
    found = place[rows_N_K]
    order = np.argsort(found < 0, axis=1, kind="stable")[:, :NEIGHBOURS]
    rows = np.take_along_axis(found, order, axis=1)
    if (rows < 0).any():
        raise SystemExit("An image has fewer than 10 of its 40 neighbours in the pool: keep more than 40.")
    return rows, np.take_along_axis(squared_N_K, order, axis=1)


def _plain(x: NDArray) -> NDArray[np.float32]:
    return x.reshape(len(x), -1).astype(np.float32) / np.float32(255)


@lru_cache(maxsize=1)
def larger_of(name: str, cell: Cell) -> Larger:
    """Of a data set, kept in memory for the starts of a cell."""
    return Larger(load_dataset(name, seed=0, home=alcore_home(), download=False), cell)


def one_start(data: Dataset, cell: Cell, start: int) -> dict[str, Any]:
    """Accuracies by number of labels, of chosen and of random labels."""
    rows = pool_of(data.y_pool, cell, start)
    y_pool = data.y_pool[rows]
    learner = GraphLearner(data.classes, metric=cell.metric, fill=True)
    x_pool, x_test = (_plain(part) if cell.plain else part for part in (data.x_pool[rows], data.x_test))
    if cell.pool is None and len(data.y_pool) > REPORTABLE:
        learner.graph = PoolOfLarger(larger_of(cell.dataset, cell), rows)
    session = Session(x_pool, learner, "communities", seed=start, classes=data.classes)
    placed = learner.prepare(x_test)

    def accuracy() -> float:
        right = learner.predict_probs(placed).argmax(axis=1) == data.y_test
        if cell.balanced:
            return float(np.mean([right[data.y_test == label].mean() for label in range(data.classes)]))
        return float(right.mean())

    found: dict[str, float] = {}
    asked = session.ask(FIRST)
    session.tell(asked, y_pool[asked])
    while True:
        session.fit()
        labels = len(session.order)
        found[str(labels)] = accuracy()
        if labels == LAST:
            break
        asked = session.ask(1 if labels < ONE_BY_ONE else LAST - labels)
        session.tell(asked, y_pool[asked])
    drawn = rng_for(start, "random labels").permutation(len(y_pool))[:LAST]
    randoms: dict[str, dict[str, float]] = {"spread": {}, "filled": {}}
    for way, some in randoms.items():
        learner.fill = way == "filled"
        for labels in RANDOM:
            learner.fit(session.x[drawn[:labels]], y_pool[drawn[:labels]], rng=rng_for(start, "fit"))
            some[str(labels)] = accuracy()
    print(f"{cell.name}, start {start}: {[round(found[str(k)], 4) for k in REPORTED]}", flush=True)
    return {
        "pool": len(rows),
        "communities": found,
        "random": randoms["spread"],
        "random_filled": randoms["filled"],
        "questions": rows[session.order[:ONE_BY_ONE]].tolist(),
        "answers": y_pool[session.order[:ONE_BY_ONE]].tolist(),
    }


def pool_of(y: NDArray[np.int64], cell: Cell, start: int) -> NDArray[np.int64]:
    """The images of a start's pool, ascending."""
    rng = rng_for(start, "dozen")
    if cell.pool == 0:
        return np.arange(len(y))
    reportable = min(REPORTABLE, len(y))
    order = rng.permutation(reportable)
    if cell.imbalanced:
        rank_C = rng.permutation(int(y.max()) + 1)
        keep_C = IMBALANCE ** (-rank_C / (len(rank_C) - 1))
        order = order[rng.random(reportable) < keep_C[y[order]]]
    return np.sort(order[: int(SHARE * reportable) if cell.pool is None else cell.pool])


def summary(cell: Cell, starts: list[dict[str, Any]]) -> Result:
    """Means and worst starts, and every start."""

    def of(way: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for labels in starts[0][way]:
            values = [start[way][labels] for start in starts]
            yield (
                labels,
                {
                    "mean": round(float(np.mean(values)), 4),
                    "worst": round(min(values), 4),
                    "starts": [round(value, 4) for value in values],
                },
            )

    return {
        "work": cell.name,
        "starts": len(starts),
        "planned": cell.starts,
        "pool": starts[0]["pool"],
        **{way: dict(of(way)) for way in ("communities", "random", "random_filled")},
        "answers": [start["answers"] for start in starts],
        "hardware": hardware(),
    }
