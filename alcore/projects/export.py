"""A labelling project as a table or in the formats of labelling tools, and labels that come back."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from alcore.datasets.dataset import DatasetError
from alcore.extras import require
from alcore.projects.answers import ItemState
from alcore.projects.contents import content_of
from alcore.projects.project import Project
from alcore.projects.store import Handed
from alcore.short import short

Format = Literal["csv", "jsonl", "parquet", "label-studio", "prodigy"]
FORMATS: tuple[Format, ...] = get_args(Format)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BEHIND = (
    "label",
    "machine_label",
    "predicted",
    "probability",
    "purpose",
    "annotators",
    "skipped",
    "unsure",
    "flagged",
    "notes",
)


def whole_frame(project: Project, *, only_labelled: bool = False, only: frozenset[str] | None = None) -> pd.DataFrame:
    """Every item once, in the order of the data.

    Args:
        project: with answers, and perhaps a model.
        only_labelled: leave out items without a label.
        only: ids of the items to keep; None: all.

    Returns:
        columns id; the item (`text`, or the columns of a table); label; machine_label; predicted and probability,
        by the last model; purpose of the label; annotators; skipped; unsure; flagged; notes.
    """
    states, model = project.states(), project.last_model()
    predicted: list[str | None] = [None] * len(project.ids)
    probability: list[float | None] = [None] * len(project.ids)
    if model is not None and model.confidence_N is not None:
        predicted, probability = [*model.named_N], [*model.confidence_N.tolist()]
    rows = []
    for place, item in enumerate(project.ids):
        state = states.get(item, ItemState())
        if (only_labelled and state.label is None) or (only is not None and item not in only):
            continue
        rows.append(
            {
                "id": item,
                **_cells(content_of(project.source, place)),
                "label": state.label,
                "machine_label": state.machine_label,
                "predicted": predicted[place],
                "probability": probability[place],
                "purpose": state.purpose,
                "annotators": ", ".join(state.labels) or None,
                "skipped": state.skipped,
                "unsure": bool(state.unsure),
                "flagged": state.flagged,
                "notes": "\n".join(state.notes) or None,
            }
        )
    return pd.DataFrame(rows)


def batch_frame(project: Project, handed: Iterable[Handed]) -> pd.DataFrame:
    """Items to be labelled elsewhere: id, the item, an empty label, and why each is queried."""
    place_of = {item: place for place, item in enumerate(project.ids)}
    return pd.DataFrame(
        [
            {
                "id": one.item,
                **_cells(content_of(project.source, place_of[one.item])),
                "label": "",
                "priority": number,
                "strategy": project.settings["strategy"] if one.purpose == "train" else "random",
                "purpose": one.purpose,
                "pick_probability": one.probability,
            }
            for number, one in enumerate(handed, start=1)
        ]
    )


def exported(frame: pd.DataFrame, fmt: Format) -> bytes:
    """A frame of items as the bytes of a file.

    Args:
        frame: from `whole_frame` or `batch_frame`.
        fmt: one of `FORMATS`.

    Raises:
        MissingExtraError: Parquet needs the extra `label`.
    """
    if fmt == "csv":
        return to_csv(frame)
    if fmt == "parquet":
        require("pyarrow")
        out = io.BytesIO()
        frame.to_parquet(out, index=False)
        return out.getvalue()
    rows = [_plain(row) for row in frame.to_dict("records")]
    if fmt == "jsonl":
        return _lines(rows)
    if fmt == "prodigy":
        return _lines(_prodigy(row) for row in rows)
    return json.dumps([_label_studio(row) for row in rows], indent=1, ensure_ascii=False).encode()


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no spreadsheet runs a cell: texts that begin like a formula get an apostrophe before them.

    `from_csv` takes it away again.
    """
    safe = frame.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith((*_FORMULA, "'")) else cell)
    return safe.to_csv(index=False).encode()


def from_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV in UTF-8 that `to_csv` wrote, every cell as text.

    Raises:
        DatasetError: it is no such file.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"The file cannot be read as CSV in UTF-8 ({error}): save it as such.") from error
    return [
        {
            name: cell[1:] if cell and cell[0] == "'" and cell[1:2] in (*_FORMULA, "'") else cell or ""
            for name, cell in row.items()
            if name is not None and not isinstance(cell, list)
        }
        for row in rows
    ]


