"""Exports: learning curves in every format of the library, and the buttons that other exports share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
from threading import Thread
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import runtime
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import ScriptRunContext, add_script_run_ctx, get_script_run_ctx

from alcore.report.charts.bands import INTERVAL
from alcore.report.export.curves import FORMATS, export
from alcore.report.paper.fonts import unprintable
from pages.shared import controls, viewport
from pages.shared.copy_buttons import copy_link, copy_python
from pages.shared.markdown import plain
from pages.shared.toolbar import full_screen

# Width of a printed figure in mm, with the factor of its text, and its name in the panel.
_WIDTHS = {"one": (85.0, 1), "two": (175.0, 1), "slide": (254.0, 2)}
_COLUMNS = {"use": "By use", "one": "One column", "two": "Two columns", "slide": "Slide"}
_BANDS = {INTERVAL: "95 % interval", "deviation": "Standard deviation", "range": "Range"}
# Format -> the width by its use.
_BY_USE = {"png": "slide", "svg": "two", "pdf": "one"}
_USES = {
    "csv": "{rows}, for a spreadsheet or a script",
    "json": "the numbers with every setting they came from",
    "html": "a page of its own; no network needed",
    "png": "a picture for slides",
    "svg": "a drawing for the web, or to edit",
    "pdf": "a drawing for a paper",
}
_MIMES = {fmt: mime for fmt, (_, mime) in FORMATS.items()} | {"tex": "text/x-tex"}


def download(label: str, make: Callable[[], bytes], file_name: str, *, key: str) -> None:
    """A button that creates and sends a file when it is pressed.

    Args:
        label: the button's text in Markdown.
        make: creates the content.
        file_name: its ending is a key of `FORMATS`, or "tex".
        key: of the button.
    """
    mime = _MIMES[file_name.rpartition(".")[2]]
    make = partial(_kept, make, mime, file_name, key, get_script_run_ctx(suppress_warning=True))
    st.download_button(label, make, file_name=file_name, mime=mime, key=key, on_click="ignore", width="stretch")


def _kept(make: Callable[[], bytes], mime: str, file_name: str, key: str, context: ScriptRunContext | None) -> bytes:
    """A file that stays until the next run of its session.

    Streamlit refers to no file that is made when its button is pressed, and deletes those at the end of the second run
    of anybody's page, even of a fragment that polls: often before a busy browser has asked for it.
    """
    data = make()
    if runtime.exists():
        files = runtime.get_instance().media_file_mgr
        # A thread of its own: what is added belongs to the session of the thread.
        added = Thread(target=files.add, args=(data, mime, f"made {key}", file_name, True))
        add_script_run_ctx(added, context)
        added.start()
        added.join()
    return data


def export_popover(*, disabled: bool = False) -> DeltaGenerator:
    """The panel of a screen's downloads."""
    return st.popover("Export", icon=":material/download:", help="Export as files", disabled=disabled)


def all_formats(
    key: str,
    make: Callable[..., bytes],
    stem: str,
    *,
    rows: str = "the numbers",
    columns: str = "columns",
) -> None:
    """The content of a panel: controls of the printed size, and a button for each of FORMATS.

    Args:
        key: prefix of the controls and buttons.
        make: creates a file from a format, `width_mm` and `font_pt`.
        stem: file name without its ending.
        rows: what the CSV file holds.
        columns: name of the control of the width.
    """
    help = (
        "By use: PNG for a slide, SVG for two columns, PDF for one. Columns of a paper are 85 and 175 mm wide, a "
        "slide is 254 mm wide with text twice as large."
    )
    width = controls.segmented(key, columns, "Width of PNG, SVG and PDF", _COLUMNS, "use", help=help)
    font = controls.slider(key, "font", "Text size of PNG, SVG and PDF", 5, 14, 8, format="%d pt")
    for fmt, (word, _) in FORMATS.items():
        width_mm, larger = _WIDTHS[_BY_USE.get(fmt, "one") if width == "use" else width]
        file = partial(make, fmt, width_mm=width_mm, font_pt=float(larger * font))
        download(f"**{word}**: {_USES[fmt].format(rows=rows)}", file, f"{stem}.{fmt}", key=f"{key}_export_{fmt}")


