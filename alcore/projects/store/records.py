"""What goes into a project's store and what comes out: operations, who makes them, what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from alcore.projects.answers import LONGEST_VALUE, Purpose

LONGEST_NAME = 100


@dataclass(frozen=True)
class Operation:
    """An answer as a client makes it.

    Attributes:
        client: a name that is new for every page load, or of a program.
        seq: 1, 2, 3 ... within a client; with it the operation's identity.
        item: id of the item on the screen.
        kind: see `Answer`.
        value: see `Answer`.
        undoes: for an undo, the `seq` of the client's operation that it takes back, or None: `undoes_number`.
        undoes_number: for an undo, the number of an answer in the log, where it is of another client.
        milliseconds: see `Answer`.
        base: number of the last answer to the item when it was shown; None: not checked.
        repeat: whether it answers an item that was shown again; only those handed out for that count so.
    """

    client: str
    seq: int
    item: str
    kind: str
    value: str | None = None
    undoes: int | None = None
    undoes_number: int | None = None
    milliseconds: int | None = None
    base: int | None = None
    repeat: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """An operation from untrusted values.

        Raises:
            ValueError: if a value is missing or of another type.
        """
        try:
            made = cls(**given)
        except TypeError as error:
            raise ValueError(f"an operation needs client, seq, item and kind: {error}") from error
        for name in ("client", "item", "kind"):
            text = getattr(made, name)
            if not isinstance(text, str) or not 0 < len(text) <= LONGEST_VALUE:
                raise ValueError(f"{name} of an operation must be a text, got {str(text)[:40]!r}")
        for name in ("seq", "undoes", "undoes_number", "milliseconds", "base"):
            number, least = getattr(made, name), 1 if name == "seq" else 0
            if not (type(number) is int and least <= number < 2**53) and (number is not None or name == "seq"):
                raise ValueError(f"{name} of an operation must be a whole number, got {str(number)[:40]!r}")
        if not (made.value is None or isinstance(made.value, str)):
            raise ValueError("the value of an operation must be a text")
        if not isinstance(made.repeat, bool):
            raise ValueError("repeat of an operation must be true or false")
        if len(made.client) > LONGEST_NAME:
            raise ValueError(f"a client's name has at most {LONGEST_NAME} characters")
        return made


@dataclass(frozen=True)
class Annotator:
    """Who answers.

    Attributes:
        name: of the person or the machine.
        page: the page that the answers are from; what an item was queried for is what it was handed out for there, or
            else last.
        classes: the classes of labels; None: any.
        machine: whether it is a machine.
        purpose: of items that were not handed out.
    """

    name: str
    page: str = ""
    classes: Sequence[str] | None = None
    machine: bool = False
    purpose: Purpose = "train"


@dataclass(frozen=True)
class Receipt:
    """What became of operations.

    Attributes:
        acked: client -> the highest seq up to which all its operations are stored.
        refused: (client, seq) -> why an operation is stored, but not in force.
        last: number of the last answer of the log.
    """

    acked: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[tuple[str, int], str] = field(default_factory=dict)
    last: int = 0


@dataclass(frozen=True)
class Handed:
    """An item handed out to a page.

    Attributes:
        item: its id.
        purpose: why it is queried.
        probability: with which it was picked; None where it was not random.
        model_round: of the model that chose it; None without one.
        suggestion: the class to show; None to show none.
        base: number of the last answer to it; 0 without one.
    """

    item: str
    purpose: Purpose = "train"
    probability: float | None = None
    model_round: int | None = None
    suggestion: str | None = None
    base: int = 0


@dataclass(frozen=True)
class BulkStep:
    """Answers to many items at once, which are taken back as a whole.

    Attributes:
        client: under which they are stored.
        kind: see `Answer`.
        value: that of the first.
        items: how many are in force.
        time: seconds since 1970.
        machine: whether a machine answered.
    """

    client: str
    kind: str
    value: str | None
    items: int
    time: float
    machine: bool
