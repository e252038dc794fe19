"""The goals that the benchmarks print: every goal has its figures, and the verdicts are those of the figures."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import goals
from tests.benchmarks.goals import GOALS, Goal, figures, table


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.file}, {goal.work}")
def test_every_goal_has_its_figures_in_the_committed_results(goal: Goal) -> None:
    rows = json.loads((goals.RESULTS / f"{goal.file}.json").read_text(encoding="utf-8"))
    assert len(figures(goal, rows)) == len(goal.keys)
    assert (goal.least is None) != (goal.most is None)


def test_the_table_says_what_is_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"work": "race, 2 classes", "ratio": 91.5, "two_threads": {"ratio": 89}},
        {"work": "race, 3 classes", "ratio": 60, "two_threads": {"ratio": 59}},
        {"work": "slider", "seconds": 0.1},
    ]
    (tmp_path / "one.json").write_text(json.dumps(rows))
    monkeypatch.setattr(goals, "RESULTS", tmp_path)
    found = table(
        [
            Goal("two", "one", "race, 2", least=90),
            Goal("three", "one", "race, 3", least=90),
            Goal("move", "one", "slider", ("seconds",), most=0.1, unit=" s"),
            Goal("other", "one", "another", least=1),
            Goal("none", "absent", "race", least=1),
        ]
    ).splitlines()
    assert [line.split("  ")[-1].strip() for line in found[1:]] == [
        "met by one of two",
        "NOT MET",
        "met",
        "not measured",
        "not measured",
    ]
    assert "91.5 and 89 x" in found[1] and "at most 0.1 s" in found[3]
