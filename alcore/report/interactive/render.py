"""Charts for the screen and for web pages, drawn with plotly."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from math import log10
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.extras import optional_imports
from alcore.report.charts.chart import (
    FONT_PX,
    TEXT,
    Axis,
    Band,
    Bars,
    Chart,
    Drawn,
    Label,
    Mark,
    Marker,
    Matrix,
    Reference,
    Series,
    Stroke,
    Whiskers,
)
from alcore.report.phrases import level
from alcore.report.style import CELL_OPACITY, GREY, MOST_MARKERS, translucent

with optional_imports():
    import plotly.graph_objects as go
    import plotly.io

Spec = dict[str, Any]

# Array types that plotly.js reads from raw bytes; 64-bit integers are not among them.
_TYPED = {"u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"}
# Toolbar buttons without a function here, and the button that uploads the data to a cloud service.
UNWANTED_BUTTONS = ("sendChartToCloud", "select2d", "lasso2d", "autoScale2d")
FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
GRID_COLOUR = "rgba(127, 127, 127, 0.25)"
_CLEAR = "rgba(0, 0, 0, 0)"
# Height of the gap between two panels, as a share of the chart's.
_GAP = 0.05
# Mean width of a letter in units of the size of the text.
_LETTER = 0.5
# Longest title of a y axis, as a share of its panel's height with x axis and legend.
_LONGEST = 0.65
# A share in a template: its place, the number of the fact if it is one, and its decimals.
_SHARE = re.compile(r"%\{(x|y|customdata\[(\d+)\]):(\.\d)%\}")
_FORMS: dict[str, Spec] = {
    "": {},
    # d3 writes "80%": every tick of 0 to 100 % gets the space of the sentences.
    "share": {
        "tickformat": ".1~%",
        "labelalias": {f"{half / 2:g}%": level(half / 200) for half in range(201)},
    },
    "whole": {"separatethousands": True},
    "signed": {"tickformat": "+"},
}


class PreparedFigure(go.Figure):
    """A plotly figure around a valid dict, passed on unchanged.

    Validating every property of an animation of fifty frames takes longer than drawing it. Plotly's converters validate
    a plain dict but call only `to_dict` of a figure, so `to_dict` returns the dict itself: no validation, no copy.
    Properties of this figure are not synchronised with the dict: change the dict.

    Args:
        spec: `{"data": [...], "layout": {...}, "frames": [...]}` as plotly.js reads it.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        """Hold the dict; it is neither validated nor copied."""
        super().__init__(layout={"template": "none"})
        self._spec = dict(spec)

    def to_dict(self) -> dict[str, Any]:
        """The dict itself."""
        return self._spec


def typed_array(values: ArrayLike) -> dict[str, str]:
    """Numbers in plotly.js's binary format, which needs no text parsing: base64 of the raw little-endian bytes.

    Args:
        values: one or two dimensions; float32, uint8 and the like are kept, 64-bit integers become int32 or float64.

    Returns:
        `{"dtype", "bdata"}`, with `"shape"` for two dimensions, in place of the list of numbers of a trace.
    """
    array = np.asarray(values)
    if array.dtype.str[1:] not in _TYPED:
        whole = array.dtype.kind in "iu"
        fits = whole and (array.size == 0 or (array.min() >= -(2**31) and array.max() < 2**31))
        array = array.astype(np.int32 if fits else np.float64)
    raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    spec = {"dtype": array.dtype.str[1:], "bdata": base64.b64encode(raw.tobytes()).decode("ascii")}
    if array.ndim > 1:
        spec["shape"] = ", ".join(str(n) for n in array.shape)
    return spec


