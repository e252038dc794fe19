"""Files of a labelling project's items: CSV, JSON lines, Parquet, tasks of labelling tools, a Hugging Face data set."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import pandas as pd

from alcore.datasets.dataset import DatasetError
from alcore.extras import require
from alcore.projects.export.huggingface import zipped_dataset
from alcore.projects.export.tasks import label_studio_task, prodigy_task

Format = Literal["csv", "jsonl", "parquet", "label-studio", "prodigy", "hf"]
FORMATS: tuple[Format, ...] = get_args(Format)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def exported(frame: pd.DataFrame, fmt: Format) -> bytes:
    """A frame of items as the bytes of a file.

    Args:
        frame: from `whole_frame` or `batch_frame`.
        fmt: one of `FORMATS`; of `hf` a .zip of the folder.

    Raises:
        MissingExtraError: Parquet and `hf` need the extra `label`.
    """
    if fmt == "csv":
        return to_csv(frame)
    if fmt == "parquet":
        require("pyarrow")
        out = io.BytesIO()
        frame.to_parquet(out, index=False)
        return out.getvalue()
    if fmt == "hf":
        return zipped_dataset(frame)
    rows = [_plain(row) for row in frame.to_dict("records")]
    if fmt == "jsonl":
        return _lines(rows)
    if fmt == "prodigy":
        return _lines(prodigy_task(row, frame.attrs.get("text")) for row in rows)
    return json.dumps([label_studio_task(row) for row in rows], indent=1, ensure_ascii=False).encode()


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
        raise DatasetError("The file cannot be read as CSV in UTF-8: save it as such and choose that.") from error
    return [
        {
            name: cell[1:] if cell and cell[0] == "'" and cell[1:2] in (*_FORMULA, "'") else cell or ""
            for name, cell in row.items()
            if name is not None and not isinstance(cell, list)
        }
        for row in rows
    ]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: None if cell is None or cell != cell else cell for name, cell in row.items()}


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
