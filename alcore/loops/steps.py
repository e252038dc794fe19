"""Progress of long work: a callback that long loops call with the share completed, and that may stop them."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

# Called with the share completed, 0 to 1, never falling; an exception from it stops the work.
OnStep = Callable[[float], None]


def ignored(share: float) -> None:
    """The callback that reports nothing."""


def part(on_step: OnStep, begin: float, end: float) -> OnStep:
    """The callback of a part of the work: the whole's from share `begin` to share `end`."""
    return lambda share: on_step(begin + share * (end - begin))


def counted(items: Sequence[Item], on_step: OnStep) -> Iterator[Item]:
    """The items, one after the other, with a step after each."""
    for number, item in enumerate(items):
        yield item
        on_step((number + 1) / len(items))
