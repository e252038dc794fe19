"""Learning curves as a file: for a spreadsheet, a script, a web page or a paper. Needs no browser."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from alcore.report.charts.bands import INTERVAL, with_bands
from alcore.report.charts.chart import Chart
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import area_under
from alcore.report.export.page import chart_page
from alcore.report.text.race import describe_frame

# Format -> (text of its button, MIME type), in the order on screen.
FORMATS: dict[str, tuple[str, str]] = {
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
    "html": ("HTML", "text/html"),
    "png": ("PNG", "image/png"),
    "svg": ("SVG", "image/svg+xml"),
    "pdf": ("PDF", "application/pdf"),
}
CURVE_SCHEMA = "alcore-curves"
SCHEMA_VERSION = 1
# First characters of a spreadsheet formula.
_FORMULA = ("=", "+", "-", "@")


def export(
    frame: pd.DataFrame,
    configs: Sequence[Mapping[str, Any]],
    fmt: str,
    *,
    dark: bool = False,
    title: str = "",
    names: Mapping[str, str] | None = None,
    metric: str = "accuracy",
    x: str = "labels",
    bands: bool = False,
    width_mm: float = 85.0,
    font_pt: float = 8.0,
    words: str | None = None,
    brief: str | None = None,
    chart: Callable[[], Chart] | None = None,
    band: str = INTERVAL,
) -> bytes:
    """Learning curves as the bytes of a file; the same input gives the same bytes.

    In CSV, a run or strategy that begins with = + - or @ is prefixed with ', so that spreadsheets do not evaluate it.

    Args:
        frame: from `curves.curve_frame`.
        configs: all settings, one JSON-compatible mapping per run (or race).
        fmt: a key of FORMATS.
        dark: colours of the HTML page; PNG, SVG and PDF are on white.
        title: above the figure, and in the page and the JSON.
        names: display names by run id or strategy key, for legends and sentences.
        metric: the measure drawn, a key of `style.METRICS`. CSV and JSON hold all measures.
        x: "labels" or "round".
        bands: draw the seeds of a strategy as a mean with a band (see `learning_curves`).
        width_mm: width of PNG, SVG and PDF; by default that of one column of a paper.
        font_pt: size of their text in points.
        words: a sentence above the figure; default: `describe_frame` in the page, none in PNG, SVG and PDF.
        brief: the same for PNG, SVG and PDF, shorter; a line break stays one. Default: `words`.
        chart: makes the chart drawn, such as that of the screen; default: the learning curves of the frame.
        band: what its bands show, a key of `charts.bands.BANDS`.

    Returns:
        the content of the file.

    Raises:
        ValueError: for an unknown format, or a frame without rounds.
    """
    if fmt not in FORMATS:
        raise ValueError(f'Cannot export as "{fmt}"; choose one of {", ".join(FORMATS)}.')
    if frame.empty:
        raise ValueError("There is nothing to export yet: wait for the first round to finish.")
    if fmt == "csv":
        return to_csv(frame)
    if fmt == "json":
        return to_json(frame, configs, title=title)
    drawn = chart() if chart else learning_curves(frame, metric=metric, x=x, names=names, bands=bands)
    drawn = with_bands(drawn, frame, band, metric=metric, x=x)
    if fmt == "html":
        told = describe_frame(frame, names=names) if words is None else words
        settings = [dict(config) for config in configs]
        heading = title or "Learning curves"
        return chart_page(heading, [told], {"": drawn}, ("Every round", frame), settings, dark=dark)
    # Imported here: CSV export must not load a drawing library.
    from alcore.report.paper.render import to_bytes, to_matplotlib

    told = brief or words or ""
    figure = to_matplotlib(replace(drawn, title=title), width_mm=width_mm, font_pt=font_pt, words=told)
    return to_bytes(figure, fmt)


def file_format(path: str | Path) -> str:
    """The format that the ending of a file's name says, a key of FORMATS.

    Raises:
        ValueError: the ending is none of these.
    """
    name = Path(path).name
    fmt = Path(path).suffix.lower().removeprefix(".")
    if fmt not in FORMATS:
        raise ValueError(f"cannot save {name!r}: give a name that ends in .{', .'.join(FORMATS)}")
    return fmt


def write_file(path: str | Path, content: bytes) -> Path:
    """Write a file, in place of one that is there; returns its path.

    Raises:
        FileNotFoundError: its folder is not there.
        OSError: it cannot be written.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to save {path.name} in: make it first")
    path.write_bytes(content)
    return path


def to_csv(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 CSV, one row per round, at full precision; formulas are escaped."""
    return safe_for_spreadsheets(frame).to_csv(index=False, lineterminator="\n").encode()


def safe_for_spreadsheets(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with text that starts like a formula prefixed with ', and without line breaks."""
    safe = frame.copy()
    for column in safe.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in safe.dtypes]]:
        # White space first: a line break splits the row and hides the text after it.
        plain = [" ".join(text.split()) if isinstance(text, str) else text for text in safe[column]]
        safe[column] = [f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text for text in plain]
    return safe


def to_json(frame: pd.DataFrame, configs: Sequence[Mapping[str, Any]], *, title: str = "") -> bytes:
    """Configs, rounds and statistics as UTF-8 JSON; a missing training loss is null."""
    rows = [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]
    statistics = [
        {
            "run": run,
            "strategy": curve["strategy"].iloc[0],
            "seed": int(curve["seed"].iloc[0]),
            "area_under_curve": area_under(curve),
            "final_labels": int(curve["labels"].iloc[-1]),
            "final_accuracy": float(curve["accuracy"].iloc[-1]),
        }
        for run, curve in frame.groupby("run", sort=False)
    ]
    content = {
        "schema": CURVE_SCHEMA,
        "version": SCHEMA_VERSION,
        "title": title,
        "configs": [dict(config) for config in configs],
        "curve": rows,
        "statistics": statistics,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
