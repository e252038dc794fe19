"""The scenes that maps are drawn from: where things lie, and what is said about them."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from alcore.datasets.planar.generate import planar
from alcore.loops.batch_explorer import (
    BatchExperiment,
    accuracy_after,
    batch_strategy,
    best_joint_information,
    information_of,
    run_batch_experiment,
    select_batch,
    uncertainty_and_distance_surfaces,
)
from alcore.loops.races.grid import grid_over
from alcore.report.phrases import percent
from alcore.report.statistics.batch_quality import BatchSummary, summarise_batch, worth_of
from alcore.report.style import ink_on, luminance, strategy_style
from alcore.report.svg.batch_panels import NUMBERS, chooser_scene, panels_scene
from alcore.report.svg.paths import SHARES, marker, place_points, surface_paths, symbol_path
from alcore.report.svg.plane import BatchPanel, PoolMap2D, Surface
from alcore.report.svg.trade_off_slider import SliderPosition, headline, trade_off, trade_off_slider
from alcore.rng import rng_for

DATA = planar("blobs", points=120, classes=3, near_duplicates=60, rng=rng_for(1, "data"))
FOUND = run_batch_experiment(DATA, seed=1, labeled=6)
SYMBOLS = [
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "triangle-down",
    "pentagon",
    "star",
    "cross",
    "x",
    "hexagon",
]


def plane_of(found: BatchExperiment) -> PoolMap2D:
    grid = grid_over(found.dataset, rows=20, aspect=1.0)
    unsure, away = uncertainty_and_distance_surfaces(found, grid)
    return PoolMap2D(
        DATA.x_pool,
        DATA.y_pool,
        DATA.class_names,
        found.labeled,
        grid.x,
        grid.y,
        Surface.over(grid.x, grid.y, unsure),
        Surface.over(grid.x, grid.y, away),
        found.whole(found.scores_N),
        found.whole(found.distance_to_labeled_N),
    )


PLANE = plane_of(FOUND)


def summary(picks: np.ndarray) -> BatchSummary:
    told = information_of(FOUND, picks)
    unsure = FOUND.scores_N[FOUND.rows(picks)]
    measured = summarise_batch(DATA.x_pool, DATA.y_pool, 3, FOUND.labeled, picks, unsure, told)
    worth = worth_of(
        told.joint, best_joint_information(FOUND, select_batch(FOUND, batch_strategy("batchbald"), len(picks)).indices)
    )
    return replace(measured, worth=worth, accuracy=accuracy_after(FOUND, picks))


def panel(name: str, k: int = 5) -> BatchPanel:
    batch = select_batch(FOUND, batch_strategy(name), k)
    return BatchPanel(
        name, name.title(), "About it.", batch.indices, batch.scores, summary(batch.indices), PLANE.unsure
    )


def rings(path: str) -> list[np.ndarray]:
    found = [ring for ring in path.split("M") if ring]
    return [np.array([list(map(float, at.split())) for at in re.sub("Z", "", ring).split("L")]) for ring in found]


def test_corners_of_the_plane_are_corners_of_the_map() -> None:
    x, y = np.array([-1.0, 0, 3]), np.array([2.0, 4])
    corners = np.array([[-1.0, 4], [3, 4], [3, 2], [1, 3]])
    assert place_points(corners, x, y).tolist() == [[0, 0], [1000, 0], [1000, 1000], [500, 500]]


def test_bands_hold_the_places_that_are_high_enough() -> None:
    x, y = np.linspace(-1, 1, 41), np.linspace(-1, 1, 41)
    across, up = np.meshgrid(x, y)
    z = np.maximum(0, 1 - np.hypot(across, up))
    for share, path in zip(SHARES, surface_paths(x, y, z), strict=True):
        (ring,) = rings(path)
        assert np.hypot(*(ring - 500).T) == pytest.approx(500 * (1 - share), abs=8)
    assert surface_paths(x, y, np.zeros_like(z)) == [""] * len(SHARES)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_symbols_are_closed_around_the_origin_and_about_as_large_as_one_another(symbol: str) -> None:
    path = symbol_path(symbol)
    assert path.startswith("M") and path.endswith("Z")
    if symbol == "circle":
        return
    (corners,) = rings(path)
    closed = [*corners, corners[0]]
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(closed))) / 2
    assert 2.2 < area < 3.6
    assert Outline(corners).contains_point((0, 0))
    # A number has room around the middle.
    assert all(Outline(corners).contains_point(at) for at in ((0.35, 0), (-0.35, 0), (0, 0.3), (0, -0.3)))


def test_symbols_look_different() -> None:
    assert len({symbol_path(symbol) for symbol in SYMBOLS}) == len(SYMBOLS)
    assert rings(symbol_path("triangle-up"))[0][0][1] < 0 < rings(symbol_path("triangle-down"))[0][0][1]


def test_numbers_can_be_read_on_every_colour() -> None:
    for name in ("top_k", "k_center", "hybrid", "hybrid_product", "random", "you", "bald", "entropy"):
        ground, ink = luminance(strategy_style(name).color), luminance(ink_on(strategy_style(name).color))
        assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5
        assert marker(name)["ink"] == ink_on(strategy_style(name).color)


def test_a_stop_says_what_its_batch_is() -> None:
    stops = []
    for alpha in (0.0, 0.5, 1.0):
        picks = select_batch(FOUND, batch_strategy("hybrid", alpha=alpha), 8).indices
        stops.append(SliderPosition(alpha, picks, summary(picks)))
    scene = trade_off_slider(PLANE, stops, [panel("k_center", 8)], now=0.5, alpha=0.5, step=5)
    json.dumps(scene, allow_nan=False)
    assert [stop["alpha"] for stop in scene["stops"]] == [1.0, 0.5, 0.0]
    top = scene["stops"][0]
    assert top["picks"] == stops[2].picks.tolist()
    at = place_points(DATA.x_pool[stops[2].picks], PLANE.x, PLANE.y).tolist()
    assert [scene["points"][index][:2] for index in top["picks"]] == at
    best = stops[2].summary
    assert top["headline"]["labels"] == "8 labels worth" and top["headline"]["worth"] == f"{best.worth:.1f}"
    told = f"the best {best.worth:.1f}; counted one by one, {percent(best.repeated, 0)} of their information is"
    assert told in top["headline"]["rest"]
    trade = scene["trade"]
    assert trade["path"][0] == top["at"] == [best.mean_uncertainty, best.worth] and trade["most"] == 8
    assert [dot["name"] for dot in trade["dots"]] == ["K_Center"]
    places = [*(at[0] for at in trade["path"]), *(dot["at"][0] for dot in trade["dots"])]
    assert trade["x"][0] < min(places) and max(places) < trade["x"][1]
    far = place_points(DATA.x_pool[[stops[2].summary.farthest]], PLANE.x, PLANE.y)[0].tolist()
    assert [top["far"]["x"], top["far"]["y"]] == far
    side = PLANE.x[-1] - PLANE.x[0]
    assert top["far"]["radius"] == pytest.approx(1000 * stops[2].summary.covering_radius / side, abs=0.5)
    assert len(top["twice"]) == round(8 * stops[2].summary.duplicate_rate) > 0
    assert f"{len(top['twice'])} of the picks repeat another" in top["says"]


def test_a_batch_of_ones_own_stays_in_the_plot_and_one_pick_repeats_nothing() -> None:
    picks = select_batch(FOUND, batch_strategy("hybrid", alpha=1.0), 8).indices
    stops = [SliderPosition(1.0, picks, summary(picks))]
    certain = FOUND.unlabeled[np.argsort(PLANE.unsure_N[FOUND.unlabeled])[:1]]
    own = summary(certain)
    assert own.mean_uncertainty < trade_off(stops, [])["x"][0], "it would lie outside"
    low, high = trade_off(stops, [], own)["x"]
    assert low < own.mean_uncertainty < high
    rest = headline(own, 0.5)["rest"]
    assert "counted one by one, 0 % of their information is redundant" in rest or rest.startswith("All models")


def test_panels_mark_the_best_of_each_row() -> None:
    shown = [panel("top_k"), panel("k_center")]
    scene = panels_scene(PLANE, shown)
    json.dumps(scene, allow_nan=False)
    for row, number in enumerate(NUMBERS):
        values = [number.measure(one.summary) for one in shown]
        marked = [one["numbers"][row]["best"] for one in scene["panels"]]
        if number.better == 0 or values[0] == values[1]:
            assert marked == [False, False]
        else:
            best = max(values) if number.better > 0 else min(values)
            assert marked == [value == best for value in values]
        assert [one["numbers"][row]["value"] for one in scene["panels"]] == [number.say(o.summary) for o in shown]
    assert {one["told"]["most"] for one in scene["panels"]} == {max(one.summary.sum_of_marginals for one in shown)}


def test_one_pick_has_no_distance_and_no_best() -> None:
    scene = panels_scene(PLANE, [panel("top_k", 1), panel("k_center", 1)])
    for one in scene["panels"]:
        numbers = {number["term"]: number for number in one["numbers"]}
        assert numbers["Mean distance"]["value"] == numbers["Smallest distance"]["value"] == "none"
        assert not numbers["Mean distance"]["best"]
        assert one["told"]["says"].startswith("0.00 nats, 0 %, redundant")


def test_picks_are_told_with_their_class_and_labelled_points_are_apart_from_the_pool() -> None:
    one = panel("top_k")
    (drawn,) = panels_scene(PLANE, [one])["panels"]
    for pick, index in zip(drawn["picks"], one.picks, strict=True):
        assert pick["id"] == index and pick["says"].endswith(f"turns out to be {'ABC'[DATA.y_pool[index]]}")
    back = PLANE.backdrop()
    assert back["pool"].count("M") == len(DATA.y_pool) - 6
    assert [len(one["at"]) for one in back["labelled"]] == [2, 2, 2]


def test_points_to_choose_from_come_by_rank() -> None:
    chosen = select_batch(FOUND, batch_strategy("hybrid"), 3).indices
    stops = [SliderPosition(0.5, chosen, summary(chosen))]
    more: dict[str, Any] = {"unlabeled": FOUND.unlabeled, "most": 100, "trade": trade_off(stops, []), "now": 0.5}
    scene = chooser_scene(PLANE, chosen, summary(chosen), **more)
    ranks = [point[0] for point in scene["points"]]
    assert ranks == select_batch(FOUND, batch_strategy("top_k"), 200).indices.tolist()
    assert scene["chosen"] == chosen.tolist() and "3 points chosen" in scene["says"]
    empty = chooser_scene(PLANE, chosen[:0], None, **more)
    assert empty["chosen"] == [] and empty["far"] is None
