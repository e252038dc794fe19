"""Locks between processes, held by the operating system: whoever dies lets go of them at once."""

import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from alcore.runs.errors import StoreError

# A process that was started must be given time to begin (a loaded machine takes seconds) before another
# one is started in its place.
STARTING_SECONDS = 5.0


def take(home: Path, name: str, *, timeout: float = 0.0) -> FileLock | None:
    """The lock of this name, held by the caller until `release()`, or None if another process holds it.

    Args:
        home: the home folder; its locks are files under `locks/`.
        name: a run's id, "worker", ...
        timeout: seconds to wait for the lock; 0 tries once.

    Raises:
        StoreError: the lock's file cannot be made.
    """
    path = _folder(home) / f"{name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not thread-local: a lock belongs to the store that took it, whichever thread closes that store.
        lock = FileLock(path, thread_local=False, poll_interval=0.02)
        lock.acquire(timeout=timeout)
    except Timeout:
        return None
    except OSError as error:
        raise StoreError(
            f"The file {path} cannot be made or opened ({error.strerror or error}). "
            "Make room on the disk, or make its folder writable."
        ) from error
    return lock


def is_free(home: Path, name: str) -> bool:
    """Whether no live process holds the lock of this name. Makes no file."""
    if not (_folder(home) / f"{name}.lock").exists():
        return True
    lock = take(home, name)
    if lock is None:
        return False
    lock.release()
    return True


def mark_starting(home: Path, name: str) -> None:
    """Note that a process that will take this lock has just been started."""
    path = _folder(home) / f"{name}.starting"
    # Without the note one process too many may be started: it finds the lock taken, and ends.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def is_starting(home: Path, name: str) -> bool:
    """Whether a process that will take this lock was started and has not come to it yet."""
    try:
        return abs(time.time() - (_folder(home) / f"{name}.starting").stat().st_mtime) < STARTING_SECONDS
    except FileNotFoundError:
        return False


def mark_started(home: Path, name: str) -> None:
    """Take back `mark_starting`: the process has taken the lock, or given up."""
    (_folder(home) / f"{name}.starting").unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    return home / "locks"