def to_plotly(chart: Chart, *, dark: bool = False, height: int | None = None) -> PreparedFigure:
    """Draw a chart for the screen.

    Args:
        chart: its description.
        dark: light text, for a dark page; the background is transparent in both.
        height: in pixels; default: the chart's own.

    Returns:
        a plotly figure; pass `theme=None` to Streamlit, since its colours are set here.
    """
    ink, high = text_colour(dark), height or chart.height
    panels = chart.panels
    layout: Spec = {
        "height": high,
        "margin": {"l": 8, "r": 12, "t": 48 if chart.title else 12, "b": 8},
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "font": {"family": FONT, "size": FONT_PX, "color": ink},
        "hovermode": "x unified" if chart.together else "closest",
        "hoverlabel": {"align": "left", "namelength": -1, "font": {"family": FONT, "size": FONT_PX}},
        "showlegend": any(_name(mark) for mark in chart.marks),
        "legend": {"orientation": "h", "x": 0, "xref": "container", "y": 0, "yref": "container"}
        | {"yanchor": "bottom", "traceorder": "normal"},
        "barmode": "stack",
        "modebar": {"bgcolor": _CLEAR, "color": "#808080", "activecolor": ink, "remove": list(UNWANTED_BUTTONS)},
        "xaxis": _axis(chart.x, 0),
    }
    tops = 1 - np.cumsum([0.0, *(axis.height for axis in panels)]) / sum(axis.height for axis in panels)
    for row, (axis, top, bottom) in enumerate(zip(panels, tops, tops[1:], strict=False)):
        layout[f"y{_axis_name(row)}"] = _axis(axis, _LONGEST * high * (top - bottom))
        if len(panels) > 1:
            layout[f"y{_axis_name(row)}"]["domain"] = [bottom + (_GAP if row < len(panels) - 1 else 0), top]
            layout["xaxis"]["anchor"] = f"y{row + 1}"
    if chart.together:
        layout["hoverlabel"]["bgcolor"] = "#1A242F" if dark else "#FFFFFF"
    if chart.title:
        layout["title"] = {"text": escape(chart.title, quote=False), "x": 0, "xref": "paper", "font": {"size": 16}}
    if chart.revision:
        layout["uirevision"] = chart.revision
    if chart.square:
        layout["xaxis"]["constrain"] = layout["yaxis"]["constrain"] = "domain"
        layout["yaxis"]["scaleanchor"] = "x"
    if chart.lasso:
        layout |= {"dragmode": "lasso", "clickmode": "event+select"}
        layout["legend"]["itemsizing"] = "constant"
        layout["modebar"]["remove"] = [name for name in UNWANTED_BUTTONS if not name.endswith("2d")]
    if any(isinstance(mark, Series) and mark.above for mark in chart.marks):
        # A legend of its own: all entries of a legend are as wide as its widest.
        layout["legend2"] = layout["legend"] | {"y": 1, "yanchor": "top"}
    references = [mark for mark in chart.marks if isinstance(mark, Reference)]
    if references:
        layout["shapes"] = [_shape(mark, ink) for mark in references]
        layout["annotations"] = [_label(mark) for mark in references if mark.label]
    if labels := [mark for mark in chart.marks if isinstance(mark, Label)]:
        layout["annotations"] = layout.get("annotations", []) + [_text(mark, ink, chart) for mark in labels]
    data = [_trace(mark, chart, ink) for mark in chart.marks if not isinstance(mark, Reference | Label)]
    return PreparedFigure({"data": data, "layout": layout})


def text_colour(dark: bool) -> str:
    """Colour of texts and lines on the page."""
    return "#FAFAFA" if dark else "#31333F"


def to_page_part(figure: go.Figure, name: str, *, with_plotly: bool = True) -> str:
    """A figure as an HTML fragment that works offline.

    Args:
        figure: any plotly figure.
        name: id of its element in the page.
        with_plotly: plotly.js is embedded; a page needs it once.
    """
    return plotly.io.to_html(
        figure,
        full_html=False,
        include_plotlyjs=with_plotly,
        div_id=name,
        auto_play=False,
        config={"displaylogo": False, "showSendToCloud": False},
    )


def _axis_name(row: int) -> str:
    return "axis" if row == 0 else f"axis{row + 1}"


def _name(mark: Mark) -> str:
    return "" if isinstance(mark, Matrix | Reference | Label) else mark.name


def _axis(axis: Axis, room: float) -> Spec:
    """An axis; its title is wrapped to the room in pixels, unless that is 0."""
    if axis.hidden:
        spec: Spec = {"visible": False}
    else:
        lines = wrap(axis.title, max(12, int(room / (_LETTER * FONT_PX)))) if room else axis.title.split("\n")
        title = "<br>".join(escape(line, quote=False) for line in lines)
        # Plotly would make it a fifth larger than the numbers.
        spec = {"title": {"text": title, "standoff": 8, "font": {"size": FONT_PX}}}
        spec |= {"gridcolor": GRID_COLOUR, "showgrid": axis.grid}
        # Invisible ticks separate the tick labels of the two axes in their corner.
        spec |= {"zeroline": False, "automargin": True, "ticks": "outside", "ticklen": 5, "tickcolor": _CLEAR}
        spec |= _FORMS[axis.form]
    ends = axis.ends
    if axis.categories:
        names = _category_names(axis)
        ends = (-0.5, len(names) - 0.5)
        spec |= {"type": "category", "categoryarray": names}
        if max(map(len, names)) < 4:
            spec["tickangle"] = 0
    if ends is not None:
        spec["range"] = [log10(end) for end in ends] if axis.log else list(ends)[:: -1 if axis.reverse else 1]
        if axis.log:
            decades = log10(ends[1] / ends[0])
            spec |= {"type": "log", "dtick": 1 if decades > 2 else "D2", "tickformat": ",~g"}
        elif axis.form == "whole" and ends[1] - ends[0] <= 7.5:
            spec["dtick"] = 1
    if axis.from_zero:
        spec["rangemode"] = "tozero"
    return spec


