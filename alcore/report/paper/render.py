"""Charts for print, drawn with matplotlib on white, at final size.

Figures are made and saved without pyplot, so any thread may do it; matplotlib's settings are global to the process, so
a lock serialises their changes.
"""

from __future__ import annotations

import io
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from threading import Lock
from typing import Any

import numpy as np

from alcore.extras import optional_imports
from alcore.report.charts.chart import (
    FONT_PX,
    TEXT,
    Axis,
    Band,
    Bars,
    Chart,
    Label,
    Marker,
    Matrix,
    Reference,
    Series,
    Stroke,
    Whiskers,
)
from alcore.report.charts.labels import LETTER
from alcore.report.paper.fonts import OWN, fit
from alcore.report.phrases import level, with_minus
from alcore.report.style import CELL_OPACITY, DASHES, GREY, MOST_MARKERS, STROKED_SYMBOLS, SYMBOLS

with optional_imports():
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

# Widths of one and two columns in most journals and proceedings.
ONE_COLUMN_MM = 85.0
TWO_COLUMNS_MM = 175.0
DPI = 300
MM = 1 / 25.4  # in inches
PT_MM = 25.4 / 72
_INK = "#31333F"
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
# In units of the font size: a title, a line of text, the mean width of a letter, and the widths
# beside a legend entry and beside the plot.
_TITLE, _LINE, _LETTER, _HANDLE, _AXIS = 1.1, 1.6, 0.6, 4.5, 8.0
# The mean width of a letter in sentences, which have few capitals.
PROSE = 0.54
# Longest titles of the axes, as a share of the figure's width and of its panel's height.
_LONGEST_X, _LONGEST_Y = 0.75, 0.88
_lock = Lock()

_FILLS: dict[str, dict[str, Any]] = {
    "": {},
    "open": {"markerfacecolor": "white"},
    "dot": {"fillstyle": "left", "markerfacecoloralt": "white"},
    "open-dot": {"fillstyle": "top", "markerfacecoloralt": "white"},
}


def to_matplotlib(
    chart: Chart,
    *,
    width_mm: float = ONE_COLUMN_MM,
    height_mm: float | None = None,
    font_pt: float = 8.0,
    words: str = "",
) -> Figure:
    """Draw a chart for print.

    Args:
        chart: its description.
        width_mm: width of the whole figure; ONE_COLUMN_MM or TWO_COLUMNS_MM suit most papers.
        height_mm: height of the whole figure; default: from the chart, with room for title and legend.
        font_pt: font size in points, as printed.
        words: what the chart shows, in sentences under its title, or across the whole figure if it has none.

    Returns:
        a matplotlib figure; `to_bytes` saves it.
    """
    em_mm = font_pt * PT_MM
    plot_mm = chart.height * em_mm / FONT_PX if chart.ratio is None else chart.ratio * width_mm
    scale = font_pt / FONT_PX
    with settings(font_pt):
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        panels = chart.panels
        heights = [axis.height for axis in panels]
        rows = figure.subplots(len(panels), sharex=True, squeeze=False, height_ratios=heights)[:, 0].tolist()
        _draw_marks(chart, rows, scale)
        width_em = width_mm / em_mm
        names = [name for axis in panels for name in axis.categories]
        plot_em = width_em - max([_AXIS, *(_LETTER * len(name) + 2 for name in names)])
        _lay_out(rows[-1], "x", chart.x, min(_LONGEST_X * width_em, plot_em))
        for axes, axis in zip(rows, panels, strict=True):
            _lay_out(axes, "y", axis, _LONGEST_Y * plot_mm * axis.height / sum(heights) / em_mm)
            if chart.square:
                axes.set_aspect("equal")
        lines = _draw_title(figure, chart.title, width_em) + _draw_legend(figure, rows, width_em)
        lines += _draw_words(rows[0], words, plot_em) if chart.title else _draw_head(figure, words, width_em)
        height = height_mm or plot_mm + _LINE * em_mm * lines
        figure.set_size_inches(width_mm * MM, height * MM)
        # Laid out once: each further draw would move the axes slightly and change the bytes.
        with _boxes_allowed():
            fit(figure)
            figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


