"""What a figure is sent as: small, and telling the same as before it was packed."""

import base64
from typing import Any

import numpy as np
import pytest

from alcore.datasets.planar.generate import planar
from alcore.loops.races.grid import grid_over
from alcore.loops.races.race import race
from alcore.report.interactive.animation_payload import animation_content, figure_content
from alcore.report.interactive.arena.figure import Drawing, arena_figure
from alcore.report.interactive.packing import _array, _ranked, packed, packed_frames, unpacked
from alcore.rng import rng_for

SAID = {"alt": "A race", "filename": "race"}


def raced(strategies: list[str], *, points: int = 120, classes: int = 2, rounds: int = 8, learner: str = "logistic"):
    data = planar("blobs", points=points, classes=classes, overlap=0.4, rng=rng_for(0, "data"))
    grid = grid_over(data)
    loop: dict[str, Any] = {"seed_labels": 4, "labels_per_round": 1, "rounds": rounds, "seed_set": "balanced"}
    racers = race(data, strategies, seed=0, grid=grid, learner=learner, **loop)
    figure = arena_figure(data.x_pool, data.y_pool, data.class_names, grid.x, grid.y, racers, Drawing())
    return data, racers, figure


def numbers(value: Any) -> np.ndarray:
    raw = value["raw"] if "raw" in value else base64.b64decode(value["bdata"])
    found = np.frombuffer(raw, dtype=value["dtype"])
    return found.reshape([int(one) for one in value["shape"].split(",")]) if "shape" in value else found


@pytest.mark.parametrize("classes", [2, 3])
def test_hover_numbers_are_written_as_before(classes: int) -> None:
    _, _, figure = raced(["least_confidence", "random"], classes=classes)
    before = animation_content(figure, **SAID)
    after = unpacked(packed_frames(before))["frames"]
    shown = 0
    for old_frame, new_frame in zip(before["frames"], after, strict=True):
        for old, new, number in zip(old_frame, new_frame, before["traces"], strict=True):
            if before["data"][number].get("meta") != "pool" or "customdata" not in old:
                continue
            told = numbers(old["customdata"])
            probs = numbers(new["probs"]).reshape(len(told), -1).astype(int)
            if classes == 2:
                probs = np.concatenate([probs, 1000 - probs], axis=1)
            for row, own in zip(told, probs, strict=True):
                assert [f"{100 * one:.1f}" for one in row[:classes]] == [f"{one / 10:.1f}" for one in own]
            scored = np.isfinite(told[:, -2])
            if not scored.any():
                assert "ranked" not in new
                continue
            ranked = numbers(new["ranked"]).astype(int)
            assert sorted(ranked) == np.flatnonzero(scored).tolist()
            assert told[ranked, -1].tolist() == list(range(1, len(ranked) + 1))
            digits, powers = numbers(new["digits"]).astype(int) - 999, numbers(new["powers"]).astype(int) - 128
            for row, digit, power in zip(ranked, digits, powers, strict=True):
                assert f"{float(f'{digit}e{power}'):.3g}" == f"{told[row, -2]:.3g}"
                shown += 1
            labelled = numbers(before["data"][number]["order"])[: new["labels"]]
            assert not set(labelled.tolist()) & set(ranked.tolist())
    assert shown > 1_000


def test_shapes_move_by_less_than_a_tenth_of_a_pixel() -> None:
    _, _, figure = raced(["least_confidence", "random"], classes=3)
    before = animation_content(figure, **SAID)
    after = unpacked(packed_frames(before))["frames"]
    high = np.ptp(before["layout"]["yaxis"]["range"])
    for old_frame, new_frame in zip(before["frames"], after, strict=True):
        for old, new in zip(old_frame, new_frame, strict=True):
            for axis in {"x", "y"} & set(old):
                if isinstance(old[axis], list):
                    assert old[axis] == new[axis]
                    continue
                first, second = numbers(old[axis]), numbers(new[axis])
                assert np.array_equal(np.isnan(first), np.isnan(second))
                assert np.nanmax(np.abs(first - second), initial=0) <= 0.1 * high / 340


def test_a_look_keeps_all_but_the_numbers_that_are_computed() -> None:
    _, _, figure = raced(["margin", "random"])
    before = figure_content(figure, **SAID)
    after = unpacked(packed(before))
    assert {key: after[key] for key in before if key != "data"} == {key: before[key] for key in before if key != "data"}
    for old, new in zip(before["data"], after["data"], strict=True):
        assert set(old) - set(new) <= {"customdata"} and old.get("text") == new.get("text")
    assert packed(before)[:16] == packed(before)[:16] != packed(before | {"alt": "Another"})[:16]


def test_a_move_of_the_arena_s_default_sends_few_bytes() -> None:
    # The size of what is sent, not the time that it takes: sizes are those of the arena's defaults.
    _, racers, figure = raced(["least_confidence", "random"], points=400, rounds=30, learner="logistic_fourier")
    content = animation_content(figure, **SAID)
    look = {key: value for key, value in content.items() if key != "frames"}
    assert len(racers[0].rounds) == 31
    assert len(packed_frames(content)) < 160_000 and len(packed(look)) < 20_000


@pytest.mark.filterwarnings("error")
def test_an_infinite_score_takes_no_rank_of_a_finite_one() -> None:
    score = np.array([1.0, np.inf, -np.inf, 3.0, np.nan, 2.0])
    assert _unplaned(_ranked(score)["ranked"]) == [3, 5, 0]


@pytest.mark.filterwarnings("error")
def test_the_smallest_scores_are_nought() -> None:
    found = _ranked(np.array([1e-200, 5.0, 1e-127]))
    powers = numbers(found["powers"]).astype(int) - 128
    assert _unplaned(found["ranked"]) == [1, 2, 0] and powers.tolist() == [-2, -128, -128]


def test_too_many_points_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 65,536 points"):
        _ranked(np.ones(65_537))


def test_arrays_are_little_endian_whatever_comes_in() -> None:
    assert base64.b64decode(_array(np.array([1, 258], dtype=">u2"))["bdata"]) == bytes([1, 0, 2, 1])


def _unplaned(value: Any) -> list[int]:
    planes = numbers({**value, "dtype": "u1"}).reshape(2, -1).astype(int)
    return (planes[0] + 256 * planes[1]).tolist()
