"""Work in a thread of its own, which is stopped when its result is no longer needed."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from alcore.loops.steps import OnStep

Result = TypeVar("Result")


class Stopped(BaseException):
    """The result is no longer needed. Not a fault of the work: handlers of `Exception` let it through."""


class Work(threading.Thread, Generic[Result]):
    """A thread with one piece of work.

    Attributes:
        share: completed, 0 to 1.
        stopped: set by the waiting thread; the next step of the work ends it.
    """

    def __init__(self, work: Callable[[OnStep], Result], before: "Work[Any] | None" = None) -> None:
        """Prepare the thread, not started yet.

        Args:
            work: called with `on_step`, which raises `Stopped` once the work is stopped.
            before: work that must end first. New work then never runs beside the stopped work that it replaces:
                one processor is busy, however often that happens.
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
        """The calling thread, if it is one of this class; else None."""
        thread = threading.current_thread()
        return thread if isinstance(thread, Work) else None

    def check(self, share: float = 0.0) -> None:
        """A step of unknown share, such as that of work within this work.

        Raises:
            Stopped: the work is stopped.
        """
        if self.stopped:
            raise Stopped

    def step(self, share: float) -> None:
        """A step of this work; raises as `check`."""
        self.check()
        self.share = min(1.0, max(self.share, float(share)))

    def run(self) -> None:
        """Do the work; called in the thread."""
        try:
            if self._before is not None:
                self._before.wait()
                self._before = None
            self.check()
            self._found.append(self._work(self.step))
        except BaseException as error:
            # The error of stopped work is dropped, with all that its traceback holds.
            self._error = None if self.stopped else error
        finally:
            self._ended.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended in any way; False if so many seconds were not enough."""
        return self._ended.wait(seconds)

    def result(self) -> Result:
        """The result, once; raises the error of the work."""
        if self._error is not None:
            raise self._error
        return self._found.pop()
