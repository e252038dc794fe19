"""Whatever is killed or full: no stored round is lost, and the resumed run ends in the same bits."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alcore.runs.store.store import Store
from alcore.runs.worker.gpu_slots import WORKER
from alcore.storage import locks
from tests.runs.test_resume import bits
from tests.runs.test_worker import SMALL, small, wait_until, worker_is_gone
from tests.support.under_fire import COMMITTEE, ENDLESS, ROOT, carried_out_here, spawn_worker, under_fire

SHORT = COMMITTEE.model_copy(update={"rounds": 8})
SERVE = """
import sys, time
from pathlib import Path
from alcore.runs.worker import launcher
from tests.support.under_fire import ENDLESS
launcher.start(ENDLESS, Path(sys.argv[1]))
print("started", flush=True)
time.sleep(600)
"""


@pytest.mark.long
def test_a_worker_killed_at_random_moments(home: Path, tmp_path: Path) -> None:
    kills, _ = under_fire(home, SHORT, kills=3, seconds=2.0, rng=np.random.default_rng(0))
    (tmp_path / "whole").mkdir()
    with Store(home) as store:
        assert kills and store.run(SHORT.run_id).state == "done"
        assert bits(store.rounds(SHORT.run_id)) == bits(carried_out_here(tmp_path / "whole", SHORT))


def test_the_server_killed_and_then_the_worker(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "started\n"
        server.kill()
    with Store(home) as store:
        # The worker never notices.
        wait_until(lambda: store.run(ENDLESS.run_id).rounds_done > 0, "the first round")
        assert store.run(ENDLESS.run_id).state == "running"
        store.pause(ENDLESS.run_id)
        wait_until(lambda: worker_is_gone(home), "the end of the worker")
        assert store.run(ENDLESS.run_id).state == "paused"


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
def test_a_full_disk_and_then_room(home: Path, tmp_path: Path) -> None:
    # No file may grow beyond it: neither the store nor what a learner carries, whichever is first.
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    with Store(home) as store:
        store.submit(SHORT)
        with spawn_worker(home, limit) as worker:
            worker.wait()
        full = store.run(SHORT.run_id)
        assert full.state == "failed" and "full" in full.error and "then resume" in full.error
        assert len(store.rounds(SHORT.run_id)) == full.rounds_done < SHORT.rounds
        store.resume(SHORT.run_id)
        with spawn_worker(home) as worker:
            worker.wait()
        (tmp_path / "whole").mkdir()
        assert bits(store.rounds(SHORT.run_id)) == bits(carried_out_here(tmp_path / "whole", SHORT))


def test_a_store_opened_by_two_workers(home: Path) -> None:
    with Store(home) as store:
        ids = [store.submit(small(seed)).id for seed in range(4)]
        with spawn_worker(home) as one, spawn_worker(home) as other:
            assert (one.wait(), other.wait()) == (0, 0)
        infos = [store.run(run_id) for run_id in ids]
        assert [(info.state, info.rounds_done) for info in infos] == [("done", SMALL.rounds + 1)] * 4
    assert locks.is_free(home, WORKER)


def test_two_tabs_start_the_same_run_once(home: Path) -> None:
    with Store(home) as one, Store(home) as other:
        assert one.submit(SMALL) == other.submit(SMALL)
        assert len(one.runs()) == 1
        assert one.claim_next() is not None and other.claim_next() is None
        one.finish(SMALL.run_id, "paused")
        assert {tab.resume(SMALL.run_id).id for tab in (one, other)} == {SMALL.run_id}
        assert [info.state for info in other.queue()] == ["queued"]
