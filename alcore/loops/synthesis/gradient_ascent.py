"""Gradient ascent: the point of a box where a function is largest."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
# points_S_N_D -> values_S_N and gradients_S_N_D of S functions at N points each.
Surface = Callable[[Floats], tuple[Floats, Floats]]

# In units of the box's diagonal: the first step, the last, and the reach of a point's repulsion.
FIRST_STEP = 0.1
LAST_STEP = 1e-6
REACH = 0.07
STEPS = 50
# Values that differ by less count as equal.
EQUAL = 1e-9


def gradient_ascent(surface: Surface, starts_S_N_D: Floats, low_S_D: Floats, high_S_D: Floats, *, steps: int) -> Floats:
    """The ends of `ascent`: points_S_N_D in the box."""
    *_, ends_S_N_D = ascent(surface, starts_S_N_D, low_S_D, high_S_D, steps=steps)
    return ends_S_N_D


def ascent(
    surface: Surface, starts_S_N_D: Floats, low_S_D: Floats, high_S_D: Floats, *, steps: int
) -> Iterator[Floats]:
    """Gradient ascent from every start within the box, step by step.

    A step is along the gradient, measured in sides of the box, and is cut off at its walls. Its length grows after a
    step upwards and halves after any other, which is taken back: values never decrease.

    Args:
        surface: the function.
        starts_S_N_D: in the box.
        low_S_D: the lowest corner of the box of each function.
        high_S_D: its highest corner; where it is not above the lowest, that dimension is constant.
        steps: evaluations after the first, at most.

    Yields:
        points_S_N_D in the box: the starts, then the points after each step.

    Source: projected gradient ascent (Goldstein 1964), with its direction normalised.
    """
    low, high = low_S_D[:, None], high_S_D[:, None]
    sides = high - low
    points = np.clip(starts_S_N_D, low, high)
    yield points
    values, gradients = surface(points)
    diagonal = np.sqrt(points.shape[-1])
    length_S_N = np.full(values.shape, FIRST_STEP * diagonal)
    for _ in range(steps):
        moving_S_N = length_S_N > LAST_STEP * diagonal
        if not moving_S_N.any():
            break
        uphill = gradients * sides
        against_wall = ((points <= low) & (uphill < 0)) | ((points >= high) & (uphill > 0))
        uphill = np.where(against_wall, 0, uphill)
        size_S_N_1 = np.linalg.norm(uphill, axis=-1, keepdims=True)
        move = uphill * (length_S_N[..., None] / np.where(size_S_N_1 > 0, size_S_N_1, 1)) * sides
        reached = np.clip(points + move, low, high)
        new_values, new_gradients = surface(reached)
        higher_S_N = moving_S_N & (new_values > values)
        length_S_N *= np.where(higher_S_N, 1.5, 0.5)
        values = np.where(higher_S_N, new_values, values)
        points = np.where(higher_S_N[..., None], reached, points)
        gradients = np.where(higher_S_N[..., None], new_gradients, gradients)
        yield points


def with_repulsion(surface: Surface, away_S_J_D: Floats, low_S_D: Floats, high_S_D: Floats) -> Surface:
    """The surface with a Gaussian dent of depth 1 around each of J points, so that a search ends elsewhere.

    Args:
        surface: the function.
        away_S_J_D: the J points; there may be none.
        low_S_D: as in `gradient_ascent`.
        high_S_D: as in `gradient_ascent`. The standard deviation is `REACH` diagonals of the box.
    """
    sides = np.where(high_S_D > low_S_D, high_S_D - low_S_D, 1)[:, None, None]
    reach = REACH * np.sqrt(low_S_D.shape[1])

    def dented(points_S_N_D: Floats) -> tuple[Floats, Floats]:
        values, gradients = surface(points_S_N_D)
        apart_S_N_J_D = (points_S_N_D[:, :, None] - away_S_J_D[:, None]) / sides
        depth_S_N_J = np.exp(-(apart_S_N_J_D**2).sum(axis=-1) / (2 * reach**2))
        slope_S_N_D = (depth_S_N_J[..., None] * apart_S_N_J_D / sides).sum(axis=2) / reach**2
        return values - depth_S_N_J.sum(axis=-1), gradients + slope_S_N_D

    return dented


def synthesise_queries(surface: Surface, starts_S_k_N_D: Floats, low_S_D: Floats, high_S_D: Floats) -> Floats:
    """The k highest points that searches find, one after the other, each repelled by those before.

    Args:
        surface: of S models, see `gradient_ascent`.
        starts_S_k_N_D: N searches for each.
        low_S_D: as in `gradient_ascent`.
        high_S_D: as in `gradient_ascent`.

    Returns:
        queries_S_k_D.
    """
    found_S_j_D = starts_S_k_N_D[:, :0, 0]
    for starts_S_N_D in np.moveaxis(starts_S_k_N_D, 1, 0):
        away = with_repulsion(surface, found_S_j_D, low_S_D, high_S_D) if found_S_j_D.size else surface
        ends_S_N_D = gradient_ascent(away, starts_S_N_D, low_S_D, high_S_D, steps=STEPS)
        best_S = _highest(away, ends_S_N_D)
        found_S_j_D = np.concatenate([found_S_j_D, ends_S_N_D[np.arange(len(best_S)), best_S][:, None]], axis=1)
    return found_S_j_D


def ascent_paths(surface: Surface, starts_k_N_D: Floats, low_D: Floats, high_D: Floats) -> list[Floats]:
    """The paths on which `synthesise_queries` reaches the queries of one model.

    Args:
        surface: of one model, S = 1.
        starts_k_N_D: as given to `synthesise_queries`.
        low_D: the lowest corner of the box.
        high_D: its highest corner.

    Returns:
        for each query path_T_D, from its start to the query; steps that were taken back are left out.
    """
    low_S_D, high_S_D = low_D[None], high_D[None]
    paths: list[Floats] = []
    for starts_N_D in starts_k_N_D:
        found = np.array([path_T_D[-1] for path_T_D in paths])[None]
        away = with_repulsion(surface, found, low_S_D, high_S_D) if paths else surface
        at_T_N_D = np.stack([points[0] for points in ascent(away, starts_N_D[None], low_S_D, high_S_D, steps=STEPS)])
        path_T_D = at_T_N_D[:, _highest(away, at_T_N_D[-1:])[0]]
        moved_T = np.append(True, (np.diff(path_T_D, axis=0) != 0).any(axis=1))
        paths.append(path_T_D[moved_T])
    return paths


def _highest(surface: Surface, points_S_N_D: Floats) -> NDArray[np.int64]:
    """Index of the highest point of each function; of equal ones the first."""
    values_S_N = surface(points_S_N_D)[0]
    # Rounding of equal values does not decide.
    best_S: NDArray[np.int64] = (values_S_N >= values_S_N.max(axis=1, keepdims=True) - EQUAL).argmax(axis=1)
    return best_S
