"""The failure clinic's races and numbers against independent ones."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import ttest_rel
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.generate import planar, planted
from alcore.loops.failure_modes.cases import FAILURE_MODES, ColdStart, Miscalibration, OutlierAttraction, SamplingBias
from alcore.loops.failure_modes.curves import (
    accuracy_where,
    in_far_cluster,
    outlier_masks,
    race_curves,
    share_asked,
)
from alcore.loops.races.paired import paired_races
from alcore.report.bounded import bounded_band, difference_band, difference_interval
from alcore.report.charts.chart import Axis, Reference
from alcore.report.charts.curves import curve_chart, mean_curve_of
from alcore.report.interactive.render import to_plotly
from alcore.report.intervals import Interval
from alcore.report.text.failure_modes import (
    Effects,
    averaged_reliability,
    describe_effects,
    effect_claims,
    effects,
    typical_seed,
)
from alcore.rng import rng_for

SEEDS = (3, 4, 5)
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "clinic.json"
SMALL: dict[str, Any] = {"points": 100, "rounds": 6}
START: dict[str, Any] = {"seeds": SEEDS, "seed_labels": 4}


def pools(shape: str = "far_cluster", **how):
    return [planar(shape, points=100, overlap=0.3, rng=rng_for(seed, "data"), **how) for seed in SEEDS]


@pytest.mark.parametrize("strategy", ["least_confidence", "hybrid", "power_entropy"])
def test_without_a_failure_the_races_are_the_paired_races(strategy: str) -> None:
    data = pools()
    races = paired_races(data, [strategy], labels_per_round=1, rounds=8, **START)
    for course in (
        race_curves(data, [strategy], rounds=8, **START)[0],
        race_curves(data, ["random", strategy], rounds=8, **START)[1],
    ):
        np.testing.assert_array_equal(course.order_S_M, races.order_S_R_M[:, 0])
        np.testing.assert_allclose(course.accuracy_S_T, races.accuracy_S_R_T[:, 0])
        np.testing.assert_array_equal(course.labels_T, races.labels_T)


@pytest.mark.parametrize("classes", [2, 3])
def test_model_and_temperature_are_those_of_sklearn_and_scipy(classes: int) -> None:
    data = pools("blobs", classes=classes)
    _, course = race_curves(
        data, ["random", "entropy"], seeds=SEEDS, seed_labels=16, rounds=5, C=50.0, sharpness=6.0, held_out=10
    )
    firsts = paired_races(data, ["random"], seeds=SEEDS, seed_labels=16, labels_per_round=1, rounds=1)
    for s, one in enumerate(data):
        own = course.order_S_M[s]
        model = LogisticRegression(C=50.0, solver="newton-cholesky", tol=1e-10)
        model.fit(one.x_pool[own], one.y_pool[own])
        held = firsts.order_S_R_M[s, 0, 6:16]
        assert not set(held) & set(own), "a held-out label was trained on"
        z_H = 6 * model.decision_function(one.x_pool[held])
        z_H_C = np.stack([np.zeros(10), z_H], axis=1) if classes == 2 else z_H

        def loss(log_t: float, z_H_C=z_H_C, y_H=one.y_pool[held]) -> float:
            scaled = z_H_C / np.exp(log_t)
            return float(np.mean(np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(10), y_H]))

        found = minimize_scalar(loss, bounds=np.log([1, 100]), method="bounded", options={"xatol": 1e-8})
        temperature = 6 / course.confidence_T_S[-1, s]
        assert temperature >= 1 and loss(np.log(temperature)) <= found.fun + 1e-6
        right = model.predict(one.x_test) == one.y_test
        assert course.accuracy_S_T[s, -1] == pytest.approx(right.mean(), abs=0.0011)
        probs_N_C = course.at(s).probs(5, one.x_test[None])[0]
        assert (probs_N_C.argmax(axis=1) == one.y_test).mean() == course.accuracy_S_T[s, -1]
    np.testing.assert_array_equal(course.labels_T, np.arange(16, 22))


def test_two_classes_keep_their_order_of_uncertainty_at_any_sharpness() -> None:
    plain, sharp = (
        race_curves(pools(), ["least_confidence"], sharpness=times, rounds=8, **START)[0] for times in (1.0, 1.5)
    )
    np.testing.assert_array_equal(plain.order_S_M, sharp.order_S_M)


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="leave a label a class to train on"):
        race_curves(pools(), ["random"], held_out=3, rounds=2, **START)
    with pytest.raises(ValueError, match="sharpness must be above 0"):
        race_curves(pools(), ["random"], sharpness=0.0, rounds=2, **START)


def test_the_far_cluster_is_a_tenth_and_belongs_to_b() -> None:
    data = planar("far_cluster", points=2000, overlap=0.2, rng=rng_for(0, "data"))
    there = in_far_cluster(data.x_pool)
    assert 0.08 < there.mean() < 0.12
    assert (data.y_pool[there] == 1).all()
    np.testing.assert_array_equal(there, data.x_pool[:, 0] > 2.5)


def test_measures_of_a_region_against_counting_by_hand() -> None:
    data = [planted("blobs", points=60, outliers=9, rng=rng_for(seed, "data")) for seed in SEEDS]
    datasets = [one.dataset for one in data]
    (course,) = race_curves(datasets, ["bald"], seeds=SEEDS, seed_labels=4, rounds=7)
    masks = outlier_masks(data)
    shares_S_T = share_asked(course, masks)
    for s, one in enumerate(data):
        asked = course.order_S_M[s, 4:]
        for t in range(7):
            assert shares_S_T[s, t] == np.mean([point in one.outliers for point in asked[: t + 1]])
    everywhere = [np.ones(len(one.y_test), dtype=bool) for one in datasets]
    np.testing.assert_allclose(accuracy_where(course, datasets, everywhere), course.accuracy_S_T)
    left = [one.x_test[:, 0] < 0 for one in datasets]
    right = [~mask for mask in left]
    both = np.stack([accuracy_where(course, datasets, part) for part in (left, right)])
    sizes = np.stack([[mask.sum() for mask in part] for part in (left, right)])
    np.testing.assert_allclose((both * sizes[..., None]).sum(axis=0) / 1000, course.accuracy_S_T)
    assert np.isnan(accuracy_where(course, datasets, [~mask for mask in everywhere])).all()


@pytest.mark.parametrize(
    "setting",
    [
        Miscalibration(held_out=3, **SMALL),
        SamplingBias(**SMALL),
        OutlierAttraction(outliers=6, **SMALL),
        ColdStart(**SMALL),
    ],
    ids=list(FAILURE_MODES),
)
def test_every_arm_of_a_ward_is_paired(setting) -> None:
    heard: list[float] = []
    trial = setting.trial(SEEDS, heard.append)
    assert heard == sorted(heard) and heard[-1] == pytest.approx(1)
    arms = ("without", "treated", "control_without", "control_treated", "reference", "random")
    for arm in arms:
        course = getattr(trial, arm)
        assert course.accuracy_S_T.shape == (3, 7)
        np.testing.assert_array_equal(course.labels_T, trial.without.labels_T)
        assert all(len(set(order)) == len(order) for order in course.order_S_M)
    for sick, well in zip(trial.data, trial.control_data, strict=True):
        if not isinstance(setting, SamplingBias):
            np.testing.assert_array_equal(sick.dataset.x_test, well.dataset.x_test)


def test_no_strength_is_no_remedy_and_no_severity_is_the_reference() -> None:
    bias = SamplingBias(epsilon=0.0, **SMALL)
    trial = bias.trial(SEEDS)
    np.testing.assert_array_equal(trial.treated.order_S_M, trial.without.order_S_M)
    swept = bias.sweep(SEEDS, strengths=(0.0, 0.5))
    np.testing.assert_array_equal(swept[0].order_S_M, trial.without.order_S_M)
    assert (swept[1].order_S_M != trial.without.order_S_M).any()
    clean = OutlierAttraction(outliers=0, beta=0.0, **SMALL).trial(SEEDS)
    np.testing.assert_array_equal(clean.without.order_S_M, clean.control_treated.order_S_M)
    calm = Miscalibration(sharpness=1.0, label_noise=0.0, **SMALL).trial(SEEDS)
    np.testing.assert_array_equal(calm.treated.order_S_M, calm.control_treated.order_S_M)


def test_effects_are_paired_differences_that_decide_as_the_paired_t_test() -> None:
    without, treated, well, well_treated, reference = rng_for(0, "curves").random((5, 12, 6))
    found = effects(without, treated, well, well_treated, reference)
    for interval, one, other in (
        (found.effect, without, reference),
        (found.recovery, treated, without),
        (found.harm, well_treated, well),
    ):
        assert interval == difference_interval(one.mean(axis=1) - other.mean(axis=1))
        test = ttest_rel(one.mean(axis=1), other.mean(axis=1))
        assert interval.excludes(0) == (test.pvalue < 0.05)
        np.testing.assert_allclose([interval.low, interval.high], test.confidence_interval(0.95), atol=0.003)
    assert found.end == difference_interval(treated[:, -1] - without[:, -1])
    assert found.seeds == 12


def test_the_typical_seed_is_the_race_nearest_to_the_mean() -> None:
    assert typical_seed([0.3]) == 0
    assert typical_seed([0.5, -0.2, 0.1]) == 2
    assert typical_seed([0.2, 0.0, 0.2, 0.2, 0.9]) == 0, "of equal ones the first"
    # Where most races show nothing and some very much, the median would show nothing under a mean of 5.
    assert typical_seed([0.0, 0.0, 0.0, 0.06, 0.19]) == 3
    effect = rng_for(3, "effects").random(25)
    gaps = [abs(one - sum(effect) / 25) for one in effect]
    assert typical_seed(effect) == gaps.index(min(gaps))
    with pytest.raises(ValueError, match="a typical seed needs"):
        typical_seed([])


def test_a_ward_says_so_where_a_cure_does_not_help() -> None:
    def told(effect: Interval, recovery: Interval, harm: Interval) -> str:
        return describe_effects(
            Effects(effect, recovery, end, harm, 20),
            reference="random",
            remedy="The remedy",
            absence="all is well",
        )

    end = Interval(0.05, 0.04, 0.06)
    less, none, more = (
        Interval(-0.02, -0.03, -0.01),
        Interval(0.001, -0.01, 0.012),
        Interval(0.02, 0.01, 0.03),
    )
    usual = told(less, more, none)
    assert "The failure costs 2.0 points" in usual and "20 paired seeds" in usual
    assert "95 % interval 1.0 to 3.0" in usual
    assert "At the last label it gains 5.0 points, 95 % interval 4.0 to 6.0." in usual
    assert "The remedy gains 2.0 points" in usual and "it has no significant effect: +0.1 points" in usual
    assert "has no significant effect along the whole curve" in told(less, none, none)
    assert "does not help here: it harms by 2.0 points" in told(less, less, none)
    assert "No significant failure" in told(none, none, none) and "No failure here" in told(more, none, none)
    assert "it harms by 2.0 points" in told(less, more, less)
    assert "it gains 2.0 points" in told(less, more, more)


def test_no_strength_changes_nothing_and_without_the_failure_there_is_no_cost() -> None:
    same = Interval(0.0, 0.0, 0.0)
    words = {"reference": "the clean data", "remedy": "The remedy", "absence": "all is well"}
    assert describe_effects(Effects(same, same, same, same, 20), **words) == (
        "No failure here: nothing differs from the clean data (20 paired seeds). "
        "The remedy changes nothing at this strength. Where all is well it changes nothing."
    )
    less, unsure = Interval(-0.02, -0.03, -0.01), Interval(0.001, -0.01, 0.012)
    ends = [
        describe_effects(Effects(same, unsure, end, same, 20), **words).split(". ")[2] for end in (less, unsure, same)
    ]
    assert ends[0] == "At the last label it loses 2.0 points, 95 % interval 1.0 to 3.0"
    assert ends[1].startswith("At the last label it has no significant effect: +0.1 points")
    assert ends[2].startswith("Where all is well")


def test_claims_have_the_differences_of_their_sentences() -> None:
    cost, gain, harm = Interval(-0.02, -0.03, -0.01), Interval(0.001, -0.01, 0.012), Interval(0.02, 0.01, 0.03)
    words: dict[str, Any] = {"reference": "the clean data", "remedy": "The remedy", "absence": "all is well"}
    found = effect_claims(Effects(cost, gain, gain, harm, 20), **words)
    assert [claim.verdict for claim in found] == ["worse", "undecided", "better"]
    assert [claim.difference.estimate for claim in found] == [-2, 0.1, 2]
    assert found[1].sentence.startswith("The remedy has no significant effect along the whole curve: +0.1 p")


def test_reliability_against_counting_by_hand() -> None:
    rng = rng_for(1, "reliability")
    probs_N_C, y_N = rng.dirichlet([0.5, 1, 1], 500), rng.integers(0, 3, 500)
    found = averaged_reliability(probs_N_C, y_N)
    error, shares = 0.0, []
    for low in np.arange(10) / 10:
        inside = [i for i in range(500) if low < max(probs_N_C[i]) <= low + 0.1]
        if inside:
            right = np.mean([np.argmax(probs_N_C[i]) == y_N[i] for i in inside])
            sure = np.mean([max(probs_N_C[i]) for i in inside])
            error += len(inside) / 500 * abs(right - sure)
            shares.append(len(inside) / 500)
    assert found.error == pytest.approx(error)
    np.testing.assert_allclose(found.share_B, shares)
    certain = averaged_reliability([[1.0, 0.0]] * 4, [0, 0, 0, 1])
    assert certain.error == pytest.approx(0.25) and list(certain.accuracy_B) == [0.75]
    with pytest.raises(ValueError, match="needs points, their labels and a bin"):
        averaged_reliability(np.empty((0, 2)), [])


def test_a_chart_is_valid_and_its_band_is_the_interval() -> None:
    values_S_T = rng_for(2, "values").random((6, 4))
    series = mean_curve_of("random", "R & D", range(4), values_S_T)
    chart = curve_chart([series], x=Axis("Labels"), y=Axis("Accuracy", "share"), references=[Reference(x=0.5)])
    checked = go.Figure(to_plotly(chart, dark=True).to_dict())
    assert [trace.name for trace in checked.data if trace.name] == ["R &amp; D"]
    assert series.low is not None and series.high is not None
    np.testing.assert_array_equal([series.y, series.low, series.high], bounded_band(values_S_T))
    gains = mean_curve_of("random", "Gain", range(4), values_S_T - 0.5, differences=True)
    np.testing.assert_array_equal([gains.y, gains.low, gains.high], 100 * np.array(difference_band(values_S_T - 0.5)))
    assert mean_curve_of("random", "One", range(4), values_S_T[:1]).band() == []
    with pytest.raises(ValueError, match="needs a curve"):
        curve_chart([], x=Axis(), y=Axis())


def test_the_committed_measurements_are_of_the_default_settings_and_say_what_helps() -> None:
    results = {row["work"].split(":")[0]: row for row in json.loads(RESULTS.read_text()) if "setting" in row}
    assert list(results) == list(FAILURE_MODES)
    for name, mode in FAILURE_MODES.items():
        assert results[name]["setting"] == asdict(mode())
        assert "50 paired seeds" in results[name]["work"]
        assert results[name]["failure"]["high"] < 0
        assert results[name]["recovery"]["low"] > 0
