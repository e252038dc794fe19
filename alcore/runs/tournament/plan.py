"""The plan of a tournament: strategies by data sets by learners by paired seeds, and its cells."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from alcore.baseline import BASELINE
from alcore.datasets.catalogue import DATASETS
from alcore.did_you_mean import no_such
from alcore.learners.registry import LEARNERS
from alcore.runs.config import ConfigError, RunConfig, config_from
from alcore.strategies.catalogue import STRATEGIES

# Data sets that a linear model can learn and that need no download.
READY_DATASETS = (
    *("digits", "iris", "wine", "breast_cancer", "classification"),
    *("blobs", "moons", "imbalanced", "far_cluster"),
)
# Strategies of the ready-made tournament: a fixed record, which does not grow with the catalogue. Not included:
# expected error reduction, which refits for every candidate and class; EPIG, which takes a minute per race on digits;
# `qbc_kl`, whose mean divergence equals BALD; and `mean_std`, `variation_ratios` and `power_bald`, whose scores are
# close to those of included strategies.
READY_STRATEGIES = (
    *("random", "least_confidence", "margin", "entropy", "galaxy", "qbc_vote_entropy", "egl", "bait", "bald"),
    *("batchbald", "power_entropy", "badge", "k_center", "typiclust", "communities", "probcover", "max_herding"),
    *("hybrid", "hybrid_product", "uherding", "cluster_margin", "dropquery", "tcm", "ranked_batch", "density"),
)
READY_LEARNERS = ("logistic",)
# Largest number of races in a tournament, and the largest number listed without delay.
MOST_CELLS, SILENT = 100_000, 5_000
# Settings that distinguish cells, and their options on the command line.
_OPTIONS = {
    "strategy": "--strategies",
    "dataset": "--datasets",
    "learner": "--learners",
    "seed": "--seeds",
    "rounds": "--rounds",
}
# Seed labels and labels per round, for each class of the data set.
FIRST_PER_CLASS, LABELS_PER_CLASS = 2, 1


@dataclass(frozen=True)
class TournamentPlan:
    """All settings of a tournament.

    Attributes:
        strategies: keys of the catalogue; random is always included.
        datasets: keys of `DATASETS`.
        learners: keys of `LEARNERS`.
        seeds: number of paired seeds, from 0.
        rounds: queries of each race; a race starts with two labels per class, and queries one label per class.
        settings: any other field of `RunConfig`, equal in all cells.
    """

    strategies: tuple[str, ...] = READY_STRATEGIES
    datasets: tuple[str, ...] = READY_DATASETS
    learners: tuple[str, ...] = READY_LEARNERS
    seeds: int = 20
    rounds: int = 15
    settings: tuple[tuple[str, Any], ...] = ()

    @property
    def tasks(self) -> tuple[tuple[str, str], ...]:
        """Pairs of data set and learner."""
        return tuple((dataset, learner) for dataset in self.datasets for learner in self.learners)

    @property
    def plan_id(self) -> str:
        """The id of the plan: the first 12 hex digits of the SHA-256 of its content."""
        return hashlib.sha256(json.dumps(self.record(), sort_keys=True).encode()).hexdigest()[:12]

    def record(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "strategies": list(self.strategies),
            "datasets": list(self.datasets),
            "learners": list(self.learners),
            "seeds": self.seeds,
            "rounds": self.rounds,
            "settings": dict(self.settings),
        }

    def cell(self, strategy: str, dataset: str, learner: str, seed: int) -> RunConfig:
        """The config of one cell.

        Raises:
            ConfigError: if a setting is invalid, or the learner does not support the data set.
        """
        classes = DATASETS[dataset].classes
        return config_from(
            {
                "dataset": dataset,
                "learner": learner,
                "strategy": strategy,
                "seed": seed,
                "seed_set": "balanced",
                "seed_labels": FIRST_PER_CLASS * classes,
                "labels_per_round": LABELS_PER_CLASS * classes,
                "rounds": self.rounds,
                "device": "cpu",
            }
            | dict(self.settings)
        )

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.strategies) * len(self.tasks) * self.seeds

    @lru_cache(maxsize=8)  # noqa: B019 - plans are small, and equal ones share their cells
    def cells(self) -> Mapping[str, RunConfig]:
        """Every cell by its id, seed by seed: an interrupted tournament has complete seeds to compare.

        Raises:
            ConfigError: as `cell`.
        """
        # A seed is an integer in range: the first cell of a race is valid for all its seeds.
        firsts = [self.cell(strategy, *task, 0) for task in self.tasks for strategy in self.strategies]
        cells = (first.model_copy(update={"seed": seed}) for seed in range(self.seeds) for first in firsts)
        return {config.run_id: config for config in cells}


def plan_of(
    strategies: Sequence[str] = (),
    datasets: Sequence[str] = (),
    learners: Sequence[str] = (),
    *,
    seeds: int = 20,
    rounds: int = 15,
    settings: Mapping[str, Any] | None = None,
) -> TournamentPlan:
    """A plan whose cells are all valid; empty arguments take the values of the ready-made tournament.

    Raises:
        ConfigError: for an unknown name, fewer than one seed, or an invalid cell.
    """
    problems: dict[str, str] = {}
    for what, given, known in (
        ("strategy", strategies, STRATEGIES),
        ("data set", datasets, DATASETS),
        ("learner", learners, LEARNERS),
    ):
        for name in given:
            if name not in known:
                problems[what] = no_such(what, name, known)
    if seeds < 1:
        problems["seeds"] = f"A tournament needs at least 1 seed, got {seeds}."
    if fixed := sorted(set(settings or {}) & set(_OPTIONS)):
        problems["settings"] = f"A tournament varies {fixed[0]} itself: use {_OPTIONS[fixed[0]]} instead."
    if problems:
        raise ConfigError(problems)
    chosen = tuple(dict.fromkeys((BASELINE, *strategies))) if strategies else READY_STRATEGIES
    plan = TournamentPlan(
        chosen,
        tuple(dict.fromkeys(datasets)) or READY_DATASETS,
        tuple(dict.fromkeys(learners)) or READY_LEARNERS,
        seeds,
        rounds,
        tuple(sorted((settings or {}).items())),
    )
    if plan.size > MOST_CELLS:
        races = plan.size // seeds
        raise ConfigError(
            {
                "seeds": f"seeds was {seeds:,}, which with {races:,} races a seed makes {plan.size:,} races; "
                f"a tournament has at most {MOST_CELLS:,}. Use up to {max(1, MOST_CELLS // races):,} seeds."
            }
        )
    for dataset, learner in plan.tasks:
        plan.cell(BASELINE, dataset, learner, 0)
    return plan
