"""Terminal output of a run, and its interruption by Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from tqdm import tqdm

from alcore.loops.pool.simulate import Round
from alcore.report.phrases import typed
from alcore.runs.config import RunConfig
from alcore.runs.tournament.cells import CellFailure, CellResult

_WIPE = "\r\033[K"
# On standard error if that is a terminal, and wiped in the end.
_BAR: dict[str, Any] = {"disable": None, "leave": False}


def print_line(line: str) -> None:
    """Print a line; a closed pipe (`| head`) must not end a run of hours."""
    try:
        print(typed(line), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_note(line: str) -> None:
    """Print a line to standard error, separate from the results."""
    print(f"{_WIPE if sys.stderr.isatty() else ''}{typed(line)}", file=sys.stderr, flush=True)


def round_line(round_: Round) -> str:
    """One round as a line."""
    return (
        f"round {round_.round}: {round_.labels} labels, accuracy {round_.accuracy:.4f}, "
        f"loss {round_.train_loss:.4f}, {sum(round_.seconds.values()):.2f} s"
    )


class Progress:
    """Prints a line for each round, and a progress bar below on a terminal.

    Args:
        total: rounds of the whole run, including round 0.
        before: rounds stored before.
    """

    def __init__(self, total: int, before: int = 0) -> None:
        self._bar = tqdm(total=total, initial=before, unit="round", **_BAR)

    def __call__(self, round_: Round) -> None:
        """Print this round."""
        self._bar.clear()
        print_line(round_line(round_))
        _advance(self._bar)


class CellProgress:
    """Prints failures, and on a terminal a progress bar, elsewhere a line per tenth.

    Args:
        cells: number of cells of the tournament.
        done: cells finished before.
    """

    def __init__(self, cells: int, done: int) -> None:
        self.cells, self.before, self.done = cells, done, done
        self.started = time.monotonic()
        self._bar = tqdm(total=cells, initial=done, unit="cell", **_BAR)

    def __call__(self, config: RunConfig, outcome: CellResult | CellFailure) -> None:
        """Count this cell."""
        self.done += 1
        if isinstance(outcome, CellFailure):
            self._bar.clear()
            print_note(f"failed: {config.title}: {outcome.error}")
        _advance(self._bar)
        if self._bar.disable and 10 * self.done // self.cells > 10 * (self.done - 1) // self.cells:
            left = (time.monotonic() - self.started) / (self.done - self.before) * (self.cells - self.done)
            print_note(f"{self.done:,} of {self.cells:,} cells, about {left:,.0f} s left")


def _advance(bar: tqdm) -> None:
    """Draw the bar one step on; a full one is wiped."""
    bar.update()
    bar.refresh()
    if bar.n == bar.total:
        bar.close()


@contextmanager
def interrupt_watch() -> Iterator[Callable[[], bool]]:
    """Within the block, Ctrl-C stops the run at its next check; a second Ctrl-C stops the program at once.

    Yields:
        A function that returns whether Ctrl-C was pressed.
    """
    asked = False

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