def small_multiples(
    charts: Sequence[Chart],
    legend: Chart,
    *,
    columns: int = 3,
    width_mm: float = TWO_COLUMNS_MM,
    font_pt: float = 8.0,
    title: str = "",
) -> Figure:
    """Draw charts of one panel each side by side, under their own titles, with one legend.

    Args:
        charts: their descriptions.
        legend: a chart whose entries are the legend of all; it is not drawn.
        columns: charts in a row, at most.
        width_mm: width of the whole figure.
        font_pt: font size in points, as printed.
        title: above all.

    Raises:
        ValueError: without a chart.
    """
    if not charts:
        raise ValueError("small multiples need a chart, got none")
    em_mm, scale = font_pt * PT_MM, font_pt / FONT_PX
    wide = min(columns, len(charts))
    tall = -(-len(charts) // wide)
    one_mm = width_mm / wide
    with settings(font_pt):
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        places = figure.subplots(tall, wide, squeeze=False).ravel().tolist()
        for axes, chart in zip(places, charts, strict=False):
            _draw_marks(chart, [axes], scale)
            _lay_out(axes, "x", chart.x, _LONGEST_X * one_mm / em_mm)
            _lay_out(axes, "y", chart.panels[0], _LONGEST_Y * one_mm / em_mm)
            axes.set_title("\n".join(wrapped(chart.title, _LONGEST_X * one_mm / em_mm)), loc="left")
        for axes in places[len(charts) :]:
            axes.remove()
        hidden = Figure()
        FigureCanvasAgg(hidden)
        entries = hidden.subplots()
        _draw_marks(legend, [entries], scale)
        lines = _draw_title(figure, title, width_mm / em_mm) + _draw_legend(figure, [entries], width_mm / em_mm)
        height_mm = tall * (0.72 * one_mm + _LINE * em_mm) + _LINE * em_mm * lines
        figure.set_size_inches(width_mm * MM, height_mm * MM)
        with _boxes_allowed():
            fit(figure)
            figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


def to_bytes(figure: Figure, fmt: str) -> bytes:
    """Save a figure: equal figures give equal bytes, without a date.

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
def settings(font_pt: float = 8.0) -> Iterator[None]:
    """Apply these settings over matplotlib's defaults, independent of the user's matplotlibrc."""
    with _lock, matplotlib.rc_context():
        matplotlib.rcdefaults()
        sizes: Any = dict.fromkeys(_FONT_SIZES, font_pt)
        matplotlib.rcParams.update(_SETTINGS | sizes)
        yield


@contextmanager
def _boxes_allowed() -> Iterator[None]:
    """Suppress the warning about boxes within the block; the metadata holds the text they replace."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font", category=UserWarning)
        yield


def _draw_marks(chart: Chart, rows: Sequence[Axes], scale: float) -> None:
    """Draw the marks; a pixel of the description is `scale` points."""
    floor: dict[float, float] = {}  # top of the bars at each position so far
    for mark in chart.marks:
        match mark:
            case Series():
                _draw_series(rows[mark.row], mark, scale)
            case Band():
                look: Any = {"color": mark.color, "alpha": mark.opacity, "linewidth": 0, "label": mark.name or None}
                rows[0].fill_between(np.asarray(mark.x), mark.low, mark.high, **look)
            case Bars():
                _draw_bars(rows[0], mark, floor)
            case Whiskers():
                _draw_whiskers(rows[0], mark, scale)
            case Matrix():
                _draw_matrix(rows[0], mark)
            case Reference():
                _draw_reference(rows, mark, scale)
            case Label():
                look = {"fontsize": mark.size * scale, "color": _color(mark.color), "va": "center"}
                # A name beside a point is placed by its near end: letters are wider here than on the screen.
                near = abs(mark.right) - LETTER * len(mark.text) / 2
                look["ha"] = "center" if near < 0 else "left" if mark.right > 0 else "right"
                right = mark.right if near < 0 else np.sign(mark.right) * near
                offset = (right * scale, mark.up * scale)
                line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6 * scale, "shrinkA": 0, "shrinkB": 0}
                look |= {"arrowprops": line} if mark.leader else {}
                rows[0].annotate(mark.text, (mark.x, mark.y), offset, textcoords="offset points", **look)


