"""The interactive figures: what plotly is given, and what the reader can tell from it."""

from __future__ import annotations

import base64
import json

import numpy as np
import plotly.graph_objects as go
import plotly.io
import plotly.tools
import pytest

from alcore.report.figures import PreparedFigure, typed_array


def spec() -> dict:
    """A figure with frames and one key plotly.py would refuse."""
    return {
        "data": [{"type": "scatter", "x": typed_array(np.arange(3)), "y": [0.5, 1.0, 2.0], "unknown_key": 1}],
        "layout": {"xaxis": {"range": [0, 3]}},
        "frames": [{"name": "0", "data": [{"y": [1, 2, 3]}], "traces": [0]}],
    }


def test_prepared_figure_reaches_the_browser_unchanged_and_uncopied():
    given = spec()
    with pytest.raises(ValueError):
        go.Figure(given)
    # The two calls st.plotly_chart makes.
    passed = plotly.tools.return_figure_from_figure_or_data(PreparedFigure(given), True)
    assert passed["data"] is given["data"]
    assert passed["frames"] is given["frames"]
    assert json.loads(plotly.io.to_json(passed, validate=False)) == given


def test_prepared_figure_is_taken_by_streamlit():
    streamlit_testing = pytest.importorskip("streamlit.testing.v1")

    def app() -> None:
        import streamlit as st

        from alcore.report.figures import PreparedFigure

        st.plotly_chart(
            PreparedFigure({"data": [{"type": "scatter", "y": [1], "unknown_key": 1}], "layout": {}})
        )

    at = streamlit_testing.AppTest.from_function(app).run()
    assert not at.exception
    assert json.loads(at.get("plotly_chart")[0].proto.spec) == {
        "data": [{"type": "scatter", "y": [1], "unknown_key": 1}],
        "layout": {},
    }


def test_prepared_figure_makes_a_page():
    page = plotly.io.to_html(PreparedFigure(spec()), include_plotlyjs=False)
    assert "unknown_key" in page
    assert "Plotly.addFrames" in page


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64", "int64", "bool"])
def test_typed_array_keeps_the_numbers(dtype):
    given = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    made = typed_array(given)
    back = np.frombuffer(base64.b64decode(made["bdata"]), dtype="<" + made["dtype"])
    assert made["shape"] == "2, 3"
    np.testing.assert_array_equal(back.reshape(2, 3), given)


def test_typed_array_is_read_by_plotly_as_the_same_numbers():
    # plotly.py makes the same form of the same numbers.
    ours = typed_array(np.array([1.5, 2.5], dtype=np.float32))
    theirs = go.Figure(go.Scatter(y=np.array([1.5, 2.5], dtype=np.float32))).to_dict()["data"][0]["y"]
    assert ours == theirs


def test_typed_array_falls_back_to_floats_for_wide_integers():
    assert typed_array(np.array([2**40]))["dtype"] == "f8"
    assert typed_array(np.array([2**20]))["dtype"] == "i4"
    assert typed_array([])["bdata"] == ""
