"""Controls of the tournament, all in the address."""

from collections.abc import Mapping, Sequence

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
from pages.screens.tournament import texts
from pages.shared import address, controls
from pages.shared.in_browser import picked_points

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
    """Display names of all data sets and learners."""
    return {key: spec.label for key, spec in DATASETS.items()} | {key: spec.label for key, spec in LEARNERS.items()}


def tournament_controls() -> TournamentPlan | list[str]:
    """The controls, and their plan; if a field is empty, the names of what is missing."""
    labels = {name: DATASETS[name].label for name in offered_datasets()}
    datasets = controls.several(PAGE, "datasets", "Data sets", labels, READY_DATASETS)
    help = (
        "Each seed determines a split and a seed set, the same for all strategies. Fewer than 6 cannot give a "
        "significant difference; with 24 strategies against random it takes 10."
    )
    seeds = controls.slider(PAGE, "seeds", "Paired seeds", 1, 50, 20, help=help)
    help = "A race starts with two labels of each class; its labels per round are the number of classes."
    rounds = controls.slider(PAGE, "rounds", "Rounds", 1, 40, 15, help=help)
    with st.expander("Strategies", key="group_strategies", icon=":material/checklist:"):
        rivals = {name: NAMES[name] for name in _RIVALS}
        help = "Random is always in the race, as the baseline."
        strategies = controls.several(PAGE, "strategies", "Against random", rivals, _READY_RIVALS, help=help)
    with controls.group("Learner"):
        labels = {name: spec.label for name, spec in LEARNERS.items()}
        learners = controls.several(PAGE, "learners", "Learners", labels, READY_LEARNERS)
    wanted = {"data set": datasets, "strategy beside random": strategies, "learner": learners}
    if missing := [word for word, chosen in wanted.items() if not chosen]:
        return missing
    return plan_of(strategies, datasets, learners, seeds=seeds, rounds=rounds)


def chosen_chart() -> str:
    """The chart that is shown, a key of `texts.CHARTS`."""
    return controls.segmented(PAGE, "chart", "Chart", texts.CHARTS, "gain")


def chosen_task(tasks: Mapping[str, str]) -> str:
    """The data set whose curves are shown alone, a key of `tasks`, or "" for all; a cell of the heat map sets it."""
    return controls.selectbox(PAGE, "task", "Data set", {"": "All data sets"} | dict(tasks), "")


def highlighted(strategies: Sequence[str]) -> str:
    """The strategy beside random and the largest gains, or ""; a cell of the heat map sets it."""
    options = {"": "Largest gains"} | {name: NAMES.get(name, name) for name in strategies}
    return controls.selectbox(PAGE, "strategy", "Strategy", options, "")


def open_cell(key: str) -> None:
    """Open the learning curves of the cell that was clicked on the chart of this key."""
    facts = [point.get("customdata") for point in picked_points(key)]
    keys = [one[0] if isinstance(one, list) else one for one in facts]
    if keys and isinstance(keys[0], str):
        dataset, learner, strategy = keys[0].split(" ")
        st.session_state[f"{PAGE}_chart"] = "curves"
        # Read by controls that are drawn with the curves only.
        address.write(f"{PAGE}_task", f"{dataset} {learner}")
        address.write(f"{PAGE}_strategy", strategy)
