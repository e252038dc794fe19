"""Learning curves for print, drawn with matplotlib in the colours, dashes and markers of the screen.

Figures are made and saved without pyplot, so any thread may do it; matplotlib's settings are global to the process, so
a lock serialises their changes.
"""

from __future__ import annotations

import io
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import wrap
from threading import Lock
from typing import Any

import pandas as pd

from alcore.extras import optional_imports
from alcore.report.curves import band_words, mean_curve
from alcore.report.paper.fonts import OWN, fit
from alcore.report.style import AXES, METRICS, SHARES, Line, lines, strategy_style

with optional_imports():
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator, StrMethodFormatter

# Widths of one and two columns in most journals and proceedings.
ONE_COLUMN_MM = 85.0
TWO_COLUMNS_MM = 175.0
DPI = 300
_MM = 1 / 25.4
_SETTINGS: Any = {
    "font.family": OWN,  # with fallbacks for missing characters: see `fonts`
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # TrueType, as publishers require; some reject the default
    "svg.fonttype": "none",
    "svg.hashsalt": "alcore",
    "path.simplify": False,  # a vector figure keeps every point
    "text.parse_math": False,  # a dollar sign in a name is literal
}
_FONT_SIZES = (
    "font.size",
    "axes.titlesize",
    "axes.labelsize",
    "xtick.labelsize",
    "ytick.labelsize",
    "legend.fontsize",
)
# In units of the font size: a title, the mean width of a letter, and the width beside a legend entry.
_TITLE, _LETTER, _HANDLE = 1.1, 0.6, 4.5
_lock = Lock()


# Marker fill of the first to fourth run of a strategy.
_NTH: tuple[dict[str, Any], ...] = (
    {},
    {"markerfacecolor": "white"},
    {"fillstyle": "left", "markerfacecoloralt": "white"},
    {"fillstyle": "top", "markerfacecoloralt": "white"},
)


def print_curves(
    frame: pd.DataFrame,
    *,
    metric: str = "accuracy",
    x: str = "labels",
    width_mm: float = ONE_COLUMN_MM,
    height_mm: float | None = None,
    font_pt: float = 8.0,
    title: str = "",
    names: Mapping[str, str] | None = None,
    x_range: Sequence[float] | None = None,
    y_range: Sequence[float] | None = None,
    bands: bool = False,
) -> Figure:
    """Learning curves of one or more runs for print: on white, at final size.

    Args:
        frame: from `curves.curve_frame`.
        metric: a key of `style.METRICS`; unmeasured values are not drawn.
        x: "labels" or "round".
        width_mm: width of the whole figure; ONE_COLUMN_MM or TWO_COLUMNS_MM suit most papers.
        height_mm: height of the whole figure; default: proportional to the width, with room for the legend.
        font_pt: font size in points, as printed.
        title: above the curves; none by default, since a paper has captions.
        names: display names by run id or strategy key, for the legend.
        x_range: limits of the x axis; default: around the data.
        y_range: limits of the y axis; default: around the data.
        bands: draw the mean of the runs of each strategy over its 95 % interval. Only for runs that differ only in
            their seed, which the frame does not show. No band if a seed is repeated.

    Returns:
        a matplotlib figure; `to_bytes` saves it.

    Raises:
        ValueError: for an unknown metric or x.
    """
    for value, known in ((metric, METRICS), (x, AXES)):
        if value not in known:
            raise ValueError(f'Cannot draw "{value}"; choose one of {", ".join(known)}.')
    if metric not in frame:
        frame = frame.assign(**{metric: float("nan")})
    drawn = lines(frame, names)
    with settings(font_pt):
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for strategy in dict.fromkeys(line.strategy for line in drawn):
            own = [line for line in drawn if line.strategy == strategy]
            label = (names or {}).get(strategy, strategy)
            if not (bands and _draw_band(axes, own, label, metric, x)):
                for line in own:
                    _draw_line(axes, line, metric, x)
        _draw_axes(axes, metric, x, x_range, y_range)
        rows = draw_title(figure, title, width_mm, font_pt) + (
            draw_legend(figure, axes, width_mm, font_pt) if drawn else 0
        )
        row_mm = 1.6 * font_pt * 25.4 / 72
        height = height_mm or 0.62 * width_mm + row_mm * rows
        figure.set_size_inches(width_mm * _MM, height * _MM)
        settle(figure)
    return figure


def settle(figure: Figure) -> None:
    """Lay a figure out, once: each further draw would move the axes slightly and change the bytes."""
    with _boxes_allowed():
        fit(figure)
        figure.draw_without_rendering()
    figure.set_layout_engine("none")


