"""Exports of the batches: their measures, maps, link, and program."""

from collections.abc import Sequence

from alcore.loops.batch_explorer import BatchExperiment
from alcore.report.export.batches import batches_to_csv, batches_to_html, batches_to_json, numbers_of
from alcore.report.svg.batch_panels import panels_scene
from alcore.report.svg.paths import Spec
from alcore.report.svg.plane import BatchPanel, PoolMap2D
from pages.screens.batch_explorer import cached, maps
from pages.screens.batch_explorer.as_python import as_python
from pages.screens.batch_explorer.controls import HYBRID, PAGE, BatchSettings
from pages.screens.batch_explorer.label_savings import SavingsSettings
from pages.screens.batch_explorer.side_by_side import SHADES, legend
from pages.shared.copy_buttons import copy_link, copy_python
from pages.shared.export_panel import all_formats, config_of, export_popover
from pages.shared.toolbar import full_screen
from pages.shared.viewport import is_dark


def take_away(
    setup: BatchSettings,
    found: BatchExperiment,
    plane: PoolMap2D,
    dial: Spec,
    panels: Sequence[BatchPanel],
    own: list[int],
    races: SavingsSettings | None,
) -> None:
    """Draw the buttons: export, link, program.

    Args:
        setup: all settings.
        found: the model and its labels, for the legend.
        plane: the pool.
        dial: the slider's scene.
        panels: the batches shown, the manual batch `own` last if there is one.
        own: the manual batch.
        races: settings of the races, if any.
    """
    dark = is_dark()

    def make(fmt: str, width_mm: float, font_pt: float) -> bytes:
        config = config_of(setup, screen="batch explorer", own=own)
        every = _with_slider(setup, found, plane, panels)
        if fmt == "csv":
            return batches_to_csv(plane, every)
        if fmt == "json":
            return batches_to_json(plane, every, config, title=setup.title())
        if fmt == "html":
            parts = [("From uncertainty to coverage", maps.script("dial"), dial)]
            if panels:
                parts.append(("Side by side", maps.script("panels"), _side_by_side(plane, panels)))
            frame = numbers_of(plane, every)
            words = legend(setup, found)
            return batches_to_html(parts, frame, config, style=maps.CSS, dark=dark, title=setup.title(), legend=words)
        # Imported here: the page does not wait for a drawing library.
        from alcore.report.paper.maps import print_batches
        from alcore.report.paper.render import to_bytes

        size = {"width_mm": width_mm, "font_pt": font_pt}
        words = legend(setup, found, SHADES)
        return to_bytes(print_batches(plane, every, title=setup.title(), words=words, **size), fmt)

    pool = setup.pool
    stem = f"alcore-batches-{pool.scene.data.replace('_', '-')}-{setup.size}-picks-seed{pool.seed}"
    with export_popover():
        all_formats(PAGE, make, stem, rows="the numbers, one row per batch", columns="width")
    copy_link()
    copy_python(as_python(setup, own, races))
    full_screen()


def _with_slider(
    setup: BatchSettings, found: BatchExperiment, plane: PoolMap2D, panels: Sequence[BatchPanel]
) -> list[BatchPanel]:
    """The batch of the slider, which is the hybrid's, before the others."""
    if any(panel.selector == HYBRID for panel in panels):
        return list(panels)
    return [cached.panel_of(setup.pool, HYBRID, setup.size, setup.alpha, found, plane), *panels]


def _side_by_side(plane: PoolMap2D, panels: Sequence[BatchPanel]) -> Spec:
    """The panels' scene; the manual batch, which may have a different size, is not ranked."""
    others = [panel for panel in panels if panel.selector != "you"]
    return panels_scene(plane, others, you=panels[-1] if len(others) < len(panels) else None)
