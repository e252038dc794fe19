"""The arena's animation: what each frame holds, against the race it was made of."""

import base64
import json
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.spatial.distance import cdist

from alcore.report import figures_2d_hover
from alcore.report.bands import tie_lines
from alcore.report.figures import PreparedFigure
from alcore.report.figures_2d import arena_figure
from alcore.report.figures_2d_playback import animation_html, apart, with_controls
from alcore.report.figures_2d_surfaces import SURFACES, Layer, layers, surface_words
from alcore.report.figures_2d_traces import CurveBand

POINTS, SEED_LABELS, BATCH, ROUNDS = 50, 3, 2, 5
X, Y = np.linspace(-3, 3, 40), np.linspace(-2, 2, 30)
NAMES = {"margin": "Margin", "random": "Random"}


@dataclass(frozen=True, eq=False)
class Made:
    """A race made up: what `alcore.loops.race.Racer` would hold."""

    strategy: str
    rounds: list[SimpleNamespace]
    order: np.ndarray
    surfaces_R_Y_X_C: np.ndarray
    probs_R_N_C: np.ndarray | None
    scores_R_N: np.ndarray | None
    acquisition_R_Y_X: np.ndarray | None


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
    return arena_figure(points, labels, letters, X, Y, racers or known, names=NAMES, **options).to_dict()


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


@pytest.mark.parametrize("classes", [2, 3])
def test_every_frame_holds_the_labels_of_its_round(classes: int) -> None:
    points, labels, racers = made(classes)
    figure = drawn(classes)
    assert [frame["name"] for frame in figure["frames"]] == [str(n) for n in range(ROUNDS + 1)]
    for number in range(ROUNDS + 1):
        traces = shown(figure, number)
        for panel, racer in enumerate(racers):
            count = racer.rounds[number].labels
            own = on_panel(traces, panel)
            marks = [trace for trace in own if trace.get("mode") == "markers+text"]
            for label, trace in enumerate(marks):
                rows = [row for row in racer.order[:count] if labels[row] == label]
                np.testing.assert_allclose(places(trace), points[rows].reshape(-1, 2), rtol=1e-6)
                turns = [int(np.flatnonzero(racer.order == row)[0]) - SEED_LABELS + 1 for row in rows]
                assert trace["text"][: len(rows)] == [str(t) if t > 0 else "" for t in turns]
            (ring,) = [
                t for t in own if t.get("mode") == "markers" and t["marker"]["color"] == "rgba(0,0,0,0)"
            ]
            newest = racer.order[count - BATCH : count] if number else []
            np.testing.assert_allclose(places(ring), points[newest].reshape(-1, 2), rtol=1e-6)
        markers = [trace for trace in on_panel(traces, len(racers)) if trace["mode"] == "markers"]
        assert [(trace["x"], trace["y"]) for trace in markers] == [
            ([racer.rounds[number].labels], [racer.rounds[number].accuracy]) for racer in racers
        ]
    assert figure["data"] == shown(figure, ROUNDS)  # it opens on the last
    assert not any("zorder" in trace for trace in figure["data"])


def test_points_tell_their_probabilities_score_rank_and_distance() -> None:
    points, labels, racers = made(3)
    figure = drawn(3)
    for number in range(ROUNDS + 1):
        for panel, racer in enumerate(racers):
            pool, known, asked = targets(on_panel(shown(figure, number), panel))
            count = racer.rounds[number].labels
            rows, next_rows = racer.order[:count], racer.order[count : count + BATCH]
            told = numbers(pool["customdata"])
            np.testing.assert_array_equal(told[:, :3], racer.probs_R_N_C[number])
            np.testing.assert_allclose(told[:, 3], cdist(points, points[rows]).min(axis=1), rtol=1e-5)
            free = np.setdiff1d(np.arange(POINTS), rows)
            if number < ROUNDS:
                score = racer.scores_R_N[number]
                np.testing.assert_array_equal(told[free, 4], score[free])
                for row in free:
                    assert told[row, 5] == 1 + np.sum(score[free] > score[row])
                assert f"of {POINTS - count}" in pool["hovertemplate"]
            else:
                assert "score" not in pool["hovertemplate"] and "nothing is asked" in pool["hovertemplate"]
            np.testing.assert_allclose(places(pool), points, rtol=1e-6)
            np.testing.assert_allclose(places(known), points[rows], rtol=1e-6)
            np.testing.assert_array_equal(numbers(known["customdata"])[:, :3], told[rows, :3])
            np.testing.assert_allclose(places(asked), points[next_rows].reshape(-1, 2), rtol=1e-6)
            np.testing.assert_array_equal(numbers(asked["customdata"]), told[next_rows])
            for turn, row in enumerate(rows):
                words = known["text"][turn]
                assert ["class A&lt;1&gt;", "class B", "class C"][labels[row]] in words
                when = (turn - SEED_LABELS) // BATCH + 1
                assert (f"in round {when}" in words) if turn >= SEED_LABELS else ("a first label" in words)


