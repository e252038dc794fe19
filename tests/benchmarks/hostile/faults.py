"""What a run survives: kills at random moments, and a disk that is filled to the last byte."""

import multiprocessing
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import numpy as np

from alcore.runs.store.store import Store
from alcore.runs.worker.main import drain
from tests.benchmarks.measure import Result, hardware
from tests.runs.test_resume import bits
from tests.support.under_fire import COMMITTEE, spawn_worker, under_fire, uninterrupted

KILLS = 100
SECONDS = 4.0


class ForkedWorker:
    """A worker that need not load its libraries again, so that kills fall into its rounds; like a `Popen`."""

    def __init__(self, home: Path) -> None:
        # From a server of its own: this process has stores open, which must not be forked.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["alcore.learners.torch.learner", "alcore.runs.worker.main"])
        self.process = context.Process(target=drain, args=(home,))
        self.process.start()

    def __enter__(self) -> "ForkedWorker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.join()

    def poll(self) -> int | None:
        """Its exit code, None while it lives."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("worker", timeout or 0.0)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()


def run() -> list[Result]:
    """Kill until there were `KILLS`, run after run; then fill a disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return [_kills(Path(folder) / "kills"), _full_disk(Path(folder) / "disk")]


def _kills(home: Path) -> Result:
    rng = np.random.default_rng(0)
    (home / "whole").mkdir(parents=True)
    kills, rounds, same = 0, 0, True
    moments: list[float] = []
    for seed in count():
        config = COMMITTEE.model_copy(update={"seed": seed})
        shot, when = under_fire(home, config, kills=KILLS - kills, seconds=SECONDS, rng=rng, spawn=ForkedWorker)
        kills, moments = kills + shot, moments + when
        with Store(home) as store:
            stored = store.rounds(config.run_id)
        found, expected = bits(stored), bits(uninterrupted(home / "whole", config, ForkedWorker))
        other = [one[0] for one, whole in zip(found, expected, strict=False) if one != whole]
        same = same and found == expected
        rounds += len(stored)
        said = "the same bits" if found == expected else f"OTHER BITS in {len(other)} rounds, first {other[:1]}"
        print(f"{config.title}: {shot} kills, {said}", flush=True)
        if kills >= KILLS:
            break
    return {
        "work": f"{COMMITTEE.title.removesuffix(', seed 0')}: the worker killed (SIGKILL) and resumed",
        "kills": kills,
        "runs": seed + 1,
        "rounds": rounds,
        "seconds_into_the_process": [round(min(moments), 2), round(max(moments), 2)],
        "stored_rounds_lost": 0,
        "bit_identical": same,
        "hardware": hardware(),
    }


def _full_disk(home: Path) -> Result:
    """A tmpfs of 1 MB for a run that needs more; needs the right to mount."""
    home.mkdir()
    work = "a store on a disk of 1 MB, filled by its run and to the last byte; then made larger and resumed"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(home)], check=False).returncode:
        return {"work": work, "skipped": "no right to mount", "hardware": hardware()}
    try:
        with Store(home) as store:
            store.submit(COMMITTEE)
        with spawn_worker(home) as worker:
            worker.wait()
        _fill(home / "filler")
        left = shutil.disk_usage(home).free
        with Store(home) as store:
            info = store.run(COMMITTEE.run_id)
            readable = len(store.rounds(info.id))
        subprocess.run(["mount", "-o", "remount,size=500m", str(home)], check=True)
        with Store(home) as store:
            store.resume(info.id)
        with spawn_worker(home) as worker:
            worker.wait()
        with Store(home) as store:
            ended, stored = store.run(info.id).state, store.rounds(info.id)
    finally:
        subprocess.run(["umount", str(home)], check=True)
    whole = home.parent / "whole disk"
    whole.mkdir()
    return {
        "work": work,
        "bytes_free_when_full": left,
        "state_when_full": info.state,
        "sentence": info.error.replace(str(home), "HOME"),
        "rounds_readable_when_full": readable,
        "state_after_resume": ended,
        "bit_identical": bits(stored) == bits(uninterrupted(whole, COMMITTEE)),
        "hardware": hardware(),
    }


def _fill(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
