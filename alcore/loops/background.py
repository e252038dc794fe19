"""Work in a thread beside the one that waits for it, which may stop waiting."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from alcore.loops.steps import OnStep

Result = TypeVar("Result")


class Stopped(BaseException):
    """The work is no longer waited for. Not a fault of it, so no handler of faults may take it."""


class Work(threading.Thread, Generic[Result]):
    """One piece of work, and how far it has come.

    Attributes:
        share: how much of it is done, 0 to 1.
        stopped: set by the one that waits; the next step of the work ends it.
    """

    def __init__(self, work: Callable[[OnStep], Result], before: "Work[Any] | None" = None) -> None:
        """Do nothing yet.

        Args:
            work: gets `on_step`, which raises `Stopped` once nobody waits any more.
            before: work to let end first. What is started instead of stopped work then never runs beside it:
                however often that happens, one processor is busy and not ten.
        """
        super().__init__(name="alcore-work", daemon=True)
        self.share = 0.0
        self.stopped = False
        self._ended = threading.Event()
        self._work, self._before = work, before
        self._found: list[Result] = []
        self._error: BaseException | None = None

    @staticmethod
    def current() -> "Work[Any] | None":
        """The work that the calling thread is; None of any other thread."""
        thread = threading.current_thread()
        return thread if isinstance(thread, Work) else None

    def check(self, share: float = 0.0) -> None:
        """A step of which the share is not known, such as one of work within this work.

        Raises:
            Stopped: nobody waits any more.
        """
        if self.stopped:
            raise Stopped

    def step(self, share: float) -> None:
        """A step of this work; raises as `check`."""
        self.check()
        self.share = min(1.0, max(self.share, float(share)))

    def run(self) -> None:
        """Work; called in the thread."""
        try:
            if self._before is not None:
                self._before.wait()
                self._before = None
            self.check()
            self._found.append(self._work(self.step))
        except BaseException as error:
            # What nobody waits for is let go, with all that its traceback holds.
            self._error = None if self.stopped else error
        finally:
            self._ended.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended, however; false if so many seconds were not enough."""
        return self._ended.wait(seconds)

    def result(self) -> Result:
        """What was found, once; raises what the work raised."""
        if self._error is not None:
            raise self._error
        return self._found.pop()
