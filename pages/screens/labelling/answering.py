"""From the queue to the card and from the card to the store."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.projects.answers import Answer, ItemState
from alcore.projects.items import Items
from alcore.projects.ledger import Ledger
from alcore.projects.queue import Mix, Ranking, next_items, with_repeats
from alcore.projects.store import Annotator, Handed, Operation, ProjectStore
from alcore.storage.errors import StoreError
from pages.screens.labelling.card.card import CardData, ClassButton, labelling_card

QUEUE, LAST = 30, 20
# Seconds between two looks of the card at the queue: an empty one may fill, and the look renews the lease of its items.
RENEWED_EVERY = 20.0
# Seconds for which a page holds its items: two looks missed, as by a browser that was killed, and others have them.
HELD_SECONDS = 45.0
_KEY, _STATE = "label_card", "label_answering"


def no_reason(handed: Handed, states: Mapping[str, ItemState]) -> dict[str, Any]:
    """Nothing of why an item is shown."""
    return {}


@dataclass(frozen=True)
class Labelling:
    """A project as it is labelled.

    Attributes:
        project: its id.
        folder: of its file.
        classes: with keys and colours.
        items: of the project.
        content: place -> what the card shows of an item, without its id.
        ranking: of the training items.
        mix: of audits and controls.
        reason: what the card shows of why an item was queried.
        only: the items to show in place of the queue, by the log's state; None: the queue.
    """

    project: str
    folder: Path
    classes: Sequence[ClassButton]
    items: Items
    content: Callable[[int], Mapping[str, Any]]
    ranking: Ranking
    mix: Mix
    reason: Callable[[Handed, Mapping[str, ItemState]], Mapping[str, Any]] = no_reason
    only: Callable[[Mapping[str, ItemState]], list[Handed]] | None = None


@dataclass
class Session:
    """What a browser session has seen of a project's log.

    Attributes:
        page: its name in the store.
        acked: client -> the highest number up to which its operations are stored.
        ledger: the log as far as it was read.
        error: why the last operations could not be stored.
        took: the page whose items this session's tab took over after a reload.
        aliases: classes that are no more, when the log was read.
        created: when the project was made whose log was read.
    """

    page: str
    acked: dict[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    error: str = ""
    took: str = ""
    aliases: dict[str, str | None] = field(default_factory=dict)
    created: float = 0.0

    def read(self, store: ProjectStore) -> Ledger:
        """The log up to now; anew where classes were renamed, merged or deleted, or the project replaced."""
        aliases, (created, last) = store.aliases(), store.extent()
        if aliases != self.aliases or created != self.created or last < self.ledger.last:
            self.aliases, self.created, self.ledger = aliases, created, Ledger()
        self.ledger.extend(store.answers(after=self.ledger.last))
        return self.ledger


def session_of(project: str) -> Session:
    """What this browser session has seen of a project."""
    sessions: dict[str, Session] = st.session_state.setdefault(_STATE, {})
    if project not in sessions:
        sessions[project] = Session(secrets.token_hex(8))
    return sessions[project]


def forget_session(project: str) -> None:
    """Read a project's log from the start at the next look: it was replaced."""
    st.session_state.get(_STATE, {}).pop(project, None)


def draw_card(labelling: Labelling, annotator: str, *, key: str = _KEY) -> None:
    """Draw the card of the next items; its answers are stored before anything else happens.

    Args:
        labelling: what is labelled.
        annotator: who labels.
        key: of the component: another one for another queue, of which the browser then keeps nothing.
    """
    session = session_of(labelling.project)
    by = Annotator(annotator, session.page, [one.name for one in labelling.classes])
    labelling_card(_card(labelling, annotator, session), key=key, on_answers=lambda: _take(labelling, by, session, key))


def _take(labelling: Labelling, by: Annotator, session: Session, key: str) -> None:
    """Store what the card sent. Never raises: an exception would remove the card with unsent answers."""
    try:
        sent = st.session_state[key].batch
        operations = []
        for one in sent["ops"]:
            given = {name: value for name, value in one.items() if name != "at"}
            operations.append(Operation.of(given))
        with ProjectStore(labelling.folder) as store:
            if isinstance(left := sent.get("left"), str):
                store.release(left)
                session.took = left
            receipt = store.take(operations, by)
        session.acked |= receipt.acked
        reasons = list(dict.fromkeys(receipt.refused.values()))
        session.error = f"Not counted: {reasons[0]}." if reasons else ""
    except StoreError as error:
        session.error = str(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        session.error = "The browser sent something that is no answer; reload the page."


def _card(labelling: Labelling, annotator: str, session: Session) -> CardData:
    items = labelling.items
    queue: list[dict[str, Any]] = []
    try:
        with ProjectStore(labelling.folder) as store:
            ledger = session.read(store)
            found = _next(labelling, annotator, ledger, store.held(session.page))
            each = labelling.mix.annotators_per_item
            handed = store.hand_out(session.page, annotator, found, annotators_per_item=each, seconds=HELD_SECONDS)
        queue = [
            {
                **labelling.content(items.place_of[one.item]),
                **labelling.reason(one, ledger.states),
                "id": one.item,
                "base": one.base,
                "suggestion": one.suggestion,
                "audit": one.purpose == "audit",
                "repeat": one.purpose == "repeat",
            }
            for one in handed
        ]
    except StoreError as error:
        session.error = str(error)
    ledger = session.ledger
    labels = sum(state.label is not None for state in ledger.states.values())
    return CardData(
        labelling.project,
        labelling.classes,
        queue,
        session.acked,
        [_answered(one, labelling) for one in ledger.own(annotator, LAST) if one.item in items.place_of],
        page=session.page,
        took=session.took,
        audit_every=0 if labelling.only else labelling.mix.audit_every,
        count=f"{labels:,} of {len(items):,} labelled",
        error=session.error,
        done="Every item is answered, or shown to somebody else just now.",
    )


def _next(labelling: Labelling, annotator: str, ledger: Ledger, held: Mapping[str, int]) -> list[Handed]:
    if labelling.only is not None:
        return [one for one in labelling.only(ledger.states) if one.item not in held][:QUEUE]
    found = next_items(
        QUEUE,
        annotator,
        labelling.items,
        ledger.states,
        ranking=labelling.ranking,
        mix=labelling.mix,
        answered=ledger.answered,
        since_audit=ledger.since_audit,
        held=held,
    )
    return with_repeats(found, ledger, annotator, labelling.mix.repeat_share, labelling.mix.seed)


def _answered(answer: Answer, labelling: Labelling) -> dict[str, Any]:
    content = labelling.content(labelling.items.place_of[answer.item])
    return {
        "item": {**content, "id": answer.item, "base": answer.number, "audit": answer.purpose == "audit"}
        | ({"repeat": True} if answer.purpose == "repeat" else {}),
        "kind": answer.kind,
        "value": answer.value,
        "number": answer.number,
    }