def test_a_strategy_without_scores_for_all_points_tells_no_rank() -> None:
    _, _, racers = made()
    only_picks = np.full_like(racers[0].scores_R_N, np.nan)
    for number, one in enumerate(racers[0].rounds[:-1]):
        only_picks[number, racers[0].order[one.labels : one.labels + BATCH]] = 0.25
    batched = replace(racers[0], scores_R_N=only_picks)
    unknown = replace(racers[1], probs_R_N_C=None, scores_R_N=None)
    pool, _, asked = targets(on_panel(shown(drawn(racers=[batched]), 2), 0))
    assert "score" not in pool["hovertemplate"] and "rank" not in asked["hovertemplate"]
    assert "score" in asked["hovertemplate"]
    assert set(numbers(asked["customdata"])[:, 3]) == {0.25}
    for trace in targets(on_panel(shown(drawn(racers=[unknown]), 2), 0)):
        assert "customdata" not in trace


def test_long_races_tell_the_numbers_of_some_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = drawn()
    size = len(json.dumps([targets(shown(everything, n)) for n in range(ROUNDS + 1)]))
    monkeypatch.setattr(figures_2d_hover, "MAX_BYTES", 6_000)
    figure = drawn()
    told = [n for n in range(ROUNDS + 1) if "%{customdata" in targets(shown(figure, n))[0]["hovertemplate"]]
    assert told == [0, 3, 5]
    assert "the nearest is 3" in targets(shown(figure, 2))[0]["hovertemplate"]
    assert len(json.dumps([targets(shown(figure, n)) for n in told])) < 0.6 * size


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("classes", [2, 4])
def test_plotly_takes_every_surface_with_all_that_can_be_added(surface: Any, classes: int) -> None:
    band = CurveBand(np.arange(3, 14, 2), np.full(6, 0.2), np.full(6, 0.95))
    truth = softmax(
        np.stack(np.meshgrid(X, Y), axis=-1), np.random.default_rng(9).normal(size=(1, 3, classes))
    )
    figure = drawn(
        classes,
        surface=surface,
        boundary_V_2=tie_lines(X, Y, truth[0]),
        curve_bands=[band, band],
        narrow=classes == 4,
        dark=True,
    )
    for spec in (
        figure,
        apart(PreparedFigure(figure))[0].to_dict(),
        with_controls(PreparedFigure(figure)).to_dict(),
    ):
        checked = go.Figure(spec)
        assert len(checked.data) == len(figure["data"])
    assert any(trace.get("name") == "Best possible boundary" for trace in figure["data"])
    low, high = figure["layout"]["yaxis3"]["range"]
    assert low < 0.2 and high > 0.95
    assert surface_words(surface, made(classes)[2]).endswith(".")


def covered(surface: Any, racer: Any, against: Any, level: int, number: int, at: np.ndarray) -> np.ndarray:
    """Which places the nth tint covers, by the nonzero rule: turns of its rings around each."""
    layer = layers(surface, racer, against, X, Y, fine=True)[level]
    assert isinstance(layer, Layer)
    turns = np.zeros(len(at), dtype=int)
    vertices = layer.polygons_R[number].astype(float)
    for a, b in zip(vertices[:-1], vertices[1:], strict=True):
        if np.isnan([*a, *b]).any():
            continue
        side = (b[0] - a[0]) * (at[:, 1] - a[1]) - (at[:, 0] - a[0]) * (b[1] - a[1])
        turns += ((a[1] <= at[:, 1]) & (b[1] > at[:, 1]) & (side > 0)).astype(int)
        turns -= ((a[1] > at[:, 1]) & (b[1] <= at[:, 1]) & (side < 0)).astype(int)
    return turns != 0


