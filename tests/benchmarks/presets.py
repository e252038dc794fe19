"""What the presets really give, each beside random over paired seeds, and beside the published figures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from alcore.datasets.catalogue import load_dataset, problem
from alcore.datasets.dataset import Dataset
from alcore.home import alcore_home
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.report.bounded import difference_interval
from alcore.report.statistics.comparison import FEWEST_SEEDS
from alcore.runs.config import RunConfig
from alcore.runs.presets import PRESETS
from alcore.strategies.catalogue import STRATEGIES
from tests.benchmarks import repeated
from tests.benchmarks.kept import kept
from tests.benchmarks.measure import RESULTS, Result, hardware

# Closer to what was published than this, a mean counts as the same.
SAME = 0.02
MEASURES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "recall": "recall of spam",
}


@dataclass(frozen=True)
class Experiment:
    """A preset as it is measured here.

    Attributes:
        name: for the table.
        config: the preset's, perhaps reduced.
        seeds: paired runs of the strategy and of random.
        at: the labels to report at.
        published: labels -> accuracy, see `Preset.published`.
        note: what is varied by the seed, or what was reduced.
        build: (config, seed) -> data and learner.
        measures: keys of `MEASURES` to report.
    """

    name: str
    config: RunConfig
    seeds: int
    at: tuple[int, ...]
    published: dict[int, float]
    note: str
    build: Callable[[RunConfig, int], tuple[Dataset, Learner]]
    measures: tuple[str, ...] = ("accuracy",)


def run() -> list[Result]:
    """Every preset with its own strategy and with random; all values kept, and a table to read."""
    home = alcore_home()
    results: list[Result] = []
    for experiment in experiments():
        if reason := problem(experiment.config.dataset, home):
            print(f"{experiment.name} is left out: {reason}")
            continue
        results += [measured(experiment, measure) for measure in experiment.measures]
    (RESULTS / "presets.md").write_text(table(results))
    return results


def experiments() -> list[Experiment]:
    """All presets, and logistic regression over random splits."""

    def of(name: str, seeds: int, at: tuple[int, ...], note: str, **more: Any) -> Experiment:
        preset = PRESETS[name]
        return Experiment(name, preset.config, seeds, at, dict(preset.published), note, plain, **more)

    splits = PRESETS["logistic-classification"].config.model_copy(
        update={"seed_set": "random", "seed_labels": 10, "labels_per_round": 10, "rounds": 8}
    )
    return [
        of("mlp-1d-mnist", 5, (100, 250, 600), "the seed decides first labels and weights"),
        of("cnn-mnist", 5, (1000, 1500, 2000, 2500, 3000), "the seed decides first labels and weights"),
        of(
            "logistic-classification",
            10,
            (90, 95, 100, 105, 110),
            "one fixed split: only random varies, and nothing is said of other splits",
        ),
        Experiment(
            "logistic-classification, random splits",
            splits,
            100,
            (30, 50, 70, 90),
            {90: 0.914},
            "100 random splits, 10 first labels and 8 x 10; published for random: .877 at 90",
            resplit,
        ),
        of("blobs-arena", 20, (4, 9, 14, 24, 54), "the seed decides the points"),
        replace(
            of("batchbald-mnist", 5, (50, 100), ""),
            config=PRESETS["batchbald-mnist"].config.model_copy(
                update={"rounds": 10, "pool_size": 1000, "steps": repeated.STEPS}
            ),
            note=(
                "reduced: 1,000 images, to 120 labels, 300 steps a round, and a dense network "
                "with dropout on 50 principal components of the images set upright in place of the "
                "convolutional one"
            ),
            build=reduced,
        ),
        of(
            "spam",
            10,
            (10, 50, 100, 200, 300),
            "the seed decides split and first labels",
            measures=tuple(MEASURES),
        ),
    ]


def plain(config: RunConfig, seed: int) -> tuple[Dataset, Learner]:
    """A preset's own data and learner."""
    data = load_dataset(config.dataset, seed=seed, home=alcore_home(), download=False)
    learner = make_learner(config.learner, classes=data.classes, seed=seed, device=config.device, **config.training)
    return data, learner


def resplit(config: RunConfig, seed: int) -> tuple[Dataset, Learner]:
    """The points of `classification` with another stratified tenth of them as the test set."""
    data, learner = plain(config, seed)
    x_N, y_N = np.concatenate([data.x_pool, data.x_test]), np.concatenate([data.y_pool, data.y_test])
    x_pool, x_test, y_pool, y_test = train_test_split(x_N, y_N, test_size=0.1, stratify=y_N, random_state=seed)
    return replace(data, x_pool=x_pool, y_pool=y_pool, x_test=x_test, y_test=y_test), learner


def reduced(config: RunConfig, seed: int) -> tuple[Dataset, Learner]:
    """The network and the numbers that `repeated` takes in place of images, without repeats."""
    assert config.pool_size is not None
    return repeated.components(seed, config.pool_size, repeats=1), repeated.learner(seed)


