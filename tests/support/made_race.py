"""A made-up race, its figure, and what plotly.js would read in it."""

import base64
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from alcore.report.interactive.arena.figure import Drawing, arena_figure

POINTS, SEED_LABELS, BATCH, ROUNDS = 50, 3, 2, 5
X, Y = np.linspace(-3, 3, 40), np.linspace(-2, 2, 30)
NAMES = {"margin": "Margin", "random": "Random"}


@dataclass(frozen=True, eq=False)
class Made:
    """A race made up: what `alcore.loops.races.race.RaceTrace` would hold."""

    strategy: str
    rounds: list[SimpleNamespace]
    order: np.ndarray
    surfaces_R_Y_X_C: np.ndarray
    probs_R_N_C: np.ndarray | None
    scores_R_N: np.ndarray | None
    acquisition_R_Y_X: np.ndarray | None
    wrong_R_T: np.ndarray | None = None


def softmax(points: np.ndarray, weights_R_3_C: np.ndarray) -> np.ndarray:
    padded = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)
    odds = np.exp(np.einsum("...d,rdc->r...c", padded, weights_R_3_C))
    return (odds / odds.sum(axis=-1, keepdims=True)).astype(np.float32)


def made(classes: int = 2, strategies: tuple[str, ...] = tuple(NAMES)) -> tuple[np.ndarray, np.ndarray, list]:
    """Points, their labels and a race on them."""
    rng = np.random.default_rng(classes)
    points, labels = rng.normal(size=(POINTS, 2)), rng.integers(0, classes, POINTS)
    grid = np.stack(np.meshgrid(X, Y), axis=-1)
    racers = []
    for strategy in strategies:
        weights = rng.normal(size=(ROUNDS + 1, 3, classes))
        held = [SEED_LABELS + BATCH * number for number in range(ROUNDS + 1)]
        order = rng.permutation(POINTS)[: held[-1]]
        scores = rng.random((ROUNDS + 1, POINTS)).astype(np.float32)
        for number, count in enumerate(held):
            scores[number, order[:count]] = np.nan
        scores[-1] = np.nan
        surfaces = softmax(grid, weights)
        rounds = [SimpleNamespace(labels=count, accuracy=float(rng.uniform(0.5, 0.9))) for count in held]
        acquisition = None if strategy == "random" else surfaces.min(axis=-1)
        racers.append(Made(strategy, rounds, order, surfaces, softmax(points, weights), scores, acquisition))
    return points, labels, racers


def drawn(classes: int = 2, racers: list | None = None, **options: Any) -> dict[str, Any]:
    points, labels, known = made(classes)
    letters = ["A<1>", "B", "C", "D"][:classes]
    still = options.pop("still", False)
    how = Drawing(**{"names": NAMES} | options)
    return arena_figure(points, labels, letters, X, Y, racers or known, how, still=still).to_dict()


def numbers(value: Any) -> np.ndarray:
    """What plotly.js would read."""
    if not isinstance(value, dict):
        return np.asarray(value, dtype=float)
    flat = np.frombuffer(base64.b64decode(value["bdata"]), dtype="<" + value["dtype"])
    return flat.reshape([int(n) for n in value["shape"].split(",")]) if "shape" in value else flat


def shown(figure: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """All traces as they are in a round."""
    traces = [dict(trace) for trace in figure["data"]]
    frame = figure["frames"][number]
    for index, change in zip(frame["traces"], frame["data"], strict=True):
        traces[index] |= change
    return traces


def on_panel(traces: list[dict[str, Any]], panel: int) -> list[dict[str, Any]]:
    axis = "x" if panel == 0 else f"x{panel + 1}"
    return [trace for trace in traces if trace["xaxis"] == axis]


def places(trace: dict[str, Any]) -> np.ndarray:
    """The points of a trace; it ends where its shortest array does."""
    x, y = numbers(trace["x"]), numbers(trace["y"])
    found = np.stack([x[: len(y)], y[: len(x)]], axis=1)
    return found[~np.isnan(found).any(axis=1)]


def targets(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [trace for trace in traces if trace.get("hoveron") == "points"]