def export_panel(
    frame: pd.DataFrame,
    configs: Sequence[Mapping[str, Any]],
    *,
    key: str,
    title: str,
    names: Mapping[str, str] | None = None,
    screen: str = "",
    subject: str = "",
    seeds: int | None = None,
    animation: Callable[[], bytes] | None = None,
    **drawn: Any,
) -> None:
    """Offer curves for download; each file is created when its button is pressed.

    Args:
        frame: from `alcore.report.curves.curve_frame`; the panel is disabled while it is empty.
        configs: all settings, one JSON-compatible mapping per run.
        key: the page's prefix.
        title: title of the drawn formats.
        names: display names by run id or strategy key, for legends and sentences.
        screen: its name in the file names (see `file_stem`); default: the key.
        subject: of the curves, in the file names in place of the strategies.
        seeds: number of those that the figure shows; default: those of the frame.
        animation: creates the HTML page of the animation, if there is one.
        drawn: further arguments of `alcore.report.export.curves.export`: metric, x, bands, words, chart.
    """
    stem, dark = file_stem(frame, screen or key, subject, seeds), viewport.is_dark()
    settings = [dict(config) for config in configs]
    # What the screen shows, unless the reader chooses another.
    band = INTERVAL

    def make(fmt: str, **size: Any) -> bytes:
        return export(frame, settings, fmt, dark=dark, title=title, names=names, band=band, **drawn, **size)

    with export_popover(disabled=frame.empty):
        if not frame.empty and frame.groupby("strategy")["run"].nunique().min() > 1:
            help = "Of all formats but CSV and JSON. On the screen it is the 95 % interval of the mean over the seeds."
            band = controls.segmented(key, "band", "Band", _BANDS, INTERVAL, help=help)
        if boxes := unprintable([title, *(names or {}).values()]):
            st.caption(
                f"No font on the server has {plain(boxes[:20])}: PNG and PDF show boxes in their place, and "
                "have the words in full in the title of the file. Install a font for them, such as Noto Sans "
                "CJK, or export SVG or HTML, which are drawn with your own fonts."
            )
        all_formats(key, make, stem, rows="one row per round")
        if animation is not None:
            label = "**Animation**: every round, to play in any browser; no network needed"
            download(label, animation, f"{stem}-animation.html", key=f"{key}_export_animation")


def export_buttons(
    frame: pd.DataFrame, config: Mapping[str, Any], program: str, *, key: str, title: str, **drawn: Any
) -> None:
    """The toolbar of a screen's curves: export, link, program, full screen; for the arguments see `export_panel`."""
    export_panel(frame, [config], key=key, title=title, **drawn)
    copy_link()
    copy_python(program)
    full_screen()


def config_of(*settings: Any, **more: Any) -> dict[str, Any]:
    """The fields of dataclasses and of dataclasses in them, side by side, as a JSON-compatible mapping."""
    values: dict[str, Any] = {}
    for one in settings:
        for field in fields(one):
            value = getattr(one, field.name)
            values |= config_of(value) if is_dataclass(value) else {field.name: value}
    return values | more


def file_stem(frame: pd.DataFrame, screen: str, subject: str = "", number: int | None = None) -> str:
    """A file name that describes the content: `alcore-arena-entropy-random-seed0`.

    A subject replaces the strategies, a number of seeds above one those of the frame.
    """
    strategies = [str(name).replace("_", "-") for name in frame["strategy"].unique()]
    seeds = sorted(int(seed) for seed in frame["seed"].unique())
    which = [subject] if subject else strategies if len(strategies) <= 3 else [f"{len(strategies)}-strategies"]
    number = number or len(seeds)
    when = f"seed{seeds[0]}" if number == 1 else f"{number}-seeds"
    return "-".join(["alcore", screen.replace("_", "-"), *which, when])
