"""The pipeline behind the recommendation, reduced, end to end; and its null."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.cli.main import main
from alcore.datasets.catalogue import DATASETS, load_dataset
from alcore.loops.races.paired import paired_races
from alcore.recommend import recommend
from alcore.recommend.evidence import HORIZONS, load_evidence, read_evidence
from alcore.runs.tournament.run import local_pool
from tests.benchmarks.evidence import slices, summary, tasks, work
from tests.benchmarks.evidence.false_claims import false_claims
from tests.benchmarks.evidence.findings import findings
from tests.benchmarks.evidence.summary import summary_of

REDUCED = slices.Slice(
    "reduced", ("random", "margin", "entropy", "k_center"), ("iris", "wine", "blobs"), (20,), seeds=3
)


@pytest.fixture
def reduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tasks, "BUDGETS", tmp_path / "budgets.json")
    monkeypatch.setattr(work, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(work, "SHIPPED", tmp_path / "evidence.json")
    for module in (work, summary):
        monkeypatch.setattr(module, "SLICES", {"reduced": REDUCED})
    monkeypatch.setattr(summary, "LEAST_TASKS", 3)
    return tmp_path


def test_from_races_to_a_recommendation(reduced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.work([REDUCED], reduced, local_pool(1))
    assert capsys.readouterr().out.count("12 cells") == 3
    work.work([REDUCED], reduced, local_pool(1))
    assert capsys.readouterr().out == ""  # nothing is raced twice
    work.write(reduced)
    table = json.loads((reduced / "evidence.json").read_text())
    found = read_evidence(table)
    assert found.slices == {"reduced": (3, 3)} and {cell.dataset for cell in found.cells} == {"iris", "wine", "blobs"}
    for cell in found.cells:
        races = paired_races(
            [load_dataset(cell.dataset, seed=seed) for seed in range(3)],
            list(cell.curves),
            seeds=range(3),
            seed_labels=2 * DATASETS[cell.dataset].classes,
            labels_per_round=20,
            rounds=cell.rounds,
        )
        assert tuple(races.labels_T) == cell.labels
        np.testing.assert_allclose(list(cell.curves.values()), races.accuracy_S_R_T.mean(axis=0), atol=6e-5)
        area_S_R = np.asarray(np.trapezoid(races.accuracy_S_R_T, races.labels_T)) / np.ptp(races.labels_T)
        for name, area_S in zip(cell.curves, area_S_R.T, strict=True):
            if name != "random":
                gain_S = area_S - area_S_R[:, 0]
                assert cell.measured["all"][name].gain == pytest.approx(gain_S.mean(), abs=1e-5)
                assert cell.measured["all"][name].worse == pytest.approx(np.mean(gain_S < -1e-12), abs=0.01)
    assert [(one.horizon, [rival.tasks for rival in one.rivals]) for one in found.tried] == [
        (horizon, [3, 3, 3]) for horizon in HORIZONS
    ]
    assert recommend(batch=20, evidence=found).strategy == "random"  # three tasks can show nothing
    assert "`reduced` 3 of 3" in (reduced / "results/findings.md").read_text()


def test_the_committed_findings_are_those_of_the_shipped_evidence() -> None:
    assert (work.FOLDER / "findings.md").read_text(encoding="utf-8") == findings(load_evidence())


def test_the_command_of_a_cell_repeats_it(reduced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = slices.Slice("reduced", ("random", "margin"), ("iris",), (20,), seeds=2)
    work.work([small], reduced, local_pool(1))
    (one,) = work.finished(small, reduced)
    cell = read_evidence(summary_of({"reduced": [one]}, tasks.budgets())).cells[0]
    words = cell.command(("margin",)).split()
    assert words[:4] == ["python", "-m", "alcore", "tournament"]
    capsys.readouterr()
    assert main([*words[3:], "--jobs", "1", "--home", str(reduced)]) == 0
    # The same cells: all were in the store.
    assert "4 of 4 cells were done before" in capsys.readouterr().err


def test_packed_records_come_back(reduced: Path) -> None:
    work.work([REDUCED], reduced, local_pool(1))
    records = work.finished(REDUCED, reduced)
    back = work.unpack(work.pack(records))
    for one, other in zip(records, back, strict=True):
        assert one["tasks"][0]["hits"] == other["tasks"][0]["hits"]
        assert {key: value for key, value in one.items() if key != "tasks"} == {
            key: value for key, value in other.items() if key != "tasks"
        }


def test_written_races_go_on_in_another_home_and_count_once_their_regime_is_whole(
    reduced: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, other = reduced / "first", reduced / "other"
    work.work([dataclasses.replace(REDUCED, datasets=("iris",))], first, local_pool(1))
    assert "12 cells" in capsys.readouterr().out
    work.write(first)
    assert json.loads((reduced / "evidence.json").read_text())["cells"] == []
    assert "`reduced` 0 of 3" in (reduced / "results/findings.md").read_text()
    work.work([REDUCED], other, local_pool(1))
    said = capsys.readouterr().out
    assert said.count("12 cells") == 2 and "iris" not in said
    work.write(other)
    table = json.loads((reduced / "evidence.json").read_text())
    assert [cell["dataset"] for cell in table["cells"]] == ["iris", "wine", "blobs"]
    work.write(reduced / "a third, empty home")
    assert json.loads((reduced / "evidence.json").read_text()) == table


def test_slices_of_one_regime_are_joined_on_the_same_random_races(reduced: Path) -> None:
    parts = {
        name: slices.Slice(name, ("random", strategy), ("iris",), (20,), seeds=2)
        for name, strategy in (("a", "margin"), ("b", "entropy"))
    }
    for one in parts.values():
        work.work([one], reduced, local_pool(1))
    records = {name: work.finished(one, reduced) for name, one in parts.items()}
    (a,), (b,) = records.values()
    assert [row[0] for row in a["tasks"][0]["hits"]] == [row[0] for row in b["tasks"][0]["hits"]]
    cell = read_evidence(summary_of(records, tasks.budgets())).cells[0]
    assert list(cell.curves) == ["random", "margin", "entropy"] and cell.slices == ("a", "b")


def test_strategies_that_differ_by_luck_alone_are_rarely_recommended() -> None:
    claims = [false_claims(np.random.default_rng([7, n]), tasks=12, seeds=10, strategies=8) for n in range(15)]
    # At 5 % more than 4 of 15 would come up once in 1,600 times.
    assert np.sum(claims, axis=0).max() <= 4


def test_slices_on_the_same_tasks_count_when_both_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = slices.Slice("cheap", ("random", "margin"), ("iris", "wine"), (20, 5), beside="costly")
    costly = slices.Slice("costly", ("random", "uherding"), ("iris", "wine"), (20, 5), beside="cheap")
    alone = slices.Slice("alone", ("random", "margin"), ("iris",), (20,))
    monkeypatch.setattr(work, "SLICES", {one.name: one for one in (cheap, costly, alone)})

    def races(*batches: int) -> list[dict[str, Any]]:
        return [{"plan": {"learners": ["logistic"], "settings": {"labels_per_round": batch}}} for batch in batches]

    found = work.counted({"cheap": races(20, 20, 5, 5), "costly": races(20, 20, 5), "alone": races(20)})
    assert found == {"cheap": races(20, 20), "costly": races(20, 20), "alone": races(20)}
