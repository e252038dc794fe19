"""Locks between processes, held by the operating system: a lock is released when its process exits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from alcore.storage.errors import StoreError
from alcore.storage.paths import OWNER_FILE, inside, make_parent, making

# A started process needs time to take its lock (seconds on a loaded machine) before it is replaced.
STARTING_SECONDS = 20.0
FOLDER = "locks"


def take(home: Path, name: str, *, timeout: float = 0.0) -> FileLock | None:
    """The lock of this name, held until `release`; None if another process holds it.

    Args:
        home: the home folder; lock files are in `locks/`.
        name: a run's id, "worker", ...
        timeout: seconds to wait for the lock; 0 tries once.

    Raises:
        StoreError: if the lock file cannot be created, or the name is no valid file name.
    """
    path = inside(home, FOLDER, f"{name}.lock")
    with making(path):
        # Not thread-local: a lock belongs to the store that took it, independent of the thread that closes the store.
        lock = FileLock(path, thread_local=False, poll_interval=0.02, mode=OWNER_FILE)
        try:
            lock.acquire(timeout=timeout)
        except Timeout:
            return None
    return lock


def release(lock: FileLock) -> None:
    """Release a lock and remove its file.

    A process that opened the file before its removal does not get the lock: filelock checks that the locked file still
    exists and otherwise reopens it.
    """
    if lock.is_locked:
        with suppress(OSError):
            Path(lock.lock_file).unlink()
    lock.release()


@contextmanager
def held(home: Path, name: str, *, timeout: float = 0.0) -> Iterator[bool]:
    """A block that holds the lock of this name unless another process does; arguments and errors as of `take`.

    Yields:
        Whether it holds the lock.
    """
    lock = take(home, name, timeout=timeout)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            release(lock)


def is_free(home: Path, name: str) -> bool:
    """Whether no live process holds the lock of this name. Leaves no file."""
    if not inside(home, FOLDER, f"{name}.lock").exists():
        return True
    with held(home, name) as free:
        return free


def mark_starting(home: Path, name: str) -> None:
    """Record that a process that will take this lock has just been started."""
    path = _starting(home, name)
    # Without this record an extra process may be started, which ends when it finds the lock taken.
    with suppress(OSError):
        make_parent(path)
        path.touch(mode=OWNER_FILE)


def is_starting(home: Path, name: str) -> bool:
    """Whether a process that will take this lock was started and has not yet taken it."""
    try:
        return abs(time.time() - _starting(home, name).stat().st_mtime) < STARTING_SECONDS
    except OSError:
        return False


def is_used(home: Path, name: str) -> bool:
    """Whether a live process holds the lock of this name, or was started to take it."""
    return is_starting(home, name) or not is_free(home, name)


def mark_started(home: Path, name: str) -> None:
    """Undo `mark_starting`: the process has taken the lock or given up."""
    with suppress(OSError):
        _starting(home, name).unlink(missing_ok=True)


def sweep(home: Path) -> None:
    """Remove lock files that no process holds: earlier versions left a file for every run."""
    with suppress(OSError, StoreError):
        for path in (home / FOLDER).glob("*.lock"):
            if len(path.stem) == 12:
                is_free(home, path.stem)


def _starting(home: Path, name: str) -> Path:
    return inside(home, FOLDER, f"{name}.starting")
