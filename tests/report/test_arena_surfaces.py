"""What lies behind the arena's points: what the tints cover, and the words for them."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from alcore.report.contours import tie_lines
from alcore.report.interactive.arena.surfaces import SURFACES, Layer, layers, surface_words
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.style import DARK, LIGHT, class_style, luminance
from tests.support.made_race import ROUNDS, X, Y, drawn, made, softmax


def without_own(part: Any) -> Any:
    """A figure without the properties that only the player reads."""
    if isinstance(part, dict):
        return {key: without_own(value) for key, value in part.items() if key not in ("order", "labels")}
    return [without_own(one) for one in part] if isinstance(part, list) else part


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("classes", [2, 4])
def test_plotly_takes_every_surface_with_all_that_can_be_added(surface: Any, classes: int) -> None:
    band = CurveBand(np.arange(3, 14, 2), np.full(6, 0.2), np.full(6, 0.95))
    truth = softmax(np.stack(np.meshgrid(X, Y), axis=-1), np.random.default_rng(9).normal(size=(1, 3, classes)))
    figure = drawn(
        classes,
        surface=surface,
        boundary_V_2=tie_lines(X, Y, truth[0]),
        curve_bands=[band, band],
        test_T_2=made(classes)[0],
        dark=True,
    )
    # The points labelled are for the player, which computes hover numbers from them; plotly.js passes them by.
    assert len(go.Figure(without_own(figure)).data) == len(figure["data"])
    assert any(trace.get("name") == "Best possible boundary" for trace in figure["data"])
    low, high = figure["layout"]["yaxis3"]["range"]
    assert low < 0.2 and high > 0.95
    assert surface_words(surface, made(classes)[2]).endswith(".")


def test_a_knee_is_marked_where_the_rise_ends_and_only_there() -> None:
    band = CurveBand(np.arange(3, 14, 2), np.full(6, 0.2), np.full(6, 0.6), knee=7)
    figure = drawn(2, curve_bands=[band, CurveBand(band.labels_T, band.low_T, band.high_T)])
    marked = [trace for trace in figure["data"] if trace.get("marker", {}).get("symbol") == "line-ns"]
    assert [(trace["x"], trace["y"]) for trace in marked] == [([7], [pytest.approx(0.4)]), ([], [])]


def covered(surface: Any, racer: Any, against: Any, level: int, number: int, at: np.ndarray) -> np.ndarray:
    """Which places the nth tint covers, by the nonzero rule: turns of its rings around each."""
    layer = layers(surface, racer, against, X, Y, rounds=range(ROUNDS + 1), fine=True)[level]
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
        return [title["text"] for title in drawn(**options)["layout"]["meta"]["titles"]]

    assert titles() == ["<b>Margin</b>", "<b>Random</b>"]
    margin, random = titles(surface="score")
    assert margin == "<b>Margin</b>" and "no own score" in random
    assert [title.split("<sup>")[1] for title in titles(surface="disagreement")] == [
        "against random</sup>",
        "against margin</sup>",
    ]
    assert "against margin" in titles(surface="disagreement", reference="margin")[1]
    assert titles(racers=made(2, ("margin",))[2], surface="disagreement")[0].endswith("against margin</sup>")


def test_two_learners_that_agree_show_no_difference() -> None:
    _, _, racers = made()
    twin = replace(racers[0], strategy="random")
    found = layers("disagreement", racers[0], twin, X, Y, rounds=range(ROUNDS + 1), fine=True)
    tints = [tint for tint in found if isinstance(tint, Layer)]
    assert len(tints) == 4
    for tint in tints:
        assert all(np.isnan(polygons).all() for polygons in tint.polygons_R)


@pytest.mark.parametrize("fine", [True, False])
def test_uncertainty_is_the_brightest_band_in_both_themes(fine: bool) -> None:
    racer = made(3)[2][0]

    def bands(dark: bool) -> list[Layer]:
        found = layers("probability", racer, racer, X, Y, rounds=range(1), fine=fine, dark=dark)
        return [one for one in found if isinstance(one, Layer)]

    for dark, page in ((False, LIGHT), (True, DARK)):
        each = len(bands(dark)) // 3
        for label in range(3):
            mix = rgb(page)
            seen = []
            for one in bands(dark)[label * each : (label + 1) * each]:
                mix = (1 - one.opacity) * mix + one.opacity * rgb(one.colour)
                seen.append(luminance("#" + "".join(f"{round(part):02X}" for part in mix)))
            assert all(later < earlier - 0.005 for earlier, later in pairwise(seen)), (dark, label)
            # Where the model is surest, the colour is still that of the class: the same channel leads.
            assert mix.argmax() == rgb(class_style(label).color).argmax()
    # The bands are the same, so that a figure may change its theme while it plays.
    for one, other in zip(bands(False), bands(True), strict=True):
        np.testing.assert_array_equal(one.polygons_R[0], other.polygons_R[0])


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
