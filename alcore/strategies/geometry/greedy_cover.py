"""Balls of one radius that cover the most points, one after another: all counted, or found on a sample."""

import heapq

import numpy as np
from array_api_compat import device
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, to_numpy
from alcore.strategies.geometry.radius_neighbours import RadiusNeighbours

# Points of the sample, balls counted exactly for a pick, and how many of these at a time once their number is out of
# date.
SAMPLE = 4_000
SHORTLIST = 300
AT_A_TIME = 16
# A new sample is drawn once fewer than this share of the sample is uncovered.
REDRAWN_AT = 0.25
# Balls are counted in the uncovered points alone once these are fewer than this share of those counted in before.
NARROWED_AT = 0.8


def exact_cover(balls: RadiusNeighbours, covered_N: Array, k: int, delta: float) -> tuple[list[int], list[int]]:
    """The k balls, each with the most points that neither the first ones nor those before it cover.

    Args:
        balls: the points, each the centre of a ball.
        covered_N: which points are covered at first.
        k: number of balls, at most N.
        delta: their radius.

    Returns:
        The centres, and how many points each newly covers. Equal: the lower index first.
    """
    xp, points_N_D = balls.xp, balls.features_N_D
    gains_N = balls.held(points_N_D[~covered_N], delta)
    open_N = ~xp.zeros_like(covered_N)
    picks: list[int] = []
    scores: list[int] = []
    for _ in range(k):
        pick = int(xp.argmax(xp.where(open_N, gains_N, -1)))
        picks.append(pick)
        scores.append(int(gains_N[pick]))
        open_N[pick] = False
        if scores[-1] == 0:
            continue
        fresh_N = (balls.held(points_N_D[pick : pick + 1], delta) > 0) & ~covered_N
        covered_N = covered_N | fresh_N
        gains_N = gains_N - balls.held(points_N_D[fresh_N], delta)
    return picks, scores


def sampled_cover(balls: RadiusNeighbours, covered_N: Array, k: int, delta: float) -> tuple[list[int], list[int]]:
    """As `exact_cover`, but a pick is the best of the SHORTLIST balls that hold the most uncovered points of a sample.

    The sample is SAMPLE uncovered points, drawn by a fixed seed, and drawn anew once fewer than REDRAWN_AT of it are
    uncovered; when no more points than that are uncovered, it is all of them, and the picks are the exact ones. Numbers
    of points in a ball only fall, so a ball is counted again only while an earlier number of it is the largest. Takes
    O(N (k + SAMPLE) d).
    """
    cover = _Cover(balls, to_numpy(covered_N), delta)
    picks: list[int] = []
    scores: list[int] = []
    for _ in range(k):
        pick, score = cover.best()
        picks.append(pick)
        scores.append(score)
        cover.add(pick, score)
    return picks, scores


class _Cover:
    """What is covered, how many sampled points each ball would add, and what is known of exact numbers."""

    def __init__(self, balls: RadiusNeighbours, covered_N: NDArray[np.bool_], delta: float) -> None:
        self.balls, self.delta = balls, delta
        self.covered_N = covered_N.copy()
        self.open_N = np.ones(len(covered_N), dtype=bool)
        self.rng = np.random.default_rng(0)
        # Exact numbers of uncovered points, and after how many picks they were counted.
        self.known: dict[int, tuple[int, int]] = {}
        self.picked = 0
        self.sample, self.sampled_N = self._drawn()
        self.rest, self.narrow = self._narrowed()

    def best(self) -> tuple[int, int]:
        """The ball of the shortlist that holds the most uncovered points, and how many."""
        shortlist = self._shortlist()
        self._count([row for row in shortlist if row not in self.known])
        queue = [(-self.known[row][0], row) for row in shortlist]
        heapq.heapify(queue)
        while self.known[queue[0][1]][1] < self.picked:
            old: list[int] = []
            while queue and len(old) < AT_A_TIME and self.known[queue[0][1]][1] < self.picked:
                old.append(heapq.heappop(queue)[1])
            self._count(old)
            for row in old:
                heapq.heappush(queue, (-self.known[row][0], row))
        score, row = queue[0]
        return row, -score

    def add(self, pick: int, score: int) -> None:
        """Cover the ball of a pick, which newly covers `score` points."""
        self.open_N[pick] = False
        if score == 0:
            return
        self.picked += 1
        self.covered_N |= self._held(np.array([pick])) > 0
        uncovered = len(self.covered_N) - int(self.covered_N.sum())
        if uncovered < NARROWED_AT * len(self.rest):
            self.rest, self.narrow = self._narrowed()
        gone = self.covered_N[self.sample]
        left = len(gone) - int(gone.sum())
        if left < REDRAWN_AT * SAMPLE and uncovered > left:
            self.sample, self.sampled_N = self._drawn()
        elif gone.any():
            self.sampled_N -= self._held(self.sample[gone])
            self.sample = self.sample[~gone]

    def _drawn(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A sample of the uncovered points, and how many of it each ball holds."""
        uncovered = np.flatnonzero(~self.covered_N)
        if len(uncovered) > SAMPLE:
            uncovered = np.sort(self.rng.choice(uncovered, SAMPLE, replace=False))
        return uncovered, self._held(uncovered)

    def _narrowed(self) -> tuple[NDArray[np.int64], RadiusNeighbours]:
        """The uncovered points alone: those in which balls are counted."""
        rest = np.flatnonzero(~self.covered_N)
        return rest, self.balls.only(self._there(rest))

    def _shortlist(self) -> list[int]:
        """The open balls with the most sampled points; equal: the lower index first."""
        numbers_N = np.where(self.open_N, self.sampled_N, -1)
        count = min(SHORTLIST, int(self.open_N.sum()))
        least = np.partition(numbers_N, -count)[-count]
        above = np.flatnonzero(numbers_N > least)
        return [*above.tolist(), *np.flatnonzero(numbers_N == least)[: count - len(above)].tolist()]

    def _count(self, rows: list[int]) -> None:
        """Count the uncovered points of some balls."""
        if not rows:
            return
        centres_S_D = self.balls.features_N_D[self._there(np.array(rows))]
        bare_R = self._there(~self.covered_N[self.rest])
        numbers_S = to_numpy(self.narrow.holding(centres_S_D, self.delta, bare_R))
        self.known.update((row, (number, self.picked)) for row, number in zip(rows, numbers_S.tolist(), strict=True))

    def _held(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of some points each ball holds (N,)."""
        return to_numpy(self.balls.held(self.balls.features_N_D[self._there(rows)], self.delta))

    def _there(self, values: NDArray) -> Array:
        """An array where the points are."""
        return self.balls.xp.asarray(values, device=device(self.balls.features_N_D))
