"""python -m alcore.projects.trainer FOLDER: train a project's models while a person labels.

One process a project. It ends after a minute without further answers; the page starts it again with the next one.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from alcore.projects.ledger import Ledger
from alcore.projects.model.model_file import read_model
from alcore.projects.model.training_process import LOCK, note_failure
from alcore.projects.project import Project
from alcore.storage import locks

IDLE_SECONDS, POLL_SECONDS = 60.0, 0.25
# Answers between rounds, fewer while there are few; with a pause in answering, any number.
EVERY, EVERY_AT_FIRST, FEW = 10, 5, 20
PAUSE_SECONDS = 1.5
_LOG = logging.getLogger(__name__)


def is_due(new: int, answered: int, quiet_seconds: float) -> bool:
    """Whether a round is worth training: enough answers since the last one, or a pause after fewer.

    Args:
        new: answers since those that the last model was trained with.
        answered: answers in all.
        quiet_seconds: since the last answer came in.
    """
    return new >= (EVERY_AT_FIRST if answered <= FEW else EVERY) or (new > 0 and quiet_seconds >= PAUSE_SECONDS)


def train_while_labelled(folder: Path, *, clock: Callable[[], float] = time.monotonic) -> int:
    """Train whenever a round is due, until nothing was answered for a minute.

    Returns:
        how many models were trained.
    """
    project, ledger, kept = Project(folder), Ledger(), read_model(folder)
    seen, trained_as = (0, "") if kept is None else (kept.seen, kept.trained_as)
    trained, last, since = 0, -1, clock()
    while clock() - since < IDLE_SECONDS and folder.is_dir():  # a deleted project needs no model
        ledger = project.refreshed().ledger(ledger)
        if project.trained_as != trained_as:
            ledger = project.ledger()  # renamed or merged classes: earlier labels count as others
        if ledger.last != last:
            last, since = ledger.last, clock()
        is_other = project.trained_as != trained_as
        if not (is_other or is_due(last - seen, ledger.answered, clock() - since)):
            time.sleep(POLL_SECONDS)
            continue
        try:
            project.train(ledger)
        except Exception as error:  # the sentence goes to the page, the traceback to the log
            _LOG.exception("no model could be trained")
            note_failure(folder, last, str(error) or type(error).__name__)
            return trained
        trained, seen, trained_as = trained + 1, last, project.trained_as
    return trained


def main(words: list[str]) -> int:
    """Train in one process a project; 0 also where another one does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = Path(words[0])
    # The person's browser and the page come first.
    if hasattr(os, "nice"):
        os.nice(5)
    with locks.held(folder, LOCK, timeout=1.0) as mine:
        locks.mark_started(folder, LOCK)
        if mine:
            train_while_labelled(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
