"""Exports of the batches: their measures, maps, link, and program."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from alcore.report.export.batches import batches_to_csv, batches_to_html, batches_to_json, numbers_of
from alcore.report.export.curves import FORMATS
from alcore.report.svg.batch_panels import panels_scene
from alcore.report.svg.paths import Spec
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from pages.screens.batch_explorer import maps
from pages.screens.batch_explorer.as_python import as_python
from pages.screens.batch_explorer.controls import PAGE, BatchSettings
from pages.screens.batch_explorer.label_savings import Asked
from pages.shared import controls
from pages.shared.copy_buttons import copy_link, copy_python
from pages.shared.viewport import is_dark

_USES = {
    "csv": "the numbers, one row a batch",
    "json": "numbers and picks with every setting",
    "html": "slider and maps as a page of its own; no network needed",
    "png": "a picture for slides",
    "svg": "a drawing for the web, or to edit",
    "pdf": "a drawing for a paper",
}
_COLUMNS = {"one": "One column", "two": "Two columns"}


def take_away(
    setup: BatchSettings,
    plane: PoolMap2D,
    dial: Spec,
    panels: Sequence[BatchPanel],
    own: list[int],
    races: Asked | None,
    legend: str,
) -> None:
    """Draw the buttons: export, link, program.

    Args:
        setup: all settings.
        plane: the pool.
        dial: the slider's scene.
        panels: the batches shown, the manual batch last if there is one.
        own: the manual batch.
        races: settings of the races, if any.
        legend: legend of the maps.
    """
    config = setup.config() | {"screen": "batch explorer", "own": own}
    with st.popover("Export these batches", icon=":material/download:", disabled=not panels):
        columns = controls.segmented(
            PAGE,
            "width",
            "Width of PNG, SVG and PDF in a paper",
            list(_COLUMNS),
            "two",
            labels=_COLUMNS.__getitem__,
        )
        font = controls.slider(PAGE, "font", "Size of their text, points", 5, 14, 8)
        for fmt, (word, mime) in FORMATS.items():
            st.download_button(
                f"**{word}**: {_USES[fmt]}",
                partial(_file, fmt, setup.title(), plane, dial, panels, config, columns, font, is_dark(), legend),
                file_name=f"{_stem(setup)}.{fmt}",
                mime=mime,
                key=f"batch_export_{fmt}",
                on_click="ignore",
                width="stretch",
            )
    copy_link()
    copy_python(as_python(setup, own, races))


def _file(
    fmt: str,
    title: str,
    plane: PoolMap2D,
    dial: Spec,
    panels: Sequence[BatchPanel],
    config: dict,
    columns: str,
    font: int,
    dark: bool,
    legend: str,
) -> bytes:
    """The content of a file, created when its button is pressed."""
    if fmt == "csv":
        return batches_to_csv(plane, panels)
    if fmt == "json":
        return batches_to_json(plane, panels, config, title=title)
    if fmt == "html":
        parts = [
            ("From uncertainty to coverage", maps.script("dial"), dial),
            ("Side by side", maps.script("panels"), _side_by_side(plane, panels)),
        ]
        frame = numbers_of(plane, panels)
        return batches_to_html(parts, frame, config, style=maps.styles(), dark=dark, title=title, legend=legend)
    # Imported here: the page does not wait for a drawing library.
    from alcore.report.paper.maps import print_batches
    from alcore.report.paper.render import ONE_COLUMN_MM, TWO_COLUMNS_MM, to_bytes

    width = ONE_COLUMN_MM if columns == "one" else TWO_COLUMNS_MM
    return to_bytes(print_batches(plane, panels, width_mm=width, font_pt=font), fmt)


def _side_by_side(plane: PoolMap2D, panels: Sequence[BatchPanel]) -> Spec:
    """The panels' scene; the manual batch, which may have a different size, is not ranked."""
    others = [panel for panel in panels if panel.selector != "you"]
    return panels_scene(plane, others, you=panels[-1] if len(others) < len(panels) else None)


def _stem(setup: BatchSettings) -> str:
    """A file name that describes the content."""
    sample = setup.pool.sample
    return f"alcore-batches-{sample.data.replace('_', '-')}-{setup.size}-picks-seed{sample.seed}"
