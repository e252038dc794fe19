"""What the atlas knows of strategies: measured costs, the tournament, words; and how doubt splits."""

import csv
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.generate import planar
from alcore.learners.committee import bootstrap_rows
from alcore.loops.batch_explorer import MEMBERS
from alcore.loops.seed_set import seed_indices
from alcore.loops.uncertainty_map import committee_uncertainty
from alcore.report.charts.costs import costs_chart
from alcore.report.paper.render import to_matplotlib
from alcore.report.statistics.strategy_costs import (
    cost_words,
    costs_of,
    duration,
    standing_words,
    standings_of,
    table_csv,
    table_json,
)
from alcore.report.statistics.tournament import Results, Task, parse_results, summarise
from alcore.rng import rng_for
from alcore.strategies.catalogue import FAMILIES, STRATEGIES, Strategy
from alcore.strategies.information import uncertainty_decomposition
from pages.screens.strategy_atlas.controls import GIVES, NEEDS
from tests.benchmarks.selection.growth import pool

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "pages/screens/strategy_atlas/costs.json"


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_pool_on_which_costs_are_measured_serves_every_strategy(name: str) -> None:
    batch = STRATEGIES[name].select(pool(40), 3, np.random.default_rng(0))
    assert len(set(batch.indices.tolist())) == 3


def naive_entropy(probs: np.ndarray) -> float:
    return -sum(p * math.log(p) for p in probs if p > 0)


def test_the_split_is_that_of_its_definition() -> None:
    probs_N_K_C = np.random.default_rng(0).dirichlet([0.5] * 4, size=(30, 7))
    probs_N_K_C[0] = np.eye(4)[[0, 1, 2, 3, 0, 1, 2]]  # each member is certain
    probs_N_K_C[1] = probs_N_K_C[1, 0]  # all members say the same
    split = uncertainty_decomposition(probs_N_K_C)
    for i, members in enumerate(probs_N_K_C):
        total, expected = naive_entropy(members.mean(axis=0)), np.mean([naive_entropy(p) for p in members])
        assert split.total_N[i] == pytest.approx(total, abs=1e-12)
        assert split.expected_N[i] == pytest.approx(expected, abs=1e-12)
        assert split.mutual_N[i] == pytest.approx(total - expected, abs=1e-12)
    assert split.expected_N[0] == 0 and split.mutual_N[1] == pytest.approx(0, abs=1e-12)


def test_a_committees_doubt_is_that_of_scikit_learns_members() -> None:
    data = planar("blobs", points=200, overlap=0.5, classes=3, rng=rng_for(4, "data"))
    found = committee_uncertainty(data, seed=4, labeled=15, freedom=10.0, places_Q_2=[[0.5, 0.5], [0.0, 1.0]], rows=9)
    first = seed_indices(data.y_pool, 15, seed_set="balanced", rng=rng_for(4, "seed set"))
    at_Q_2 = np.array(
        [[found.grid.x.mean(), found.grid.y.mean()], [found.grid.x[0], found.grid.y[-1]]]
    )  # the middle, and the upper left corner
    members = []
    for rows in bootstrap_rows(data.y_pool[first], MEMBERS, rng=rng_for(4, "posterior", 0)):
        model = LogisticRegression(C=10.0, tol=1e-10, max_iter=10_000)
        model.fit(data.x_pool[first][rows], data.y_pool[first][rows])
        members.append(model.predict_proba(at_Q_2))
    naive = uncertainty_decomposition(np.stack(members, axis=1))
    np.testing.assert_allclose(found.at.total_N, naive.total_N, atol=1e-5)
    np.testing.assert_allclose(found.at.mutual_N, naive.mutual_N, atol=1e-5)
    assert len(found.pool.total_N) == len(data.y_pool) - 15
    assert len(found.over.total_N) == len(found.grid.x) * len(found.grid.y)
    with pytest.raises(ValueError, match="labeled must be from 1"):
        committee_uncertainty(data, seed=0, labeled=len(data.y_pool), freedom=1.0, places_Q_2=[[0, 0]])


def test_labels_buy_off_disagreement_and_not_noise() -> None:
    few, many = (
        [
            committee_uncertainty(
                planar("blobs", points=400, overlap=0.6, classes=3, rng=rng_for(seed, "data")),
                seed=seed,
                labeled=labeled,
                freedom=100.0,
                places_Q_2=[[0.5, 0.5]],
                rows=5,
            ).pool
            for seed in range(8)
        ]
        for labeled in (15, 150)
    )
    assert np.mean([one.mutual_N.mean() for one in many]) < 0.3 * np.mean([one.mutual_N.mean() for one in few])
    assert np.mean([one.expected_N.mean() for one in many]) > np.mean([one.expected_N.mean() for one in few])


