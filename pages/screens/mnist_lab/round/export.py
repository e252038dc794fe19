"""Exports of a chart of the lab: its numbers, an HTML page, and images for slides and papers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from alcore.report.charts.chart import Chart
from alcore.report.export.page import chart_page
from alcore.report.export.runs import rows_to_csv, rows_to_json
from pages.shared import viewport
from pages.shared.export_panel import all_formats

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ChartExport:
    """The exported parts of a chart.

    Attributes:
        name: part of the file names, such as "confusion-round3".
        title: a heading.
        words: the finding, in a sentence.
        settings: all settings, JSON-compatible.
        rows: creates the numbers.
        chart: creates the description of the chart, as on the screen.
        setup: the run in a few words, for figures.
    """

    name: str
    title: str
    words: str
    settings: Row
    rows: Callable[[], Sequence[Row]]
    chart: Callable[[], Chart]
    setup: str = ""


def take(chart: ChartExport, *, key: str = "look") -> None:
    """A button whose panel offers every format; each file is created when its button is pressed.

    Args:
        chart: the chart to export.
        key: distinguishes several panels on a page.
    """
    with st.popover("Export this chart", icon=":material/download:"):
        all_formats(f"mnist_{key}", partial(file_of, chart, viewport.is_dark()), f"alcore-mnist-{chart.name}")


def file_of(chart: ChartExport, dark: bool, fmt: str, width_mm: float, font_pt: float) -> bytes:
    """The content of a file."""
    if fmt == "csv":
        return rows_to_csv(chart.rows())
    if fmt == "json":
        return rows_to_json(chart.rows(), chart.settings, title=chart.title, words=chart.words)
    if fmt == "html":
        table = ("The numbers", pd.DataFrame(chart.rows()))
        return chart_page(chart.title, [chart.words], {"": chart.chart()}, table, chart.settings, dark=dark)
    # Imported here: the page does not wait for a drawing library.
    from alcore.report.paper.render import to_bytes, to_matplotlib

    drawn = replace(chart.chart(), title=chart.title)
    words = "\n".join(filter(None, (chart.setup, chart.words)))
    return to_bytes(to_matplotlib(drawn, width_mm=width_mm, font_pt=font_pt, words=words), fmt)
