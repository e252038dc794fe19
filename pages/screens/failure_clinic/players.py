"""A typical race without and with the remedy, played in step."""

from functools import partial
from uuid import uuid4

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.failure_modes.cases import Trial
from alcore.loops.failure_modes.replayed import ReplayedRace, replayed
from alcore.loops.races.grid import Grid, grid_over
from alcore.report.bounded import bounded_band
from alcore.report.interactive.arena.figure import Drawing, arena_figure
from alcore.report.interactive.arena.traces import CurveBand
from alcore.report.interactive.render import PreparedFigure
from alcore.report.phrases import percent
from alcore.report.text.failure_modes import signed, typical_seed
from pages.screens.failure_clinic.controls import PAGE, ClinicView
from pages.screens.failure_clinic.texts import ARMS, drawn_as
from pages.shared.player.player import animate, draw_player
from pages.shared.progress import working
from pages.shared.viewport import is_dark, is_narrow

_KEY, _FILE = "clinic_figure", "alcore-clinic"
# Pixels of the two sliders under the figure: beside one another, and on a phone one over the other.
_SLIDERS, _STACKED = 110, 170
# Difference of test accuracies below which maps look alike.
_ALIKE = 0.02


def shown_seed(trial: Trial, shown: ClinicView) -> int:
    """The seed of the race that is played: the chosen one, or that of the effect nearest to the mean."""
    return typical_seed(_gain(trial)) if shown.seed is None else shown.seed


def draw_players(mode: str, trial: Trial, shown: ClinicView) -> None:
    """Draw both maps over their curves, with one control bar.

    They open on the last round. Where the two races of the failure as it is opened end alike, so that their difference
    lies in between, they play once.
    """
    seed = shown_seed(trial, shown)
    data = trial.data[seed].dataset
    grid = grid_over(data)
    races = working("Replaying the race.", lambda on_step: [_race(trial, arm, seed, grid) for arm in ARMS])
    figure = partial(_figure, trial, seed, grid, races)
    ends = " and ".join(
        f"{percent(race.rounds[-1].accuracy)} {name.lower()}" for race, name in zip(races, ARMS.values(), strict=True)
    )
    alt = f"Predicted classes and labelled points of seed {seed}, without and with the remedy; at the end {ends}."
    apart = abs(races[0].rounds[-1].accuracy - races[1].rounds[-1].accuracy)
    opening = st.session_state.setdefault(f"_{PAGE}_opening_{mode}", uuid4().hex if apart < _ALIKE else "")
    draw_player(
        figure(still=True),
        key=_KEY,
        alt=alt,
        filename=_FILE,
        below=_STACKED if is_narrow() else _SLIDERS,
        opening=opening,
    )
    animate(
        working("Drawing every round.", lambda on_step: figure()),
        key=_KEY,
        alt=alt,
        filename=_FILE,
    )


def legend(mode: str, trial: Trial, shown: ClinicView) -> str:
    """Which race is shown, in a line."""
    gain_S, seed = _gain(trial), shown_seed(trial, shown)
    typical = typical_seed(gain_S)
    which = "the typical seed" if seed == typical else f"not the typical seed, which is {typical}"
    kept = " Labels kept for the temperature are drawn as initial labels." if mode == "calibration" else ""
    return (
        f"Seed {seed} of {len(trial.data)}, by the remedy's effect {which}: here {signed(gain_S[seed])} points, on "
        f"average {signed(gain_S.mean())}. Bands: 95 % interval of the mean of all races.{kept}"
    )


def _gain(trial: Trial) -> NDArray[np.float64]:
    gain_S: NDArray[np.float64] = (trial.treated.accuracy_S_T - trial.without.accuracy_S_T).mean(axis=1)
    return gain_S


def _race(trial: Trial, arm: str, seed: int, grid: Grid) -> ReplayedRace:
    return replayed(trial, arm, seed, grid, name=drawn_as(arm))


def _figure(trial: Trial, seed: int, grid: Grid, races: list[ReplayedRace], *, still: bool = False) -> PreparedFigure:
    data = trial.data[seed].dataset
    bands = []
    for arm in ARMS:
        _, low_T, high_T = bounded_band(getattr(trial, arm).accuracy_S_T)
        bands.append(CurveBand(getattr(trial, arm).labels_T, low_T, high_T, None))
    names = {drawn_as(arm): name for arm, name in ARMS.items()}
    how = Drawing(names=names, curve_bands=bands, dark=is_dark())
    return arena_figure(data.x_pool, data.y_pool, data.class_names, grid.x, grid.y, races, how, still=still)