def _category_names(axis: Axis) -> list[str]:
    return [escape(name, quote=False) for name in axis.categories]


def _places(values: ArrayLike, axis: Axis) -> Any:
    """Positions on an axis: numbers, or names of categories."""
    if not axis.categories:
        return typed_array(values)
    names = _category_names(axis)
    return [names[int(place)] for place in np.asarray(values)]


def _trace(mark: Drawn, chart: Chart, ink: str) -> Spec:
    row = mark.row if isinstance(mark, Series) else 0
    panel = chart.panels[row]
    match mark:
        case Series():
            spec = _series(mark, chart, ink) | {"x": _places(mark.x, chart.x), "y": _places(mark.y, panel)}
        case Band():
            x = np.asarray(mark.x)
            spec = {
                "type": "scatter",
                "mode": "lines",
                "hoverinfo": "skip",
                "x": typed_array(np.concatenate([x, x[::-1]])),
                "y": typed_array(np.concatenate([mark.low, np.asarray(mark.high)[::-1]])),
                "line": {"width": 0},
                "fill": "toself",
                "fillcolor": translucent(mark.color, mark.opacity),
            }
        case Bars():
            pattern = {"shape": mark.hatch, "size": 7, "solidity": 0.2, "fillmode": "overlay"}
            pattern |= {"fgcolor": "#FFFFFF", "fgopacity": 0.7}
            spec = {
                "type": "bar",
                "x": _places(mark.x, chart.x),
                "y": typed_array(mark.heights),
                "hovertemplate": mark.hover,
                "marker": {"color": mark.color, "pattern": pattern},
            }
            if mark.texts:
                spec |= {"text": list(mark.texts), "textposition": "none"}
        case Whiskers():
            spec = _whiskers(mark, chart.x, panel, ink)
        case Matrix():
            spec = _matrix(mark, chart.x, panel, ink)
    if name := _name(mark):
        spec["name"] = escape(name, quote=False)
    else:
        spec["showlegend"] = False
    if isinstance(mark, Series | Band) and mark.group:
        spec["legendgroup"] = mark.group
    if row:
        spec["yaxis"] = f"y{row + 1}"
    return spec


def _series(mark: Series, chart: Chart, ink: str) -> Spec:
    modes = [name for name, part in (("lines", mark.stroke), ("markers", mark.marker)) if part is not None]
    spec: Spec = {"type": "scatter", "mode": "+".join(modes)}
    if mark.stroke is not None:
        spec["line"] = _line(mark.stroke, ink) | ({"shape": "hv"} if mark.step else {})
    if mark.marker is not None:
        spec["marker"] = _marker(mark.marker, ink)
        if mark.stroke is not None:
            spec["marker"]["maxdisplayed"] = MOST_MARKERS
    hover, facts = _in_percent(mark)
    if hover:
        spec["hovertemplate"] = hover
    else:
        spec["hoverinfo"] = "skip"
    if facts is not None:
        spec["customdata"] = facts.tolist() if facts.dtype == object else typed_array(facts)
    if mark.texts:
        spec["text"] = list(mark.texts)
    if mark.above:
        spec["legend"] = "legend2"
    if chart.lasso:
        spec["unselected"] = {"marker": {"opacity": 0.15}}
    return spec


def _in_percent(mark: Series) -> tuple[str, NDArray[Any] | None]:
    """The template and its facts, in which d3's "80.0%" is "80.0 %": shares are further facts, times 100."""
    facts = None if mark.facts is None else np.asarray(mark.facts)
    if not _SHARE.search(mark.hover):
        return mark.hover, facts
    columns = [] if facts is None else list(facts.T) if facts.ndim > 1 else [facts]
    places: dict[str, int] = {}
    for place, fact, _ in _SHARE.findall(mark.hover):
        if place not in places:
            places[place] = len(columns)
            values = columns[int(fact)] if fact else mark.x if place == "x" else mark.y
            columns.append(np.array([None if value is None else 100 * value for value in np.asarray(values)]))
    hover = _SHARE.sub(lambda found: f"%{{customdata[{places[found[1]]}]:{found[3]}f}} %", mark.hover)
    return hover.replace("%{customdata:", "%{customdata[0]:"), np.column_stack(columns)


