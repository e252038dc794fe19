"""A tournament's statistics against SciPy, brute force and simulation."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, rankdata, trim_mean, ttest_rel

from alcore.report.intervals import holm_alphas, mean_interval, p_value
from alcore.report.statistics.bootstrap import (
    bootstrap_weights,
    geometric_interval,
    improvement,
    improvement_interval,
    interquartile_mean,
    iqm_interval,
)
from alcore.report.statistics.penalty_matrix import p_values, penalty_matrix
from alcore.report.statistics.tournament import (
    Results,
    Task,
    critical_difference,
    gains,
    parse_results,
    selection_seconds,
    summarise,
    task_gains,
)
from tests.benchmarks import tournament as simulation


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def tournament(seeds: int = 8, strategies: int = 4, rounds: int = 6) -> Results:
    """Three tasks; strategy r gains more the larger r is."""
    draw = rng(1)
    slope_R_1 = np.linspace(0.02, 0.06, strategies)[:, None]
    tasks = []
    for d in range(3):
        accuracy = 0.5 + slope_R_1 * np.arange(rounds) + draw.normal(scale=0.01, size=(seeds, strategies, rounds))
        accuracy[:, :, 0] = accuracy[:, :1, 0]
        seconds = np.tile(0.1 * 2.0 ** np.arange(strategies), (seeds, 1))
        tasks.append(Task(f"task {d}", "logistic", np.arange(rounds) * 5 + 10, accuracy, seconds))
    names = ("random", *(f"s{r}" for r in range(1, strategies)))
    return Results(names, tuple(range(seeds)), tuple(tasks))


@pytest.mark.parametrize("n", [1, 3, 4, 7, 16, 101])
def test_interquartile_mean_is_scipys(n: int) -> None:
    values = rng(n).normal(size=n)
    assert interquartile_mean(values) == pytest.approx(trim_mean(values, 0.25), abs=1e-12)


def test_improvement_is_the_mann_whitney_statistic() -> None:
    x, y = rng(2).integers(6, size=(2, 4, 9)).astype(float)
    by_task = [mannwhitneyu(a, b).statistic / 81 for a, b in zip(x, y, strict=True)]
    assert improvement(x, y) == pytest.approx(np.mean(by_task))
    assert improvement(x, x) == 0.5 and improvement(x + 10, y) == 1
    interval = improvement_interval(x, y, bootstrap_weights(4, 9, rng=rng(0)))
    assert interval.estimate == pytest.approx(np.mean(by_task)) and interval.low < np.mean(by_task) < interval.high


def test_bootstrap_samples_are_those_of_drawing_runs_task_by_task() -> None:
    values = rng(3).normal(size=(3, 6))
    counts = bootstrap_weights(3, 6, rng=rng(4), draws=400)
    assert (counts.sum(axis=2) == 5).all() and counts.shape == (400, 3, 6)
    plain = [trim_mean(np.concatenate([np.repeat(values[d], one[d]) for d in range(3)]), 0.25) for one in counts]
    interval = iqm_interval(values, counts)
    np.testing.assert_allclose([interval.low, interval.high], np.quantile(plain, [0.025, 0.975]))
    ratios = np.exp(values)
    drawn = [np.exp(np.mean(np.concatenate([np.repeat(values[d], one[d]) for d in range(3)]))) for one in counts]
    found = geometric_interval(ratios, counts)
    np.testing.assert_allclose([found.low, found.high], np.quantile(drawn, [0.025, 0.975]))
    with pytest.raises(ValueError, match="2 runs"):
        bootstrap_weights(3, 1, rng=rng(0))


def test_bootstrap_of_improvement_counts_pairs_of_two_seeds() -> None:
    x, y = rng(5).normal(size=(2, 2, 5))
    counts = bootstrap_weights(2, 5, rng=rng(6), draws=60)
    plain = []
    for one in counts:
        by_task = []
        for d in range(2):
            rows = np.repeat(np.arange(5), one[d])
            pairs = [(x[d, i] > y[d, j]) for i in rows for j in rows if i != j]
            same = np.mean([x[d, i] > y[d, i] for i in rows])
            by_task.append(0.8 * (np.mean(pairs) if pairs else same) + 0.2 * same)
        plain.append(np.mean(by_task))
    found = improvement_interval(x, y, counts)
    np.testing.assert_allclose([found.low, found.high], np.quantile(plain, [0.025, 0.975]))


def test_p_values_are_scipys_down_to_the_sign_test() -> None:
    a, b = rng(7).normal(size=(2, 12, 30))
    b[:, :3] += 40
    found = p_values(a - b)
    np.testing.assert_allclose(found[3:], np.maximum(ttest_rel(a, b).pvalue, 2.0**-11)[3:])
    assert (found[:3] == 2.0**-11).all()
    assert p_values(np.full((5, 1), 0.02))[0] == 2.0**-4 and p_values(np.zeros((5, 1)))[0] == 1


def test_penalty_matrix_against_a_plain_one() -> None:
    accuracies = [task.accuracy_S_R_T for task in tournament(seeds=14).tasks]
    found = penalty_matrix(accuracies, looks=5)
    tests = [
        (d, t, i, j, p_value(one[:, i, t] - one[:, j, t]), np.mean(one[:, i, t] - one[:, j, t]))
        for d, one in enumerate(accuracies)
        for t in range(1, 6)
        for i in range(4)
        for j in range(i + 1, 4)
    ]
    chances = [max(p, 2.0**-13) for *_, p, _ in tests]
    plain = np.zeros((4, 4))
    for (_, _, i, j, _, mean), chance, alpha in zip(tests, chances, holm_alphas(chances), strict=True):
        if chance <= alpha:
            plain[(i, j) if mean > 0 else (j, i)] += 1 / 5
    np.testing.assert_allclose(found.matrix_R_R, plain)
    assert plain[3, 0] == pytest.approx(3) and 0 < plain[1, 0] < 2.9 and plain[0, 3] == 0
    np.testing.assert_allclose(found.column_R, plain.sum(axis=0) / 3 / 3)


def test_a_summary_says_what_plain_arithmetic_says() -> None:
    results = tournament()
    summary = summarise(results)
    assert [one.strategy for one in summary.standings] == ["s3", "s2", "s1", "random"]
    areas = np.array(
        [
            [[np.trapezoid(curve, task.labels_T) / 25 for curve in race] for race in task.accuracy_S_R_T]
            for task in results.tasks
        ]
    )
    ranks = rankdata(-areas, axis=2).mean(axis=0)
    best = summary.standings[0]
    assert best.rank == mean_interval(ranks[:, 3]) and best.area == pytest.approx(areas[:, :, 3].mean())
    gain = (areas[:, :, 3] - areas[:, :, 0]).mean(axis=0)
    assert best.gain is not None and best.gain.estimate == pytest.approx(gain.mean())
    assert best.gain.low > mean_interval(gain, 1 - 0.05 / 3).low - 1e-12 and best.verdict == "better"
    assert best.improvement is not None and best.improvement.estimate == pytest.approx(
        improvement(areas[:, :, 3], areas[:, :, 0])
    )
    logs = []
    for task, target in zip(results.tasks, summary.targets_D, strict=True):
        for race in task.accuracy_S_R_T:
            mine, theirs = (
                next((n for n, share in zip(task.labels_T, race[r], strict=True) if share >= target), 35)
                for r in (3, 0)
            )
            logs.append(np.log(mine / theirs))
    assert best.saved is not None and best.saved.estimate == pytest.approx(1 - np.exp(np.mean(logs)))
    assert 0.3 < best.saved.low < best.saved.estimate < best.saved.high < 0.5 and best.never == 0
    assert best.seconds == pytest.approx(0.8)
    # The costs double from strategy to strategy, and each saves more than the one before.
    assert summary.frontier == ("s1", "s2", "s3")


def test_random_needs_what_random_needs() -> None:
    results = tournament()
    base = summarise(results).standings[-1]
    assert base.strategy == "random" and base.gain is None and base.saved is None
    for task, target in zip(results.tasks, summarise(results).targets_D, strict=True):
        mean = task.accuracy_S_R_T[:, 0].mean(axis=0)
        assert target == pytest.approx(mean[0] + 0.9 * (mean[-1] - mean[0]), abs=1e-3)


def test_a_single_seed_claims_nothing() -> None:
    summary = summarise(tournament(seeds=1))
    assert {one.verdict for one in summary.standings} == {"undecided"}
    assert not summary.penalties.claims_D_L_R_R.any() and summary.frontier == ()


def test_results_without_a_seed_are_refused() -> None:
    with pytest.raises(ValueError, match="no seed"):
        parse_results({"schema": "alcore-tournament", "tasks": [], "seeds": [], "strategies": ["random"]})
    with pytest.raises(ValueError, match="not the record"):
        parse_results({"schema": "alcore-curves"})


def test_null_tournaments_rarely_claim_anything() -> None:
    claims = np.array([simulation.false_claims(20, rng(20, n)) for n in range(150)])
    assert (claims.mean(axis=0) <= 0.05).all()


def test_bootstrap_intervals_cover() -> None:
    hits = np.array([simulation.covered(10, rng(10, n, 1)) for n in range(200)])
    assert (hits.mean(axis=0) >= 0.93).all() and (hits.mean(axis=0) <= 0.97).all()


@pytest.mark.parametrize(("rivals", "least"), [(1, 6), (17, 10)])
def test_so_many_seeds_it_takes_to_decide(rivals: int, least: int) -> None:
    # As clear as can be: every strategy gains in every race, by nearly the same.
    gain_S_R = 0.1 + np.random.default_rng(0).normal(scale=1e-6, size=(least, 1 + rivals))
    assert {verdict for _, verdict in gains(gain_S_R, 0)[1:]} == {"better"}
    assert {verdict for _, verdict in gains(gain_S_R[1:], 0)[1:]} == {"undecided"}


def test_ranks_and_their_critical_difference() -> None:
    areas_D_R = np.round(rng(7).random((14, 4)), 2)
    areas_D_R[3] = 0.5  # a tie of all
    tasks = [
        Task(f"data{d}", "logistic", np.array([10, 20]), np.repeat(row[None, :, None], 2, axis=2), np.ones((1, 4)))
        for d, row in enumerate(areas_D_R)
    ]
    found = critical_difference(Results(("random", "a", "b", "c"), (0,), tuple(tasks)))
    by_hand = [[1 + (row > one).sum() + ((row == one).sum() - 1) / 2 for one in row] for row in areas_D_R]
    assert found.rank_R == pytest.approx(np.mean(by_hand, axis=0))
    # Demsar (2006), section 3.2.4: four classifiers on 14 data sets, 2.569 * sqrt(4 * 5 / (6 * 14)) = 1.25.
    assert found.difference == pytest.approx(1.25, abs=0.005)


def test_gains_by_task_are_paired_differences_of_the_areas() -> None:
    accuracy_S_R_T = rng(5).random((8, 3, 3))
    task = Task("iris", "logistic", np.array([10, 20, 40]), accuracy_S_R_T, np.ones((8, 3)))
    found = task_gains(Results(("random", "a", "b"), tuple(range(8)), (task,)))
    area = ((task.accuracy_S_R_T[:, :, :-1] + task.accuracy_S_R_T[:, :, 1:]) / 2 * np.array([10, 20])).sum(axis=2) / 30
    assert np.isnan(found.gain_R_D[0, 0])
    assert found.gain_R_D[1:, 0] == pytest.approx((area[:, 1:] - area[:, :1]).mean(axis=0))
    assert np.all(found.low_R_D[1:] < found.gain_R_D[1:]) and np.all(found.gain_R_D[1:] < found.high_R_D[1:])


def test_the_time_of_another_tournament_is_in_proportion() -> None:
    task = {"dataset": "iris", "learner": "logistic", "labels": [6, 9, 12], "seconds": [[1.0, 4.0], [3.0, 8.0]]}
    record = {"strategies": ["random", "margin"], "tasks": [task]}
    whole = selection_seconds(record, ["random", "margin"], [("iris", "logistic")], seeds=10, rounds=2)
    assert whole == pytest.approx(10 * (2 + 6))
    half = selection_seconds(record, ["margin"], [("iris", "logistic")], seeds=5, rounds=1)
    assert half == pytest.approx(5 * 6 / 2)
    assert selection_seconds(record, ["entropy"], [("iris", "logistic")], seeds=5, rounds=1) is None
