"""The recommendation on evidence that is known, and the evidence that is shipped."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from alcore.cli.main import main
from alcore.recommend import choose, recommend
from alcore.recommend.advice import Advice, Question
from alcore.recommend.choose import FEWEST_TASKS
from alcore.recommend.evidence import SHIPPED, Cell, Evidence, Measured, load_evidence
from alcore.recommend.text import default_words, headline, points, tried_sentence
from alcore.report.intervals import Interval
from alcore.strategies.catalogue import STRATEGIES

ROW = Measured(0.0, 0.5, 0.01, 0, 1.0)


def cell(dataset: str, gains: dict[str, float], **settings) -> Cell:
    measured = {
        name: Measured(gain, 0.25, 0.01, int(gain > 0) - int(gain < 0), math.exp(gain)) for name, gain in gains.items()
    }
    given: dict[str, Any] = {
        "kind": "table",
        "classes": 2,
        "rarest": 0.9,
        "pool": 500,
        "learner": "logistic",
        "seed_set": "balanced",
        "batch": 5,
    }
    return Cell(
        dataset=dataset,
        **(given | settings),
        seeds=50,
        seed_labels=4,
        rounds=10,
        capped=False,
        slices=("one",),
        labels=(4, 54),
        curves={name: (0.5, 0.9) for name in ("random", *gains)},
        measured={"few": measured, "all": measured},
        last={"few": 24, "all": 54},
    )


def evidence(count: int = 12, *, gain: float = 0.02, **settings) -> Evidence:
    rng = np.random.default_rng(0)
    noise = rng.normal(scale=0.004, size=(count, 2))
    cells = [
        cell(f"task{i}", {"margin": gain + one, "entropy": other}, **settings) for i, (one, other) in enumerate(noise)
    ]
    return Evidence(tuple(cells), {}, ())


def test_the_largest_reliable_gain_is_recommended_with_its_interval() -> None:
    found = recommend(5000, 2, 50, 5, evidence=evidence())
    assert found.strategy == "margin" and found.reliable and found.not_beaten == ("margin",)
    gain_D = np.array([one.measured["all"]["margin"].gain for one in found.cells])
    # Of two comparisons the smaller p-value is tested first, at half of 5 %.
    reach = student.ppf(1 - 0.025 / 2, 11) * gain_D.std(ddof=1) / math.sqrt(12)
    first = found.first
    assert first.gain.estimate == pytest.approx(gain_D.mean())
    assert first.gain.low == pytest.approx(gain_D.mean() - reach)
    # Saved labels are made of the gains here.
    assert first.saved is not None and math.log(first.saved.estimate) == pytest.approx(gain_D.mean())
    assert found.runner_up is not None and found.runner_up.strategy == "entropy"
    assert first.races_worse == 0.25 and first.loss == pytest.approx(0.01)
    assert first.worst_gain == gain_D.min()


def test_random_is_recommended_where_nothing_is_reliable() -> None:
    found = recommend(classes=2, evidence=evidence(gain=0.0))
    assert found.strategy == "random" and not found.reliable
    assert headline(found).startswith("No strategy is reliably better than random here")
    assert found.nothing_to_gain


def test_few_tasks_can_claim_nothing() -> None:
    """The bound by the sign test: equal signs on five tasks are likely by chance."""
    assert recommend(evidence=evidence(5)).strategy == "random"


@pytest.mark.parametrize(("classes", "expected"), [(2, 12), (3, 12 + FEWEST_TASKS - 1)])
def test_a_small_regime_is_widened_and_says_so(classes: int, expected: int) -> None:
    several = [replace(one, dataset=f"m{i}", classes=4) for i, one in enumerate(evidence(FEWEST_TASKS - 1).cells)]
    found = recommend(classes=classes, evidence=Evidence((*evidence().cells, *several), {}, ()))
    assert len(found.cells) == expected
    assert any("all are counted" in note for note in found.notes) == (classes > 2)


def test_the_nearest_batch_answers_and_traps_have_no_part() -> None:
    parts = [evidence(batch=batch).cells for batch in (1, 5, 20)]
    trap = cell("trap", {"margin": -0.5, "entropy": 0.0}, kind="trap", batch=20)
    found = recommend(batch=12, evidence=Evidence((*sum(parts, ()), trap), {}, ()))
    assert {one.batch for one in found.cells} == {20} and found.traps == (trap,)
    assert "The races have 20 labels a round, not 12." in found.notes
    assert "significantly worse than random on 1 (trap)" in str(found)


def test_a_kind_without_races_is_named() -> None:
    found = recommend(kind="text", evidence=evidence())
    assert "No race on texts is finished; these are on tables of numbers." in found.notes


def test_what_no_race_answers_is_said_in_words() -> None:
    notes = recommend(budget=4, batch=10_000, rarest=0.1, seed_set="random", evidence=evidence()).notes
    assert "The races have 5 labels a round, not 10,000." in notes
    assert "No race from a random seed set is finished; these are from a balanced seed set." in notes
    assert "The races begin with 4 labels and query after them: nothing was measured before." in notes
    assert "None of the tasks is imbalanced: these are balanced." in notes
    assert not recommend(budget=5, evidence=evidence()).notes
    several = evidence(classes=4)
    assert "The tasks have up to 4 classes, yours 1,000." in recommend(classes=1000, evidence=several).notes
    assert not recommend(classes=4, budget=8, evidence=several).notes
    notes = recommend(classes=3, rarest=0.1, budget=8, evidence=evidence()).notes
    assert "Only 0 of the tasks are of three classes or more: all are counted, balanced ones too." in notes


def test_a_strategy_that_was_not_raced_everywhere_is_not_compared() -> None:
    some = evidence().cells
    more = replace(some[0], curves=dict(some[0].curves) | {"badge": (0.5, 0.9)})
    assert {one.strategy for one in recommend(evidence=Evidence((more, *some[1:]), {}, ())).standings} == {
        "margin",
        "entropy",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"classes": 1}, "classes must be a whole number, 2 or more, got 1"),
        ({"budget": 0}, "budget must be"),
        ({"batch": 2.5}, "batch must be"),
        ({"rows": -1}, "rows must be"),
        ({"budget": 10**4000}, "budget must be at most 1,000,000,000,000"),
        ({"kind": "sound"}, "kind was 'sound'; expected one of table, text, images"),
        ({"rarest": 0.0}, "rarest was 0.0"),
        ({"seed_set": "none"}, "expected balanced or random"),
        ({"learner": "knn"}, "no race of the learner 'knn' is finished"),
    ],
)
def test_an_argument_out_of_range_is_a_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        recommend(**arguments, evidence=evidence())


def test_a_project_follows_races_of_its_kind_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "load_evidence", evidence)
    found = choose.advice_for_project(500, 2, kind="table", learner="logistic")
    assert found is not None and found.strategy == "margin"
    assert choose.advice_for_project(500, 2, kind="text", learner="logistic") is None
    assert choose.advice_for_project(500, 2, kind="table", learner="forest") is None
    monkeypatch.setattr(choose, "load_evidence", lambda: evidence(batch=20))
    assert choose.advice_for_project(500, 2, kind="table", learner="logistic") is None


def test_a_project_starts_with_margin_unless_another_is_better() -> None:
    assert choose.default_strategy(None) == "margin"
    assert choose.default_strategy(recommend(evidence=evidence())) == "margin"
    assert choose.default_strategy(recommend(evidence=evidence(gain=0.0))) == "random"
    cells = [
        replace(
            one,
            measured={
                key: {"margin": some["entropy"], "entropy": some["margin"]} for key, some in one.measured.items()
            },
        )
        for one in evidence().cells
    ]
    swapped = recommend(evidence=Evidence(tuple(cells), {}, ()))
    assert choose.default_strategy(swapped) == "entropy"
    assert default_words(swapped, "entropy").endswith("over random on 12 tables, the largest gain.")


def test_a_small_budget_reads_the_start_of_the_races() -> None:
    assert [Question(classes=2, budget=budget).horizon for budget in (10, 30, 31)] == ["few", "few", "all"]


shipped = pytest.mark.skipif(not SHIPPED.is_file(), reason="no slice is finished")


@shipped
def test_the_shipped_evidence_is_whole() -> None:
    found = load_evidence()
    assert found.cells and all(done <= planned for done, planned in found.slices.values())
    for one in found.cells:
        assert set(one.curves) <= set(STRATEGIES) and "random" in one.curves
        assert all(set(some) == set(one.curves) - {"random"} for some in one.measured.values())
        assert all(len(curve) == len(one.labels) for curve in one.curves.values())
        assert one.last["few"] <= one.last["all"] == one.labels[-1]
    for tried in found.tried:
        for rival in tried.rivals:
            assert rival.higher + rival.equal + rival.lower == rival.tasks == sum(tried.chosen.values())
            assert f"of {rival.tasks} data sets left out" in tried_sentence(rival)


@shipped
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("batch", [1, 5, 20])
@pytest.mark.parametrize("budget", [20, 200])
def test_every_regime_has_an_answer(classes: int, batch: int, budget: int) -> None:
    found = recommend(5000, classes, budget, batch)
    assert isinstance(found, Advice) and len(found.cells) >= FEWEST_TASKS
    assert found.strategy in STRATEGIES and str(found)


@shipped
def test_the_command_says_what_the_function_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recommend", "--rows", "5000", "--classes", "3", "--budget", "200", "--batch", "10"]) == 0
    said = capsys.readouterr().out
    assert str(recommend(5000, 3, 200, 10)) in said
    assert "python -m alcore tournament --strategies random" in said
    assert main(["recommend", "--classes", "1"]) == 2
    assert "classes must be a whole number, 2 or more" in capsys.readouterr().err


def test_an_interval_that_excludes_zero_is_shown_to_do_so() -> None:
    assert points(Interval(0.005, 0.0001, 0.01)) == "+0.50 points (95 % CI +0.01 to +1.00)"
    assert points(Interval(-0.005, -0.02, 0.01)) == "−0.5 points (95 % CI −2.0 to +1.0)"
