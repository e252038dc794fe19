"""Details of a run in tabs: only the current view is computed."""

from pathlib import Path
from time import monotonic

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from alcore.datasets.catalogue import DatasetError, load_dataset
from alcore.report.statistics.run_quality import answer_shares
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round import cached, diagnostics
from pages.screens.mnist_lab.round.oracle import label_yourself
from pages.screens.mnist_lab.round.pool_map import show_map
from pages.screens.mnist_lab.round.queried_images import beside_random, show_queries
from pages.screens.mnist_lab.selection import ROUND
from pages.shared import address, controls, link_warnings
from pages.shared.markdown import quoted

VIEWS = {
    "questions": "Queries",
    "map": "Map",
    "oracle": "Label it yourself",
    "classes": "Class balance",
    "mistakes": "Confusion",
    "calibration": "Calibration",
    "costs": "Cost",
}
# Views of the model after a round; all others are of its query.
_OF_MODEL = ("mistakes", "calibration")
_CHOICE = "_mnist_round_choice"
# The round of the slider as it was last drawn, and the newest round then.
_DRAWN = "_lab_round_drawn"
_LEFT = "_lab_rounds_left"
_LEFT_SECONDS = 4.0


def look_closer(info: RunInfo, rival: RunInfo | None, home: Path, below: DeltaGenerator) -> None:
    """Choose the view and the round; the newest round until the reader chooses another.

    Args:
        info: the run.
        rival: the run from the same start beside it, if there is one.
        home: its home folder.
        below: place for what is longer than a screen.

    Raises:
        DatasetError: if the images are missing or damaged.
        StoreError: if the store cannot be read.
    """
    view = controls.segmented("mnist", "look", "View", VIEWS, "questions")
    if not info.rounds_done:
        st.caption("The first training is in progress; its results appear here.")
        return
    if view == "costs":
        diagnostics.costs(info, cached.slim_rounds(info, home))
        return
    last = cached.slim_round(info, home, info.rounds_done - 1)
    # The last round has no query.
    asked = info.rounds_done - (last.batch is None)
    first, newest = (0, info.rounds_done - 1) if view in _OF_MODEL else (1, asked)
    if newest < first:
        st.caption("This run has no rounds: it was trained on the seed set only.")
        return
    number = _choose_round(first, info.config.rounds if info.state in texts.ACTIVE else newest, newest)
    if number > newest:
        st.caption(f"Round {number} has not finished yet; it appears here.")
        return
    if view in _OF_MODEL:
        rounds = cached.slim_rounds(info, home, number + 1)
        if view == "mistakes":
            diagnostics.mistakes(info, rounds, number, class_names(info, home))
        else:
            diagnostics.calibration(info, rounds, number)
    elif view == "classes":
        rounds = cached.slim_rounds(info, home, number)
        diagnostics.classes(info, rounds, number, class_names(info, home), pool_shares(info, home))
    elif view == "oracle":
        label_yourself(info, home, number)
    elif view == "map":
        show_map(info, home, number, class_names(info, home), below)
    else:
        beside_random(info, rival, home, number)
        with below:
            show_queries(info, home, number)


def class_names(info: RunInfo, home: Path) -> tuple[str, ...]:
    """Class names of a run's data; their numbers if the data is missing."""
    try:
        found = cached.pictures(info.config, home)
        return found.class_names if found is not None else _names(info.config.dataset, str(home))
    except DatasetError:
        return tuple(map(str, range(cached.slim_round(info, home, 0).batch_probs_K_C.shape[1])))


def pool_shares(info: RunInfo, home: Path) -> NDArray[np.float64] | None:
    """Share of each class in the oracle's labels of a run's pool; None if unknown."""
    try:
        found = cached.pictures(info.config, home)
    except DatasetError:
        return None
    return None if found is None else answer_shares(found.answers_N, len(found.class_names))


@st.cache_data(max_entries=16, show_spinner=False)
def _names(dataset: str, home: str) -> tuple[str, ...]:
    return load_dataset(dataset, seed=0, home=Path(home), download=False).class_names


def _choose_round(first: int, last: int, newest: int) -> int:
    """The round in the address, otherwise the newest; a slider over all rounds of the run."""
    given = address.text(ROUND, "Round")
    chosen = max(first, newest)
    if given:
        number = address.whole(given)
        if number is not None and number <= last:
            chosen = max(first, number)
            if number < first:
                st.caption(f"Round {number} has no query; that of round {first} is shown.")
        else:
            sentence = (
                f"**Round:** the link asked for round {quoted(given)}; {first} to {last} are possible, so the newest "
                "is shown."
            )
            link_warnings.keep(ROUND, sentence, chosen)
            address.write(ROUND, None)
    link_warnings.settle(ROUND, chosen)
    if first == last:
        return first
    # Written only on change: otherwise a slider that is being dragged would jump back.
    before = st.session_state.get(_CHOICE)
    drawn, _ = st.session_state.get(_DRAWN, (before, newest))
    if before != chosen:
        # A late message of the browser may have put back an earlier round than the one drawn: both are left.
        st.session_state[_LEFT] = {**_lately_left(), before: monotonic(), drawn: monotonic()}
        st.session_state[_CHOICE] = chosen
    st.session_state[_DRAWN] = (chosen, newest)
    return int(
        st.slider(
            "Round",
            first,
            last,
            # A browser that missed the message of a state change needs the value as well.
            value=chosen,
            key=_CHOICE,
            on_change=_pin,
            help="Round 0 is the model of the seed set. The slider follows the newest round until you choose another.",
        )
    )


def _pin() -> None:
    chosen, (drawn, newest) = st.session_state[_CHOICE], st.session_state[_DRAWN]
    if chosen == newest:
        address.write(ROUND, None)
    # The round that was drawn last is no move: the browser only repeats it.
    elif chosen != drawn and chosen not in _lately_left():
        address.write(ROUND, str(chosen))


def _lately_left() -> dict[int, float]:
    """Rounds that the slider has recently left by itself, with times.

    Any click sends the slider's value in the browser. If the browser has not yet received the newest round, that value
    would count as a move by the reader, and the slider would no longer follow.
    """
    left: dict[int, float] = st.session_state.get(_LEFT, {})
    return {number: at for number, at in left.items() if monotonic() - at < _LEFT_SECONDS}
