"""Tasks of Label Studio and Prodigy, as they go out and as they come back."""

import json
from collections.abc import Mapping
from typing import Any

from alcore.datasets.dataset import DatasetError
from alcore.projects.export.frames import BEHIND


def label_studio_task(row: Mapping[str, Any]) -> dict[str, Any]:
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


def prodigy_task(row: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """A task of Prodigy's text classification.

    Args:
        row: of `whole_frame`.
        text: the column that is the item's text; None: the text is made of all columns, each on a line with its name.
    """
    data = _data(row)
    if text is None:
        said = "\n".join(f"{name}: {cell}" for name, cell in data.items() if name != "id")
    else:
        said = data.pop(text, None) or ""
    task = {"text": said, "meta": data}
    if row.get("label"):
        task |= {"accept": [row["label"]], "answer": "accept"}
    return task


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
            "them anew."
        ) from error


def _row_of_task(task: Mapping[str, Any]) -> dict[str, str]:
    if "data" in task:
        done = [one["result"] for one in task.get("annotations", []) if one.get("result")]
        return {"id": str(task["data"]["id"]), "label": str(done[-1][0]["value"]["choices"][0]) if done else ""}
    accepted = task.get("accept", []) if task.get("answer") == "accept" else []
    return {"id": str(task["meta"]["id"]), "label": str(accepted[0]) if accepted else ""}


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in BEHIND}
