"""Worker slots: one a GPU, and no more workers than slots or waiting runs."""

from pathlib import Path

import pytest

from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from alcore.runs.worker.gpu_slots import slots
from alcore.runs.worker.main import drain
from alcore.storage import locks
from tests.runs.test_worker import small


def gpus(folder: Path, count: int) -> Path:
    for number in range(count):
        (folder / f"0000:0{number}:00.0").mkdir()
    return folder


def test_one_slot_a_gpu(tmp_path: Path) -> None:
    assert slots({}, tmp_path / "no driver") == {"worker": {}}
    assert slots({}, gpus(tmp_path, 1)) == {"worker": {}}
    (tmp_path / "0000:0a:00.0").mkdir()
    assert slots({}, tmp_path) == {
        "worker": {"CUDA_VISIBLE_DEVICES": "0"},
        "worker-1": {"CUDA_VISIBLE_DEVICES": "1"},
    }


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("", {"worker": None}), ("3", {"worker": None}), ("2, GPU-5", {"worker": "2", "worker-1": "GPU-5"})],
)
def test_only_visible_gpus_count(tmp_path: Path, visible: str, expected: dict[str, str | None]) -> None:
    found = slots({"CUDA_VISIBLE_DEVICES": visible}, gpus(tmp_path, 4))
    assert {name: added.get("CUDA_VISIBLE_DEVICES") for name, added in found.items()} == expected


def test_no_more_workers_than_slots_or_waiting_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, str]] = []
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2")
    monkeypatch.setattr(
        launcher, "spawn", lambda words, _, added: started.append((words[-1], added["CUDA_VISIBLE_DEVICES"]))
    )
    assert not launcher.ensure_worker(home)
    with Store(home) as store:
        store.submit(small(0))
        store.submit(small(1))
    assert launcher.ensure_worker(home) and not launcher.ensure_worker(home)
    assert started == [("worker", "0"), ("worker-1", "1")]
    taken = locks.take(home, "worker")
    locks.mark_started(home, "worker")
    with Store(home) as store:
        store.submit(small(2))
    assert launcher.ensure_worker(home) and started[2:] == [("worker-2", "2")]
    assert taken is not None
    taken.release()
    drain(home, "worker-1")
    with Store(home) as store:
        assert [info.state for info in store.runs()] == ["done"] * 3 and store.waiting() == 0
