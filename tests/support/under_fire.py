"""What the fault tests share: workers that are killed at random moments, and runs compared bit for bit."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute

ROOT = Path(__file__).resolve().parents[2]
# A committee of networks that are carried on: all that a round can leave behind is in its checkpoint.
COMMITTEE = RunConfig(
    dataset="digits",
    learner="mlp",
    strategy="bald",
    samples=2,
    candidates=100,
    seed_labels=20,
    labels_per_round=5,
    rounds=15,
    epochs=1,
    device="cpu",
)

# Never done before it is stopped, whatever the machine.
ENDLESS = COMMITTEE.model_copy(update={"rounds": 250})


def spawn_worker(home: Path, *before: str) -> "subprocess.Popen[bytes]":
    """A worker of this home, after these lines of code; what it prints is dropped."""
    code = "; ".join([*before, "import sys; from alcore.runs.worker.main import main; sys.exit(main(sys.argv[1:]))"])
    return subprocess.Popen(
        [sys.executable, "-c", code, "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def uninterrupted(home: Path, config: RunConfig, spawn: Callable[[Path], Any] = spawn_worker) -> list[Round]:
    """The rounds of this config, carried out in one go by a worker like those that are killed."""
    with Store(home) as store:
        store.submit(config)
        with spawn(home) as worker:
            worker.wait()
        assert store.run(config.run_id).state == "done", store.run(config.run_id).error
        return store.rounds(config.run_id)


def under_fire(
    home: Path,
    config: RunConfig,
    *,
    kills: int,
    seconds: float,
    rng: np.random.Generator,
    spawn: Callable[[Path], Any] = spawn_worker,
) -> tuple[int, list[float]]:
    """Carry out a run whose worker is killed again and again, and resumed; it must lose no stored round.

    Args:
        home: the home folder.
        config: the run.
        kills: how many at most; then it is left in peace.
        seconds: each kill comes at a random moment up to so long after the worker took the run.
        rng: of the moments.
        spawn: starts a worker; what it gives is used like a `subprocess.Popen`.

    Returns:
        how many kills there were, and the moments of those.
    """
    moments: list[float] = []
    with Store(home) as store:
        while (info := store.submit(config)).state != "done":
            moment = float(rng.uniform(0, seconds))
            with spawn(home) as worker:
                while store.run(info.id).state == "queued" and worker.poll() is None:
                    time.sleep(0.01)
                try:
                    worker.wait(moment if len(moments) < kills else None)
                except subprocess.TimeoutExpired:
                    worker.kill()
                    moments.append(moment)
            left = store.run(info.id)
            assert left.rounds_done >= info.rounds_done
            numbers = [round_.round for round_ in store.rounds(info.id)]
            assert numbers == list(range(left.rounds_done))
            assert left.state in ("failed", "done"), left.state
            assert left.state == "done" or "Resume it to go on" in left.error, left.error
    return len(moments), moments


def carried_out_here(home: Path, config: RunConfig) -> list[Round]:
    """The rounds of this config, carried out in this process."""
    with Store(home) as store:
        store.claim(config)
        info = execute(store, config.run_id)
        assert info.state == "done", info.error
        return store.rounds(config.run_id)