def _draw_series(axes: Axes, mark: Series, scale: float) -> None:
    label = mark.name or None
    if mark.stroke is None:
        _scatter(axes, mark, scale, label)
        return
    x, y, look = np.asarray(mark.x), np.asarray(mark.y), _line(mark.stroke, scale)
    if mark.step:
        look["drawstyle"] = "steps-post"
    if mark.marker is not None:
        look |= {
            "marker": _symbol(mark.marker),
            "markeredgewidth": scale,
            "markevery": max(1, -(-len(x) // MOST_MARKERS)),
        }
        look |= _FILLS[mark.marker.fill]
        if isinstance(mark.marker.size, np.ndarray):
            # The legend shows a marker of one size.
            axes.plot([], [], label=label, markersize=FONT_PX / 2 * scale, **look)
            _scatter(axes, mark, scale, None)
            label, look["marker"] = None, ""
        else:
            look["markersize"] = mark.marker.size * scale
    axes.plot(x, y, label=label, **look)


def _scatter(axes: Axes, mark: Series, scale: float, label: str | None) -> None:
    marker = mark.marker
    assert marker is not None  # a series has a stroke, a marker or both
    color, edge = _color(marker.color), marker.edge
    look: dict[str, Any] = {"color": color}
    if marker.symbol not in STROKED_SYMBOLS:
        look = {"facecolors": "none" if marker.fill == "open" else color}
        look["edgecolors"] = _color(edge.color) if edge else color
    axes.scatter(
        np.asarray(mark.x),
        np.asarray(mark.y),
        s=(scale * np.asarray(marker.size)) ** 2,
        marker=_symbol(marker),
        alpha=marker.opacity,
        linewidths=scale * edge.width if edge else scale,
        label=label,
        zorder=3,
        **look,
    )


def _draw_bars(axes: Axes, mark: Bars, floor: dict[float, float]) -> None:
    x, heights = np.asarray(mark.x, dtype=np.float64), np.asarray(mark.heights, dtype=np.float64)
    width = 0.8 * (np.diff(np.unique(x)).min() if len(x) > 1 else 1.0)
    below = [floor.get(place, 0.0) for place in x.tolist()]
    look: dict[str, Any] = {"hatch": 2 * mark.hatch, "edgecolor": "white", "linewidth": 0}
    axes.bar(x, heights, width=width, bottom=below, color=mark.color, label=mark.name, **look)
    floor.update(zip(x.tolist(), (below + heights).tolist(), strict=True))


def _draw_whiskers(axes: Axes, mark: Whiskers, scale: float) -> None:
    def along(ends: Sequence[float], across: Sequence[float], **look: Any) -> None:
        axes.plot(*((across, ends) if mark.upright else (ends, across)), color=mark.marker.color, **look)

    if np.isfinite([mark.low, mark.high]).all():
        along([mark.low, mark.high], [mark.at, mark.at], linewidth=scale * mark.width)
    size = scale * float(mark.marker.size)
    shown: Any = {"marker": _symbol(mark.marker), "markersize": size, "linestyle": "none", "label": mark.name or None}
    along([mark.estimate], [mark.at], **shown)


def _draw_matrix(axes: Axes, mark: Matrix) -> None:
    colours = [*([mark.below] if mark.below else []), "#FFFFFF", mark.color]
    shades = LinearSegmentedColormap.from_list("shades", colours)
    lowest = -mark.deepest if mark.below else 0
    axes.imshow(mark.shades_R_C, cmap=shades, vmin=lowest, vmax=mark.deepest, alpha=CELL_OPACITY, aspect="auto")
    for row, column in np.ndindex(mark.shades_R_C.shape):
        if text := mark.texts_R_C[row][column]:
            weight = "bold" if mark.bold_R_C[row, column] else "normal"
            axes.text(column, row, text, ha="center", va="center", weight=weight)


def _draw_reference(rows: Sequence[Axes], mark: Reference, scale: float) -> None:
    look = _line(Stroke(mark.color, 1.5, mark.dash), scale) | {"zorder": 1}
    if mark.x is not None:
        for axes in rows:
            axes.axvline(mark.x, **look)
        place: Any = {"xy": (mark.x, 0.98 if mark.label_above else 0.02), "xycoords": ("data", "axes fraction")}
        place |= {"xytext": (3 * scale, 0), "va": "top" if mark.label_above else "bottom"}
    elif mark.y is not None:
        rows[0].axhline(mark.y, **look)
        at = 0 if mark.label_left else 1
        place = {"xy": (at, mark.y), "xycoords": ("axes fraction", "data"), "xytext": (0, 2 * scale)}
        place |= {"ha": "left" if mark.label_left else "right", "va": "bottom" if mark.label_above else "top"}
    else:
        rows[0].plot([0, 1], [0, 1], **look)
    if mark.label:
        rows[0].annotate(mark.label, textcoords="offset points", **place)


def _lay_out(axes: Axes, letter: str, axis: Axis, room_em: float) -> None:
    """Set up an axis, with its title wrapped to the room."""
    side = axes.xaxis if letter == "x" else axes.yaxis
    if axis.hidden:
        side.set_ticks([])
        axes.spines[["bottom" if letter == "x" else "left"]].set_visible(False)
    else:
        axes.set(**{f"{letter}label": "\n".join(wrapped(" ".join(axis.title.split("\n")), room_em))})
    ends = axis.ends
    if axis.categories:
        side.set_ticks(range(len(axis.categories)), list(axis.categories))
        if letter == "x" and _LETTER * max(map(len, axis.categories)) > room_em / len(axis.categories):
            for label in side.get_ticklabels():
                label.set(rotation=35, ha="right", rotation_mode="anchor")
        ends = (-0.5, len(axis.categories) - 0.5)
    if ends is not None:
        if axis.log:
            axes.set(**{f"{letter}scale": "log"})
            # Powers of ten are in math notation, which these settings do not parse, so that names may hold $.
            side.set_major_locator(LogLocator(subs=(1,) if ends[1] > 100 * ends[0] else (1, 2, 5)))
            side.set_major_formatter(StrMethodFormatter("{x:,g}"))
            side.set_minor_formatter(NullFormatter())
        axes.set(**{f"{letter}lim": ends[:: -1 if axis.reverse else 1]})
    elif axis.from_zero:
        axes.set(**{f"{letter}lim": (0, None)})
    if axis.form == "share":
        side.set_major_formatter(FuncFormatter(lambda share, _: with_minus(level(share))))
    elif axis.form == "whole":
        side.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        side.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    elif axis.form == "signed":
        side.set_major_formatter(FuncFormatter(lambda value, _: with_minus(f"{value:+g}") if value else "0"))
    if not axis.grid:
        axes.grid(visible=False, axis="x" if letter == "x" else "y")


def _draw_title(figure: Figure, title: str, width_em: float) -> int:
    """Draw a title above the chart, no wider than the figure; returns its number of lines."""
    lines = wrapped(title, width_em / _TITLE) if title else []
    if lines:
        figure.suptitle("\n".join(lines), fontsize=_TITLE * matplotlib.rcParams["font.size"])
    return len(lines)


def _draw_words(axes: Axes, words: str, plot_em: float) -> int:
    """Draw sentences between the title and the chart, no wider than the plot; returns their number of lines."""
    lines = [line for part in words.split("\n") for line in wrapped(part, plot_em, PROSE)] if words else []
    if lines:
        axes.set_title("\n".join(lines), loc="left", fontsize=matplotlib.rcParams["font.size"])
    return len(lines)


def _draw_head(figure: Figure, words: str, width_em: float) -> int:
    """Draw sentences in place of a title, as wide as the figure; returns their number of lines."""
    lines = [line for part in words.split("\n") for line in wrapped(part, width_em - 1, PROSE)] if words else []
    if lines:
        size = matplotlib.rcParams["font.size"]
        figure.suptitle("\n".join(lines), x=0.5 / width_em, ha="left", fontsize=size)
    return len(lines)


def _draw_legend(figure: Figure, rows: Sequence[Axes], width_em: float) -> int:
    """Draw a legend below the chart in as many columns as fit; returns its number of lines."""
    entries = [entry for axes in rows for entry in zip(*axes.get_legend_handles_labels(), strict=True)]
    if not entries:
        return 0
    texts = [wrapped(label, width_em - _HANDLE) for _, label in entries]
    longest = max(len(line) for text in texts for line in text)
    columns = max(1, min(len(texts), int(width_em / (_HANDLE + _LETTER * longest))))
    lines = -(-len(texts) // columns)
    # Balance the rows: four of five entries in a row leave a single entry below.
    columns = -(-len(texts) // lines)
    told = ["\n".join(text) for text in texts]
    handles = [handle for handle, _ in entries]
    figure.legend(handles, told, loc="outside lower center", ncols=columns, handlelength=2.6)
    # The legend is filled column by column.
    return sum(max(map(len, texts[row::lines])) for row in range(lines))


def wrapped(text: str, room_em: float, letter: float = _LETTER) -> list[str]:
    """Lines of a text in a width in units of the font size; at least one. `letter` is the mean width of a letter."""
    # Chinese, Japanese and Korean characters are as wide as they are high.
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    # No line ends between a number and its percent sign: `wrap` breaks at plain spaces only.
    lines = wrap(text.replace(" %", "\u00a0%"), max(8, int(room_em / (1.0 if wide else letter))))
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def _symbol(marker: Marker) -> str:
    return (SYMBOLS | STROKED_SYMBOLS)[marker.symbol]


def _color(color: str) -> str:
    return _INK if color == TEXT else color


def _line(stroke: Stroke, scale: float) -> dict[str, Any]:
    return {
        "color": _color(stroke.color),
        "linewidth": scale * stroke.width,
        "linestyle": DASHES[stroke.dash],
        "alpha": stroke.opacity,
    }
