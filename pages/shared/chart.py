"""A chart on a screen, and a bar in a cell of a table."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from alcore.report.charts.chart import Chart
from alcore.report.interactive.render import PreparedFigure, to_plotly
from pages.shared.viewport import is_dark


def show_chart(chart: Chart | Mapping[str, Any], *, key: str, alt: str, file: str, height: int | None = None) -> None:
    """Draw a chart as wide as its column.

    Args:
        chart: its description, or plotly's dict of one that was drawn before.
        key: of the element.
        alt: text alternative.
        file: the toolbar saves the chart as `alcore-FILE.svg`.
        height: in pixels; default: the chart's own.
    """
    st.plotly_chart(
        to_plotly(chart, dark=is_dark(), height=height) if isinstance(chart, Chart) else PreparedFigure(chart),
        theme=None,
        key=key,
        alt=alt,
        config=toolbar(file),
    )


def percent_bar(label: str | None = None, *, decimals: int = 1) -> ColumnConfig:
    """A table's column of percentages, 0 to 100, each with a bar.

    Args:
        label: heading; default: the column's own name.
        decimals: shown.
    """
    return st.column_config.ProgressColumn(label, format=f"%.{decimals}f %%", min_value=0, max_value=100)


def toolbar(file: str) -> dict[str, Any]:
    """Plotly's settings of a chart that its toolbar, shown on hover, saves as `alcore-FILE.svg`."""
    saved = {"format": "svg", "filename": f"alcore-{file}"}
    return {"displaylogo": False, "displayModeBar": "hover", "toImageButtonOptions": saved}
