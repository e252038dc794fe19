"""A web page with charts, what they show, their numbers and their settings; works offline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd

from alcore.report.charts.chart import Chart

# Background, text and links, by whether the page is dark.
_COLORS = {False: ("#FFFFFF", "#31333F", "#0B63B8"), True: ("#0E1117", "#FAFAFA", "#6CB6FF")}


def chart_page(
    heading: str,
    words: Sequence[str],
    charts: Mapping[str, Chart],
    table: tuple[str, pd.DataFrame],
    settings: Any,
    *,
    captions: Mapping[str, str] | None = None,
    dark: bool = False,
) -> bytes:
    """A page of charts as on the screen.

    Args:
        heading: of the page.
        words: findings, in sentences.
        charts: in order, by their headings; "": none.
        table: heading and rows of the numbers.
        settings: what the charts were made with, JSON-compatible.
        captions: sentences under charts, by their headings.
        dark: light text on a dark page.

    Returns:
        UTF-8 HTML.
    """
    # Imported here: other files must not load a drawing library.
    from alcore.report.interactive.render import to_page_part, to_plotly

    said = escape(" ".join(words)) or escape(heading)
    parts = [
        (f"<h2>{escape(title)}</h2>\n" if title else "")
        + f'<div role="figure" aria-label="{escape(title) or said}"{_scrolled(chart)}>\n'
        + to_page_part(to_plotly(_under(title, chart), dark=dark), f"chart-{number}", with_plotly=number == 0)
        + "\n</div>"
        + (f"\n<p>{escape((captions or {})[title])}</p>" if title in (captions or {}) else "")
        for number, (title, chart) in enumerate(charts.items())
    ]
    background, text, link = _COLORS[dark]
    told = "\n".join(f"<p>{escape(line)}</p>" for line in words)
    rows = table[1].to_html(index=False, border=0, na_rep="", float_format=lambda value: f"{value:.6g}")
    newline = "\n"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(heading)}</title>
<style>
body {{ background: {background}; color: {text}; font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto;
  max-width: 60rem; padding: 0 1rem; }}
h1 {{ font-size: clamp(1.3rem, 5vw, 2rem); line-height: 1.2; }}
summary {{ color: {link}; cursor: pointer; padding: .4rem 0; }}
pre, .table, .matrix {{ overflow-x: auto; }}
.matrix > div {{ min-width: 54rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .15rem .7rem; text-align: right; white-space: nowrap; }}
</style>
</head>
<body>
<h1>{escape(heading)}</h1>
{told}
{newline.join(parts)}
<details><summary>{escape(table[0])}</summary><div class="table">
{rows}
</div></details>
<details><summary>Settings</summary>
<pre>{escape(json.dumps(settings, indent=2, ensure_ascii=False))}</pre>
</details>
</body>
</html>
""".encode()


def _under(title: str, chart: Chart) -> Chart:
    """A chart without the title of its axis where its heading says the same: on a phone it would be cut off."""
    return replace(chart, x=replace(chart.x, title="")) if chart.x.title == title else chart


def _scrolled(chart: Chart) -> str:
    """Attributes of a chart with names along both axes: on a phone it is wider than the screen, and scrolls."""
    matrix = chart.x.categories and all(axis.categories for axis in chart.panels)
    return ' class="matrix" tabindex="0"' if matrix else ""
