"""Exports of a chart of the lab: its numbers, an HTML page, and images for slides and papers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from alcore.report.export.runs import figure_to_html, rows_to_csv, rows_to_json
from alcore.report.interactive.curves import PreparedFigure
from pages.shared import viewport
from pages.shared.export_panel import all_formats

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Chart:
    """The exported parts of a chart.

    Attributes:
        name: part of the file names, such as "mistakes-round-3".
        title: a heading.
        words: the finding, in a sentence.
        settings: all settings, JSON-compatible.
        rows: creates the numbers.
        figure: creates the interactive chart.
        paper: creates the printed chart: a matplotlib figure, from `width_mm`, `font_pt` and `title`.
    """

    name: str
    title: str
    words: str
    settings: Row
    rows: Callable[[], Sequence[Row]]
    figure: Callable[[], PreparedFigure]
    paper: Callable[..., Any]


def take(chart: Chart, *, key: str = "look") -> None:
    """A button whose panel offers every format; `key` distinguishes several panels on a page."""
    dark = viewport.is_dark()
    with st.popover("Export this chart", icon=":material/download:"):
        all_formats(f"mnist_{key}", lambda fmt, **size: file_of(chart, fmt, dark, **size), f"alcore-mnist-{chart.name}")


def file_of(chart: Chart, fmt: str, dark: bool, width_mm: float, font_pt: float) -> bytes:
    """The content of a file."""
    if fmt == "csv":
        return rows_to_csv(chart.rows())
    if fmt == "json":
        return rows_to_json(chart.rows(), chart.settings, title=chart.title, words=chart.words)
    if fmt == "html":
        return figure_to_html(
            chart.figure(), chart.rows(), chart.settings, dark=dark, title=chart.title, words=chart.words
        )
    # Imported here: the page does not wait for a drawing library.
    from alcore.report.paper.curves import to_bytes

    return to_bytes(chart.paper(width_mm=width_mm, font_pt=font_pt, title=chart.title), fmt)
