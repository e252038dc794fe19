"""Interactive figures of a tournament for the screen, drawn with plotly."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import ceil
from textwrap import wrap
from typing import Any

import numpy as np

from alcore.extras import optional_imports
from alcore.report.interactive.curves import UNWANTED_BUTTONS
from alcore.report.statistics.tournament import Summary
from alcore.report.style import strategy_style
from alcore.report.text.tournament import MEASURES, cell

with optional_imports():
    import plotly.graph_objects as go
    import plotly.io

_TEXT = {False: "#31333F", True: "#FAFAFA"}
_GRID = "rgba(128, 128, 128, 0.25)"
_FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
_ROW, _LEGEND_ROW = 26, 20  # pixels
# From never to most often; the text keeps its contrast at both ends.
_SCALES = {
    False: ["rgba(0, 114, 178, 0)", "rgba(0, 114, 178, 0.5)"],
    True: ["rgba(86, 180, 233, 0)", "rgba(86, 180, 233, 0.4)"],
}
_DECADES = [mantissa * 10.0**power for power in range(-5, 5) for mantissa in (1, 2, 5)]


def standing_figure(
    summary: Summary,
    measure: str,
    *,
    names: Mapping[str, str] | None = None,
    dark: bool = False,
    title_width: int = 70,
) -> go.Figure:
    """A measure of every strategy with its interval, best on top.

    Args:
        summary: from `summarise`.
        measure: a key of `MEASURES`.
        names: display names of strategies.
        dark: for a dark page.
        title_width: characters per line of the axis title.

    Raises:
        ValueError: for an unknown measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}: choose one of {', '.join(MEASURES)}")
    kind = MEASURES[measure]
    figure = go.Figure()
    for standing in kind.ranked(summary.standings):
        shown, label = kind.shown(standing), (names or {}).get(standing.strategy, standing.strategy)
        style = strategy_style(standing.strategy)
        assert shown is not None
        bounded = np.isfinite([shown.low, shown.high]).all()
        figure.add_scatter(
            x=[shown.estimate],
            y=[label],
            mode="markers",
            marker={"color": style.color, "symbol": style.symbol, "size": 11},
            error_x={
                "type": "data",
                "array": [shown.high - shown.estimate],
                "arrayminus": [shown.estimate - shown.low],
                "color": style.color,
                "thickness": 2,
                "width": 4,
                "visible": bool(bounded),
            },
            name=label,
            hovertemplate=f"{label}<br>{cell(shown, 2)}<extra></extra>",
        )
    rows = len(figure.data)
    _lay_out(figure, dark, height=90 + _ROW * rows)
    figure.update_xaxes(
        title={"text": "<br>".join(wrap(kind.title, title_width)), "standoff": 12},
        automargin=True,
        gridcolor=_GRID,
        zeroline=False,
    )
    figure.update_yaxes(autorange="reversed", automargin=True, gridcolor=_GRID)
    if kind.reference is not None:
        figure.add_vline(x=kind.reference, line={"color": "#7F7F7F", "dash": "dash", "width": 1.5})
    return figure


def penalty_figure(
    summary: Summary, *, names: Mapping[str, str] | None = None, dark: bool = False, numbers: bool = True
) -> go.Figure:
    """The pairwise penalty matrix: number of tasks in which the row beats the column.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        dark: for a dark page.
        numbers: write the numbers into the cells, if there is room.
    """
    labels = [(names or {}).get(standing.strategy, standing.strategy) for standing in summary.standings]
    matrix, places = summary.penalties.matrix_R_R, list(range(1, len(labels) + 1))
    text = [[f"{value:.1f}".removesuffix(".0") if value else "" for value in row] for row in matrix]
    figure = go.Figure(
        go.Heatmap(
            z=matrix,
            x=places,
            y=places,
            text=text,
            texttemplate="%{text}" if numbers else None,
            textfont={"size": 12, "color": _TEXT[dark]},
            customdata=[[f"{row} beats {column}" for column in labels] for row in labels],
            zmin=0,
            zmax=max(1.0, float(matrix.max())),
            colorscale=_SCALES[dark],
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate=f"%{{customdata}}<br>in %{{z:.1f}} of {summary.penalties.tasks} tasks<extra></extra>",
        )
    )
    _lay_out(figure, dark, height=100 + _ROW * len(labels))
    figure.update_xaxes(
        tickmode="linear",
        tick0=1,
        dtick=1 if numbers else 3,
        tickangle=0,
        tickfont={"size": 11},
        showgrid=False,
        title="is beaten",
    )
    figure.update_yaxes(
        tickvals=places,
        ticktext=[f"{label} {place}" for place, label in zip(places, labels, strict=True)],
        autorange="reversed",
        automargin=True,
        showgrid=False,
        title={"text": "beats", "standoff": 4},
    )
    return figure


