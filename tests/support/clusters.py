"""Clusters of Dask on this machine, each with ports of its own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

quiet = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@contextmanager
def dask_cluster(workers: int, *, processes: bool) -> Iterator[Any]:
    """A running cluster, whose workers are processes or threads; skips the test where Dask is not installed."""
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    with (
        pytest.MonkeyPatch.context() as patch,
        # A worker that is gone is asked for its results until the time is over.
        dask.config.set({"distributed.comm.timeouts.connect": "10s"}),
    ):
        # A process that is spawned runs the main module again, which tests of screens replace by their own.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        with distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=processes,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as running:
            yield running


def process_ids(cluster: Any) -> list[int]:
    """Those of the workers, which must be processes of their own."""
    import distributed

    with distributed.Client(cluster, set_as_default=False) as client:
        found = list(client.run(os.getpid).values())
    assert len({*found, os.getpid()}) == len(found) + 1
    return found
