"""A chart of the MNIST lab with its numbers, as a file for a spreadsheet, a script or a browser."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alcore.report.export.curves import safe_for_spreadsheets

RUN_SCHEMA = "alcore-lab"
SCHEMA_VERSION = 1


def rows_to_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A table as UTF-8 CSV at full precision; text that a spreadsheet would evaluate as a formula is escaped."""
    return safe_for_spreadsheets(pd.DataFrame(list(rows))).to_csv(index=False, lineterminator="\n").encode()


def rows_to_json(
    rows: Sequence[Mapping[str, Any]], settings: Mapping[str, Any], *, title: str = "", words: str = ""
) -> bytes:
    """Settings and a table as UTF-8 JSON; NaN and infinity are null.

    Args:
        rows: mappings of plain numbers, text and None.
        settings: all settings, JSON-compatible.
        title: title of the table.
        words: the finding, in a sentence.
    """
    table = [{key: _finite(value) for key, value in row.items()} for row in rows]
    content = {
        "schema": RUN_SCHEMA,
        "version": SCHEMA_VERSION,
        "title": title,
        "words": words,
        "settings": dict(settings),
        "rows": table,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