def measured(experiment: Experiment, measure: str) -> Result:
    """One preset and measure: means over the seeds, the paired difference from random, and all values."""
    found = {
        strategy: np.array([curve(experiment, strategy, seed)[measure] for seed in range(experiment.seeds)])
        for strategy in (experiment.config.strategy, "random")
    }
    labels_T = np.array(curve(experiment, "random", 0)["labels"])
    at_T = np.searchsorted(labels_T, experiment.at)
    own_S_T, random_S_T = (values[:, at_T] for values in found.values())
    gaps = [difference_interval(gap_S) for gap_S in (own_S_T - random_S_T).T]
    print(f"{experiment.name}, {measure}: {own_S_T.mean(axis=0)}, random {random_S_T.mean(axis=0)}", flush=True)
    return {
        "preset": experiment.name,
        "measure": MEASURES[measure],
        "strategy": experiment.config.strategy,
        "note": experiment.note,
        "paired_seeds": experiment.seeds,
        "labels": list(experiment.at),
        "published": [experiment.published.get(labels) if measure == "accuracy" else None for labels in experiment.at],
        "mean": _rounded(own_S_T.mean(axis=0)),
        "mean_of_random": _rounded(random_S_T.mean(axis=0)),
        "difference": _rounded([gap.estimate for gap in gaps]),
        "interval_95": [_rounded([gap.low, gap.high]) for gap in gaps],
        "of_seeds": [_rounded(values) for values in own_S_T],
        "random_of_seeds": [_rounded(values) for values in random_S_T],
        "hardware": hardware(),
    }


def curve(experiment: Experiment, strategy: str, seed: int) -> Result:
    """One run: its labels and what was measured after each round."""
    config = experiment.config.model_copy(update={"strategy": strategy, "seed": seed})
    key = {"experiment": experiment.name, "config": config.model_dump(mode="json")}
    return kept("presets", key, lambda: _curve(experiment, config))


def _curve(experiment: Experiment, config: RunConfig) -> Result:
    data, learner = experiment.build(config, config.seed)
    rounds = list(
        simulate(
            data,
            learner,
            config.strategy,
            seed=config.seed,
            seed_set=config.seed_set,
            seed_labels=config.seed_labels,
            labels_per_round=config.labels_per_round,
            rounds=config.rounds,
            samples=config.samples,
        )
    )
    found: Result = {
        "labels": [one.labels for one in rounds],
        "accuracy": [one.accuracy for one in rounds],
        "balanced_accuracy": [one.measures["balanced_accuracy"] for one in rounds],
    }
    if data.classes == 2:
        confusions = [one.confusion_C_C for one in rounds if one.confusion_C_C is not None]
        found["recall"] = [float(table[1, 1] / table[1].sum()) for table in confusions]
    print(f"  {experiment.name}, {config.strategy}, seed {config.seed}: {found['accuracy'][-1]:.4f}", flush=True)
    return found


def table(results: list[Result]) -> str:
    """The results as a page to read."""
    lines = [
        "# The presets, measured",
        "",
        "Test accuracy unless a measure is named: means over paired seeds, the strategy beside random, and",
        "the 95 % interval of the paired difference. A mean counts as published if it is as near as",
        f"{SAME:.2f}. Written by `python -m tests.benchmarks presets`; all values are in `presets.json`.",
        "",
        "| preset | labels | published | measured | as published? | random | difference | beats random? |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        title = one["preset"] + ("" if one["measure"] == "accuracy" else f", {one['measure']}")
        for row, labels in enumerate(one["labels"]):
            low, high = one["interval_95"][row]
            verdict = _verdict(low, high, one["paired_seeds"])
            published, mean = one["published"][row], one["mean"][row]
            lines.append(
                f"| {title if row == 0 else ''} | {labels:,} | {_figure(published)} | {_figure(mean)} "
                f"| {_as_published(published, mean)} | {_figure(one['mean_of_random'][row])} "
                f"| {one['difference'][row]:+.3f} ({low:+.3f} to {high:+.3f}) | {verdict} |"
            )
    lines += ["", "## What was run", ""]
    for one in results:
        if one["measure"] == "accuracy":
            label = STRATEGIES[one["strategy"]].label
            lines.append(f"- {one['preset']}: {label}, {one['paired_seeds']} paired seeds; {one['note']}.")
    return "\n".join([*lines, f"- Hardware: {results[0]['hardware']}.", ""])


def _as_published(published: float | None, mean: float) -> str:
    if published is None:
        return ""
    gap = mean - published
    return "yes" if abs(gap) <= SAME else f"**no**, {abs(gap):.3f} {'higher' if gap > 0 else 'lower'}"


def _verdict(low: float, high: float, seeds: int) -> str:
    if low == high == 0:
        return "the same start"
    if seeds < FEWEST_SEEDS:
        return "too few seeds"
    if low > 0:
        return "yes"
    return "**no, worse**" if high < 0 else "not distinguishable"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _rounded(values: list[float] | NDArray) -> list[float]:
    return [round(float(value), 4) for value in values]
