"""Maps of a pool: the classes apart, and the same points in the same place from round to round."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from alcore.loops.pool.map_layout import layout_name, map_layouts
from alcore.loops.pool.pool_map import PoolMap
from alcore.report.statistics.map_frames import POINTS, frame_rounds, sample_of, sheet


def made(seed: int, classes: int, turn: float = 0.0) -> PoolMap:
    """Three to ten clusters in ten dimensions, whose first two coordinates are turned."""
    rng = np.random.default_rng(seed)
    labels_P = np.arange(400) % classes
    features_P_D = rng.normal(size=(400, 10)) * 0.3 + np.random.default_rng(0).normal(size=(10, 10))[labels_P] * 2
    cos, sin = np.cos(turn), np.sin(turn)
    features_P_D[:, :2] = features_P_D[:, :2] @ np.array([[cos, -sin], [sin, cos]])
    logs_P_C = np.full((400, 10), -9.0)
    logs_P_C[np.arange(400), labels_P] = 0
    return PoolMap(np.arange(400), features_P_D.astype(np.float16), logs_P_C.astype(np.float16))


@pytest.mark.skipif(find_spec("umap") is not None, reason="UMAP lays the points out here")
def test_predicted_classes_lie_apart() -> None:
    assert layout_name() == "LDA"
    one = made(0, 4)
    (places,) = map_layouts([one])
    assert np.sqrt((places**2).sum(axis=1).mean()) == pytest.approx(1)
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-9)
    labels = one.log_probs_P_C.argmax(axis=1)
    assert KNeighborsClassifier(5).fit(places[:200], labels[:200]).score(places[200:], labels[200:]) > 0.98


def test_points_stay_where_they_were() -> None:
    before, after = map_layouts([made(0, 4), made(0, 4, turn=2.0)])
    assert np.hypot(*(after - before).T).mean() < 0.05


def test_two_classes_are_laid_out_by_their_components() -> None:
    one = made(0, 2)
    (places,) = map_layouts([one])
    given = one.places_P_2.astype(np.float64)
    given -= given.mean(axis=0)
    np.testing.assert_allclose(places, given / np.sqrt((given**2).sum(axis=1).mean()), atol=1e-9)


def test_frames_are_few_and_hold_the_shown_round() -> None:
    assert frame_rounds(4, 2) == [1, 2, 3, 4]
    many = frame_rounds(50, 17)
    assert len(many) <= 13 and {1, 17, 50} <= set(many)


def test_a_sample_is_alike_in_every_round() -> None:
    rng = np.random.default_rng(0)
    maps = []
    for _ in range(2):
        indices = np.sort(rng.choice(60_000, 5_000, replace=False))
        maps.append(PoolMap(indices, np.zeros((5_000, 2), np.float16), np.zeros((5_000, 3), np.float16)))
    asked = maps[0].indices_P[:30]
    first = sample_of(maps[0], asked)
    assert POINTS <= len(first) <= POINTS + 30 and set(asked) <= set(first)
    assert np.array_equal(first, sample_of(maps[0], asked))


def test_a_sheet_holds_the_images_row_by_row() -> None:
    images = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3)
    found = sheet(images, 4)
    assert found.shape == (4, 12)
    np.testing.assert_array_equal(found[0:2, 3:6], images[1])
    np.testing.assert_array_equal(found[2:4, 0:3], images[4])
    assert not found[2:4, 3:].any()
