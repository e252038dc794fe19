"""The same cells on a real cluster of several processes, one of which is killed on the way."""

import os
import signal
from pathlib import Path

import pytest

from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.tournament.cells import CellFailure, CellResult, CellStore
from alcore.runs.tournament.groups import run_cell
from alcore.runs.tournament.plan import plan_of
from alcore.runs.tournament.run import carry_out, dask_pool
from tests.support.clusters import dask_cluster, process_ids, quiet

# Twelve groups of cells: some are at work when one is done.
PLAN = plan_of(("margin", "bald"), ("iris", "blobs", "moons"), seeds=20, rounds=6)


@pytest.mark.long
@quiet
def test_a_cluster_that_loses_a_worker_loses_no_cell(tmp_path: Path) -> None:
    with dask_cluster(3, processes=True) as cluster:
        workers = process_ids(cluster)
        done: list[str] = []

        def kill_one(config: RunConfig, outcome: CellResult | CellFailure) -> None:
            done.append(config.run_id)
            if len(done) == 2:
                os.kill(workers[0], signal.SIGKILL)

        carry_out(PLAN, tmp_path, dask_pool(cluster.scheduler_address), on_cell=kill_one)
    cells = PLAN.cells()
    assert sorted(done) == sorted(cells)
    with CellStore(tmp_path) as store:
        results, failures = store.results(cells), store.failures(cells)
    assert not failures
    assert results == {cell: run_cell(config) for cell, config in cells.items()}


@quiet
def test_a_cluster_gives_the_results_of_one_machine(tmp_path: Path) -> None:
    plan = plan_of(("margin",), ("blobs",), seeds=3, rounds=4)
    with dask_cluster(2, processes=False) as cluster:
        carry_out(plan, tmp_path, dask_pool(cluster.scheduler_address))
    with CellStore(tmp_path) as store:
        assert store.results(plan.cells()) == {cell: run_cell(config) for cell, config in plan.cells().items()}


def test_no_scheduler_is_a_sentence() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ConfigError, match="No Dask scheduler answers at nonsense"):
        dask_pool("nonsense://127.0.0.1:1")