def labels_of(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Id -> label of the rows that have one; other columns pass.

    Raises:
        DatasetError: a column is missing, or an id is there twice with two labels.
    """
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if "id" not in row or "label" not in row:
            raise DatasetError(f"The file needs the columns id and label, row {number} has {', '.join(row) or 'none'}.")
        item, label = row["id"].strip(), row["label"].strip()
        if not label:
            continue
        if found.get(item, label) != label:
            raise DatasetError(f"Row {number} labels {item!r} as {label!r}, an earlier row as {found[item]!r}.")
        found[item] = label
    return found


@dataclass(frozen=True)
class Taken:
    """What became of a file of labels.

    Attributes:
        labels: how many were given.
        refused: a sentence for each that was not counted: its item, its label, and why.
    """

    labels: int
    refused: tuple[str, ...]


def rows_of_tasks(content: bytes) -> list[dict[str, str]]:
    """Id and label of tasks of Label Studio (a JSON list) or Prodigy (JSON lines), as `exported` writes them.

    Of several annotations of a task the last counts; a task without one, or that was rejected, has an empty label.

    Raises:
        DatasetError: it is neither.
    """
    try:
        text = content.decode("utf-8-sig")
        is_list = text.lstrip().startswith("[")
        # Not splitlines: a text may hold other signs that end a line.
        tasks = json.loads(text) if is_list else [json.loads(line) for line in text.split("\n") if line.strip()]
        return [_row_of_task(task) for task in tasks]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise DatasetError(
            "The file holds no tasks of Label Studio (JSON) or Prodigy (JSON lines) with the ids that went out: export "
            f"them anew ({type(error).__name__})."
        ) from error


def _row_of_task(task: Mapping[str, Any]) -> dict[str, str]:
    if "data" in task:
        done = [one["result"] for one in task.get("annotations", []) if one.get("result")]
        return {"id": str(task["data"]["id"]), "label": str(done[-1][0]["value"]["choices"][0]) if done else ""}
    accepted = task.get("accept", []) if task.get("answer") == "accept" else []
    return {"id": str(task["meta"]["id"]), "label": str(accepted[0]) if accepted else ""}


def take_labels(project: Project, content: bytes, annotator: str = "") -> Taken:
    """Take labels from a file; one that was taken before is not taken twice.

    Args:
        project: to which they belong.
        content: CSV with the columns id and label, or tasks of Label Studio or Prodigy.
        annotator: who labelled.

    Raises:
        DatasetError: the file cannot be read, or labels an item in two ways.
    """
    is_tasks = content.lstrip()[:1] in (b"[", b"{")
    labels = labels_of(rows_of_tasks(content) if is_tasks else from_csv(content))
    client = f"file-{hashlib.blake2b(content + annotator.encode(), digest_size=8).hexdigest()}"
    receipt = project.tell(labels, annotator, client=client)
    items = list(labels)
    refused = tuple(
        f"{short(items[number - 1])} ({short(labels[items[number - 1]])}): {reason}"
        for (_, number), reason in receipt.refused.items()
    )
    return Taken(len(labels), refused)


def _cells(content: Mapping[str, Any]) -> dict[str, Any]:
    """An item as cells of a table; a column whose name is taken gets an underscore."""
    if "fields" in content:
        return {f"{name}_" if name in ("id", *_BEHIND) else name: cell for name, cell in content["fields"]}
    return {"text": content["text"]} if "text" in content else {}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: None if cell is None or cell != cell else cell for name, cell in row.items()}


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in _BEHIND}


def _label_studio(row: Mapping[str, Any]) -> dict[str, Any]:
    """A task of Label Studio, with its annotation and prediction."""

    def choice(label: str) -> list[dict[str, Any]]:
        return [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]

    task: dict[str, Any] = {"data": _data(row)}
    if row.get("label"):
        task["annotations"] = [{"result": choice(row["label"])}]
    if row.get("predicted"):
        task["predictions"] = [
            {"model_version": "alcore", "score": row["probability"], "result": choice(row["predicted"])}
        ]
    return task


def _prodigy(row: Mapping[str, Any]) -> dict[str, Any]:
    """A task of Prodigy's text classification."""
    data = _data(row)
    text = data.pop("text", None) or "\n".join(f"{name}: {cell}" for name, cell in data.items() if name != "id")
    task = {"text": text, "meta": data}
    if row.get("label"):
        task |= {"accept": [row["label"]], "answer": "accept"}
    return task