def pareto_figure(
    summary: Summary, *, names: Mapping[str, str] | None = None, dark: bool = False, columns: int = 4
) -> go.Figure:
    """Labels saved against seconds of selection, with the Pareto front.

    Args:
        summary: from `summarise`.
        names: display names of strategies.
        dark: for a dark page.
        columns: of the legend below.
    """
    figure = go.Figure()
    drawn = [standing for standing in summary.standings if standing.saved is not None]
    front = [one for name in summary.frontier for one in drawn if one.strategy == name]
    figure.add_scatter(
        x=[standing.seconds for standing in front],
        y=[100 * standing.saved.estimate for standing in front if standing.saved],
        mode="lines",
        line={"color": "#7F7F7F", "dash": "dot", "shape": "hv"},
        hoverinfo="skip",
        showlegend=False,
    )
    for one in drawn:
        label, style, saved = (
            (names or {}).get(one.strategy, one.strategy),
            strategy_style(one.strategy),
            MEASURES["saved"].shown(one),
        )
        assert saved is not None
        figure.add_scatter(
            x=[one.seconds],
            y=[saved.estimate],
            mode="markers",
            marker={"color": style.color, "symbol": style.symbol, "size": 11},
            error_y={
                "type": "data",
                "array": [saved.high - saved.estimate],
                "arrayminus": [saved.estimate - saved.low],
                "color": style.color,
                "thickness": 1,
                "width": 3,
            },
            name=label,
            hovertemplate=f"{label}<br>{saved.estimate:.0f} % of random's labels saved"
            f"<br>{one.seconds:.3g} s<extra></extra>",
        )
    _lay_out(figure, dark, height=520 + _LEGEND_ROW * ceil(len(drawn) / columns))
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "xref": "container",
            "yref": "container",
            "x": 0,
            "y": 0,
            "yanchor": "bottom",
            "entrywidth": 0.96 / columns,
            "entrywidthmode": "fraction",
            "font": {"size": 12},
        },
    )
    figure.update_xaxes(
        type="log",
        tickvals=_DECADES,
        title={"text": "Seconds spent on choosing, a race", "standoff": 8},
        automargin=True,
        gridcolor=_GRID,
    )
    figure.update_yaxes(title="Labels saved (%)", automargin=True, gridcolor=_GRID, zeroline=False)
    figure.add_hline(y=0, line={"color": "#7F7F7F", "dash": "dash", "width": 1.5})
    return figure


def page_parts(figures: Mapping[str, go.Figure]) -> str:
    """Figures with titles as an HTML fragment that works offline: plotly.js is embedded, once."""
    return "\n".join(
        f"<h2>{escape(title)}</h2>\n"
        + plotly.io.to_html(
            figure,
            full_html=False,
            include_plotlyjs=at == 0,
            div_id=f"figure-{at}",
            config={"displaylogo": False, "showSendToCloud": False},
        )
        for at, (title, figure) in enumerate(figures.items())
    )


def _lay_out(figure: go.Figure, dark: bool, *, height: int) -> None:
    layout: dict[str, Any] = {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 32, "b": 48},
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"family": _FONT, "size": 14, "color": _TEXT[dark]},
        "hovermode": "closest",
        "showlegend": False,
        "modebar": {
            "bgcolor": "rgba(0, 0, 0, 0)",
            "color": "#808080",
            "activecolor": _TEXT[dark],
            "remove": list(UNWANTED_BUTTONS),
        },
    }
    figure.update_layout(**layout)
