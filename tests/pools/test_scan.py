"""Checkpoints: what they are worth to another request, damaged, or where they cannot be written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.pools import scan as scan_module
from alcore.pools.pool import Pool, PoolSettings
from alcore.pools.scan import Block, Engine, Scan, in_threads
from alcore.pools.source import PoolError
from alcore.pools.top import Top
from tests.pools.support import embeddings, some_labels

X, CODES = embeddings(20_000)
LABELS = some_labels(CODES, 100)
SETTINGS = PoolSettings(block_rows=1_000)


class _Broken(Exception):
    pass


def stopping(after: int) -> Engine:
    def run(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        for number, one in enumerate(in_threads(2)(scan, blocks)):
            if number == after:
                raise _Broken
            yield one

    return run


def counting(seen: list[int]) -> Engine:
    def run(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        seen.append(len(blocks))
        yield from in_threads(1)(scan, blocks)

    return run


def test_a_scan_goes_on_from_its_own_checkpoint_only(tmp_path: Path) -> None:
    path = tmp_path / "scan"
    seen: list[int] = []
    expected = Pool(X).next(200, LABELS, settings=SETTINGS).rows.tolist()

    def interrupted() -> None:
        path.unlink(missing_ok=True)
        with pytest.raises(_Broken):
            Pool(X).next(200, LABELS, settings=SETTINGS, engine=stopping(7), checkpoint=path)

    interrupted()
    found = Pool(X).next(200, LABELS, settings=SETTINGS, engine=counting(seen), checkpoint=path)
    assert found.rows.tolist() == expected and seen == [13] and not path.exists()
    other = X.copy()
    other[0] += 1
    fewer = dict(list(LABELS.items())[:-1])
    others: list[tuple[np.ndarray, dict[int, str], dict[str, Any]]] = [
        (other, LABELS, {}),
        (X, fewer, {}),
        (X, LABELS, {"seed": 1}),
        (X, LABELS, {"strategy": "entropy"}),
        (X, LABELS, {"settings": PoolSettings(block_rows=2_000)}),
    ]
    for pool, labels, options in others:
        interrupted()
        options = {"settings": SETTINGS} | options
        found = Pool(pool).next(200, labels, engine=counting(seen), checkpoint=path, **options)
        assert seen[-1] == len(Pool(pool).source.blocks(options["settings"].block_rows))
        assert found.rows.tolist() == Pool(pool).next(200, labels, **options).rows.tolist()


def test_a_damaged_checkpoint_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scan"
    seen: list[int] = []
    for content in (b"", b"PK\x03\x04 and more", b"\x93NUMPY"):
        path.write_bytes(content)
        Pool(X).next(10, LABELS, settings=SETTINGS, engine=counting(seen), checkpoint=path)
    assert seen == [20, 20, 20]


def test_a_checkpoint_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "SAVE_SECONDS", 0.0)
    with pytest.raises(PoolError, match="scan cannot be written"):
        Pool(X).next(10, LABELS, settings=SETTINGS, checkpoint=tmp_path / "nowhere" / "scan")


def test_progress_counts_rows_once() -> None:
    told: list[tuple[int, int]] = []
    Pool(X).next(10, LABELS, settings=SETTINGS, on_rows=lambda done, rows: told.append((done, rows)))
    done = [number for number, _ in told]
    assert done[0] == 0 and done[-1] == 20_000 and done == sorted(done) and {rows for _, rows in told} == {20_000}
    assert len(done) == 21


def test_an_error_of_a_block_ends_the_scan() -> None:
    x = X.copy()
    x[19_000] = np.nan
    with pytest.raises(PoolError, match="Row 19,000"):
        Pool(x).next(10, LABELS, settings=PoolSettings(block_rows=1_000, workers=4))


@pytest.mark.parametrize(("before", "after"), [(4_096, 3_072), (3_072, 4_096)])
def test_as_many_blocks_with_other_edges_are_another_scan(before: int, after: int, tmp_path: Path) -> None:
    pool, path = Pool(X[:5_000]), tmp_path / "scan"
    labels = {row: label for row, label in LABELS.items() if row < 5_000}
    with pytest.raises(_Broken):
        pool.next(4_000, labels, settings=PoolSettings(block_rows=before), engine=stopping(1), checkpoint=path)
    found = pool.next(4_000, labels, settings=PoolSettings(block_rows=after), checkpoint=path)
    assert found.rows.tolist() == pool.next(4_000, labels).rows.tolist()


def test_a_checkpoint_is_kept_until_the_batch_is_safe(tmp_path: Path) -> None:
    path, seen = tmp_path / "scan", list[int]()
    kept = Pool(X).next(20, LABELS, settings=SETTINGS, checkpoint=path, keep_checkpoint=True)
    assert path.exists()
    found = Pool(X).next(20, LABELS, settings=SETTINGS, engine=counting(seen), checkpoint=path)
    assert seen == [0] and found.rows.tolist() == kept.rows.tolist() and not path.exists()
