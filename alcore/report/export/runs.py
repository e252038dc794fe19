"""A chart of the MNIST lab with its numbers, as a file for a spreadsheet, a script or a browser."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from alcore.report.export.curves import page_colors, safe_for_spreadsheets
from alcore.report.interactive.curves import PreparedFigure, to_page_part

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


def figure_to_html(
    figure: PreparedFigure,
    rows: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    *,
    dark: bool = False,
    title: str = "",
    words: str = "",
) -> bytes:
    """A page with the chart as on screen, its table and the settings; works offline."""
    background, text, link = page_colors(dark)
    table = pd.DataFrame(list(rows)).to_html(
        index=False, border=0, na_rep="", float_format=lambda value: f"{value:.6g}"
    )
    told = escape(json.dumps(dict(settings), indent=2, ensure_ascii=False))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
body {{ background: {background}; color: {text}; font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto;
  max-width: 60rem; padding: 0 1rem; }}
h1 {{ font-size: clamp(1.3rem, 5vw, 2rem); line-height: 1.2; }}
summary {{ color: {link}; cursor: pointer; padding: .4rem 0; }}
pre, .table {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .15rem .7rem; text-align: right; }}
</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p>{escape(words)}</p>
<div role="figure" aria-label="{escape(words or title)}">
{to_page_part(figure, "chart")}
</div>
<details><summary>The numbers</summary><div class="table">
{table}
</div></details>
<details><summary>Settings</summary>
<pre>{told}</pre>
</details>
</body>
</html>
""".encode()


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
