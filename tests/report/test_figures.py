"""The interactive figures: what plotly is given, and what the reader can tell from it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io
import plotly.tools
import pytest

from alcore.report.bounded import bounded_band
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.render import PreparedFigure, to_page_part, to_plotly, typed_array
from alcore.report.style import strategy_style
from tests.support.charts import drawn, numbers

NAMES = {"random": "Random", "margin": "Margin <2>"}


def spec() -> dict[str, Any]:
    """A figure with frames and one key plotly.py would refuse."""
    return {
        "data": [{"type": "scatter", "x": typed_array(np.arange(3)), "y": [0.5, 1.0, 2.0], "unknown_key": 1}],
        "layout": {"xaxis": {"range": [0, 3]}},
        "frames": [{"name": "0", "data": [{"y": [1, 2, 3]}], "traces": [0]}],
    }


def test_prepared_figure_reaches_the_browser_unchanged_and_uncopied() -> None:
    given = spec()
    with pytest.raises(ValueError):
        go.Figure(given)
    # The two calls st.plotly_chart makes.
    passed = plotly.tools.return_figure_from_figure_or_data(PreparedFigure(given), True)
    assert passed["data"] is given["data"]
    assert passed["frames"] is given["frames"]
    assert json.loads(plotly.io.to_json(passed, validate=False)) == given


def test_prepared_figure_is_taken_by_streamlit() -> None:
    streamlit_testing = pytest.importorskip("streamlit.testing.v1")

    def app() -> None:
        import streamlit as st

        from alcore.report.interactive.render import PreparedFigure

        st.plotly_chart(PreparedFigure({"data": [{"type": "scatter", "y": [1], "unknown_key": 1}], "layout": {}}))

    at = streamlit_testing.AppTest.from_function(app).run()
    assert not at.exception
    assert json.loads(at.get("plotly_chart")[0].proto.spec) == {
        "data": [{"type": "scatter", "y": [1], "unknown_key": 1}],
        "layout": {},
    }


def test_prepared_figure_makes_a_page() -> None:
    page = plotly.io.to_html(PreparedFigure(spec()), include_plotlyjs=False)
    assert "unknown_key" in page
    assert "Plotly.addFrames" in page


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64", "int64", "bool"])
def test_typed_array_keeps_the_numbers(dtype: str) -> None:
    given = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    made = typed_array(given)
    back = np.frombuffer(base64.b64decode(made["bdata"]), dtype="<" + made["dtype"])
    assert made["shape"] == "2, 3"
    np.testing.assert_array_equal(back.reshape(2, 3), given)


def test_typed_array_is_read_by_plotly_as_the_same_numbers() -> None:
    # plotly.py makes the same form of the same numbers.
    ours = typed_array(np.array([1.5, 2.5], dtype=np.float32))
    theirs = go.Figure(go.Scatter(y=np.array([1.5, 2.5], dtype=np.float32))).to_dict()["data"][0]["y"]
    assert ours == theirs


def test_typed_array_falls_back_to_floats_for_wide_integers() -> None:
    assert typed_array(np.array([2**40]))["dtype"] == "f8"
    assert typed_array(np.array([2**20]))["dtype"] == "i4"
    assert typed_array([])["bdata"] == ""


def frame(*seeds: int, rounds: int = 4, strategies: tuple[str, ...] = ("random", "margin")) -> pd.DataFrame:
    """Paired races, one for each seed."""
    rng = np.random.default_rng(0)
    return curve_frame(
        {
            "run": f"{strategy}-{seed}",
            "strategy": strategy,
            "seed": seed,
            "round": i,
            "labels": 1000 + 500 * i,
            "accuracy": rng.uniform(0.5, 0.9),
            "train_loss": None if strategy == "random" else 1 / (i + 1),
            "seconds": 1.0,
        }
        for seed in seeds
        for strategy in strategies
        for i in range(rounds)
    )


def test_a_line_holds_the_numbers_and_the_look_of_its_strategy() -> None:
    race = frame(0)
    traces = drawn(learning_curves(race, names=NAMES))["data"]
    assert [trace["name"] for trace in traces] == ["Random", "Margin &lt;2&gt;"]
    for trace, (_, curve) in zip(traces, race.groupby("run", sort=False), strict=True):
        np.testing.assert_array_equal(numbers(trace["x"]), curve["labels"])
        np.testing.assert_array_equal(numbers(trace["y"]), curve["accuracy"])
        style = strategy_style(curve["strategy"].iloc[0])
        found = (trace["line"]["color"], trace["line"]["dash"], trace["marker"]["symbol"])
        assert found == (style.color, style.dash, style.symbol)


def test_hovering_tells_run_seed_round_and_values() -> None:
    random, margin = drawn(learning_curves(frame(3), names=NAMES))["data"]
    assert "<b>Random</b><br>Run random-3, seed 3<br>" in random["hovertemplate"]
    assert "Training loss" not in random["hovertemplate"]  # it has none
    assert "Training loss %{customdata[3]:.4f}" in margin["hovertemplate"]
    assert margin["customdata"][1][:2] == [1, 1500]


@pytest.mark.parametrize("metric", ["accuracy", "train_loss", "labels"])
@pytest.mark.parametrize("x", ["labels", "round"])
def test_every_metric_fits_its_axes(metric: str, x: str) -> None:
    race = frame(0)
    layout = drawn(replace(learning_curves(race, metric=metric, x=x), title="A & B"), dark=True)["layout"]
    for axis, column in ((layout["xaxis"], x), (layout["yaxis"], metric)):
        low, high = axis["range"]
        assert low <= race[column].min() and race[column].max() <= high
        assert axis["title"]["text"]
    assert layout["title"]["text"] == "A &amp; B"


def test_given_ranges_stay_while_a_run_grows() -> None:
    short, long = (
        drawn(learning_curves(frame(0, rounds=n), x_range=(900, 3100), y_range=(0.4, 1.0)))["layout"] for n in (1, 4)
    )
    for layout in (short, long):
        assert layout["xaxis"]["range"] == [900, 3100]
        assert layout["yaxis"]["range"] == [0.4, 1.0]
    assert short["uirevision"] == long["uirevision"]


@pytest.mark.parametrize("rounds", [0, 1])
def test_a_run_that_has_hardly_begun_is_drawn(rounds: int) -> None:
    layout = drawn(learning_curves(frame(0, rounds=rounds)))["layout"]
    assert all(np.isfinite(layout[axis]["range"]).all() for axis in ("xaxis", "yaxis"))
    assert layout["showlegend"] is bool(rounds)


def test_two_runs_of_one_strategy_are_told_apart() -> None:
    seeds = drawn(learning_curves(frame(0, 1, strategies=("margin",)), names=NAMES))["data"]
    assert [trace["name"] for trace in seeds] == ["Margin &lt;2&gt;, seed 0", "Margin &lt;2&gt;, seed 1"]
    assert [trace["marker"]["symbol"] for trace in seeds] == ["square", "square-open"]
    again = frame(0, strategies=("margin",))
    same_seed = pd.concat([again, again.assign(run="other")])
    by_default = drawn(learning_curves(same_seed))["data"]
    assert [trace["name"] for trace in by_default] == ["margin (margin-0)", "margin (other)"]
    by_run = drawn(learning_curves(same_seed, names={"margin-0": "MLP", "other": "CNN"}))["data"]
    assert [trace["name"] for trace in by_run] == ["MLP", "CNN"]


def test_bands_are_the_interval_of_the_mean_behind_every_seed() -> None:
    races = frame(0, 1, 2)
    traces = drawn(learning_curves(races, names=NAMES, bands=True))["data"]
    shown = [trace for trace in traces if trace.get("showlegend") is not False]
    assert [trace["name"] for trace in shown] == [
        "Random (mean of 3 seeds, 95 % interval)",
        "Margin &lt;2&gt; (mean of 3 seeds, 95 % interval)",
    ]
    table = races[races["strategy"] == "random"].pivot(index="labels", columns="run", values="accuracy")
    np.testing.assert_allclose(numbers(shown[0]["y"]), table.mean(axis=1))
    (area,) = [trace for trace in traces if trace.get("fill") == "toself" and trace["legendgroup"] == "random"]
    _, low, high = bounded_band(table.to_numpy().T)
    np.testing.assert_allclose(numbers(area["y"])[:4], low)
    np.testing.assert_allclose(numbers(area["y"])[4:][::-1], high)
    # In percent, since d3's format writes no space before the sign.
    told = dict(zip((3, 4), (low, high), strict=True)) | {2: table.mean(axis=1)}
    for place, share_T in told.items():
        assert f"%{{customdata[{place}]:.1f}} %" in shown[0]["hovertemplate"]
        np.testing.assert_allclose(numbers(shown[0]["customdata"])[:, place], 100 * np.asarray(share_T))
    assert drawn(learning_curves(races))["layout"]["yaxis"]["labelalias"]["82.5%"] == "82.5 %"
    assert len(traces) == 2 * (1 + 3 + 1)


def test_no_band_over_runs_that_are_not_seeds_of_one_thing() -> None:
    again = frame(0, strategies=("margin",))
    traces = drawn(learning_curves(pd.concat([again, again.assign(run="other")]), bands=True))["data"]
    assert len(traces) == 2 and not any("fill" in trace for trace in traces)


def test_nonsense_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match='Cannot draw "recall"; choose one of accuracy, train_loss, labels'):
        learning_curves(frame(0), metric="recall")
    with pytest.raises(ValueError, match="choose one of labels, round"):
        learning_curves(frame(0), x="seconds")


def test_no_button_uploads_the_data() -> None:
    assert "sendChartToCloud" in drawn(learning_curves(frame(0)))["layout"]["modebar"]["remove"]


def test_a_page_part_is_the_same_each_time() -> None:
    race = to_plotly(learning_curves(frame(0)))
    assert to_page_part(race, "curve") == to_page_part(race, "curve")
    assert 'id="curve"' in to_page_part(race, "curve")
