"""Checkpoints: a learner's state after the last stored round, one file per run, written atomically."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from alcore.storage.errors import StoreFullError
from alcore.storage.paths import inside, make_parent, open_private

_DIGEST = hashlib.sha256().digest_size


def save_checkpoint(home: Path, run_id: str, number: int, content: bytes) -> None:
    """Save the learner's state after this round; an incomplete file is removed.

    Saved before the round is stored, so that the checkpoint of a stored round is never older than the round.

    Raises:
        StoreFullError: if it cannot be written.
    """
    path = _path(home, run_id, number)
    part = path.with_suffix(".part")
    try:
        make_parent(path.parent)
        with open_private(part, "wb") as file:
            file.write(hashlib.sha256(content).digest())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StoreFullError(
            f"The learner's state after round {number} could not be written to {path} "
            f"({error.strerror or error}); what was stored before is kept. "
            "Make room on the disk, then resume the run."
        ) from error


def load_checkpoint(home: Path, run_id: str, number: int) -> bytes:
    """The checkpoint of this round; b"" if it is missing or damaged."""
    try:
        whole = _path(home, run_id, number).read_bytes()
    except OSError:
        return b""
    digest, content = whole[:_DIGEST], whole[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else b""


def prune_checkpoints(home: Path, run_id: str, number: int) -> None:
    """Delete all checkpoints of a run except that of this round."""
    wanted = _path(home, run_id, number)
    with suppress(OSError):
        for path in wanted.parent.iterdir():
            if path != wanted:
                path.unlink()


def delete_checkpoints(home: Path, run_id: str) -> None:
    """Delete all checkpoints of a run."""
    shutil.rmtree(inside(home, "checkpoints", run_id), ignore_errors=True)


def _path(home: Path, run_id: str, number: int) -> Path:
    return inside(home, "checkpoints", run_id) / f"{number}.checkpoint"