@pytest.mark.parametrize("classes", [2, 3])
def test_tints_cover_what_the_words_say(classes: int) -> None:
    _, _, racers = made(classes)
    own, other = racers
    columns, rows = np.meshgrid(np.arange(1, 39), np.arange(1, 29))
    at = np.stack([X[columns], Y[rows]], axis=-1).reshape(-1, 2) + 1e-4
    for number in (0, 3):
        probs = own.surfaces_R_Y_X_C[number][rows, columns].reshape(-1, classes)
        rival = other.surfaces_R_Y_X_C[number][rows, columns].reshape(-1, classes)
        score = own.acquisition_R_Y_X[number]
        shares = ((score - score.min()) / np.ptp(score))[rows, columns].ravel()
        best = np.sort(probs, axis=1)
        wanted = {
            ("probability", 2): (probs[:, 0] == best[:, -1]) & (best[:, -1] > 3 * best[:, -2]),
            ("uncertainty", 1): 1 - best[:, -1] >= 0.2,
            ("score", 2): shares >= 0.6,
            ("disagreement", 1): np.abs(probs - rival).sum(axis=1) / 2 >= 0.1,
        }
        for (surface, level), inside in wanted.items():
            found = covered(surface, own, other, level, number, at)
            assert np.mean(found != inside) < 0.005, surface


def test_panels_say_whom_they_are_compared_with_and_what_they_lack() -> None:
    def titles(**options: Any) -> list[str]:
        return [note["text"] for note in drawn(**options)["layout"]["annotations"]][:2]

    assert titles() == ["<b>Margin</b>", "<b>Random</b>"]
    margin, random = titles(surface="score")
    assert margin == "<b>Margin</b>" and "no score of its own" in random
    assert [title.split("<sup>")[1] for title in titles(surface="disagreement")] == [
        "against random</sup>",
        "against margin</sup>",
    ]
    assert "against margin" in titles(surface="disagreement", reference="margin")[1]
    assert titles(racers=made(2, ("margin",))[2], surface="disagreement")[0].endswith("against margin</sup>")


def test_two_learners_that_agree_show_no_difference() -> None:
    _, _, racers = made()
    twin = replace(racers[0], strategy="random")
    tints = [
        tint for tint in layers("disagreement", racers[0], twin, X, Y, fine=True) if isinstance(tint, Layer)
    ]
    assert len(tints) == 4
    for tint in tints:
        assert all(np.isnan(polygons).all() for polygons in tint.polygons_R)


def test_apart_and_put_together_again_it_is_the_same_figure() -> None:
    figure = drawn()
    still, reel = apart(PreparedFigure(figure))
    told = json.loads(reel)
    assert still.to_dict()["layout"]["meta"]["reel"] == told["token"]
    assert reel.startswith(b'{"token":"')  # the player looks no further to know a race again
    assert "frames" not in still.to_dict()
    assert still.to_dict()["data"] == figure["data"]
    assert told["labels"] == [3, 5, 7, 9, 11, 13]
    assert told["frames"] == [frame["data"] for frame in figure["frames"]]
    assert told["traces"] == figure["frames"][0]["traces"]
    dark, other = apart(PreparedFigure(drawn(dark=True)))[1], apart(PreparedFigure(drawn(3)))[1]
    assert json.loads(dark)["token"] == told["token"] != json.loads(other)["token"]


def test_the_usual_race_is_small_enough_to_be_live() -> None:
    rng = np.random.default_rng(0)
    held = np.arange(4, 35)
    racers = [
        Made(
            name,
            [SimpleNamespace(labels=int(count), accuracy=0.8) for count in held],
            rng.permutation(400)[:34],
            softmax(np.stack(np.meshgrid(X, Y), axis=-1), weights := rng.normal(size=(31, 3, 2))),
            softmax(points := rng.normal(size=(400, 2)), weights),
            rng.random((31, 400)),
            None,
        )
        for name in ("margin", "entropy", "random")
    ]
    still, reel = apart(arena_figure(points, rng.integers(0, 2, 400), "AB", X, Y, racers, names={}))
    assert len(reel) < 1_500_000
    assert len(json.dumps(still.to_dict())) < 150_000


def test_the_page_of_its_own_needs_no_network_and_has_the_controls() -> None:
    page = animation_html(PreparedFigure(drawn()), "A <b> race", caption="Words & more").decode()
    body = page[page.index("Plotly.newPlot") :]
    assert "A &lt;b&gt; race" in page and "Words &amp; more" in page
    assert "<script src" not in page and "<link" not in page
    assert '"sliders"' in body and "Plotly.addFrames" in body
    assert "Plotly.animate" not in body  # it waits to be played
    assert len(page) > 3_000_000  # plotly.js itself
