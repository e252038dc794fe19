"""Cells are the same wherever they run; a tournament loses nothing to failures, kills and restarts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.linear_model import LogisticRegression

from alcore.cli.main import main
from alcore.datasets.catalogue import load_dataset
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.pool.simulate import simulate
from alcore.report.export.tournament import NAMES
from alcore.runs.config import ConfigError
from alcore.runs.config_data import start_options, strategy_of
from alcore.runs.tournament.background import exclusive, is_running, stop, stop_asked, words
from alcore.runs.tournament.cells import CellFailure, CellResult, CellStore
from alcore.runs.tournament.groups import SEEDS, grouped, run_cell, run_group
from alcore.runs.tournament.plan import READY_DATASETS, READY_STRATEGIES, plan_of
from alcore.runs.tournament.record import record
from alcore.runs.tournament.run import carry_out, local_pool, outcomes, progress

ROOT = Path(__file__).resolve().parents[2]
# Sums in several orders, random draws, refits and clusters: what could differ between processes.
SMALL = plan_of(("margin", "bald", "badge", "typiclust"), ("iris", "digits"), seeds=2, rounds=1)


def test_a_cell_is_the_same_alone_again_and_in_a_pool(tmp_path: Path) -> None:
    cells = SMALL.cells()
    alone = {cell: run_cell(config) for cell, config in cells.items()}
    assert {cell: run_cell(config) for cell, config in reversed(list(cells.items()))} == alone
    carry_out(SMALL, tmp_path, local_pool(2))
    with CellStore(tmp_path) as store:
        assert store.results(cells) == alone
    assert len(alone) == 5 * 2 * 2


def test_a_group_has_the_results_of_its_cells_and_the_curves_of_tight_fits_one_by_one() -> None:
    strategies = ("least_confidence", "egl", "bald", "badge", "k_center", "hybrid", "batchbald")
    plan = plan_of(strategies, ("wine", "moons"), seeds=SEEDS, rounds=4, settings={"epsilon": 0.2, "density": 0.5})
    groups = grouped(plan.cells().values())
    assert [len(group) for group in groups] == [8 * SEEDS] * 2
    for group in groups:
        together = run_group(group)
        assert together == [run_cell(config) for config in group]
        for config, found in list(zip(group, together, strict=True))[:16]:
            data = load_dataset(config.dataset, seed=config.seed)
            loop = list(
                simulate(
                    data,
                    ClassifierLearner(LogisticRegression(tol=1e-10, max_iter=10_000), data.classes),
                    strategy_of(config),
                    labels_per_round=config.labels_per_round,
                    rounds=config.rounds,
                    **start_options(config),
                )
            )
            assert found.labels == tuple(one.labels for one in loop)
            assert found.hits == tuple(round(one.accuracy * len(data.y_test)) for one in loop)
            assert found.train_loss == pytest.approx([one.train_loss for one in loop], abs=1e-6)


def test_what_lockstep_does_not_serve_is_a_group_of_its_own() -> None:
    for settings in ({"candidates": 50}, {"samples": 5}, {"calibration": 10}, {"stop_plateau": 2}, {"pool_size": 50}):
        groups = grouped(plan_of(("margin",), ("iris",), seeds=2, rounds=1, settings=settings).cells().values())
        assert [len(group) for group in groups] == [1] * 4, settings
        assert len(run_group(groups[0])[0].hits) == 2


def test_cells_of_one_seed_are_paired() -> None:
    cells = list(SMALL.cells().values())
    results = [run_cell(config) for config in cells if config.dataset == "iris"]
    for seed in (0, 1):
        rivals = [
            one
            for one, config in zip(results, [c for c in cells if c.dataset == "iris"], strict=True)
            if config.seed == seed
        ]
        assert len({(one.hits[0], one.train_loss[0], one.labels) for one in rivals}) == 1
        assert len({one.hits for one in rivals}) > 1


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    plan = plan_of(("margin",), ("blobs", "moons"), seeds=2, rounds=2)
    seen: list[str] = []
    carry_out(
        plan,
        tmp_path,
        local_pool(1),
        on_cell=lambda config, _: seen.append(config.run_id),
        interrupted=lambda: True,
    )
    # The first group: both strategies on both seeds of the first data set.
    assert len(seen) == 4 and progress(plan, tmp_path).done == 4 and not progress(plan, tmp_path).over
    carry_out(plan, tmp_path, local_pool(1), on_cell=lambda config, _: seen.append(config.run_id))
    assert sorted(seen) == sorted(plan.cells()) and progress(plan, tmp_path).over
    # A larger tournament takes over what a smaller one did.
    larger = plan_of(("margin", "entropy"), ("blobs",), seeds=2, rounds=2)
    assert progress(larger, tmp_path).done == 4


def test_a_failing_cell_is_told_and_stops_nothing(tmp_path: Path) -> None:
    # Iris has a pool of 100, blobs one of 400.
    plan = plan_of(("margin",), ("iris", "blobs"), seeds=2, rounds=1, settings={"seed_labels": "150"})
    failed: list[str] = []
    carry_out(
        plan,
        tmp_path,
        local_pool(2),
        on_cell=lambda config, outcome: failed.append(config.dataset) if isinstance(outcome, CellFailure) else None,
    )
    assert failed == ["iris"] * 4
    after = progress(plan, tmp_path)
    assert (after.done, after.failed, after.over) == (4, 4, True)
    table = record(plan, tmp_path)
    assert [task["dataset"] for task in table["tasks"]] == ["blobs"] and table["seeds"] == [0, 1]
    assert table["left_out"] == ["iris with logistic"]
    assert len(table["failures"]) == 4 and "seed set must have 1 to 100 labels" in table["failures"][0]


def test_a_night_between_two_cells_is_no_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(("margin",), ("blobs",), seeds=4, rounds=1)
    cells = list(plan.cells().values())
    with CellStore(tmp_path) as store:
        for at, config in zip((0.0, 2.0, 4.0, 50_000.0, 50_002.0, 50_004.0), cells, strict=False):
            monkeypatch.setattr("alcore.runs.tournament.cells.time.time", lambda at=at: at)
            store.add(config, CellFailure(config.run_id, "as a test"))
    assert progress(plan, tmp_path).seconds_left == pytest.approx(2 * 2.0)


class DyingPool:
    """Three groups in flight; one with a poisoned cell takes the whole pool along when it is begun."""

    def __init__(self, poison: set[str]) -> None:
        self.poison = poison

    def __call__(self, calls: Iterator[tuple[Any, tuple[Any, ...], dict]]) -> Iterator[list[CellResult]]:
        flight: list[list[CellResult]] = []
        for _, (group, _home), _kw in calls:
            flight.append([CellResult(config.run_id, 1, (1,), (1,), (0.0,), 0.0) for config in group])
            if any(config.run_id in self.poison for config in group):
                raise TerminatedWorkerError("killed")
            if len(flight) == 3:
                yield flight.pop(0)
        yield from flight


def test_a_cell_that_kills_its_worker_takes_no_other_along() -> None:
    cells = plan_of(("margin",), ("blobs", "digits"), seeds=20, rounds=1).cells()
    groups = grouped(cells.values())
    assert {len(group) for group in groups} == {1, 2 * SEEDS}, "both kinds of groups"
    poison = {list(cells)[at] for at in (0, 7, 8, 19, 79)}

    @contextmanager
    def pool() -> Iterator[Any]:
        yield DyingPool(poison)

    told = [one for group in outcomes(cells, "", pool) for one in group]
    assert sorted(config.run_id for config, _ in told) == sorted(cells)
    failed = {config.run_id for config, outcome in told if isinstance(outcome, CellFailure)}
    assert failed == poison


def test_other_errors_of_the_pool_are_not_swallowed() -> None:
    @contextmanager
    def pool() -> Iterator[Any]:
        raise OSError("no more processes")
        yield

    with pytest.raises(OSError, match="no more processes"):
        list(outcomes(SMALL.cells(), "", pool))


def test_plans_say_what_is_wrong_with_them() -> None:
    with pytest.raises(ConfigError, match="no strategy 'margni'. Did you mean margin"):
        plan_of(("margni",))
    with pytest.raises(ConfigError, match="no data set 'iriss'.*at least 1 seed"):
        plan_of((), ("iriss",), seeds=0)
    with pytest.raises(ConfigError, match="needs images"):
        plan_of((), ("iris",), ("cnn",))
    assert plan_of(("margin", "margin")).strategies == ("random", "margin")
    ready = plan_of()
    assert ready.strategies == READY_STRATEGIES and "random" in READY_STRATEGIES
    assert len(READY_STRATEGIES) >= 15 and len(READY_DATASETS) >= 8 and ready.seeds == 20
    assert ready.plan_id != plan_of(seeds=19).plan_id and ready.plan_id == plan_of().plan_id


def test_the_command_prints_the_standings_and_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["tournament", "--strategies", "margin", "--datasets", "blobs", "iris", "--seeds", "2"]
    command += ["--rounds", "2", "--jobs", "1", "--home", str(tmp_path / "home")]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "8 of 8 cells" in told.err
    assert {line.split()[1] for line in told.out.splitlines()[1:]} == {"Margin", "Random"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(NAMES)
    # Half of the data sets fail: the rest is told, and the exit code says that something is missing.
    assert main([*command, "--set", "seed_labels=150"]) == 1
    told = capsys.readouterr()
    assert told.err.count("failed: logistic on iris") == 4 and "Margin" in told.out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path)]
    assert main(["tournament", "--strategies", "margni", *home]) == 2
    assert "Did you mean margin" in capsys.readouterr().err
    assert main(["tournament", "--set", "epsilon=2", *home]) == 2
    assert "epsilon was '2'" in capsys.readouterr().err
    plan = plan_of(seeds=2)
    with exclusive(plan, tmp_path):
        assert main(["tournament", "--seeds", "2", *home]) == 2
    assert "carried out by another process" in capsys.readouterr().err


def test_a_tournament_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    plan = plan_of(("margin",), ("blobs",), seeds=2 * SEEDS, rounds=1)
    with exclusive(plan, tmp_path):
        assert is_running(plan, tmp_path) and not stop_asked(plan, tmp_path)
        carry_out(
            plan,
            tmp_path,
            local_pool(1),
            on_cell=lambda config, _: stop(plan, tmp_path) if config.seed == 1 else None,
            interrupted=lambda: stop_asked(plan, tmp_path),
        )
    assert not is_running(plan, tmp_path)
    assert progress(plan, tmp_path).done == 2 * SEEDS and record(plan, tmp_path)["seeds"] == list(range(SEEDS))
    with exclusive(plan, tmp_path):
        assert not stop_asked(plan, tmp_path), "another start is not stopped by what was asked before"


@pytest.mark.long
def test_a_killed_command_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = plan_of(("margin", "badge"), ("blobs", "moons", "iris"), seeds=4, rounds=6)
    command = [sys.executable, "-m", "alcore", *words(plan), "--jobs", "2", "--home", str(tmp_path)]
    first = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 180
    while not (tmp_path / "tournament.sqlite").exists() or progress(plan, tmp_path).done < 5:
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    before = progress(plan, tmp_path).done
    assert 5 <= before < len(plan.cells())
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert f"{before} of 36 cells were done before" in again.stderr
    with CellStore(tmp_path) as store:
        kept = store.results(plan.cells())
    assert kept == {cell: run_cell(config) for cell, config in plan.cells().items()}