def test_the_screen_shows_what_was_measured_of_every_strategy() -> None:
    measured = json.loads((ROOT / "tests" / "benchmarks" / "results" / "costs.json").read_text())
    assert json.loads(SHIPPED.read_text()) == measured
    costs = costs_of(measured)
    # A strategy that is new has not been measured yet.
    assert list(costs) == [name for name in STRATEGIES if name in costs] and len(costs) >= 24
    for name, cost in costs.items():
        assert all(seconds > 0 for seconds in cost.seconds) and len(cost.seconds) == len(cost.pool_sizes)
        assert (cost.doubled["K"] is not None) == ("probs_N_K_C" in STRATEGIES[name].needs)
        assert duration(cost.seconds[-1]) in cost_words(cost)


def test_printed_costs_have_numbers_at_their_axes() -> None:
    costs = costs_of(json.loads(SHIPPED.read_text()))
    times = {one: (cost.pool_sizes, cost.seconds) for one, cost in costs.items()}
    figure = to_matplotlib(costs_chart(times, "margin", names={"margin": "Margin"}))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        said = [tick.label1.get_text() for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        assert len(said) > 1 and all(float(one.replace(",", "")) > 0 for one in said)
        assert not any(tick.label1.get_text() for tick in axis.get_minor_ticks())
    assert not figure.legends[0].get_window_extent().overlaps(axes.get_window_extent()), "it hides lines"


def test_every_strategy_has_words() -> None:
    assert {strategy.family for strategy in STRATEGIES.values()} == set(FAMILIES)
    for strategy in STRATEGIES.values():
        assert Strategy.strengths not in (strategy.strengths, strategy.failures), strategy.name
    needed = {need for strategy in STRATEGIES.values() for need in strategy.needs}
    assert needed == set(NEEDS) and set(GIVES) < needed


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (4e-7, "0.4 µs"),
        (1.24e-4, "120 µs"),
        (9.99e-4, "1.0 ms"),
        (0.0119, "12 ms"),
        (0.999, "1.0 s"),
        (83.2, "83 s"),
    ],
)
def test_times_have_two_digits(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def made_up(shift_D: list[float], seeds: int = 20) -> Results:
    """One rival that is ahead of random by a known amount on each data set, give or take."""
    tasks = []
    for d, shift in enumerate(shift_D):
        rng = np.random.default_rng(d)
        base_S_1 = 0.8 + 0.02 * rng.standard_normal((seeds, 1))
        rival_S_1 = base_S_1 + shift + 0.01 * rng.standard_normal((seeds, 1))
        accuracy_S_R_T = np.repeat(np.stack([base_S_1, rival_S_1], axis=1), 3, axis=2)
        tasks.append(Task(f"data{d}", "logistic", np.array([4, 5, 6]), accuracy_S_R_T, np.ones((seeds, 2))))
    return Results(("random", "margin"), tuple(range(seeds)), tuple(tasks))


def test_a_standing_names_where_a_strategy_is_certainly_ahead_or_behind() -> None:
    results = made_up([0.05, 0.0, -0.05])
    found = standings_of(summarise(results))["margin"]
    chances = [ttest_rel(*task.area_S_R.T).pvalue for task in results.tasks]
    # Holm's rule for three comparisons: the two tiny p-values count, the third does not.
    assert sorted(chances)[1] < 0.05 / 3 and sorted(chances)[2] > 0.05
    assert list(found.wins) == ["data0"] and list(found.losses) == ["data2"]
    assert found.worst[0] == "data2" and found.worst[1] == pytest.approx(-0.05, abs=0.01)
    words = standing_words(found, 3, {"data2": "Two moons"})
    assert "significantly ahead on data0" in words and "significantly **behind** on Two moons" in words
    assert "does not differ significantly from random" in words


def test_words_of_a_standing_follow_its_verdict() -> None:
    ready = json.loads((ROOT / "pages/screens/tournament/ready.json").read_text())
    standings = standings_of(summarise(parse_results(ready)))
    assert "**loses to random** by 1.9 points" in standing_words(standings["bald"], 9, {})
    assert "beats random by 1.9 points" in standing_words(standings["margin"], 9, {})
    assert "not significant" in standing_words(standings["entropy"], 9, {})
    assert "Not measured yet" in standing_words(standings.get("epig"), 9, {})
    assert "the baseline" in standing_words(standings["random"], 9, {})
    # An end that is not zero is not shown as zero, nor is a loss.
    assert "(95 % interval of the gain −0.02 to 1.42 points)" in standing_words(standings["badge"], 9, {})
    assert not any(re.search(r"\b0\.0\b", standing_words(one, 9, {})) for one in standings.values())


def test_tables_can_be_read_back() -> None:
    rows: list[dict[str, Any]] = [{"a": 1, "b": "x, y"}, {"a": 2.5, "b": None}]
    assert json.loads(table_json(rows)) == rows
    back = list(csv.DictReader(io.StringIO(table_csv(rows).decode())))
    assert [row["b"] for row in back] == ["x, y", ""] and float(back[1]["a"]) == 2.5
