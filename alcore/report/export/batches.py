"""Batches as a file: for a spreadsheet, a script, a web page or a paper."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from alcore.report.statistics.batch_quality import batch_frame
from alcore.report.svg.paths import Spec
from alcore.report.svg.plane import BatchPanel, PoolMap2D

BATCH_SCHEMA = "alcore-batches"
SCHEMA_VERSION = 1
_GROUNDS = {
    False: {"background": "#FFFFFF", "text": "#1B2733", "border": "#D3DDE6", "red": "#9A3412"},
    True: {"background": "#10171F", "text": "#E4ECF3", "border": "#33424F", "red": "#F9B79B"},
}


def numbers_of(plane: PoolMap2D, panels: Sequence[BatchPanel]) -> pd.DataFrame:
    """One row of numbers per panel; see `batch_frame`."""
    return batch_frame(
        {panel.selector: panel.summary for panel in panels},
        {panel.selector: panel.picks.tolist() for panel in panels},
        names={panel.selector: panel.label for panel in panels},
        class_names=plane.class_names,
    )


def batches_to_csv(plane: PoolMap2D, panels: Sequence[BatchPanel]) -> bytes:
    """The numbers as UTF-8 CSV, one row per batch, at full precision."""
    return numbers_of(plane, panels).to_csv(index=False, lineterminator="\n").encode()


def batches_to_json(
    plane: PoolMap2D, panels: Sequence[BatchPanel], config: Mapping[str, Any], *, title: str = ""
) -> bytes:
    """Config, numbers and every pick as UTF-8 JSON; undefined numbers (such as a distance) are null."""
    batches = []
    for row, panel in zip(numbers_of(plane, panels).to_dict("records"), panels, strict=True):
        del row["indices"]
        row["picks"] = [
            {
                "index": int(index),
                "x": float(plane.points_N_2[index, 0]),
                "y": float(plane.points_N_2[index, 1]),
                "class": plane.class_names[plane.y_N[index]],
                "uncertainty": float(plane.unsure_N[index]),
                "score": _number(float(score)),
            }
            for index, score in zip(panel.picks, panel.scores, strict=True)
        ]
        batches.append({key: _number(value) if isinstance(value, float) else value for key, value in row.items()})
    content = {
        "schema": BATCH_SCHEMA,
        "version": SCHEMA_VERSION,
        "title": title,
        "config": dict(config),
        "labelled": plane.labeled.tolist(),
        "batches": batches,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def batches_to_html(
    parts: Sequence[tuple[str, str, Spec]],
    frame: pd.DataFrame,
    config: Mapping[str, Any],
    *,
    style: str,
    dark: bool = False,
    title: str = "",
    legend: str = "",
) -> bytes:
    """An HTML page that draws scenes as the screen does, slider included; it needs no network.

    Args:
        parts: heading, script and scene of each; a script is a module whose default export draws a scene.
        frame: the numbers, from `numbers_of`.
        config: all settings.
        style: the scripts' style sheet.
        dark: light text on a dark page.
        title: title of the page.
        legend: explanation of the maps.
    """
    ground = _GROUNDS[dark]
    heading = escape(title or "Batches")
    sections, draws = [], []
    for number, (words, script, scene) in enumerate(parts):
        sections.append(f'<h2>{escape(words)}</h2>\n<div id="part{number}"></div>')
        # A function scope keeps the names of the parts apart.
        body = script.replace("export default function", "return function")
        data = json.dumps(scene, ensure_ascii=False, allow_nan=False).replace("</", "<\\/")
        place = f'document.getElementById("part{number}")'
        draws.append(f"(() => {{\n{body}\n}})()({{ parentElement: {place}, data: {data} }});")
    table = frame.drop(columns="indices").to_html(
        index=False, border=0, na_rep="", float_format=lambda value: f"{value:.4g}"
    )
    settings = escape(json.dumps(dict(config), indent=2, ensure_ascii=False))
    newline = "\n"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>
:root {{ --st-background-color: {ground["background"]}; --st-text-color: {ground["text"]};
  --st-border-color: {ground["border"]}; --st-red-text-color: {ground["red"]}; --st-primary-color: #2A8FCC;
  --st-base-radius: 8px; --st-font: system-ui, sans-serif; }}
* {{ box-sizing: border-box; }}
body {{ background: var(--st-background-color); color: var(--st-text-color);
  font: 16px/1.5 var(--st-font); margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem; }}
h1 {{ font-size: clamp(1.2rem, 4vw, 1.8rem); line-height: 1.2; }}
pre, .numbers {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .15rem .7rem; text-align: right; }}
{style}
</style>
</head>
<body>
<h1>{heading}</h1>
<p>{escape(legend)}</p>
{newline.join(sections)}
<details><summary>The numbers as a table</summary><div class="numbers">
{table}
</div></details>
<details><summary>Settings</summary>
<pre>{settings}</pre>
</details>
<script type="module">
{newline.join(draws)}
</script>
</body>
</html>
""".encode()


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
