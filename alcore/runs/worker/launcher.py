"""Starting processes that outlive the page, the browser and the server."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from alcore.runs import locks
from alcore.runs.config import RunConfig
from alcore.runs.errors import StoreError
from alcore.runs.paths import inside, make_parent, open_private
from alcore.runs.store.store import RunInfo, Store
from alcore.runs.worker import backoff
from alcore.runs.worker.gpu_slots import slots

_MOST_SENTENCE = 1000


def start(config: RunConfig, home: Path) -> RunInfo:
    """Submit a run and see to it that a worker takes it up.

    A run that is done, running or queued already is returned as it is.

    Raises:
        StoreError: the run cannot be stored, or no process can be started.
    """
    with Store(home) as store:
        info = store.submit(config)
    ensure_worker(home)
    return info


def resume(run_id: str, home: Path) -> RunInfo:
    """Put a paused, failed or cancelled run back in the queue, and see to it that a worker takes it up.

    Raises:
        StoreError: as `start`.
        UnknownRunError: there is no such run.
    """
    with Store(home) as store:
        info = store.resume(run_id)
    ensure_worker(home)
    return info


def fork(run_id: str, number: int, strategy: str, home: Path) -> RunInfo:
    """Fork a run, see `Store.fork`, and see to it that a worker takes it up."""
    with Store(home) as store:
        info = store.fork(run_id, number, strategy)
    ensure_worker(home)
    return info


def ensure_worker(home: Path) -> bool:
    """Start a worker for each queued run that has a free slot; cheap enough for every look.

    One that ended before it took up a run is started again only after a while, see `trouble`.

    Returns:
        Whether a worker was started.

    Raises:
        StoreError: the store cannot be read, or no process can be started.
    """
    places = slots()
    with Store(home) as store:
        waiting = store.waiting(len(places))
    started = False
    for slot, environment in places.items():
        if not waiting:
            break
        if locks.is_starting(home, slot):
            # On its way to one of them.
            waiting -= 1
        elif locks.is_free(home, slot) and not backoff.seconds_left(home, slot):
            locks.mark_starting(home, slot)
            backoff.note_start(home, slot)
            words = ["alcore.runs.worker", "--home", str(home), "--slot", slot]
            try:
                spawn(words, inside(home, "logs", f"{slot}.log"), environment)
            except StoreError as error:
                backoff.note_failure(home, slot, str(error))
                raise
            waiting -= 1
            started = True
    return started


def trouble(home: Path) -> str | None:
    """Why what is queued is not taken up, in a sentence; None where nothing is known to be wrong."""
    return next(filter(None, (backoff.trouble(home, slot) for slot in slots())), None)


def launch_fetch(name: str, home: Path) -> None:
    """Download a data set in the background; follow it with `fetch_state` and `fetched_share`.

    Does nothing while that data set is being downloaded already.
    """
    lock = fetch_lock(name)
    if locks.is_starting(home, lock) or not locks.is_free(home, lock):
        return
    fetch_error_path(name, home).unlink(missing_ok=True)
    locks.mark_starting(home, lock)
    log = inside(home, "logs", f"{lock}.log")
    spawn(["alcore.runs.worker.download", "--dataset", name, "--home", str(home)], log)


def fetch_state(name: str, home: Path) -> tuple[bool, str | None]:
    """Whether a data set is being downloaded in the background, and why the last attempt failed.

    Returns:
        (fetching, sentence or None); a success leaves (False, None).
    """
    lock = fetch_lock(name)
    if locks.is_starting(home, lock) or not locks.is_free(home, lock):
        return True, None
    try:
        sentence = fetch_error_path(name, home).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return False, None
    return False, sentence.strip()[:_MOST_SENTENCE] or None


def fetch_lock(name: str) -> str:
    """The name of the lock that the download of a data set holds."""
    return f"fetch-{name}"


def fetch_error_path(name: str, home: Path) -> Path:
    """Where the sentence of a failed download is kept."""
    return inside(home, "logs", f"fetch-{name}.error")


def spawn(arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Start `python -m ARGUMENTS`, which goes on when this process ends; what it prints goes to the log.

    Args:
        arguments: the module and its words.
        log: what it prints is added to it.
        environment: what its environment has beside that of this process.

    Raises:
        StoreError: no process can be started.
    """
    root = Path(__file__).resolve().parents[3]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        make_parent(log)
        with open_private(log, "ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=root,
                env={**os.environ, **(environment or {}), "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Its own session: a Ctrl-C or a hang-up in the server's terminal does not reach it.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "DETACHED_PROCESS", 0),
            )
    except OSError as error:
        raise StoreError(
            f"No process could be started in the background ({error.strerror or error}). "
            "Make room on the disk and in memory; what is queued starts with the next look at the page."
        ) from error
    # Somebody has to take note of its end, or it stays behind as a zombie.
    threading.Thread(target=process.wait, name=f"reap {arguments[0]}", daemon=True).start()
