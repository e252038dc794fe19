"""The maps of a run as frames of an animation: a fixed sample of points, with their uncertainty and state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Points that are not queried in a round, and rounds.
POINTS, FRAMES = 1_200, 12
_REACH = 2.2  # root mean squared distances from the centre to the edge of the picture


class MapOfPool(Protocol):
    """What is read of a map; `alcore.loops.pool.pool_map.PoolMap` is one."""

    @property
    def indices_P(self) -> NDArray[np.int64]: ...  # noqa: D102, N802
    @property
    def probs_P_C(self) -> NDArray[np.float64]: ...  # noqa: D102, N802


@dataclass(frozen=True, eq=False)
class MapFrame:
    """A round.

    Attributes:
        round: number of its query.
        indices_F: points, ascending.
        places_F_2: in thousandths of half the picture's width.
        unsure_F: predictive entropy, 0 to 255 for the largest possible.
        guesses_F: predicted classes.
        states_F: 0 unlabelled, 1 labelled before, 2 queried in the round.
    """

    round: int
    indices_F: NDArray[np.int64]
    places_F_2: NDArray[np.int64]
    unsure_F: NDArray[np.int64]
    guesses_F: NDArray[np.int64]
    states_F: NDArray[np.int64]


def frame_rounds(last: int, shown: int) -> list[int]:
    """Rounds 1 to `last`, or as many as FRAMES evenly spaced; always the one shown."""
    spaced = np.unique(np.linspace(1, last, min(last, FRAMES)).round().astype(int))
    return sorted({*spaced.tolist(), shown})


def sample_of(drawn: MapOfPool, asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Points of a map that are shown, ascending: the queried ones, and evenly spaced others, alike in every round."""
    # By a hash of the index: the same points in every round, whatever else its map holds.
    order = np.argsort((drawn.indices_P * 2_654_435_761) % 2**32, kind="stable")
    return np.union1d(np.intersect1d(asked, drawn.indices_P), drawn.indices_P[order[:POINTS]])


def map_frame(
    drawn: MapOfPool,
    places_P_2: NDArray[np.float64],
    number: int,
    asked: NDArray[np.int64],
    labeled: NDArray[np.int64],
) -> MapFrame:
    """A frame of a map whose points lie at these places."""
    probs_F_C = drawn.probs_P_C
    entropy_F = -(probs_F_C * np.log(np.maximum(probs_F_C, 1e-12))).sum(axis=1) / np.log(probs_F_C.shape[1])
    states_F = np.isin(drawn.indices_P, labeled).astype(np.int64)
    states_F[np.isin(drawn.indices_P, asked)] = 2
    return MapFrame(
        number,
        drawn.indices_P,
        np.clip(np.rint(1000 * places_P_2 / _REACH), -1000, 1000).astype(np.int64),
        np.rint(255 * entropy_F).astype(np.int64),
        probs_F_C.argmax(axis=1),
        states_F,
    )


def sheet(images_K_H_W: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Images in rows of so many as one image; missing ones are 0."""
    count, height, width = images_K_H_W.shape
    rows = -(-count // columns)
    padded = np.zeros((rows * columns, height, width), np.uint8)
    padded[:count] = images_K_H_W
    return padded.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def within(indices: Sequence[int], drawn: MapOfPool) -> list[int]:
    """The distinct points among these that are on a map, ascending."""
    return sorted({int(index) for index in indices} & set(drawn.indices_P.tolist()))
