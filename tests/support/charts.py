"""What the tests of the lab's charts share: reading what plotly is given, and runs with every measure."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from alcore.report.charts.chart import Chart
from alcore.report.curves import curve_frame
from alcore.report.interactive.render import PreparedFigure, to_plotly


def checked(figure: PreparedFigure) -> dict[str, Any]:
    """What the browser is given, once plotly has looked at every property of it."""
    spec = figure.to_dict()
    go.Figure({key: spec[key] for key in ("data", "layout")})
    return spec


def drawn(chart: Chart, *, dark: bool = False) -> dict[str, Any]:
    """A chart as it is on the screen, likewise."""
    return checked(to_plotly(chart, dark=dark))


def numbers(typed: Any) -> np.ndarray:
    """The numbers of a typed array, or of a list."""
    if not isinstance(typed, dict):
        return np.asarray(typed)
    flat = np.frombuffer(base64.b64decode(typed["bdata"]), dtype="<" + typed["dtype"])
    return flat.reshape([int(n) for n in typed["shape"].split(",")]) if "shape" in typed else flat


def measured_runs(strategy: str, gain: float, seeds: int, *, rounds: int = 4, measured: bool = True) -> pd.DataFrame:
    rows = []
    for seed in range(seeds):
        noise = np.random.default_rng(seed).normal(0, 0.01, rounds)
        for i in range(rounds):
            height = 0.6 + 0.08 * i + noise[i] + gain * (1 + 0.3 * seed) * (i > 0)
            rows.append(
                {
                    "run": f"{strategy}-{seed}",
                    "strategy": strategy,
                    "seed": seed,
                    "round": i,
                    "labels": 20 + 10 * i,
                    "accuracy": height,
                    "train_loss": 1 - height,
                    "seconds": 1.0,
                }
                | ({"balanced_accuracy": height - 0.01, "nll": 2 - height, "ece": 0.1} if measured else {})
            )
    return curve_frame(rows)
