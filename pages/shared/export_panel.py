"""The export panel: learning curves in every format of the library."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from alcore.report.export.curves import FORMATS, export
from alcore.report.paper.fonts import unprintable
from pages.shared import controls, viewport
from pages.shared.markdown import plain

_WIDTHS = {"one": 85.0, "two": 175.0}
_USES = {
    "csv": "one row a round, for a spreadsheet or a script",
    "json": "the curve with every setting it came from",
    "html": "the chart as a page of its own; no network needed",
    "png": "a picture for slides",
    "svg": "a drawing for the web, or to edit",
    "pdf": "a drawing for a paper",
}


def export_panel(
    frame: pd.DataFrame,
    configs: Sequence[Mapping[str, Any]],
    *,
    key: str,
    title: str,
    names: Mapping[str, str] | None = None,
    animation: Callable[[], bytes] | None = None,
    **drawn: Any,
) -> None:
    """Offer curves for download; each file is created when its button is pressed.

    Args:
        frame: from `alcore.report.curves.curve_frame`; the panel is disabled while it is empty.
        configs: all settings, one JSON-compatible mapping per run.
        key: the page's prefix; also part of the file names (see `file_stem`).
        title: title of the drawn formats.
        names: display names by run id or strategy key, for legends and sentences.
        animation: creates the HTML page of the animation, if there is one.
        drawn: further arguments of `alcore.report.export.curves.export`: metric, x, bands, words, chart.
    """
    stem = file_stem(frame, key)
    settings = [dict(config) for config in configs]
    with st.popover("Export this curve", icon=":material/download:", disabled=frame.empty):
        if boxes := unprintable([title, *(names or {}).values()]):
            st.caption(
                f"No font on the server has {plain(boxes[:20])}: PNG and PDF show boxes in their place, and "
                "have the words in full in the title of the file. Install a font for them, such as Noto Sans "
                "CJK, or export SVG or HTML, which are drawn with your own fonts."
            )
        format_buttons(partial(export, frame, settings, title=title, names=names, **drawn), stem, key=key)
        if animation is not None:
            st.download_button(
                "**Animation**: every round, to play in any browser; no network needed",
                animation,
                file_name=f"{stem}-animation.html",
                mime="text/html",
                key=f"{key}_export_animation",
                on_click="ignore",
                width="stretch",
            )


def format_buttons(make: Callable[..., bytes], stem: str, *, key: str, uses: Mapping[str, str] | None = None) -> None:
    """The size of the printed formats, and a button a format, whose file is created when it is pressed.

    Args:
        make: creates a file from `fmt`, a key of FORMATS, and the keywords `dark`, `width_mm` and `font_pt`.
        stem: the file name without its ending.
        key: the beginning of the controls' keys.
        uses: what a format is for, where that is not as for curves.
    """
    width = controls.segmented(
        key,
        "columns",
        "PNG, SVG and PDF as wide as",
        list(_WIDTHS),
        "one",
        labels={"one": "One column", "two": "Two columns"}.__getitem__,
        help="Of a paper: 85 or 175 mm.",
    )
    font = controls.slider(key, "font", "Size of their text", 5, 14, 8, format="%d pt")
    for fmt, (word, mime) in FORMATS.items():
        st.download_button(
            f"**{word}**: {(_USES | dict(uses or {}))[fmt]}",
            partial(make, fmt=fmt, dark=viewport.is_dark(), width_mm=_WIDTHS[width], font_pt=float(font)),
            file_name=f"{stem}.{fmt}",
            mime=mime,
            key=f"{key}_export_{fmt}",
            on_click="ignore",
            width="stretch",
        )


def file_stem(frame: pd.DataFrame, key: str) -> str:
    """A file name that describes the content: `alcore-arena-entropy-random-seed0`."""
    strategies = [str(name).replace("_", "-") for name in frame["strategy"].unique()]
    seeds = sorted(int(seed) for seed in frame["seed"].unique())
    which = strategies if len(strategies) <= 3 else [f"{len(strategies)}-strategies"]
    when = f"seed{seeds[0]}" if len(seeds) == 1 else f"{len(seeds)}-seeds"
    return "-".join(["alcore", key.replace("_", "-"), *which, when])
