"""Starting processes that outlive the page, the browser and the server."""

from pathlib import Path

from alcore.runs.config import RunConfig
from alcore.runs.store.store import RunInfo, Store
from alcore.runs.worker import backoff
from alcore.runs.worker.gpu_slots import slots
from alcore.storage import locks
from alcore.storage.errors import StoreError
from alcore.storage.paths import inside, log_path
from alcore.storage.processes import spawn

_MOST_SENTENCE = 1000


def start(config: RunConfig, home: Path) -> RunInfo:
    """Submit a run and ensure that a worker claims it.

    A done, running or queued run is returned unchanged.

    Raises:
        StoreError: if the run cannot be stored, or no process can be started.
    """
    with Store(home) as store:
        info = store.submit(config)
    ensure_worker(home)
    return info


def ensure_worker(home: Path) -> bool:
    """Start a worker for each queued run with a free slot; cheap to poll.

    A worker that exited before it claimed a run is restarted only after a delay, see `trouble`.

    Returns:
        Whether a worker was started.

    Raises:
        StoreError: if the store cannot be read, or no process can be started.
    """
    places = slots()
    with Store(home) as store:
        waiting = store.waiting(len(places))
    started = False
    for slot, environment in places.items():
        if not waiting:
            break
        if locks.is_starting(home, slot):
            # This worker will claim a waiting run.
            waiting -= 1
        elif locks.is_free(home, slot) and not backoff.seconds_left(home, slot):
            locks.mark_starting(home, slot)
            backoff.note_start(home, slot)
            words = ["alcore.runs.worker", "--home", str(home), "--slot", slot]
            try:
                spawn(words, log_path(home, slot), environment)
            except StoreError as error:
                backoff.note_failure(home, slot, str(error))
                raise
            waiting -= 1
            started = True
    return started


def trouble(home: Path) -> str | None:
    """Why queued runs are not claimed, in a sentence; None if no problem is known."""
    return next(filter(None, (backoff.trouble(home, slot) for slot in slots())), None)


def launch_fetch(name: str, home: Path) -> None:
    """Download a data set in the background; see `fetch_state` for its progress.

    No effect while that data set is downloading.
    """
    lock = fetch_lock(name)
    if locks.is_used(home, lock):
        return
    fetch_error_path(name, home).unlink(missing_ok=True)
    locks.mark_starting(home, lock)
    spawn(["alcore.runs.worker.download", "--dataset", name, "--home", str(home)], log_path(home, lock))


def fetch_state(name: str, home: Path) -> tuple[bool, str | None]:
    """Whether a data set is downloading in the background, and why the last attempt failed.

    Returns:
        (fetching, sentence or None); (False, None) after a success.
    """
    if locks.is_used(home, fetch_lock(name)):
        return True, None
    try:
        sentence = fetch_error_path(name, home).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return False, None
    return False, sentence.strip()[:_MOST_SENTENCE] or None


def fetch_lock(name: str) -> str:
    """Lock name of the download of a data set."""
    return f"fetch-{name}"


def fetch_error_path(name: str, home: Path) -> Path:
    """Path of the error sentence of a failed download."""
    return inside(home, "logs", f"{fetch_lock(name)}.error")
