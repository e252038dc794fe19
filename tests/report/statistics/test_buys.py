"""What batches buy: changes in labels against top-k on made-up races, their intervals and sentences."""

import json

import numpy as np
import pytest

from alcore.report.charts.chart import Chart
from alcore.report.charts.curves import mean_curves
from alcore.report.statistics.labels_to_target import absolute, share_of_all
from alcore.report.text.batch_savings import LabelSavings, compare_to_top_k, describe_savings
from tests.support.charts import drawn

LABELS = np.arange(10, 210, 10)
NAMES = {"top_k": "Top-k", "hybrid": "Hybrid, sum", "random": "Random"}


def races(speed: dict[str, float], seeds: int = 20, seed: int = 0) -> np.ndarray:
    """accuracy_S_R_T that rise to 0.9, each strategy at its speed, each seed at its own."""
    rng = np.random.default_rng(seed)
    own = rng.lognormal(0, 0.25, (seeds, len(speed), 1)) * rng.lognormal(0, 0.3, (seeds, 1, 1))
    pace = 0.03 * np.array(list(speed.values()))[:, None] * own
    return np.clip(0.9 - 0.3 * np.exp(-pace * (LABELS - 10)), 0, 1)


def bought(speed: dict[str, float], *, target: float = 0.85, **made) -> LabelSavings:
    accuracy = races(speed, **made)
    seeds = range(len(accuracy))
    return compare_to_top_k(LABELS, accuracy, tuple(speed), seeds=seeds, target=absolute(target), names=NAMES)


def test_a_strategy_twice_as_fast_needs_about_half() -> None:
    found = bought({"top_k": 1.0, "hybrid": 2.0}, seeds=60)
    change = found.of("hybrid").change
    assert change is not None
    assert -0.55 < change.low < change.estimate < change.high < -0.3
    assert found.of("top_k").change is None
    told = describe_savings(found)
    assert told[0].startswith("To 85 %, top-k typically needed") and "(60 paired seeds)" in told[0]
    assert told[1].startswith("Hybrid, sum: ") and "fewer labels than top-k (95 % interval" in told[1]
    assert told[2].endswith("hybrid, sum saved labels significantly.")
    assert len(told) == 3


def test_a_slower_strategy_is_told_as_such() -> None:
    told = describe_savings(bought({"top_k": 1.0, "hybrid": 0.6}, seeds=60))
    assert "more labels than top-k" in told[1]
    assert "no strategy saved labels significantly" in told[2]


def test_intervals_that_are_not_there_allow_for_nothing() -> None:
    three = {"top_k": 1.0, "hybrid": 2.0, "random": 1.0}
    assert describe_savings(bought(three))[-1] == "The intervals allow for 2 comparisons."
    few = describe_savings(bought(three, seeds=5))
    assert few[3] == "No intervals: 5 paired seeds are too few." and "allow for" not in few[-1]


def test_two_that_are_the_same_are_not_told_apart() -> None:
    accuracy = races({"top_k": 1.0})
    twin = compare_to_top_k(
        LABELS,
        np.repeat(accuracy, 2, axis=1),
        ("top_k", "hybrid"),
        seeds=range(20),
        target=absolute(0.85),
        names=NAMES,
    )
    change = twin.of("hybrid").change
    assert change is not None and change.low == change.high == 0
    assert "as many labels as top-k" in describe_savings(twin)[1]


def test_chance_is_hardly_ever_taken_for_a_saving() -> None:
    claims = 0
    for seed in range(200):
        found = bought({"top_k": 1.0, "hybrid": 1.0, "random": 1.0}, seed=seed)
        assert all(one.change is not None for one in found.bought if one.strategy != "top_k")
        claims += any(one.change is not None and not one.change.low <= 0 <= one.change.high for one in found.bought)
    assert claims <= 16, "the intervals of two comparisons miss in 5 % of races, with a margin for 200"


def test_more_comparisons_want_wider_intervals() -> None:
    two = bought({"top_k": 1.0, "hybrid": 1.6}, seeds=40).of("hybrid").change
    accuracy = races({"top_k": 1.0, "hybrid": 1.6}, seeds=40)
    many = compare_to_top_k(
        LABELS,
        np.concatenate([accuracy, accuracy[:, 1:]], axis=1),
        ("top_k", "hybrid", "random"),
        seeds=range(40),
        target=absolute(0.85),
        names=NAMES,
    )
    three = many.of("hybrid").change
    assert two is not None and three is not None
    assert three.low <= two.low and two.high <= three.high and three.estimate == two.estimate
    assert "The intervals allow for 2 comparisons." in describe_savings(many)


