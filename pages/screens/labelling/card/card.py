"""The labelling card: one item at a time, answered by keys, in the browser."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
# Keys of classes that have none of their own, in this order.
KEYS = "1234567890qwertuiopdgjklzcvbym"


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_CARD = st.components.v2.component(
    "alcore_labelling_card",
    html=_read("card.html"),
    css=_read("card.css"),
    js=_read("outbox.js", "item.js", "card.js"),
)


@dataclass(frozen=True)
class ClassButton:
    """A class on the card.

    Attributes:
        name: of the class.
        key: the key that gives this label, one of `KEYS`.
        color: of its button.
    """

    name: str
    key: str
    color: str


@dataclass(frozen=True)
class CardData:
    """All that the card shows.

    Attributes:
        project: id of the project; unsent answers in the browser belong to it.
        classes: in the order of their buttons.
        queue: items, each a mapping with `id`, `base` and one of `text` (with `marks`), `image` (a data URL) or
            `fields` (with `field_marks`, column -> marks); perhaps `audit` (it is one), `repeat` (it was answered
            before), `suggestion`, `why` (a sentence), `likeliest` (pairs of a class and its probability), `near` (the
            most similar labelled item) and `alike` (`id` and `base` of near-duplicates).
        acked: client -> the highest number up to which its operations are stored.
        last: the person's last answers, oldest first: `item`, `kind`, `value`, `number`.
        page: name of this session's page in the store.
        took: the page that this tab showed before, once its items are released.
        audit_every: every so-manieth item is one with `audit`; 0: the queue's order is kept.
        count: progress in words.
        error: why the last operations could not be stored; "" if they were.
        done: a sentence in place of an item where the queue is empty.
    """

    project: str
    classes: Sequence[ClassButton]
    queue: Sequence[Mapping[str, Any]]
    acked: Mapping[str, int]
    last: Sequence[Mapping[str, Any]]
    page: str = ""
    took: str = ""
    audit_every: int = 0
    count: str = ""
    error: str = ""
    done: str = "Every item is answered."


def labelling_card(data: CardData, *, key: str, on_answers: Callable[[], None]) -> None:
    """Draw the card.

    Args:
        data: what it shows.
        key: of the component; `st.session_state[key].batch["ops"]` holds the operations in `on_answers`.
        on_answers: called with operations to store; it must not raise, since an exception removes the card.
    """
    _CARD(key=key, data=asdict(data), on_batch_change=on_answers, height="content")
