"""One operation into the log of answers, within a transaction: what it is of, and why it may be refused."""

from typing import Any, cast

from alcore.projects.answers import Answer, Kind
from alcore.projects.store.records import LONGEST_NAME, Annotator, Operation


def add(connection: Any, one: Operation, by: Annotator, moment: float) -> str:
    """Insert an operation; why it is refused, or ""."""
    undoes, reason = _undone(connection, one) if one.kind == "undo" else (None, "")
    last = connection.execute(
        "SELECT number, annotator FROM answers WHERE item = ? AND refused = '' ORDER BY number DESC LIMIT 1",
        (one.item,),
    ).fetchone()
    if connection.execute("SELECT 1 FROM items WHERE id = ?", (one.item,)).fetchone() is None:
        reason = "there is no such item"
    elif one.kind == "label" and one.value and by.classes is not None and one.value not in by.classes:
        reason = "there is no such class"
    elif one.base is not None and last and last["number"] > one.base and last["annotator"] != by.name:
        reason = f"{last['annotator'] or 'another person'} answered this item meanwhile"
    handed = connection.execute(
        "SELECT purpose, probability, model_round, suggestion FROM handed_out WHERE item = ? "
        "ORDER BY page = ? DESC, time DESC LIMIT 1",
        (one.item, by.page),
    ).fetchone()
    if handed is not None and handed["purpose"] == "repeat" and not one.repeat:
        # Shown again, but answered elsewhere: it was queried for what it was queried for at first.
        handed = connection.execute(
            "SELECT purpose, probability, model_round, suggestion FROM answers WHERE item = ? AND kind = 'label' "
            "AND refused = '' AND purpose != 'repeat' ORDER BY number LIMIT 1",
            (one.item,),
        ).fetchone()
    purpose, probability, model_round, suggestion = handed or (by.purpose, None, None, None)
    try:
        answer = Answer(
            number=1,
            item=one.item,
            kind=cast(Kind, one.kind),
            value=one.value,
            annotator=by.name,
            purpose=purpose,
            probability=probability,
            model_round=model_round,
            suggestion=suggestion,
            milliseconds=one.milliseconds,
            time=moment,
            undoes=undoes,
            machine=by.machine,
        )
    except ValueError as error:
        # Stored nevertheless: the client would send it for ever.
        reason = reason or str(error)
        answer = Answer(1, one.item[:LONGEST_NAME], "skip", annotator=by.name, time=moment)
    connection.execute(
        "INSERT INTO answers (client, seq, item, kind, value, annotator, purpose, probability, model_round, "
        "suggestion, milliseconds, time, undoes, machine, refused) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(one.client, one.seq, answer.item, answer.kind, answer.value, answer.annotator, answer.purpose),
            *(answer.probability, answer.model_round, answer.suggestion, answer.milliseconds, answer.time),
            *(answer.undoes, int(answer.machine), reason),
        ),
    )
    return reason


def _undone(connection: Any, one: Operation) -> tuple[int | None, str]:
    """The number of the answer that an undo takes back, and why it cannot."""
    row = connection.execute(
        "SELECT * FROM answers WHERE number = ?1 OR (?1 IS NULL AND client = ?2 AND seq = ?3)",
        (one.undoes_number, one.client, one.undoes),
    ).fetchone()
    if row is None or row["item"] != one.item:
        return None, "there is no such answer to take back"
    if row["refused"] or row["kind"] == "undo":
        return row["number"], "that answer is not in force"
    return row["number"], ""


def acked_of(connection: Any, client: str) -> int:
    """The highest seq of a client below which none is missing."""
    query = "SELECT seq FROM answers WHERE client = ? ORDER BY seq"
    highest = 0
    for (seq,) in connection.execute(query, (client,)):
        if seq > highest + 1:
            break
        highest = seq
    return highest
