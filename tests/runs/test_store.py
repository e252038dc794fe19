"""The store: states, queue, rounds that come back bit for bit, and trouble told in sentences."""

import dataclasses
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store, StoreError, UnknownRunError
from alcore.storage import locks
from alcore.storage.paths import log_path
from alcore.strategies.batch import Batch

ROOT = Path(__file__).resolve().parents[2]
CONFIG = RunConfig(dataset="digits", learner="logistic", seed_labels=20, labels_per_round=5, rounds=3)


def config(seed: int) -> RunConfig:
    return CONFIG.model_copy(update={"seed": seed})


def make_round(number: int, *, last: bool = False, points: int = 5) -> Round:
    rng = np.random.default_rng(number)
    k = 0 if last else points
    return Round(
        round=number,
        labeled=rng.permutation(60_000)[: 20 + 5 * number],
        accuracy=0.5 + 0.1 * number,
        train_loss=float("nan") if last else 1.0 / (number + 1),
        batch=None if last else Batch(rng.integers(0, 1000, k), rng.random(k).astype(np.float32)),
        batch_labels=rng.integers(0, 10, k),
        batch_probs_K_C=rng.random((k, 10)).astype(np.float32),
        seconds={"train": 0.5, "evaluate": 0.25, "score": 0.125, "select": 0.125},
    )


def edit(home: Path, statement: str, *values: Any, file: str = "runs.sqlite") -> None:
    with closing(sqlite3.connect(home / file)) as raw, raw:
        raw.execute(statement, values)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store(home, timeout=0.2) as opened:
        yield opened


def assert_same(one: Round, other: Round) -> None:
    for field in dataclasses.fields(Round):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, Batch):
            np.testing.assert_array_equal(a.indices, b.indices)
            np.testing.assert_array_equal(a.scores, b.scores)
            assert a.scores.dtype == b.scores.dtype
        elif isinstance(a, np.ndarray):
            assert a.dtype == b.dtype and a.shape == b.shape
            np.testing.assert_array_equal(a, b)
        else:
            assert a == b or (a != a and b != b)


def test_a_run_from_queue_to_done(store: Store) -> None:
    info = store.submit(CONFIG)
    assert (info.id, info.state, info.config) == (CONFIG.run_id, "queued", CONFIG)
    assert (info.queue_position, info.rounds_done, info.labels) == (1, 0, None)
    claimed = store.claim_next()
    assert claimed is not None and claimed.id == info.id
    assert claimed.state == "running" and claimed.started is not None and claimed.seconds_left is None
    store.start(info.id, {"device": "cpu"})
    kept = [make_round(0), make_round(1), make_round(2), make_round(3, last=True)]
    for round_ in kept[:2]:
        store.add_round(info.id, round_)
    half = store.run(info.id)
    assert (half.rounds_done, half.labels, half.accuracy) == (2, 25, 0.6)
    assert half.seconds_left is not None and 0 < half.seconds_left <= 2.0
    for round_ in kept[2:]:
        store.add_round(info.id, round_)
    done = store.finish(info.id, "done")
    assert (done.state, done.error, done.record, done.rounds_done) == ("done", "", {"device": "cpu"}, 4)
    assert done.seconds_left is None and done.finished is not None and done.finished >= done.created
    for one, other in zip(kept, store.rounds(info.id), strict=True):
        assert_same(one, other)


def test_curve_rows_are_tidy(store: Store) -> None:
    for seed in (0, 1):
        store.claim(config(seed))
        store.add_round(config(seed).run_id, make_round(0))
        store.add_round(config(seed).run_id, make_round(1))
    rows = store.curve([config(1).run_id, config(0).run_id])
    assert [(row["seed"], row["round"], row["labels"]) for row in rows] == [
        (1, 0, 20), (1, 1, 25), (0, 0, 20), (0, 1, 25),
    ]  # fmt: skip
    assert rows[0] == {
        "run": config(1).run_id,
        "strategy": "least_confidence",
        "seed": 1,
        "round": 0,
        "labels": 20,
        "accuracy": 0.5,
        "train_loss": 1.0,
        "seconds": 1.0,
        "balanced_accuracy": pytest.approx(np.nan, nan_ok=True),
        "nll": pytest.approx(np.nan, nan_ok=True),
        "ece": pytest.approx(np.nan, nan_ok=True),
    }


def test_queue_is_first_come_first_served(store: Store) -> None:
    ids = [store.submit(config(seed)).id for seed in range(3)]
    assert [info.id for info in store.runs()] == ids[::-1]
    assert {info.id: info.queue_position for info in store.runs()} == dict(zip(ids, (1, 2, 3), strict=True))
    first = store.claim_next()
    assert first is not None and first.id == ids[0]
    assert store.request_cancel(ids[1]).state == "cancelled"
    assert store.run(ids[2]).queue_position == 1
    second = store.claim_next()
    assert second is not None and second.id == ids[2]
    assert store.claim_next() is None and store.waiting() == 0


