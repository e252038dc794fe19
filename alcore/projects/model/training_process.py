"""The process that trains a labelling project's models while a person labels, and when it is started."""

import json
from contextlib import suppress
from pathlib import Path

from alcore.storage import locks
from alcore.storage.paths import inside
from alcore.storage.processes import spawn

LOCK = "trainer"
_ERROR = Path("models") / "error.json"


def ensure_trainer(folder: Path, *, last: int, seen: int) -> bool:
    """Start the trainer of a project if there are answers that no model was trained with; cheap to call often.

    Args:
        folder: of the project.
        last: number of the last answer.
        seen: number of the last answer that the last model was trained with; -1 without a model.

    Returns:
        whether a process was started.

    Raises:
        StoreError: no process can be started.
    """
    failed = _failure(folder)
    if last <= seen or (failed is not None and failed[0] >= last) or locks.is_used(folder, LOCK):
        return False
    locks.mark_starting(folder, LOCK)
    spawn(["alcore.projects.trainer", str(folder)], inside(folder, "logs", "trainer.log"))
    return True


def is_training(folder: Path) -> bool:
    """Whether a trainer is alive."""
    return locks.is_used(folder, LOCK)


def note_failure(folder: Path, last: int, sentence: str) -> None:
    """Record why no model can be trained with the answers up to `last`."""
    with suppress(OSError):
        (folder / _ERROR).parent.mkdir(exist_ok=True)
        (folder / _ERROR).write_text(json.dumps([last, sentence[:1000]]), encoding="utf-8")


def forget_failure(folder: Path) -> None:
    """A model was trained, or settings were changed: what failed may go well now."""
    with suppress(OSError):
        (folder / _ERROR).unlink(missing_ok=True)


def trouble(folder: Path) -> str | None:
    """Why the last attempt to train failed, in a sentence; None if it did not."""
    failed = _failure(folder)
    return None if failed is None else failed[1]


def _failure(folder: Path) -> tuple[int, str] | None:
    try:
        last, sentence = json.loads((folder / _ERROR).read_text(encoding="utf-8"))
        return int(last), str(sentence)
    except (OSError, ValueError, TypeError):
        return None
