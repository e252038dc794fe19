"""The process that carries out what is queued: python -m alcore.runs.worker."""

import argparse
import sys
from pathlib import Path

from alcore.runs.store.store import Store, StoreError
from alcore.runs.worker import backoff
from alcore.runs.worker.execute import WRITE_TIMEOUT_SECONDS
from alcore.runs.worker.gpu_slots import WORKER
from alcore.runs.worker.parallel import claim, execute_abreast
from alcore.storage import locks

# Seconds to wait for the slot: a check holds it for an instant, and an exiting worker holds it for less than this.
SLOT_SECONDS = 1.0


def drain(home: Path, slot: str = WORKER) -> None:
    """Carry out queued runs, oldest first, unless another worker has this slot."""
    with Store(home, timeout=WRITE_TIMEOUT_SECONDS) as store:
        while True:
            with locks.held(home, slot, timeout=SLOT_SECONDS) as mine:
                locks.mark_started(home, slot)
                if not mine:
                    return
                while claimed := claim(store):
                    backoff.note_success(home, slot)
                    execute_abreast(store, [info.id for info in claimed])
                backoff.note_success(home, slot)
            # Submitted after the last check, while the slot was still taken: no other worker will start for it.
            if not store.waiting(1):
                return


def main(arguments: list[str] | None = None) -> int:
    """Work for a home folder until the queue is empty."""
    parser = argparse.ArgumentParser(prog="python -m alcore.runs.worker", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--slot", default=WORKER, help="whose GPU it uses, see alcore.runs.worker.gpu_slots")
    options = parser.parse_args(arguments)
    try:
        drain(options.home, options.slot)
    except StoreError as error:
        backoff.note_failure(options.home, options.slot, str(error))
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        backoff.note_failure(options.home, options.slot, f"{type(error).__name__}: {error}")
        raise
    return 0