def test_same_config_is_the_same_run(store: Store) -> None:
    queued = store.submit(CONFIG)
    assert store.submit(CONFIG) == queued
    store.claim_next()
    store.add_round(queued.id, make_round(0))
    assert store.submit(CONFIG).state == "running"
    store.finish(queued.id, "done")
    assert (store.submit(CONFIG).state, store.submit(CONFIG).rounds_done) == ("done", 1)
    assert len(store.runs()) == 1


@pytest.mark.parametrize("end", ["failed", "cancelled", "paused"])
def test_what_was_begun_goes_on_before_what_has_not_started(store: Store, end: str) -> None:
    store.claim(CONFIG)
    store.add_round(CONFIG.run_id, make_round(0))
    if end == "paused":
        store.pause(CONFIG.run_id)
    ended = store.finish(CONFIG.run_id, end, "A sentence." if end == "failed" else "")  # type: ignore[arg-type]
    assert ended.state == end and ended.resumable
    store.submit(config(9))
    for again in (store.submit(CONFIG), store.resume(CONFIG.run_id)):
        assert (again.state, again.rounds_done, again.error, again.queue_position) == ("queued", 1, "", 1)
        assert not again.cancel_asked and not again.pause_asked and again.finished is None
    assert [info.id for info in store.queue()] == [CONFIG.run_id, config(9).run_id]
    claimed = store.claim_next()
    assert claimed is not None and claimed.id == CONFIG.run_id


def test_runs_put_back_keep_their_order(store: Store) -> None:
    begun, waiting = [config(seed) for seed in (0, 1)], [config(seed) for seed in (2, 3, 4)]
    for one in begun:
        store.claim(one)
        store.finish(one.run_id, "paused")
    for one in waiting:
        store.submit(one)
    store.pause(waiting[0].run_id)
    store.resume(waiting[0].run_id)  # never begun: the place it had
    for one in begun:
        store.pause(one.run_id)
        store.resume(one.run_id)
    order = [one.run_id for one in (*begun, *waiting)]
    assert [info.id for info in store.queue()] == order
    assert [store.run(run_id).queue_position for run_id in order] == [1, 2, 3, 4, 5]
    assert [info.id for info in map(lambda _: store.claim_next(), order) if info] == order


def test_cancel_reaches_the_running_process(store: Store, home: Path) -> None:
    run_id = store.claim(CONFIG).id
    assert store.stop_asked(run_id) is None
    with Store(home) as page:
        assert page.request_cancel(run_id).cancel_asked
        assert page.run(run_id).state == "running"
    assert store.stop_asked(run_id) == "cancel"
    assert store.finish(run_id, "cancelled").state == "cancelled"
    assert store.request_cancel(run_id).state == "cancelled"


def test_delete(store: Store, home: Path) -> None:
    run_id = store.submit(CONFIG).id
    log_path(home, run_id).parent.mkdir()
    log_path(home, run_id).write_text("log")
    store.delete(run_id)
    assert store.runs() == [] and not log_path(home, run_id).exists()
    store.claim(CONFIG)
    store.add_round(run_id, make_round(0))
    with (
        Store(home) as page,
        pytest.raises(StoreError, match="has not stopped within 0.2 s. Its end is requested"),
    ):
        page.delete(run_id, timeout=0.2)
    assert store.stop_asked(run_id) == "cancel"
    store.finish(run_id, "cancelled")
    store.delete(run_id)
    assert store.rounds(run_id) == []
    assert store.stop_asked(run_id) == "cancel"  # a process that still carries it out stops


def test_unknown_runs_name_near_ones(store: Store) -> None:
    with pytest.raises(UnknownRunError, match="There is no run 'abc'. There are none."):
        store.run("abc")
    run_id = store.submit(CONFIG).id
    wrong = run_id[:-1] + ("0" if run_id[-1] != "0" else "1")
    for look in (store.run, store.delete, store.request_cancel, lambda name: store.curve([name])):
        with pytest.raises(UnknownRunError, match=f"Did you mean {run_id}?"):
            look(wrong)


def test_one_process_carries_a_run_out(store: Store, home: Path) -> None:
    store.claim(CONFIG)
    with Store(home) as other:
        assert other.run(CONFIG.run_id).state == "running"  # its lock is held: alive
        assert other.claim_next() is None
        with pytest.raises(StoreError, match="is being carried out by another process"):
            other.claim(CONFIG)
    store.finish(CONFIG.run_id, "done")
    assert store.claim(CONFIG).state == "done"
    assert locks.is_free(home, CONFIG.run_id)


def test_a_config_of_another_version_is_still_listed(store: Store, home: Path) -> None:
    run_id = store.submit(CONFIG).id
    edit(home, "UPDATE runs SET digest = NULL, config = json_set(config, '$.strategy', 'from_the_future', '$.new', 1)")
    assert store.run(run_id).config.strategy == "from_the_future"
    assert "from_the_future" in store.runs()[0].config.title


def test_many_processes_open_a_new_store_at_once(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from alcore.runs.store.store import Store\n"
        "from tests.runs.test_store import config\n"
        "with Store(Path(sys.argv[1]), timeout=30) as store: store.submit(config(int(sys.argv[2])))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(home), str(seed)], cwd=ROOT) for seed in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    with Store(home) as store:
        assert sorted(info.queue_position or 0 for info in store.runs()) == [1, 2, 3, 4]
