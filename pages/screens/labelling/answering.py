"""From the queue to the card and from the card to the store."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.projects.answers import Answer, in_force, states
from alcore.projects.queue import Mix, Ranking, next_items
from alcore.projects.store import Annotator, Operation, ProjectStore
from alcore.storage.errors import StoreError
from pages.screens.labelling.card.card import CardData, ClassButton, labelling_card

QUEUE, LAST = 30, 20
_KEY, _STATE = "label_card", "label_answering"


@dataclass(frozen=True)
class Labelling:
    """A project as it is labelled.

    Attributes:
        project: its id.
        folder: of its file.
        classes: with keys and colours.
        ids: of all items, by place.
        turns_N: place of each in the random permutation.
        content: place -> what the card shows of an item, without its id.
        ranking: of the training items.
        mix: of audits and controls.
    """

    project: str
    folder: Path
    classes: Sequence[ClassButton]
    ids: Sequence[str]
    turns_N: NDArray[np.int64]
    content: Callable[[int], Mapping[str, Any]]
    ranking: Ranking
    mix: Mix


@dataclass
class _Session:
    """What a browser session has seen of a project's log."""

    page: str
    acked: dict[str, int]
    log: list[Answer]
    error: str = ""


def draw_card(labelling: Labelling, annotator: str) -> None:
    """Draw the card of the next items; its answers are stored before anything else happens."""
    session = _session(labelling.project)
    by = Annotator(annotator, session.page, [one.name for one in labelling.classes])
    labelling_card(_card(labelling, annotator, session), key=_KEY, on_answers=lambda: _take(labelling, by, session))


def _session(project: str) -> _Session:
    sessions: dict[str, _Session] = st.session_state.setdefault(_STATE, {})
    if project not in sessions:
        sessions[project] = _Session(secrets.token_hex(8), {}, [])
    return sessions[project]


def _take(labelling: Labelling, by: Annotator, session: _Session) -> None:
    """Store what the card sent. Never raises: an exception would remove the card with unsent answers."""
    try:
        sent = st.session_state[_KEY].batch["ops"]
        operations = []
        for one in sent:
            given = {name: value for name, value in one.items() if name != "at"}
            operations.append(Operation.of(given))
        with ProjectStore(labelling.folder) as store:
            receipt = store.take(operations, by)
        session.acked |= receipt.acked
        reasons = list(dict.fromkeys(receipt.refused.values()))
        session.error = f"Not counted: {reasons[0]}." if reasons else ""
    except StoreError as error:
        session.error = str(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        session.error = "The browser sent something that is no answer; reload the page."


def _card(labelling: Labelling, annotator: str, session: _Session) -> CardData:
    place_of = {item: place for place, item in enumerate(labelling.ids)}
    queue: list[dict[str, Any]] = []
    try:
        with ProjectStore(labelling.folder) as store:
            session.log += store.answers(after=session.log[-1].number if session.log else 0)
            answered = len({one.item for one in session.log if one.kind != "undo"})
            found = next_items(
                QUEUE,
                annotator,
                labelling.ids,
                labelling.turns_N,
                states(session.log),
                ranking=labelling.ranking,
                mix=labelling.mix,
                answered=answered,
                held=store.held(session.page),
            )
            handed = store.hand_out(
                session.page, annotator, found, annotators_per_item=labelling.mix.annotators_per_item
            )
        queue = [
            {**labelling.content(place_of[one.item]), "id": one.item, "base": one.base, "suggestion": one.suggestion}
            for one in handed
        ]
    except StoreError as error:
        session.error = str(error)
    kept = [one for one in in_force(session.log) if not one.machine]
    own = [one for one in kept if one.annotator == annotator and one.kind not in ("flag", "note")][-LAST:]
    last = [
        {
            "item": {**labelling.content(place_of[one.item]), "id": one.item, "base": one.number},
            "kind": one.kind,
            "value": one.value,
            "number": one.number,
        }
        for one in own
    ]
    labels = len({one.item for one in kept if one.kind == "label"})
    return CardData(
        labelling.project,
        labelling.classes,
        queue,
        session.acked,
        last,
        count=f"{labels:,} of {len(labelling.ids):,} labelled",
        error=session.error,
    )
