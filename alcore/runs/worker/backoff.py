"""Backoff of workers that exit before they claim a run: restarts at growing intervals, with the reason."""

import json
import time
from contextlib import suppress
from pathlib import Path

from alcore.storage.locks import FOLDER
from alcore.storage.paths import inside, log_path, open_private

FIRST_SECONDS, MOST_SECONDS = 5.0, 600.0
_MOST_REASON = 500


def note_start(home: Path, slot: str) -> None:
    """Record that a worker is started; it counts as failed until `note_success`."""
    attempts, _, _ = _read(home, slot)
    _write(home, slot, attempts + 1, "")


def note_failure(home: Path, slot: str, reason: str) -> None:
    """Record why the last started worker has exited."""
    attempts, _, _ = _read(home, slot)
    _write(home, slot, attempts, reason[:_MOST_REASON])


def note_success(home: Path, slot: str) -> None:
    """Record that a worker has read the queue: the next may be started at once."""
    with suppress(OSError):
        _path(home, slot).unlink(missing_ok=True)


def seconds_left(home: Path, slot: str) -> float:
    """Seconds until the next start of a worker: 5 s after the first failure, doubled after each further failure."""
    attempts, last, _ = _read(home, slot)
    if not attempts:
        return 0.0
    wait = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(attempts - 1, 20))
    return max(0.0, wait - abs(time.time() - last))


def trouble(home: Path, slot: str) -> str | None:
    """Why workers do not start, and the time of the next attempt; None if the last one started or may still start."""
    attempts, _, reason = _read(home, slot)
    if not attempts or (attempts == 1 and not reason):
        return None
    times = "once" if attempts == 1 else f"{attempts:,} times"
    why = f" ({reason.rstrip('.')})" if reason else ""
    return (
        f"The background process that carries out what is queued was started {times} and ended before it "
        f"took up a run{why}. It is tried again in {seconds_left(home, slot):.0f} s; what it printed is in "
        f"{log_path(home, slot)}."
    )


def _path(home: Path, slot: str) -> Path:
    return inside(home, FOLDER, f"{slot}.starts")


def _read(home: Path, slot: str) -> tuple[int, float, str]:
    """Number of starts since the last success, time of the last one, and the reason of its failure."""
    try:
        with _path(home, slot).open("rb") as file:
            found = json.loads(file.read(10_000))
        return max(0, int(found["attempts"])), float(found["last"]), str(found["reason"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0, 0.0, ""


def _write(home: Path, slot: str, attempts: int, reason: str) -> None:
    # Without this record an extra process may be started.
    with suppress(OSError), open_private(_path(home, slot), "w", encoding="utf-8") as file:
        json.dump({"attempts": attempts, "last": time.time(), "reason": reason}, file)
