"""Runs in the background: to their end, stopped, killed, queued behind one another, and without data."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from alcore.datasets.catalogue import load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store
from alcore.runs.worker import gpu_slots, launcher
from alcore.runs.worker.execute import execute
from alcore.runs.worker.main import drain
from alcore.storage import locks
from alcore.storage.paths import log_path
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.wrappers import with_density, with_random_picks

ROOT = Path(__file__).resolve().parents[2]
SMALL = RunConfig(dataset="blobs", learner="logistic", seed_labels=4, labels_per_round=2, rounds=3)
# Long enough to be stopped on the way, whatever the machine.
LONG = RunConfig(
    dataset="digits",
    learner="mlp",
    seed_labels=500,
    labels_per_round=1,
    rounds=100_000,
    epochs=10,
    device="cpu",
)


def small(seed: int) -> RunConfig:
    return SMALL.model_copy(update={"seed": seed})


def wait_until(true: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)


def worker_is_gone(home: Path) -> bool:
    return locks.is_free(home, gpu_slots.WORKER) and not locks.is_starting(home, gpu_slots.WORKER)


def state(home: Path, config: RunConfig) -> str:
    with Store(home) as store:
        return store.run(config.run_id).state


@pytest.fixture
def quiet_home(home: Path) -> Iterator[Path]:
    """A home whose workers have ended when the test has."""
    yield home
    with Store(home) as store:
        for info in store.runs():
            store.request_cancel(info.id)
    wait_until(lambda: worker_is_gone(home), "the end of the worker")


def spawn_worker(home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "alcore.runs.worker", "--home", str(home)], cwd=ROOT)


class SlowLearner:
    """Trains until it is stopped (for a minute at most)."""

    record = {"device": "cpu"}

    def __init__(self, on_fit: Callable[[], None], tick: Callable[[], None]) -> None:
        self.on_fit, self.tick = on_fit, tick

    def prepare(self, x: np.ndarray) -> np.ndarray:
        return x

    def fit(self, x: np.ndarray, y: np.ndarray, *, rng: np.random.Generator) -> float:
        self.on_fit()
        for _ in range(6000):
            self.tick()
            time.sleep(0.01)
        raise AssertionError("nobody stopped it")


def test_started_run_is_carried_out_and_says_what_with(quiet_home: Path) -> None:
    info = launcher.start(SMALL, quiet_home)
    assert info.state in ("queued", "running", "done")
    wait_until(lambda: state(quiet_home, SMALL) == "done", "the end of the run")
    with Store(quiet_home) as store:
        info, rounds = store.run(info.id), store.rounds(info.id)
        assert store.submit(SMALL) == info
    assert [round_.labels for round_ in rounds] == [4, 6, 8, 10] and info.rounds_done == 4
    assert {"python", "numpy", "platform", "processor", "device"} <= set(info.record)
    assert "done" in log_path(quiet_home, info.id).read_text()
    assert locks.is_free(quiet_home, info.id)


@pytest.mark.parametrize(
    "changes", [{}, {"strategy": "bald", "samples": 3, "epsilon": 0.5, "density": 1.0, "calibration": 5}]
)
def test_stored_rounds_are_those_of_the_loop(home: Path, changes: dict[str, object]) -> None:
    config = SMALL.model_copy(update=changes)
    with Store(home) as store:
        store.claim(config)
        seen: list[int] = []
        assert execute(store, config.run_id, on_round=lambda round_: seen.append(round_.round)).state == "done"
        stored = store.rounds(config.run_id)
    dataset = load_dataset("blobs", seed=0, home=home)
    alone = list(
        simulate(
            dataset,
            make_learner("logistic", classes=dataset.classes, seed=0),
            with_random_picks(with_density(STRATEGIES[config.strategy], config.density), config.epsilon),
            seed=0,
            seed_labels=4,
            labels_per_round=2,
            rounds=3,
            samples=config.samples,
            calibration=config.calibration,
        )
    )
    assert seen == [0, 1, 2, 3]
    for one, other in zip(stored, alone, strict=True):
        np.testing.assert_array_equal(one.labeled, other.labeled)
        np.testing.assert_array_equal(one.batch_probs_K_C, other.batch_probs_K_C)
        assert (one.accuracy, one.train_loss, one.labels) == (other.accuracy, other.train_loss, other.labels)
        assert (one.batch is None) == (other.batch is None)


def test_cancel_is_noticed_in_the_middle_of_a_round(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel() -> None:
        with Store(home) as page:
            page.request_cancel(SMALL.run_id)

    monkeypatch.setattr("alcore.runs.config_data.make_learner", lambda *_, tick, **__: SlowLearner(cancel, tick))
    with Store(home) as store:
        store.claim(SMALL)
        assert execute(store, SMALL.run_id).state == "cancelled"
        assert store.rounds(SMALL.run_id) == []


@pytest.mark.long
def test_cancel_and_delete_of_a_run_in_the_background(quiet_home: Path) -> None:
    launcher.start(LONG, quiet_home)
    with Store(quiet_home) as store:
        wait_until(lambda: store.run(LONG.run_id).rounds_done > 0, "the first round")
        launcher.start(small(1), quiet_home)
        assert store.run(small(1).run_id).queue_position == 1
        assert store.request_cancel(LONG.run_id).cancel_asked
        wait_until(lambda: store.run(LONG.run_id).state == "cancelled", "the end of the cancelled run")
        wait_until(lambda: store.run(small(1).run_id).state == "done", "the end of the queued run")
        store.submit(LONG)
        launcher.ensure_worker(quiet_home)
        wait_until(lambda: store.run(LONG.run_id).rounds_done > 0, "the first round")
        store.delete(LONG.run_id, timeout=60)
        assert [info.id for info in store.runs()] == [small(1).run_id]


def test_killed_worker_is_dead_and_the_queue_goes_on(quiet_home: Path) -> None:
    with Store(quiet_home) as store:
        store.submit(LONG)
        store.submit(small(1))
        with spawn_worker(quiet_home) as worker:
            wait_until(lambda: store.run(LONG.run_id).rounds_done > 0, "the first round")
            worker.kill()
        dead = store.run(LONG.run_id)
        assert dead.state == "failed" and "ended without a message" in dead.error and dead.rounds_done > 0
        assert store.run(small(1).run_id).state == "queued"
        assert launcher.ensure_worker(quiet_home)
        assert not launcher.ensure_worker(quiet_home)  # one is on its way
        wait_until(lambda: store.run(small(1).run_id).state == "done", "the end of the queued run")
        assert not launcher.ensure_worker(quiet_home)  # nothing is queued


@pytest.mark.long
def test_two_workers_share_one_slot(quiet_home: Path) -> None:
    with Store(quiet_home) as store:
        ids = [store.submit(small(seed)).id for seed in range(3)]
    with spawn_worker(quiet_home) as one, spawn_worker(quiet_home) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    with Store(quiet_home) as store:
        infos = {info.id: info for info in store.runs()}
        assert [infos[run_id].state for run_id in ids] == ["done"] * 3
        spans = [(infos[run_id].started or 0.0, infos[run_id].finished or 0.0) for run_id in ids]
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_a_run_submitted_at_the_last_moment_is_not_forgotten(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim_next = Store.claim_next
    late = [small(1)]

    def claim_then_somebody_submits(store: Store) -> object:
        claimed = claim_next(store)
        if claimed is None and late:
            store.submit(late.pop())  # after the worker saw an empty queue, while it holds the slot
        return claimed

    monkeypatch.setattr(Store, "claim_next", claim_then_somebody_submits)
    with Store(home) as store:
        store.submit(SMALL)
    drain(home)
    assert [state(home, small(seed)) for seed in (0, 1)] == ["done", "done"]


def test_worker_leaves_a_taken_slot_alone(home: Path) -> None:
    slot = locks.take(home, gpu_slots.WORKER)
    assert slot is not None
    with Store(home) as store:
        store.submit(SMALL)
    drain(home)
    assert state(home, SMALL) == "queued"
    slot.release()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed_labels": 900_000}, "900,000"),
        ({"learner": "mlp", "device": "cuda"}, "cuda"),
        ({"dataset": "classification", "seed_set": "published"}, "published start of 4"),
    ],
)
def test_failure_is_a_sentence(home: Path, change: dict[str, object], words: str) -> None:
    config = RunConfig.model_validate(SMALL.model_dump() | change)
    if config.device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with Store(home) as store:
        store.claim(config)
        info = execute(store, config.run_id)
    assert info.state == "failed" and words in info.error and "Traceback" not in info.error
    assert "Traceback" in log_path(home, info.id).read_text()


def test_unforeseen_error_points_to_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object, **__: object) -> None:
        np.zeros(2).reshape(3)  # a ValueError, but not one written for the user

    monkeypatch.setattr("alcore.runs.config_data.make_learner", burst)
    with Store(home) as store:
        store.claim(SMALL)
        info = execute(store, SMALL.run_id)
    log = log_path(home, info.id)
    assert info.error.startswith("The run stopped on an error (ValueError: cannot reshape")
    assert str(log) in info.error and "Traceback" in log.read_text()


def test_absent_data_that_cannot_be_had(quiet_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    assert launcher.fetch_state("mnist", quiet_home) == (False, None)
    config = RunConfig(learner="mlp")
    waits: list[str] = []
    with Store(quiet_home) as store:
        store.claim(config)
        info = execute(store, config.run_id, on_wait=waits.append)
    assert info.state == "failed" and "could not be downloaded" in info.error
    assert len(waits) == 1 and waits[0].endswith("Downloading it now.")
    assert launcher.fetch_state("mnist", quiet_home) == (False, info.error)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
def test_full_disk_in_the_worker(quiet_home: Path) -> None:
    config = SMALL.model_copy(update={"rounds": 400})
    with Store(quiet_home) as store:
        store.submit(config)
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
    code = limit + "from alcore.runs.worker.main import main; sys.exit(main(sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", code, "--home", str(quiet_home)], cwd=ROOT, check=False, capture_output=True)
    with Store(quiet_home) as store:
        info = store.run(config.run_id)
        assert info.state == "failed" and "full" in info.error and "Make room" in info.error
        assert 0 < info.rounds_done < 401
        assert len(store.rounds(config.run_id)) == info.rounds_done
        assert store.submit(config).state == "queued"
