"""Past runs against one another in the MNIST lab: differences, settings, leagues and groups."""

from pathlib import Path

import numpy as np
import pytest

from alcore.runs.store.store import Store
from pages.screens.mnist_lab.past_runs.compare import groups_of
from tests.support.charts import numbers
from tests.support.lab import Lab, finished, rounds_of, said
from tests.support.screens import assert_fine, charts

pytestmark = pytest.mark.usefixtures("fetches")


def test_a_difference_is_of_pairs(lab: Lab, home: Path) -> None:
    runs = [finished(home, strategy=strategy, seed=s) for strategy in ("margin", "random") for s in (0, 1)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs), mnist_past="difference")
    assert_fine(at, "a difference")
    heights = np.array([[one.accuracy for one in rounds_of(home, run)] for run in runs])
    drawn = numbers(charts(at)[-1]["data"][-1]["y"])
    np.testing.assert_allclose(drawn, 100 * (heights[:2] - heights[2:]).mean(axis=0))
    assert "2 paired seeds" in at.info[-1].value.replace("\\", "")


def test_a_difference_says_what_it_is_not(lab: Lab, home: Path) -> None:
    margin, random = finished(home), finished(home, strategy="random")
    other = finished(home, rounds=2, labels_per_round=30)
    at = lab(mnist_compare=f"{margin.run_id},{random.run_id}", mnist_past="difference")
    assert "the same first model" in said(at) and "The band is" not in said(at), "one pair has no band"
    at = lab(mnist_compare=f"{margin.run_id},{other.run_id}", mnist_past="difference", mnist_x="round")
    assert_fine(at, "more than the strategy")
    assert "is not due to the strategy alone" in said(at) and "the same first model" not in said(at)
    at = lab(mnist_compare=f"{finished(home, seed_labels=61).run_id},{random.run_id}", mnist_past="difference")
    assert "with curves against rounds, they can be compared" in said(at)


def test_a_legend_of_many_runs_does_not_press_its_plot_flat(lab: Lab, home: Path) -> None:
    runs = [finished(home, rounds=1, seed_labels=labels) for labels in range(60, 68)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs))
    assert_fine(at, "many runs")
    several = charts(at)[-1]["layout"]["height"]
    at = lab(mnist_compare=",".join(run.run_id for run in runs[:2]))
    # Four entries of this length stand in a line.
    assert several - charts(at)[-1]["layout"]["height"] == 31


def test_seeds_are_laid_over_one_another_as_bands(lab: Lab, home: Path) -> None:
    runs = [finished(home, strategy=strategy, seed=s) for strategy in ("margin", "random") for s in (0, 1)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs))
    assert_fine(at, "bands")
    named = [trace["name"] for trace in charts(at)[-1]["data"] if "mean of" in trace.get("name", "")]
    assert named == ["Margin (mean of 2 seeds, 95 % interval)", "Random (mean of 2 seeds, 95 % interval)"]


def test_settings_that_differ_and_no_others(lab: Lab, home: Path) -> None:
    runs = [finished(home, rounds=1), finished(home, rounds=2, strategy="random")]
    at = lab(mnist_compare=",".join(run.run_id for run in runs), mnist_past="settings")
    assert_fine(at, "settings")
    table = at.dataframe[-1].value
    assert table["Setting"].tolist() == ["strategy", "rounds"]
    assert table.iloc[1, 1:].tolist() == ["1", "2"]


def test_the_graph_learner_stands_in_a_column_of_its_own(lab: Lab, home: Path) -> None:
    plain, graph = finished(home, rounds=1), finished(home, rounds=1, learner="graph")
    at = lab(mnist_compare=f"{plain.run_id},{graph.run_id}")
    assert_fine(at, "two leagues")
    table = at.dataframe[0].value.set_index("Id")
    assert table.loc[graph.run_id].isna()["Accuracy"] and table.loc[plain.run_id].isna()["Semi-supervised"]
    accuracy = rounds_of(home, graph)[-1].accuracy
    assert table.loc[graph.run_id, "Semi-supervised"] == pytest.approx(100 * accuracy)
    assert any("semi-supervised" in one.value for one in at.info)


def test_groups_are_runs_that_differ_in_the_seed_alone(home: Path) -> None:
    runs = [finished(home, rounds=1), finished(home, rounds=1, seed=1), finished(home, rounds=2)]
    with Store(home) as store:
        infos = [store.run(run.run_id) for run in runs]
    found = groups_of(infos)
    assert [len(group) for group in found.values()] == [2, 1] and len(set(found)) == 2
