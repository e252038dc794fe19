"""What is exported is the band that is on the screen: its numbers in the page and on paper."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from matplotlib.figure import Figure
from streamlit.testing.v1 import AppTest

from alcore.cli.main import main
from alcore.report.bounded import bounded_band
from alcore.report.paper import render as paper
from alcore.report.style import strategy_style
from alcore.runs.store.store import Store
from tests.support.charts import numbers
from tests.support.drawn_bands import charted_band, drawn_band, page_data, played_data
from tests.support.lab import Lab, finished
from tests.support.screens import assert_fine, charts, races, verdicts

Exports = dict[str, Callable[[], bytes]]


def told(at: AppTest) -> list[str]:
    """The screen's verdicts, without what is to be done there."""
    return [sentence.removesuffix(". Add seeds") for sentence in verdicts(at)]


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Exports:
    """What the download buttons of the screen that was opened last would make, by their keys."""
    found: Exports = {}
    draw = st.download_button

    def recorded(label: str, data: Callable[[], bytes], **more: Any) -> bool:
        found[more["key"]] = data
        return draw(label, data, **more)

    monkeypatch.setattr(st, "download_button", recorded)
    return found


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were saved for paper."""
    figures: list[Figure] = []
    save = paper.to_bytes

    def kept(figure: Figure, fmt: str) -> bytes:
        figures.append(figure)
        return save(figure, fmt)

    monkeypatch.setattr(paper, "to_bytes", kept)
    return figures


def compare_exports(
    key: str, screen: list[dict[str, Any]], strategies: list[str], exports: Exports, printed: list[Figure]
) -> str:
    """Hold the bands of the page and of all printed formats against the screen's; returns the page."""
    page = exports[f"{key}_export_html"]()
    for fmt in ("png", "svg", "pdf"):
        exports[f"{key}_export_{fmt}"]()
    assert len(printed) == 3
    for strategy in strategies:
        shown = charted_band(screen, strategy)
        np.testing.assert_allclose(charted_band(page_data(page), strategy), shown, rtol=1e-6)
        for figure in printed:
            np.testing.assert_allclose(drawn_band(figure, strategy), shown, rtol=1e-6)
    for figure in printed:
        (legend,) = figure.legends
        entries = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
        assert len(entries) >= len(strategies) and any("95 % interval" in entry for entry in entries)
    return page.decode()


# Hover numbers, which the player computes from probabilities: see the tests of packing.
HOVER = {"customdata", "probs", "ranked", "digits", "powers"}


def alike(exported: Any, shown: Any, where: str = "data") -> None:
    """Hold what is exported against what the screen receives: numbers within what is rounded for the way."""
    if isinstance(exported, dict) and not {"bdata"} & exported.keys():
        assert exported.keys() - HOVER == shown.keys() - HOVER, where
        for key in exported.keys() - HOVER:
            alike(exported[key], shown[key], f"{where}.{key}")
    elif isinstance(exported, dict) or (isinstance(exported, list) and exported and _is_number(exported[0])):
        np.testing.assert_allclose(numbers(exported), numbers(shown), atol=0.01, err_msg=where)
    elif isinstance(exported, list):
        assert len(exported) == len(shown), where
        for number, value in enumerate(exported):
            alike(value, shown[number], f"{where}.{number}")
    else:
        assert exported == shown, where


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def test_the_arena(open_screen, exports: Exports, printed: list[Figure]) -> None:
    at: AppTest = open_screen(
        "pages/arena.py",
        arena_rounds="5",
        arena_points="80",
        arena_paired="6",
        arena_target="accuracy",
        arena_height="0.8",
    )
    assert_fine(at, "opening")
    page = compare_exports("arena", races(at)[-1]["data"], ["least_confidence", "random"], exports, printed)
    (verdict,) = verdicts(at)
    assert f"{verdict}." in page, "the page says what the screen says"
    for figure in printed:
        assert verdict in figure.axes[0].get_title(loc="left").replace("\n", " ")
    # The animation of its own is the figure of the screen: every band, colour and marker.
    animation = exports["arena_export_animation"]()
    assert f'<p class="verdict">{escape(verdict)}.</p>' in animation.decode()
    played = played_data(animation, "light")
    alike(played, races(at)[-1]["data"])
    for strategy in ("least_confidence", "random"):
        assert charted_band(played, strategy).shape == (6, 3)
        style = strategy_style(strategy)
        assert [
            trace
            for trace in played
            if trace["mode"] == "markers"
            and trace["marker"].get("symbol") == style.symbol
            and trace["marker"]["color"] == style.color
        ]


def test_the_clinic(open_screen, exports: Exports, printed: list[Figure]) -> None:
    at = open_screen(
        "pages/failure_modes.py",
        clinic_ward="cold",
        clinic_cold_paired="5",
        clinic_cold_rounds="10",
        clinic_cold_points="100",
    )
    assert_fine(at, "opening")
    curves = charts(at)[0]["data"]
    strategies = ["clinic_without", "clinic_treated", "random", "clinic_well"]
    page = compare_exports("clinic", curves, strategies, exports, printed)
    assert all(escape(sentence) in page for sentence in told(at)), "the page says what the screen says"