def _whiskers(mark: Whiskers, x: Axis, y: Axis, ink: str) -> Spec:
    place = (mark.at, mark.estimate) if mark.upright else (mark.estimate, mark.at)
    bounded = bool(np.isfinite([mark.low, mark.high]).all())
    ends: Spec = {
        "type": "data",
        "array": [mark.high - mark.estimate] if bounded else [0],
        "arrayminus": [mark.estimate - mark.low] if bounded else [0],
        "color": mark.marker.color,
        "thickness": mark.width,
        "width": 2 * mark.width,
        "visible": bounded,
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _places([place[0]], x),
        "y": _places([place[1]], y),
        "marker": _marker(mark.marker, ink),
        "error_y" if mark.upright else "error_x": ends,
        "hovertemplate": f"{mark.hover}<extra></extra>",
    }


def _matrix(mark: Matrix, x: Axis, y: Axis, ink: str) -> Spec:
    texts = [
        [f"<b>{text}</b>" if bold else text for text, bold in zip(*row, strict=True)]
        for row in zip(mark.texts_R_C, mark.bold_R_C, strict=True)
    ]
    colours = [[0, translucent(mark.color, 0)], [1, translucent(mark.color, CELL_OPACITY)]]
    if mark.below:
        # Through the colour of the page, without a mixture of both hues.
        colours = [
            [0, translucent(mark.below, CELL_OPACITY)],
            [0.5, translucent(mark.below, 0)],
            [0.5, translucent(mark.color, 0)],
            [1, translucent(mark.color, CELL_OPACITY)],
        ]
    return {
        "type": "heatmap",
        "x": _category_names(x),
        "y": _category_names(y),
        "z": mark.shades_R_C.tolist(),
        "zmin": -mark.deepest if mark.below else 0,
        "zmax": mark.deepest,
        "colorscale": colours,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "text": texts,
        "texttemplate": "%{text}",
        "textfont": {"size": 12 if max(len(text) for row in mark.texts_R_C for text in row) < 6 else 9, "color": ink},
        "customdata": [list(row) for row in mark.hover_R_C],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _line(stroke: Stroke, ink: str) -> Spec:
    color = ink if stroke.color == TEXT else stroke.color
    return {
        "color": color if stroke.opacity == 1 else translucent(color, stroke.opacity),
        "width": stroke.width,
        "dash": stroke.dash,
    }


def _marker(marker: Marker, ink: str) -> Spec:
    spec: Spec = {
        "symbol": marker.symbol + (marker.fill and f"-{marker.fill}"),
        "size": marker.size if isinstance(marker.size, float | int) else marker.size.tolist(),
        "color": ink if marker.color == TEXT else marker.color,
    }
    if marker.opacity != 1:
        spec["opacity"] = marker.opacity
    if marker.edge is not None:
        edge = marker.edge.color
        spec["line"] = {"width": marker.edge.width, "color": ink if edge == TEXT else edge}
    return spec


def _shape(mark: Reference, ink: str) -> Spec:
    place: Spec = {"x0": 0, "x1": 1, "y0": 0, "y1": 1}
    if mark.x is not None:
        place |= {"x0": mark.x, "x1": mark.x, "yref": "paper"}
    elif mark.y is not None:
        place |= {"y0": mark.y, "y1": mark.y, "xref": "paper"}
    return place | {"type": "line", "layer": "below", "line": _line(Stroke(mark.color, 1.5, mark.dash), ink)}


def _text(mark: Label, ink: str, chart: Chart) -> Spec:
    # Annotations are placed by the exponent on a logarithmic axis.
    spec: Spec = {
        "x": log10(mark.x) if chart.x.log else mark.x,
        "y": log10(mark.y) if chart.panels[0].log else mark.y,
        "text": escape(mark.text, quote=False),
        "font": {"size": mark.size, "color": ink if mark.color == TEXT else mark.color},
    }
    if not mark.leader:
        return spec | {"showarrow": False, "xshift": mark.right, "yshift": mark.up}
    line = {"showarrow": True, "arrowhead": 0, "arrowwidth": 0.8, "arrowcolor": GREY, "borderpad": 0}
    return spec | line | {"ax": mark.right, "ay": -mark.up}


def _label(mark: Reference) -> Spec:
    shared = {"text": escape(mark.label, quote=False), "showarrow": False, "font": {"size": 12}}
    if mark.x is not None:
        place: Spec = {"x": mark.x, "xanchor": "left", "xshift": 4, "yref": "paper"}
        place |= {"y": 0.98, "yanchor": "top"} if mark.label_above else {"y": 0.02, "yanchor": "bottom"}
    else:
        at = {"x": 0, "xanchor": "left"} if mark.label_left else {"x": 1, "xanchor": "right"}
        place = {"xref": "paper", **at, "y": mark.y}
        place["yanchor"] = "bottom" if mark.label_above else "top"
    return shared | place
