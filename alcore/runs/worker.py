"""The process that carries out what is queued: python -m alcore.runs.worker."""

import argparse
import sys
from pathlib import Path

from alcore.runs import launcher, locks
from alcore.runs.execution import WRITE_PATIENCE_SECONDS, execute
from alcore.runs.store import Store, StoreError

__all__ = ["drain", "execute", "main"]

# A look at the slot holds it for an instant; a worker about to end holds it for less than this.
SLOT_SECONDS = 1.0


def drain(home: Path) -> None:
    """Carry out what is queued, oldest first, unless another worker does."""
    with Store(home, timeout=WRITE_PATIENCE_SECONDS) as store:
        while True:
            slot = locks.take(home, launcher.WORKER, timeout=SLOT_SECONDS)
            locks.mark_started(home, launcher.WORKER)
            if slot is None:
                return
            try:
                while (info := store.claim_next()) is not None:
                    execute(store, info.id)
            finally:
                slot.release()
            # Submitted after the last look, by someone who saw the slot taken: nobody else will come for it.
            if not store.something_queued():
                return


def main(arguments: list[str] | None = None) -> int:
    """Be the worker of a home folder until nothing is queued."""
    parser = argparse.ArgumentParser(prog="python -m alcore.runs.worker", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        drain(options.home)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
