"""Which setting wins where: a grid of data sets, coloured by the winner; a cell sets the data."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from alcore.report.phrases import format_signed
from alcore.report.style import strategy_style
from pages.screens.scenarios.controls import DEFAULT, PAGE, SETTING_NAMES, THRESHOLDS, ScenarioSettings, Thresholds
from pages.shared import address
from pages.shared.planar_scene import PlanarScene

_HERE = Path(__file__).parent
# Measured gains over random, one entry a cell: `python -m tests.benchmarks settings` writes them.
FILE = _HERE / "grid.json"
OVERLAPS = (0.1, 0.3, 0.5, 0.7)
# What `tests.benchmarks.settings` measures with; the strategy and the policy are the screen's defaults.
MEASURED_WITH = "400 points, 4 labels at first and 40 more, least confidence, quantile threshold"


@dataclass(frozen=True)
class Row:
    """Data sets of one shape."""

    title: str
    data: str
    classes: int = 2


ROWS = (
    Row("Two blobs", "blobs"),
    Row("Four blobs", "blobs", 4),
    Row("Two moons", "moons"),
    Row("Imbalanced", "imbalanced"),
    Row("Far cluster", "far_cluster"),
)

KEY = "settings_grid"
_MARKS = {"circle": "●", "diamond": "◆", "square": "■", "x": "✕"}
_GRID = st.components.v2.component(
    "alcore_settings_grid",
    html='<div class="settings-grid" role="radiogroup" aria-label="Data: which setting wins where"></div>',
    css=(_HERE / "grid.css").read_text(encoding="utf-8"),
    js=(_HERE / "grid.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw_grid(setup: ScenarioSettings) -> None:
    """Draw the grid; the cell of the data shown is marked, if all else is set as it was measured.

    Args:
        setup: of the race shown.
    """
    scene = setup.scene
    same = measured_alike(setup)
    measured = json.loads(FILE.read_text(encoding="utf-8"))
    cells = [_cell(row, overlap, measured[i]) for i, (row, overlap) in enumerate(_places())]
    chosen = [i for i, (row, overlap) in enumerate(_places()) if (row.data, row.classes, overlap) == _of(scene)]
    data = {
        "rows": [row.title for row in ROWS],
        "columns": [f"{overlap:g}" for overlap in OVERLAPS],
        "cells": cells,
        "chosen": chosen[0] if chosen and same else -1,
        "note": "" if same else "Measured with other settings than these. ",
        "key": [(_mark(name), words.lower(), strategy_style(name).color) for name, words in SETTING_NAMES.items()],
    }
    _GRID(key=KEY, data=data, height="content", on_cell_change=_choose)


def measured_alike(setup: ScenarioSettings) -> bool:
    """Whether all but the data is set as in the measurements of the grid, MEASURED_WITH."""
    usual = ScenarioSettings(DEFAULT, 4, 40, "least_confidence", "quantile", Thresholds(**THRESHOLDS))
    return replace(setup, scene=usual.scene) == usual and setup.scene.points == DEFAULT.points


def _places() -> list[tuple[Row, float]]:
    return [(row, overlap) for row in ROWS for overlap in OVERLAPS]


def _of(scene: PlanarScene) -> tuple[str, int, float]:
    return scene.data, scene.classes, scene.overlap


def _cell(row: Row, overlap: float, gains: dict[str, list[float]]) -> dict[str, object]:
    """The winners of a cell: the best setting and those whose interval holds its gain; random if none beats it."""
    best = max(gains, key=lambda name: gains[name][0])
    top, low, _ = gains[best]
    winners = [name for name in gains if gains[name][2] >= top] if low > 0 else ["random"]
    every = "; ".join(
        f"{SETTING_NAMES[name]} {format_signed(value, 1)} ({format_signed(low, 1)} to {format_signed(high, 1)})"
        for name, (value, low, high) in gains.items()
    )
    styles = [strategy_style(name) for name in winners]
    return {
        "gain": format_signed(top, 1),
        "winners": " and ".join(SETTING_NAMES[name] for name in winners),
        "marks": [{"color": style.color, "glyph": _MARKS[style.symbol]} for style in styles],
        "words": (
            f"{row.title}, overlap {overlap:g}. Points of mean accuracy over random, 50 paired seeds "
            f"({MEASURED_WITH}, whatever is set here): {every}."
        ),
    }


def _mark(name: str) -> str:
    return _MARKS[strategy_style(name).symbol]


def _choose() -> None:
    cell = getattr(st.session_state.get(KEY), "cell", None)
    if isinstance(cell, int) and 0 <= cell < len(_places()):
        row, overlap = _places()[cell]
        st.session_state[f"{PAGE}_data"] = row.data
        st.session_state[f"{PAGE}_overlap"] = overlap
        if row.data == "blobs":
            st.session_state[f"{PAGE}_classes"] = row.classes
            # A control that comes into sight with a value does not write it itself.
            address.write(f"{PAGE}_classes", str(row.classes) if row.classes != DEFAULT.classes else None)
