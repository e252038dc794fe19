"""Backoff of workers that exit before they claim a run: restarts at growing intervals, with the reason."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from alcore.runs.locks import FOLDER, STARTING_SECONDS
from alcore.runs.paths import inside, make_parent, open_private

MOST_SECONDS = 600.0
_MOST_REASON = 500


def note_start(home: Path, slot: str) -> None:
    """Record that a worker is started; it counts as failed until `note_success`."""
    _write(home, slot, {"attempts": _attempts(_read(home, slot)) + 1, "last": time.time(), "reason": ""})


def note_failure(home: Path, slot: str, reason: str) -> None:
    """Record why the last started worker has exited."""
    _write(home, slot, _read(home, slot) | {"last": time.time(), "reason": reason[:_MOST_REASON]})


def note_success(home: Path, slot: str) -> None:
    """Record that a worker has read the queue: the next may be started at once."""
    with suppress(OSError):
        _path(home, slot).unlink(missing_ok=True)


def seconds_left(home: Path, slot: str) -> float:
    """Seconds until the next start of a worker: 5 s after the first failure, doubled after each further failure."""
    found = _read(home, slot)
    attempts = min(_attempts(found), 20)
    if not attempts:
        return 0.0
    since = abs(time.time() - _number(found.get("last")))
    return max(0.0, min(MOST_SECONDS, STARTING_SECONDS * 2 ** (attempts - 1)) - since)


def trouble(home: Path, slot: str) -> str | None:
    """Why workers do not start, and the time of the next attempt; None if the last one started or may still start."""
    found = _read(home, slot)
    attempts, reason = _attempts(found), str(found.get("reason") or "")
    if not attempts or (attempts == 1 and not reason):
        return None
    times = "once" if attempts == 1 else f"{attempts:,} times"
    why = f" ({reason.rstrip('.')})" if reason else ""
    return (
        f"The background process that carries out what is queued was started {times} and ended before it "
        f"took up a run{why}. It is tried again in {seconds_left(home, slot):.0f} s; what it printed is in "
        f"{inside(home, 'logs', f'{slot}.log')}."
    )


def _attempts(found: dict[str, Any]) -> int:
    return max(0, int(_number(found.get("attempts"))))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e11 else 0.0


def _path(home: Path, slot: str) -> Path:
    return inside(home, FOLDER, f"{slot}.starts")


def _read(home: Path, slot: str) -> dict[str, Any]:
    try:
        with _path(home, slot).open("rb") as file:
            found = json.loads(file.read(10_000))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(home: Path, slot: str, found: dict[str, Any]) -> None:
    # Without this record an extra process may be started.
    with suppress(OSError):
        path = _path(home, slot)
        make_parent(path)
        with open_private(path, "w", encoding="utf-8") as file:
            json.dump(found, file)