def test_races_that_never_get_there_are_told() -> None:
    told = describe_savings(bought({"top_k": 1.0, "hybrid": 0.01}))
    assert "never reached it; no interval: too many races do not reach the target" in told[1]
    few = describe_savings(bought({"top_k": 1.0, "hybrid": 2.0}, seeds=4))
    assert "no interval: 4 paired seeds are too few" in few[1]
    nobody = describe_savings(bought({"top_k": 0.01, "hybrid": 0.01}))
    assert nobody[0] == "To 85 %, top-k never reached it (20 paired seeds)."


def test_a_target_that_is_there_from_the_start_is_told() -> None:
    told = describe_savings(bought({"top_k": 1.0, "hybrid": 2.0}, target=0.5))
    assert told[0].endswith("Most races start above it: a higher target says more.")
    assert "as many labels as top-k" in told[1]


def test_an_open_interval_says_which_end_is_open() -> None:
    # One race in ten of top-k never gets there: its loss has no bound.
    accuracy = races({"top_k": 1.0, "hybrid": 1.1}, seeds=10)
    accuracy[0, 1] = 0.5
    found = compare_to_top_k(LABELS, accuracy, ("top_k", "hybrid"), seeds=range(10), target=absolute(0.85), names=NAMES)
    change = found.of("hybrid").change
    assert change is not None
    if np.isinf(change.high):
        assert "to anything more" in describe_savings(found)[1]


def test_each_seed_may_have_a_target_of_its_own() -> None:
    accuracy = races({"top_k": 1.0, "hybrid": 1.0}, seeds=6)
    ceilings = {seed: 0.8 + 0.02 * seed for seed in range(6)}
    target = share_of_all(0.95, ceilings)
    found = compare_to_top_k(LABELS, accuracy, ("top_k", "hybrid"), seeds=range(6), target=target, names={})
    needed = [
        next((float(n) for n, a in zip(LABELS, accuracy[s, 0], strict=True) if a >= 0.95 * ceilings[s]), np.inf)
        for s in range(6)
    ]
    assert found.of("top_k").needed.median == np.median(needed)
    assert found.of("top_k").name == "top_k"


def test_without_top_k_there_is_nothing_to_measure_by() -> None:
    with pytest.raises(ValueError, match="counted against top_k"):
        bought({"hybrid": 1.0})


def savings(found: LabelSavings) -> Chart:
    return mean_curves(found.labels_T, found.bought, seeds=found.seeds, target=found.target.accuracy)


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_holds_every_curve_with_its_band(dark: bool) -> None:
    found = bought({"top_k": 1.0, "hybrid": 1.5, "random": 0.8})
    figure = drawn(savings(found), dark=dark)
    lines = [trace for trace in figure["data"] if "name" in trace and "fill" not in trace]
    assert [trace.get("name") for trace in figure["data"] if "fill" in trace] == [
        "95 % interval, 20 paired seeds",
        None,
        None,
    ]
    assert [line["name"] for line in lines] == ["Top-k", "Hybrid, sum", "Random"]
    assert len(figure["data"]) == 6 and len({line["line"]["dash"] for line in lines}) > 1
    assert figure["layout"]["shapes"][0]["y0"] == 0.85
    low, high = figure["layout"]["yaxis"]["range"]
    assert all(low <= one.low_T.min() and one.high_T.max() <= high for one in found.bought), "a band is cut off"
    layout = drawn(savings(bought({"top_k": 1.0, "hybrid": 1.5}, target=0.3)))["layout"]
    low, high = layout["yaxis"]["range"]
    assert low < 0.3 < high, "the target is not on the chart"
    assert layout["annotations"][0]["yanchor"] == "bottom", "its name lies on the axis"
    json.dumps(figure)
    alone = drawn(savings(bought({"top_k": 1.0, "hybrid": 1.5}, seeds=1)))
    assert len(alone["data"]) == 2, "one race bounds nothing"
