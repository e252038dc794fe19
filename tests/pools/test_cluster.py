"""The same rows on a real cluster of several processes, one of which is killed in the middle."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alcore.pools.cluster import on_dask
from alcore.pools.pool import Pool, PoolSettings
from alcore.pools.scan import Block, Scan
from alcore.pools.source import PoolError
from alcore.pools.top import Top
from tests.pools.support import embeddings, saved, some_labels
from tests.support.clusters import dask_cluster, process_ids, quiet

pytestmark = [pytest.mark.slow, quiet]


@pytest.fixture
def cluster() -> Iterator[Any]:
    with dask_cluster(3, processes=True) as running:
        yield running


def test_a_cluster_that_loses_a_worker_gives_the_rows_of_one_machine(cluster: Any, tmp_path: Path) -> None:
    x, codes = embeddings(40_000)
    labels = some_labels(codes, 200)
    pool = Pool(saved(tmp_path, x))
    workers = process_ids(cluster)
    engine, done = on_dask(cluster.scheduler_address), []
    blocks_a_batch = len(pool.source.blocks(1_000))

    def losing_one(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        for one in engine(scan, blocks):
            done.append(one[0])
            if len(done) == 5:
                os.kill(workers[0], signal.SIGKILL)
            yield one

    settings = PoolSettings(block_rows=1_000, shortlist=2_000)
    for strategy in ("k_center", "margin", "power_bald", "random"):
        here = pool.next(300, labels, strategy, settings=settings)
        there = pool.next(300, labels, strategy, settings=settings, engine=losing_one)
        assert there.rows.tolist() == here.rows.tolist() and len(set(here.rows.tolist())) == 300
        assert there.scores.tobytes() == here.scores.tobytes()
    # Every block gave its rows once, whether or not it was computed twice.
    assert len(done) == 4 * blocks_a_batch and sorted(done[:blocks_a_batch]) == list(range(blocks_a_batch))


def test_an_interrupted_cluster_scan_goes_on_on_one_machine(cluster: Any, tmp_path: Path) -> None:
    x, codes = embeddings(20_000)
    labels = some_labels(codes, 100)
    pool, settings, path = Pool(saved(tmp_path, x)), PoolSettings(block_rows=1_000), tmp_path / "progress"
    engine = on_dask(cluster.scheduler_address)

    def stopping(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        for number, one in enumerate(engine(scan, blocks)):
            if number == 8:
                raise KeyboardInterrupt
            yield one

    with pytest.raises(KeyboardInterrupt):
        pool.next(100, labels, settings=settings, engine=stopping, checkpoint=path)
    told: list[int] = []
    found = pool.next(100, labels, settings=settings, checkpoint=path, on_rows=lambda done, rows: told.append(done))
    assert told[0] == 8 * 1_024 and told[-1] == 20_000
    assert found.rows.tolist() == pool.next(100, labels, settings=settings).rows.tolist()


def test_faults_of_a_pool_are_sentences_on_a_cluster_too(cluster: Any, tmp_path: Path) -> None:
    x, codes = embeddings(5_000)
    x[4_321, 3] = float("nan")
    labels = some_labels(codes[:4_000], 100)
    pool, engine = Pool(saved(tmp_path, x)), on_dask(cluster.scheduler_address)
    settings = PoolSettings(block_rows=1_000)
    with pytest.raises(PoolError, match="Row 4,321 of emb.npy holds NaN or infinity"):
        pool.next(10, labels, settings=settings, engine=engine)


def test_no_scheduler_is_a_sentence() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(PoolError, match="No Dask scheduler answers at nonsense"):
        on_dask("nonsense://127.0.0.1:1")
