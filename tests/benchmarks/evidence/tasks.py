"""The tasks of the protocol, and how many labels a race of each has."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from alcore.datasets.catalogue import DATASETS, load_dataset
from alcore.datasets.dataset import Dataset
from alcore.learners.registry import make_learner
from alcore.loops.races.fast_paths import lockstep_races, serves_lockstep
from alcore.loops.races.full_label_accuracy import full_label_accuracy
from alcore.loops.races.paired_loop import paired_loops
from alcore.loops.races.settings import RaceSettings
from alcore.rng import rng_for
from alcore.strategies.arrays import to_numpy

BUDGETS = Path(__file__).with_name("budgets.json")
TRAPS = (
    *("far_cluster", "honeypot", "diverging_sine"),
    *("outliers", "near_duplicates", "label_noise", "rare_class"),
)
# In the order in which they are raced: what takes longer comes later.
TABLES = (
    *("iris", "wine", "breast_cancer", "classification"),
    *(
        f"keel_{name}"
        for name in (
            *("australian", "heart", "pima", "saheart", "mammographic", "bupa", "bands", "housevotes", "wisconsin"),
            *("monk_2", "tae", "hayes_roth", "ionosphere", "sonar", "breast", "crx", "tic_tac_toe", "titanic"),
            *("contraceptive", "german", "vehicle", "led7digit", "segment", "vowel"),
        )
    ),
)
LARGE = tuple(
    f"keel_{name}"
    for name in (
        *("phoneme", "banana", "twonorm", "ring", "magic", "spambase", "chess", "mushroom"),
        *("satimage", "penbased"),
    )
)
# Labels of each class in the seed set; steps, least and most labels beyond it, of the protocol.
PER_CLASS, STEP, LEAST, MOST = 2, 20, 40, 160
# Images for a network: no pilot, which would take hours.
GIVEN = {"mnist": (60_000, 0.904, MOST)}
# Of the accuracy with all labels.
SHARE = 0.95
PILOT_SEEDS, PILOT_BATCH = range(1000, 1020), 5


@dataclass(frozen=True)
class Budget:
    """What the pilot found of a task.

    Attributes:
        dataset: its key.
        pool: points of the pool.
        rarest: share of the rarest class in the pool, divided by an even share.
        full: accuracy of the model on all labels, mean over the pilot's seeds; None without a pilot.
        needed: labels beyond the seed set at which random's mean has 95 % of it; None within the pilot: not found.
        queries: labels beyond the seed set of every race on it.
        capped: whether that is fewer than needed.
    """

    dataset: str
    pool: int
    rarest: float
    full: float | None
    needed: int | None
    queries: int
    capped: bool


def pilot(dataset: str, home: Path) -> Budget:
    """The budget of a task, from random alone on seeds that no race has."""
    if dataset in GIVEN:
        pool, rarest, queries = GIVEN[dataset]
        return Budget(dataset, pool, rarest, None, None, queries, True)
    data = [load_dataset(dataset, seed=seed, home=home, download=False) for seed in PILOT_SEEDS]
    classes, pool = data[0].classes, len(data[0].y_pool)
    first = PER_CLASS * classes
    most = min(MOST, (pool // 2 - first) // STEP * STEP)
    settings = RaceSettings(first, PILOT_BATCH, min(2 * most, pool - first) // PILOT_BATCH, "balanced")
    dataset_of = dict(zip(PILOT_SEEDS, data, strict=True)).__getitem__
    if serves_lockstep(data[0], "logistic", ["random"]):
        races = lockstep_races(dataset_of, ["random"], seeds=PILOT_SEEDS, settings=settings)
        full = float(np.mean(full_label_accuracy(data, seeds=PILOT_SEEDS)))
    else:
        races = paired_loops(dataset_of, "logistic", ["random"], seeds=PILOT_SEEDS, settings=settings)
        full = float(np.mean([_with_all_labels(one, seed) for one, seed in zip(data, PILOT_SEEDS, strict=True)]))
    reached = np.flatnonzero(races.accuracy_S_R_T[:, 0].mean(axis=0) >= SHARE * full)
    needed = int(reached[0]) * PILOT_BATCH if len(reached) else None
    wanted = most if needed is None else max(LEAST, -(-needed // STEP) * STEP)
    counts = np.bincount(data[0].y_pool, minlength=classes)
    return Budget(
        dataset,
        pool,
        round(float(counts.min() * classes / counts.sum()), 3),
        round(full, 4),
        needed,
        min(wanted, most),
        needed is None or needed > most,
    )


def _with_all_labels(data: Dataset, seed: int) -> float:
    """Test accuracy of logistic regression on the whole pool, of any data that it takes."""
    model = make_learner("logistic", classes=data.classes, seed=seed)
    model.fit(model.prepare(data.x_pool), data.y_pool, rng=rng_for(seed, "train", "all labels"))
    return float(np.mean(to_numpy(model.predict_probs(model.prepare(data.x_test))).argmax(axis=1) == data.y_test))


def write_budgets(datasets: Iterable[str], home: Path) -> None:
    """Pilot the tasks that have no budget yet, and keep the file."""
    known = budgets()
    for dataset in datasets:
        if dataset not in known and DATASETS[dataset].problem(home) is None:
            known[dataset] = pilot(dataset, home)
            rows = ",\n".join(json.dumps(asdict(one)) for one in known.values())
            BUDGETS.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def budgets() -> dict[str, Budget]:
    """The budgets of the pilot, by data set."""
    if not BUDGETS.exists():
        return {}
    return {row["dataset"]: Budget(**row) for row in json.loads(BUDGETS.read_text(encoding="utf-8"))}
