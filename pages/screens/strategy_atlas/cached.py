"""Cached computations of the atlas."""

import json
import math
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.uncertainty_map import UncertaintyMap, committee_uncertainty
from alcore.report.charts.strategy_map import Mapped
from alcore.report.contours import Polygons
from alcore.report.statistics import simplex
from alcore.report.statistics.simplex import Triple
from alcore.report.statistics.strategy_costs import Cost, MeasuredGain, costs_of, standings_of
from alcore.report.statistics.strategy_places import Place, places_of
from alcore.report.statistics.tournament import parse_results, summarise
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.strategy_atlas.controls import MEASURES, ComparedMeasures, UncertaintySettings
from pages.screens.tournament.results import ready_record
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed

# Levels of the bands, as shares of a score's maximum.
SHARES = (0.2, 0.4, 0.6, 0.8, 0.95)
_COSTS, _PLACES = (Path(__file__).with_name(name) for name in ("costs.json", "places.json"))


@st.cache_data(show_spinner=False)
def costs() -> dict[str, Cost]:
    """Measured times by strategy."""
    return costs_of(json.loads(_COSTS.read_text(encoding="utf-8")))


@st.cache_data(show_spinner=False)
def places() -> dict[str, Place]:
    """Measured uncertainty and diversity of a batch by strategy."""
    return places_of(json.loads(_PLACES.read_text(encoding="utf-8")))


def mapped() -> list[Mapped]:
    """The strategies of the map; one that was never measured has no place."""
    gains, _ = standings()
    return [
        Mapped(
            name, one.label, one.family, place.uncertainty, place.diversity, gains[name].gain if name in gains else None
        )
        for name, place in places().items()
        if (one := STRATEGIES.get(name)) is not None
    ]


@computed("Comparing the strategies.", most=1)
def standings(_on_step: OnStep) -> tuple[dict[str, MeasuredGain], int]:
    """Each strategy's gain in the ready-made tournament, and its number of data sets."""
    summary = summarise(parse_results(ready_record()))
    return standings_of(summary), len(summary.results.tasks)


@st.cache_data(show_spinner=False)
def strategy_surface(name: str) -> NDArray[np.float64]:
    """A measure over the simplex."""
    return simplex.score_surface(MEASURES[name])


@st.cache_data(show_spinner=False)
def bands(name: str) -> list[Polygons]:
    """The bands of a measure."""
    top = float(strategy_surface(name).max())
    return simplex.where(strategy_surface(name), [share * top for share in SHARES])


def score(name: str, triple: Triple) -> float:
    """A measure's score of a triple."""
    return float(MEASURES[name](np.array([triple]))[0])


@st.cache_data(max_entries=64, show_spinner=False)
def level(name: str, triple: Triple) -> Polygons:
    """The region where a measure is at least as high as at a triple."""
    return simplex.where(strategy_surface(name), [score(name, triple)])[0]


@st.cache_data(max_entries=64, show_spinner=False)
def apart(compared: ComparedMeasures, triple: Triple) -> tuple[Polygons, Polygons]:
    """The regions where only the first, and only the second of two measures exceeds that of a triple."""
    one, other = compared.one, compared.other
    at_one, at_other = score(one, triple), score(other, triple)
    found = (
        simplex.where(simplex.apart(strategy_surface(a), at_a, strategy_surface(b), at_b), [simplex.TIE])[0]
        for a, at_a, b, at_b in ((one, at_one, other, at_other), (other, at_other, one, at_one))
    )
    first, second = found
    return first, second


@st.cache_data(max_entries=64, show_spinner=False)
def shares(compared: ComparedMeasures, triple: Triple) -> Triple:
    """Shares of the simplex that only the first measure, only the second, and neither alone ranks above a triple."""
    return simplex.shares_apart(MEASURES[compared.one], MEASURES[compared.other], triple)


@st.cache_data(show_spinner=False)
def discord(one: str, other: str) -> float:
    """Probability that two measures rank two random triples in opposite order."""
    return simplex.discord(MEASURES[one], MEASURES[other])


@computed("Training the committee.", most=32)
def uncertainty_map(_on_step: OnStep, doubt: UncertaintySettings) -> UncertaintyMap:
    """A committee's uncertainty over the plane and at the two positions."""
    return committee_uncertainty(
        doubt.scene.dataset(doubt.seed),
        seed=doubt.seed,
        labeled=doubt.labelled,
        freedom=doubt.freedom,
        places_Q_2=doubt.places,
    )


def mean_of(doubt: UncertaintySettings) -> dict[str, float]:
    """Mean of its components over the unlabelled pool."""
    pool = uncertainty_map(doubt).pool
    return {
        "total": float(pool.total_N.mean()),
        "mutual": float(pool.mutual_N.mean()),
        "expected": float(pool.expected_N.mean()),
    }


def ceiling(doubt: UncertaintySettings) -> float:
    """The largest possible uncertainty in nats: ln C, with all classes equally probable."""
    return math.log(uncertainty_map(doubt).classes)
