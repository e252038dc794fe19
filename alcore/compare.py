"""Whether a strategy is worth it on one's own data: paired races against random."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from math import isinf
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alcore.datasets.arrays import Test, from_arrays
from alcore.datasets.dataset import Dataset
from alcore.learners.base import TooFewLabelsError
from alcore.learners.labels import whole_number
from alcore.loops.get_strategy import AnyStrategy, get_strategy
from alcore.loops.races.fast_paths import lockstep_learner, lockstep_races, serves_lockstep
from alcore.loops.races.lockstep import StrategySchedule, names_of
from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.paired_loop import DatasetOfSeed, paired_loops
from alcore.loops.races.settings import RaceSettings
from alcore.loops.seed_set import SeedSet
from alcore.loops.steps import OnStep
from alcore.notebook import as_html, as_text
from alcore.report.curves import area_under, curve_frame
from alcore.report.export.curves import export, file_format, write_file
from alcore.report.intervals import Interval
from alcore.report.phrases import decimals, format_signed, lowercase_first
from alcore.report.statistics.comparison import BASELINE, Comparison, compare_races
from alcore.report.statistics.labels_to_target import absolute
from alcore.report.text.claims import claims
from alcore.short import short
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.strategy import Strategy

__all__ = ["RaceComparison", "compare"]

logger = logging.getLogger(__name__)

Plan = AnyStrategy | StrategySchedule

_VERDICTS = {
    "better": "beats random",
    "worse": "worse than random",
    "undecided": "no significant difference yet",
}


@dataclass(frozen=True, eq=False, repr=False)
class RaceComparison:
    """The curves of paired races and what they show.

    Attributes:
        frame: one row a round, with the columns strategy (key), seed, round, labels and accuracy (share of the test
            set in [0, 1]).
        comparison: the statistics, see `alcore.report.statistics.comparison`.
        setup: everything that was set, as JSON can say it.
        names: words for the keys of strategies.
    """

    frame: pd.DataFrame
    comparison: Comparison
    setup: Mapping[str, Any]
    names: Mapping[str, str]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """One claim a strategy against random, in the order raced."""
        return claims(self.comparison)

    @property
    def table(self) -> pd.DataFrame:
        """One row a strategy, by its key.

        Columns: `mean_area`, the mean over seeds of the area under the learning curve divided by its range of labels,
        a mean accuracy in [0, 1]; `gain`, `gain_low` and `gain_high`, its paired difference from random with the
        interval (95 %, Holm's correction with several strategies); `p`, of the paired t test, not corrected;
        `verdict`, which the interval decides; `labels_to_target`, the median over seeds, inf where half of the races
        or more did not reach the target. What does not apply is missing.
        """
        rivals = {rival.strategy: rival for rival in self.comparison.rivals}
        curves = self.frame.assign(run=self._runs()).groupby("run", sort=False)
        areas = pd.DataFrame(
            [(curve["strategy"].iloc[0], area_under(curve)) for _, curve in curves], columns=["strategy", "area"]
        )
        mean_area = areas.groupby("strategy", sort=False)["area"].mean()
        rows = []
        for standing in self.comparison.standings:
            rival, needed = rivals.get(standing.strategy), standing.needed
            rows.append(
                {
                    "strategy": standing.strategy,
                    "mean_area": float(mean_area[standing.strategy]),
                    "gain": np.nan if rival is None else rival.area.estimate,
                    "gain_low": np.nan if rival is None else rival.area.low,
                    "gain_high": np.nan if rival is None else rival.area.high,
                    "p": np.nan if rival is None else rival.p_value,
                    "verdict": "baseline" if rival is None else _VERDICTS[rival.verdict],
                    "labels_to_target": np.nan if needed is None else needed.median,
                }
            )
        return pd.DataFrame(rows).set_index("strategy")

    def save(self, path: str | Path) -> Path:
        """Write the curves to a file: .csv and .json with every number, .html, .png, .svg and .pdf as a figure.

        The figure shows each strategy's mean with its 95 % band over seeds; the JSON holds the set-up too. A file
        that is there is replaced.

        Returns:
            the path.

        Raises:
            ValueError: the file's ending is none of these.
            FileNotFoundError: the path's folder is not there.
            MissingExtraError: a figure is to be drawn, and the extra `paper` is not installed.
        """
        fmt = file_format(path)
        rows = self.frame.assign(run=self._runs(), train_loss=np.nan, seconds=np.nan).to_dict("records")
        content = export(
            curve_frame([{str(key): value for key, value in row.items()} for row in rows]),
            [self.setup],
            fmt,
            title="Learning curves",
            names=self.names,
            bands=True,
            words=". ".join(self.verdicts) + "." if self.verdicts else None,
        )
        return write_file(path, content)

    def __repr__(self) -> str:
        return as_text(self._sentences(), self._shown(), left=["strategy"])

    def _repr_html_(self) -> str:
        return as_html(self._sentences(), self._shown())

    def _sentences(self) -> list[str]:
        """Verdicts, and what the columns of the table are."""
        return [*(f"{claim}." for claim in self.verdicts), *self._notes()]

    def _runs(self) -> pd.Series:
        return self.frame["strategy"].astype(str) + " seed " + self.frame["seed"].astype(str)

    def _shown(self) -> dict[str, list[str]]:
        """The table in words and percent; the sentence above it defines the verdicts."""
        shown = []
        for strategy, row in self.table.iterrows():
            gain = Interval(*(100 * float(row[column]) for column in ("gain", "gain_low", "gain_high")))
            places = decimals(gain, 0)
            baseline = row["verdict"] == "baseline"
            needed = row["labels_to_target"]
            shown.append(
                {
                    "strategy": self.names.get(str(strategy), str(strategy)),
                    "mean accuracy (%)": f"{100 * row['mean_area']:.1f}",
                    "gain (points)": "" if baseline else format_signed(gain.estimate, places),
                    "95 % CI": ""
                    if baseline or isinf(gain.low)
                    else f"{format_signed(gain.low, places)} to {format_signed(gain.high, places)}",
                    "p": "" if baseline else f"{row['p']:.2g}",
                    "labels to target": "" if np.isnan(needed) else "not reached" if isinf(needed) else f"{needed:g}",
                }
            )
        return {column: [row[column] for row in shown] for column in shown[0]}

    def _notes(self) -> list[str]:
        target = self.comparison.target
        seeds = len(self.comparison.seeds)
        notes = [f"Mean accuracy: area under the learning curve over its range of labels, {seeds} paired seeds."]
        return notes + ([] if target is None else [f"Target: {target.words}; labels are the median over seeds."])


def compare(
    X: Any,
    y: Any = None,
    *,
    learner: Any = "logistic",
    strategies: Plan | Sequence[Plan] = ("margin",),
    seeds: int | Sequence[int] = 20,
    test: Test = 0.3,
    initial_labels: int | None = None,
    labels_per_round: int | None = None,
    rounds: int = 20,
    target: float | None = None,
    seed_set: SeedSet = "random",
    n_jobs: int = 1,
    progress: bool = True,
    on_step: OnStep | None = None,
) -> RaceComparison:
    """Race strategies against random on labelled data, over paired seeds.

    All strategies of a seed have the same split, the same first labels and the same first model. Random is always in
    the race and is what the others are compared with. Logistic regression with scikit-learn's defaults on a dense
    table of numbers is solved for all seeds together, to the optimum; anything else is fitted round by round.

    Args:
        X: points, as `from_arrays` takes them: NumPy, pandas, SciPy sparse, texts or images; or, without y, a function
            seed -> `Dataset`, of one size for all seeds, such as a fresh sample: then `test` is of no use.
        y: labels as the user has them: words, whole numbers or booleans.
        learner: a key of `LEARNERS`, a scikit-learn classifier or pipeline, or a TorchLearner; see `pool_learner`.
        strategies: keys of `STRATEGIES`, strategies, functions `score(probs_N_C) -> scores_N`, or a `StrategySchedule`,
            which changes its strategy mid-run; one or several.
        seeds: how many, counted from 0, or the seeds themselves. Fewer than 5 decide nothing.
        test: share of the points that becomes the test set, split anew for each seed; or (X_test, y_test).
        initial_labels: labels before the first query; by default 5, or two a class where that is more.
        labels_per_round: labels of a query; by default as many as leave at most a third of the pool labelled after the
            last round, at least 1.
        rounds: queries.
        target: the accuracy that labels are counted to; by default a height that every strategy reaches.
        seed_set: how the first labels are chosen: `random`, `balanced` or `diverse`.
        n_jobs: processes of what is not solved together; -1 is one a core.
        progress: whether to show a progress bar.
        on_step: called with the share completed, 0 to 1, in place of the bar; what it raises ends the races.

    Returns:
        curves, statistics and verdicts; its `save` writes them to a file.

    Raises:
        ValueError: if the data cannot be split, a strategy or learner is unknown or does not go with the data, or a
            number is out of range.
    """
    racers = _racers(strategies)
    seed_list = _seeds(seeds)
    if n_jobs == 0 or isinstance(n_jobs, bool) or not isinstance(n_jobs, int):
        raise ValueError(f"n_jobs must be a number of processes, or -1 for one a core, got {n_jobs!r}")
    goal = None if target is None else absolute(target)
    if (y is None) is not callable(X):
        raise ValueError("give points X and their labels y, or a function X(seed) -> Dataset and no y")
    dataset_of: DatasetOfSeed = X if y is None else partial(_dataset_of_seed, X, y, test)
    first = dataset_of(seed_list[0])
    settings = _settings(first, initial_labels, labels_per_round, rounds, seed_set)
    together = serves_lockstep(first, learner, racers)
    logger.info(
        "Racing %s over %d seeds, %s", list(names_of(racers)), len(seed_list), "together" if together else "apart"
    )
    bar = nullcontext(on_step) if on_step else _progress(len(racers) * len(seed_list), progress)
    with bar as step:
        if together:
            races = lockstep_races(
                dataset_of,
                racers,
                learner=lockstep_learner(learner) or "logistic",
                seeds=seed_list,
                settings=settings,
                on_step=step,
            )
        else:
            try:
                races = paired_loops(
                    dataset_of, learner, racers, seeds=seed_list, settings=settings, n_jobs=n_jobs, on_step=step
                )
            except TooFewLabelsError as error:
                raise ValueError(f"{error}. Give more initial_labels than {settings.initial_labels:,}") from error
    names = dict(zip(races.names, map(_label, racers), strict=True))
    found = compare_races(
        races.labels_T,
        races.accuracy_S_R_T,
        races.names,
        seeds=races.seeds,
        target=goal,
        names=names,
        test_points=len(first.y_test),
    )
    setup = {
        "learner": learner if isinstance(learner, str) else short(learner, 500),
        "strategies": list(races.names),
        "seeds": list(races.seeds),
        "test": "given" if y is None or isinstance(test, tuple | list) else float(test),
        "classes": list(first.class_names),
        "pool_points": int(first.x_pool.shape[0]),
        "test_points": len(first.y_test),
        "initial_labels": settings.initial_labels,
        "labels_per_round": settings.labels_per_round,
        "rounds": settings.rounds,
        "seed_set": settings.seed_set,
        "target": None if found.target is None else found.target.accuracy,
    }
    return RaceComparison(_frame_of(races), found, setup, names)


def _dataset_of_seed(X: Any, y: Any, test: Test, seed: int) -> Dataset:
    return from_arrays(X, y, test=test, seed=seed)


def _racers(strategies: Plan | Sequence[Plan]) -> list[Strategy | StrategySchedule]:
    """Random, then each strategy once."""
    given: Any = strategies
    if isinstance(given, str | Strategy) or not isinstance(given, Iterable):
        given = [given]
    racers: dict[str, Strategy | StrategySchedule] = {BASELINE: STRATEGIES[BASELINE]}
    for plan in given:
        racer = plan if isinstance(plan, StrategySchedule) and plan.then is not None else get_strategy(_first(plan))
        (name,) = names_of([racer])
        if racers.setdefault(name, racer) is not racer:
            raise ValueError(f"two different strategies are called {name!r}: give each a name of its own")
    return list(racers.values())


def _first(plan: Plan) -> AnyStrategy:
    return plan.strategy if isinstance(plan, StrategySchedule) else plan


def _label(racer: Strategy | StrategySchedule) -> str:
    """The name of a racer for people."""
    if isinstance(racer, Strategy):
        return racer.label
    then = "" if racer.then is None else f" then {lowercase_first(get_strategy(racer.then).label)}"
    return f"{get_strategy(racer.strategy).label}{then}"


def _seeds(seeds: Any) -> list[int]:
    try:
        found = list(range(index(seeds))) if np.ndim(seeds) == 0 else [index(seed) for seed in seeds]
    except TypeError as error:
        raise ValueError(f"seeds must be a whole number or a list of whole numbers, got {seeds!r}") from error
    if isinstance(seeds, bool) or not found or min(found) < 0 or len(set(found)) < len(found):
        raise ValueError(f"seeds must be 1 or more, or a list of different whole numbers of 0 or more, got {seeds!r}")
    return found


def _settings(
    dataset: Dataset, initial_labels: int | None, labels_per_round: int | None, rounds: int, seed_set: SeedSet
) -> RaceSettings:
    pool = int(dataset.x_pool.shape[0])
    rounds = whole_number(rounds, "rounds", least=1)
    given = max(5, 2 * dataset.classes) if initial_labels is None else initial_labels
    initial = whole_number(given, "initial_labels", least=1)
    if initial >= pool:
        raise ValueError(
            f"initial_labels must be 1 to {pool - 1:,}, so that something of the pool is left to query, got {initial:,}"
        )
    per_round = max(1, (pool // 3 - initial) // rounds) if labels_per_round is None else labels_per_round
    per_round = whole_number(per_round, "labels_per_round", least=1)
    return RaceSettings(initial, per_round, rounds, seed_set)


def _frame_of(races: PairedRaces) -> pd.DataFrame:
    """Tidy curves: strategy by strategy, seed by seed."""
    rounds = len(races.labels_T)
    accuracy_R_S_T = races.accuracy_S_R_T.transpose(1, 0, 2)
    return pd.DataFrame(
        {
            "strategy": np.repeat(np.array(races.names, dtype=object), len(races.seeds) * rounds),
            "seed": np.tile(np.repeat(np.array(races.seeds, dtype=np.int64), rounds), len(races.names)),
            "round": np.tile(np.arange(rounds), len(races.names) * len(races.seeds)),
            "labels": np.tile(races.labels_T, len(races.names) * len(races.seeds)),
            "accuracy": accuracy_R_S_T.ravel(),
        }
    )


@contextmanager
def _progress(races: int, shown: bool) -> Iterator[OnStep]:
    from tqdm.auto import tqdm

    with tqdm(total=races, desc="Racing", unit="race", disable=not shown) as bar:

        def on_step(share: float) -> None:
            bar.update(int(share * races + 1e-6) - bar.n)

        yield on_step