def to_bytes(figure: Figure, fmt: str) -> bytes:
    """Save a figure of `print_curves`: equal figures give equal bytes, without a date.

    Characters missing from all installed fonts are drawn as boxes; the texts that have some are stored in full in the
    file's metadata, as its title.

    Args:
        figure: the figure to save.
        fmt: "png" (300 dots an inch), "svg" (text stays text) or "pdf" (fonts embedded as TrueType).
    """
    undated: dict[str, dict[str, Any]] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
    buffer = io.BytesIO()
    with settings(), _boxes_allowed():
        boxed = fit(figure)
        metadata = undated.get(fmt, {}) | ({"Title": "; ".join(boxed)} if boxed else {})
        figure.savefig(buffer, format=fmt, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


@contextmanager
def _boxes_allowed() -> Iterator[None]:
    """Suppress the warning about boxes within the block; the metadata holds the text they replace."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font", category=UserWarning)
        yield


@contextmanager
def settings(font_pt: float = 8.0) -> Iterator[None]:
    """Apply these settings over matplotlib's defaults, independent of the user's matplotlibrc."""
    with _lock, matplotlib.rc_context():
        matplotlib.rcdefaults()
        sizes: Any = dict.fromkeys(_FONT_SIZES, font_pt)
        matplotlib.rcParams.update(_SETTINGS | sizes)
        yield


def _look(strategy: str, font_pt: float) -> dict[str, Any]:
    style = strategy_style(strategy)
    return {
        "color": style.color,
        "linestyle": style.mpl_dash,
        "marker": style.mpl_marker,
        "linewidth": font_pt / 7,
        "markersize": font_pt / 2,
        "markeredgewidth": font_pt / 12,
    }


def _draw_line(axes: Axes, line: Line, metric: str, x: str) -> None:
    """Draw a run; with many rounds, only some have a marker."""
    look = _look(line.strategy, matplotlib.rcParams["font.size"]) | _NTH[line.nth % len(_NTH)]
    every = 1 + len(line.curve) // 25
    axes.plot(line.curve[x], line.curve[metric], label=line.label, markevery=every, **look)


def _draw_band(axes: Axes, own: list[Line], label: str, metric: str, x: str) -> bool:
    """Draw the mean of a strategy's runs over its 95 % interval; without distinct seeds draw nothing, return False."""
    seeds = [int(line.curve["seed"].iloc[0]) for line in own]
    if len(own) < 2 or len(set(seeds)) < len(seeds):
        return False
    mean = mean_curve(pd.concat([line.curve for line in own]), metric=metric, x=x)
    if mean.empty:
        return False
    look = _look(own[0].strategy, matplotlib.rcParams["font.size"])
    axes.fill_between(mean[x], mean["low"], mean["high"], color=look["color"], alpha=0.2, linewidth=0)
    every = 1 + len(mean) // 25
    axes.plot(mean[x], mean["mean"], label=band_words(label, len(own)), markevery=every, **look)
    return True


def _draw_axes(
    axes: Axes, metric: str, x: str, x_range: Sequence[float] | None, y_range: Sequence[float] | None
) -> None:
    axes.set_xlabel(AXES[x])
    axes.set_ylabel(METRICS[metric])
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if metric in SHARES:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{round(100 * share, 6):g}%"))
    elif metric == "labels":
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    low, high = axes.dataLim.intervalx
    if low == high:
        # matplotlib would show fractions of a label.
        x_range = x_range or (low - max(1.0, low / 2), low + max(1.0, low / 2))
    if x_range:
        axes.set_xlim(*x_range)
    if y_range:
        axes.set_ylim(*y_range)


def draw_legend(figure: Figure, axes: Axes, width_mm: float, font_pt: float) -> int:
    """Draw a legend below the curves in as many columns as fit; returns its number of lines."""
    handles, labels = axes.get_legend_handles_labels()
    em_mm = font_pt * 25.4 / 72
    texts = [_wrapped(label, width_mm / em_mm - _HANDLE) for label in labels]
    longest = max(len(line) for text in texts for line in text)
    column_mm = em_mm * (_HANDLE + _LETTER * longest)
    columns = max(1, min(len(labels), int(width_mm / column_mm)))
    rows = -(-len(labels) // columns)
    # Balance the rows: four of five entries in a row leave a single entry below.
    columns = -(-len(labels) // rows)
    told = ["\n".join(text) for text in texts]
    figure.legend(handles, told, loc="outside lower center", ncols=columns, handlelength=2.6)
    # The legend is filled column by column.
    return sum(max(map(len, texts[row::rows])) for row in range(rows))


def draw_title(figure: Figure, title: str, width_mm: float, font_pt: float) -> int:
    """Draw a title above the curves, no wider than the figure; returns its number of lines."""
    lines = _wrapped(title, width_mm / (font_pt * 25.4 / 72) / _TITLE) if title else []
    if lines:
        figure.suptitle("\n".join(lines), fontsize=_TITLE * font_pt)
    return len(lines)


def _wrapped(text: str, room_em: float) -> list[str]:
    # Chinese, Japanese and Korean characters are as wide as they are high.
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return wrap(text, max(8, int(room_em / (1.0 if wide else _LETTER)))) or [""]
