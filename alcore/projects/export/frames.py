"""The items of a labelling project as a table, with their labels and predictions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from alcore.datasets.tables.frame import TableSource
from alcore.projects.answers import ItemState
from alcore.projects.contents import content_of
from alcore.projects.project import Project
from alcore.projects.store import Handed, ProjectStore

# Columns that follow those of the item.
BEHIND = (
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
# Names that columns of the user's file cannot keep.
_TAKEN = frozenset({"id", *BEHIND, "priority", "strategy", "pick_probability"})


def whole_frame(project: Project, *, only_labelled: bool = False, only: frozenset[str] | None = None) -> pd.DataFrame:
    """Every item once, in the order of the data.

    Args:
        project: with answers, and perhaps a model.
        only_labelled: leave out items without a label.
        only: ids of the items to keep; None: all.

    Returns:
        columns id; the item (`text`, or the columns of a table); label; machine_label; predicted and probability,
        by the last model; purpose of the label; annotators; skipped; unsure; flagged; notes. `attrs["text"]` names the
        column that is the item's text; None where the item is a whole row.
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
    frame = pd.DataFrame(rows)
    frame.attrs["text"] = _text_column(project)
    return frame


def answers_frame(project: Project) -> pd.DataFrame:
    """Every answer of the log, in order: labels that were replaced or taken back, and the undos, too.

    Returns:
        columns number; id; kind; value; annotator; machine; purpose; pick_probability; model_round; suggestion, as it
        was shown; milliseconds; time, in seconds since 1970; undoes, a number; in_force: not taken back.
    """
    with ProjectStore(project.folder) as store:
        log = store.answers()
    undone = {one.undoes for one in log if one.kind == "undo"}
    return pd.DataFrame(
        {
            "number": [one.number for one in log],
            "id": [one.item for one in log],
            "kind": [one.kind for one in log],
            "value": [one.value for one in log],
            "annotator": [one.annotator for one in log],
            "machine": [one.machine for one in log],
            "purpose": [one.purpose for one in log],
            "pick_probability": [one.probability for one in log],
            "model_round": pd.array([one.model_round for one in log], dtype="Int64"),
            "suggestion": [one.suggestion for one in log],
            "milliseconds": pd.array([one.milliseconds for one in log], dtype="Int64"),
            "time": [one.time for one in log],
            "undoes": pd.array([one.undoes for one in log], dtype="Int64"),
            "in_force": [one.kind != "undo" and one.number not in undone for one in log],
        }
    )


def batch_frame(project: Project, handed: Iterable[Handed], by: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Items to be labelled elsewhere: id, the item, an empty label, and why each is queried.

    Args:
        project: of the items.
        handed: in their order; without any there are no columns of the item.
        by: id -> strategy, of items that another than the project's chose.
    """
    by, items = by or {}, list(handed)
    place_of = {item: place for place, item in enumerate(project.ids)}
    contents = pd.DataFrame([_cells(content_of(project.source, place_of[one.item])) for one in items])
    own = project.settings["strategy"]
    frame = pd.DataFrame({"id": [one.item for one in items]}).join(contents)
    frame = frame.assign(
        label="",
        priority=range(1, len(items) + 1),
        strategy=[by.get(one.item) or (own if one.purpose == "train" else "random") for one in items],
        # A second look is blind: told apart from an audit it would not be.
        purpose=["audit" if one.purpose == "repeat" else one.purpose for one in items],
        pick_probability=np.array([one.probability for one in items], dtype=float),
    )
    frame.attrs["text"] = _text_column(project)
    return frame


def _cells(content: Mapping[str, Any]) -> dict[str, Any]:
    """An item as cells of a table; a column whose name is taken gets an underscore."""
    if "fields" in content:
        return {named(name): cell for name, cell in content["fields"]}
    return {"text": content["text"]} if "text" in content else {}


def _text_column(project: Project) -> str | None:
    source, columns = project.source, project.settings["features"]["columns"]
    if not isinstance(source, TableSource):
        return "text"
    is_text = len(columns) == 1 and source.info(columns[0]).kind == "text"
    return named(columns[0]) if is_text else None


def named(column: str) -> str:
    """A column of the user's file as it is called here: one whose name is taken gets an underscore."""
    return f"{column}_" if column in _TAKEN else column
