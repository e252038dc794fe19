"""Interactive figures for the screen, drawn with plotly."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from alcore.extras import optional_imports
from alcore.report.curves import band_words, mean_curve
from alcore.report.style import AXES, METRICS, SHARES, Line, lines, strategy_style, translucent

with optional_imports():
    import plotly.graph_objects as go
    import plotly.io

# Array types that plotly.js reads from raw bytes; 64-bit integers are not among them.
_TYPED = {"u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"}


# Toolbar buttons without a function here, and the button that uploads the data to a cloud service.
UNWANTED_BUTTONS = ("sendChartToCloud", "select2d", "lasso2d", "autoScale2d")
_TEXT = {False: "#31333F", True: "#FAFAFA"}
_GRID = "rgba(128, 128, 128, 0.25)"
_FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
# Marker suffix of the first to fourth run of a strategy.
_NTH = ("", "-open", "-dot", "-open-dot")


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


def learning_curves(
    frame: pd.DataFrame,
    *,
    metric: str = "accuracy",
    x: str = "labels",
    dark: bool = False,
    title: str = "",
    names: Mapping[str, str] | None = None,
    x_range: Sequence[float] | None = None,
    y_range: Sequence[float] | None = None,
    height: int = 400,
    bands: bool = False,
) -> go.Figure:
    """Learning curves of one or more runs, for the screen.

    Args:
        frame: from `curves.curve_frame`; may be empty before the first round.
        metric: a key of `style.METRICS`; unmeasured values are not drawn.
        x: "labels" or "round".
        dark: for a dark page; the background is transparent in both.
        title: above the curves; none by default.
        names: display names by run id or strategy key, for the legend.
        x_range: limits of the x axis. Set both ranges for a chart that is redrawn while it grows: the zoom is kept.
        y_range: limits of the y axis.
        height: in pixels.
        bands: draw the runs of each strategy as thin lines behind their mean and its 95 % interval. Only for runs that
            differ only in their seed, which the frame does not show. No band if a seed is repeated.

    Returns:
        a plotly figure; pass `theme=None` to Streamlit, since its colours are set here.

    Raises:
        ValueError: for an unknown metric or x.
    """
    for value, known in ((metric, METRICS), (x, AXES)):
        if value not in known:
            raise ValueError(f'Cannot draw "{value}"; choose one of {", ".join(known)}.')
    if metric not in frame:
        frame = frame.assign(**{metric: np.nan})
    traces: list[dict[str, Any]] = []
    drawn = lines(frame, names)
    for strategy in dict.fromkeys(line.strategy for line in drawn):
        own = [line for line in drawn if line.strategy == strategy]
        label = (names or {}).get(strategy, strategy)
        traces += (_band(own, label, metric, x) if bands else []) or [_trace(line, metric, x) for line in own]
    figure = go.Figure(traces)
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 12, "t": 48 if title else 32, "b": 8},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        font={"family": _FONT, "size": 14, "color": _TEXT[dark]},
        hovermode="closest",
        hoverlabel={"align": "left", "namelength": -1, "font": {"family": _FONT, "size": 14}},
        modebar={
            "bgcolor": "rgba(0, 0, 0, 0)",
            "color": "#808080",
            "activecolor": _TEXT[dark],
            "remove": list(UNWANTED_BUTTONS),
        },
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
        },
        showlegend=bool(traces),
        uirevision=f"{metric}-{x}",
    )
    if title:
        figure.update_layout(title={"text": escape(title, quote=False), "x": 0, "xref": "paper", "font_size": 16})
    axis = {"gridcolor": _GRID, "zeroline": False, "automargin": True, "separatethousands": True}
    # Invisible ticks separate the tick labels of the two axes in their corner.
    axis |= {"ticks": "outside", "ticklen": 6, "tickcolor": "rgba(0, 0, 0, 0)"}
    figure.update_xaxes(**axis, title={"text": AXES[x], "standoff": 8}, nticks=7)
    figure.update_xaxes(**whole_steps(frame[x].min(), frame[x].max()))
    figure.update_yaxes(**axis, title={"text": METRICS[metric], "standoff": 8}, nticks=8)
    figure.update_xaxes(range=list(x_range or _ends(frame[x], 0.03)))
    heights = [frame[metric]]
    if metric in SHARES:
        heights += [pd.Series(trace["y"]) for trace in traces if "fill" in trace]
    low_high = list(y_range or _ends(pd.concat(heights), 0.06))
    if metric in SHARES:
        low_high = low_high if y_range else [max(low_high[0], -0.01), min(low_high[1], 1.01)]
        figure.update_yaxes(tickformat=".1%" if low_high[1] - low_high[0] < 0.06 else ".0%")
    figure.update_yaxes(range=low_high)
    return figure


def whole_steps(low: float, high: float) -> dict[str, int]:
    """Axis settings with whole-number ticks for a short axis of labels or rounds."""
    return {"dtick": 1} if high - low <= 7 else {}


def _ends(values: pd.Series, room: float) -> list[float]:
    """Limits of an axis that holds the values with a margin (a share of their range) at both ends."""
    given = values.dropna().to_numpy(dtype=float)
    if not len(given):
        return [0.0, 1.0]
    low, high = float(given.min()), float(given.max())
    pad = room * (high - low) or 0.5 * abs(high) or 1.0
    return [low - pad, high + pad]


def _size(curve: pd.DataFrame) -> int:
    """Marker width in pixels: smaller if many rounds would overlap on a phone."""
    return 8 if len(curve) <= 30 else 5


def _form(metric: str) -> str:
    return ".1%" if metric in SHARES else ",.4g"


def _trace(line: Line, metric: str, x: str) -> dict[str, Any]:
    """A run as a line with markers."""
    style = strategy_style(line.strategy)
    curve = line.curve
    facts = curve[["round", "labels", "accuracy", "train_loss"]].astype(object)
    loss = "" if curve["train_loss"].isna().all() else "<br>Training loss %{customdata[3]:.4f}"
    if metric not in (*facts, *AXES):
        loss += f"<br>{METRICS[metric]} %{{y:{_form(metric)}}}"
    label = escape(line.label, quote=False)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label,
        "legendgroup": line.run,
        "x": curve[x].to_numpy(),
        "y": curve[metric].to_numpy(),
        "customdata": facts.where(facts.notna(), None).to_numpy(),
        "hovertemplate": (
            f"<b>{label}</b><br>Run {escape(line.run, quote=False)}, seed {int(curve['seed'].iloc[0])}"
            "<br>Round %{customdata[0]}: %{customdata[1]:,} labels"
            f"<br>Test accuracy %{{customdata[2]:.1%}}{loss}<extra></extra>"
        ),
        "line": {"color": style.color, "dash": style.dash, "width": 2},
        "marker": {
            "symbol": style.symbol + _NTH[line.nth % len(_NTH)],
            "size": _size(curve),
            "color": style.color,
        },
    }


def _band(own: list[Line], label: str, metric: str, x: str) -> list[dict[str, Any]]:
    """The runs of a strategy as thin lines, their mean and its 95 % interval; empty without distinct seeds."""
    runs = pd.concat([line.curve for line in own])
    seeds = [int(line.curve["seed"].iloc[0]) for line in own]
    if len(own) < 2 or len(set(seeds)) < len(seeds):
        return []
    mean = mean_curve(runs, metric=metric, x=x)
    if mean.empty:
        return []
    style = strategy_style(own[0].strategy)
    text = escape(label, quote=False)
    quiet = {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": text,
        "showlegend": False,
        "hoverinfo": "skip",
    }
    at = mean[x].to_numpy()
    area = quiet | {
        "x": np.concatenate([at, at[::-1]]),
        "y": np.concatenate([mean["low"], mean["high"][::-1]]),
        "fill": "toself",
        "fillcolor": translucent(style.color, 0.15),
        "line": {"width": 0},
    }
    thin = [
        quiet
        | {
            "x": line.curve[x].to_numpy(),
            "y": line.curve[metric].to_numpy(),
            "line": {"color": translucent(style.color, 0.4), "width": 1},
        }
        for line in own
    ]
    form = _form(metric)
    bold = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": band_words(text, len(own)),
        "legendgroup": text,
        "x": at,
        "y": mean["mean"].to_numpy(),
        "customdata": mean[["low", "high"]].to_numpy(),
        "hovertemplate": (
            f"<b>{text}</b><br>Mean of {len(own)} seeds<br>{AXES[x]}: %{{x:,}}"
            f"<br>{METRICS[metric]} %{{y:{form}}}"
            f"<br>95 % interval %{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}<extra></extra>"
        ),
        "line": {"color": style.color, "dash": style.dash, "width": 3},
        "marker": {"symbol": style.symbol, "size": _size(mean), "color": style.color},
    }
    return [area, *thin, bold]


def to_page_part(figure: go.Figure, name: str) -> str:
    """A figure as an HTML fragment that works offline: plotly.js is embedded.

    Args:
        figure: any plotly figure.
        name: id of its element in the page.
    """
    return plotly.io.to_html(
        figure,
        full_html=False,
        include_plotlyjs=True,
        div_id=name,
        auto_play=False,
        config={"displaylogo": False, "showSendToCloud": False},
    )