def test_three_settings_at_equal_budgets(open_screen, exports: Exports, printed: list[Figure]) -> None:
    """The stream may leave labels unspent: on the screen its curve goes on as it was."""
    at = open_screen("pages/scenarios.py", settings_paired="6", settings_labels="10", settings_points="100")
    assert_fine(at, "opening")
    page = compare_exports(
        "settings", races(at)[-1]["data"], ["pool", "stream", "synthesis", "random"], exports, printed
    )
    assert all(escape(sentence) in page for sentence in told(at)), "the page says what the screen says"
    rows = exports["settings_export_csv"]().decode().splitlines()
    assert len(rows) - 1 < 4 * 6 * 11, "what was measured, without what was carried on"


def test_the_races_of_the_batch_explorer(open_screen, exports: Exports, printed: list[Figure]) -> None:
    at = open_screen("pages/batch_explorer.py", batch_show="buys", batch_seeds="6", batch_rounds="3", batch_size="4")
    assert_fine(at, "opening")
    compare_exports("batch_races", charts(at)[-1]["data"], ["top_k", "random"], exports, printed)


def test_a_run_of_the_lab_with_its_seeds(lab: Lab, home: Path, exports: Exports, printed: list[Figure]) -> None:
    runs = [finished(home, seed=seed) for seed in range(3)]
    at = lab(mnist_run=runs[0].run_id)
    assert_fine(at, "three seeds")
    compare_exports("mnist", charts(at)[0]["data"], ["margin"], exports, printed)


def test_the_phases_of_a_run_are_exported(lab: Lab, home: Path, exports: Exports, printed: list[Figure]) -> None:
    run = finished(home, seed_labels=12, labels_per_round=6, rounds=14)
    at = lab(mnist_run=run.run_id)
    assert_fine(at, "a knee")
    (knee,) = charts(at)[0]["layout"]["shapes"]
    exports["mnist_export_svg"]()
    (line,) = (one for one in printed[0].axes[0].lines if one.get_transform() != printed[0].axes[0].transData)
    assert np.asarray(line.get_xdata()).tolist() == [knee["x0"]] * 2
    assert b"sharp rise | plateau" in exports["mnist_export_html"]()


@pytest.mark.parametrize("metric", ["accuracy", pytest.param("nll", marks=pytest.mark.long)])
def test_runs_of_the_lab_beside_one_another(
    lab: Lab, home: Path, exports: Exports, printed: list[Figure], metric: str
) -> None:
    runs = [finished(home, strategy=strategy, seed=s) for strategy in ("margin", "random") for s in (0, 1, 2)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs), mnist_metric=metric)
    assert_fine(at, "bands")
    compare_exports("mnist_overlay", charts(at)[-1]["data"], ["margin", "random"], exports, printed)


def test_the_difference_of_runs(lab: Lab, home: Path, exports: Exports, printed: list[Figure]) -> None:
    runs = [finished(home, strategy=strategy, seed=s) for strategy in ("margin", "random") for s in (0, 1, 2)]
    at = lab(mnist_compare=",".join(run.run_id for run in runs), mnist_past="difference")
    assert_fine(at, "difference")
    shown = charted_band(charts(at)[-1]["data"], "margin")
    page = exports["mnist_past_export_html"]()
    np.testing.assert_allclose(charted_band(page_data(page), "margin"), shown)
    exports["mnist_past_export_svg"]()
    np.testing.assert_allclose(drawn_band(printed[0], "margin"), shown)


def test_the_command_line(home: Path, tmp_path: Path, printed: list[Figure]) -> None:
    """Runs that differ in the seed alone are a mean with its interval; others are drawn one by one."""
    runs = [finished(home, strategy=strategy, seed=s) for strategy in ("margin", "random") for s in (0, 1, 2)]
    words = ["export", *(run.run_id for run in runs), "--out"]
    assert main([*words, str(tmp_path / "curves.html")]) == main([*words, str(tmp_path / "curves.svg")]) == 0
    page = page_data((tmp_path / "curves.html").read_bytes())
    for strategy in ("margin", "random"):
        with Store(home) as store:
            rows = store.curve([run.run_id for run in runs if run.strategy == strategy])
        accuracy_S_T = np.array([row["accuracy"] for row in rows]).reshape(3, -1)
        _, low, high = bounded_band(accuracy_S_T)
        labels = [row["labels"] for row in rows][: accuracy_S_T.shape[1]]
        expected = np.column_stack([labels, low, high])
        np.testing.assert_allclose(charted_band(page, strategy), expected)
        np.testing.assert_allclose(drawn_band(printed[0], strategy), expected)
    other = finished(home, strategy="margin", seed=0, seed_labels=61)
    assert main(["export", runs[0].run_id, other.run_id, "--out", str(tmp_path / "two.svg")]) == 0
    assert not printed[-1].axes[0].collections


def test_the_batch_explorer_exports_the_batch_of_its_slider(open_screen, exports: Exports) -> None:
    at = open_screen("pages/batch_explorer.py", batch_size="4", batch_alpha="0.5", batch_panels=["Top-k", "k-center"])
    assert not at.exception
    rows = exports["batch_export_csv"]().decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["selector", "hybrid", "top_k", "k_center"]
