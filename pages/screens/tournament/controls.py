"""Controls of the tournament, all in the address."""

import streamlit as st

from alcore.datasets.catalogue import DATASETS
from alcore.learners.registry import LEARNERS
from alcore.runs.tournament.plan import (
    BASELINE,
    READY_DATASETS,
    READY_LEARNERS,
    READY_STRATEGIES,
    TournamentPlan,
    plan_of,
)
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls

PAGE = "tournament"
NAMES = {name: strategy.label for name, strategy in STRATEGIES.items()}
_RIVALS = [name for name in STRATEGIES if name != BASELINE]
_READY_RIVALS = [name for name in READY_STRATEGIES if name != BASELINE]


def offered_datasets() -> tuple[str, ...]:
    """The data sets of the ready-made tournament, then all others that need no download.

    The default leaves out circles, xor and spirals, which a linear boundary cannot separate.
    """
    others = (name for name, spec in DATASETS.items() if spec.bundled and name not in READY_DATASETS)
    return (*READY_DATASETS, *others)


def data_names() -> dict[str, str]:
    """Display names of all data sets."""
    return {name: spec.label for name, spec in DATASETS.items()}


def tournament_controls() -> TournamentPlan | None:
    """The controls, and their plan; None if a field is empty."""
    rivals = {name: NAMES[name] for name in _RIVALS}
    help = "Random is always in the race, as the baseline."
    strategies = controls.several(PAGE, "strategies", "Strategies against random", rivals, _READY_RIVALS, help=help)
    labels = {name: DATASETS[name].label for name in offered_datasets()}
    datasets = controls.several(PAGE, "datasets", "Data sets", labels, READY_DATASETS)
    first, second, third = st.columns(3)
    with first:
        labels = {name: spec.label for name, spec in LEARNERS.items()}
        learners = controls.several(PAGE, "learners", "Learners", labels, READY_LEARNERS)
    with second:
        help = (
            "Each seed determines a split and a seed set, the same for all strategies. Fewer than 6 cannot give a "
            "significant difference; with 17 strategies against random it takes 10."
        )
        seeds = controls.slider(PAGE, "seeds", "Paired seeds", 1, 50, 20, help=help)
    with third:
        help = "A race starts with two labels of each class; its labels per round are the number of classes."
        rounds = controls.slider(PAGE, "rounds", "Rounds", 1, 40, 15, help=help)
    if not (strategies and datasets and learners):
        st.info("Choose at least one strategy, one data set and one learner.", icon=":material/info:")
        return None
    return plan_of(strategies, datasets, learners, seeds=seeds, rounds=rounds)
