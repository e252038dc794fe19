"""The images asked about in each round, with what they turned out to be and what the model had believed."""

from pathlib import Path

import streamlit as st

from alcore.report.gallery import gallery
from alcore.runs.config import RunConfig
from alcore.runs.info import RunInfo
from alcore.runs.store import Store
from pages.shared.lab import supply, words
from pages.shared.lab.shown import ROUND
from pages.shared.text import quoted

PAGE_SIZE = 40
_CHOICE = "_mnist_round_choice"


def show_questions(info: RunInfo, home: Path) -> None:
    """The questions of one round; the newest, until the reader chooses another.

    Raises:
        DatasetError: the images are not here, or damaged.
        StoreError: the store cannot be read.
    """
    config = info.config
    st.subheader("What was asked about", anchor=False)
    # The last training asks about nothing any more.
    asked = min(info.rounds_done, config.rounds)
    if not config.rounds:
        st.caption("This run has no rounds: it was trained on its first labels and asked for no more.")
        return
    number = _choose_round(config.rounds, asked)
    if number > asked:
        if info.state in words.ACTIVE:
            st.caption(f"Round {number} has not asked yet; its questions appear here.")
        else:
            st.caption(f"This run asked in {words.plural(asked, 'round')}; there is no round {number}.")
        return
    labels, labeled, mistakes = _counts(str(home), info.id, info.started, number)
    st.caption(
        f"The model of {labeled:,} labels asked for {words.plural(labels, 'label')}, in this order. Its "
        f"first guess was wrong on {mistakes:,} of them ({mistakes / max(1, labels):.0%}): those have a ✗ "
        "and a dashed frame. Bars are its probabilities before it was told; the label is in bold."
    )
    pages = -(-labels // PAGE_SIZE)
    page = st.pagination(pages, key="mnist_page", bind="query-params") if pages > 1 else 1
    st.html(_page(config, str(home), info.id, info.started, number, page))


def _choose_round(rounds: int, asked: int) -> int:
    """The round chosen in the address, else the newest; a slider over all rounds to come."""
    given = st.query_params.get(ROUND)
    chosen = max(1, asked)
    if given is not None:
        if given.isdecimal() and 1 <= int(given[:9]) <= rounds:
            chosen = int(given)
        else:
            st.caption(
                f":material/link_off: The link asked for round {quoted(given)}; 1 to {rounds} are possible, "
                "so the newest is shown."
            )
    if rounds == 1:
        return 1
    # Written only where it changes: while somebody drags the slider it must not be pulled away.
    if st.session_state.get(_CHOICE) != chosen:
        st.session_state[_CHOICE] = chosen
    return int(
        st.slider(
            "Round",
            1,
            rounds,
            # The state alone does not reach a browser that has missed the message in which it changed.
            value=chosen,
            key=_CHOICE,
            on_change=_pin,
            args=(asked,),
            help="It follows the newest round until you choose another.",
        )
    )


def _pin(asked: int) -> None:
    chosen = st.session_state[_CHOICE]
    if chosen == asked:
        st.query_params.pop(ROUND, None)
    else:
        st.query_params[ROUND] = str(chosen)


# `started` is among the arguments of what is kept, because a deleted run may be run again under its id.
@st.cache_data(max_entries=256, show_spinner=False)
def _counts(home: str, run_id: str, started: float | None, number: int) -> tuple[int, int, int]:
    """Labels asked for in a round, labels the model had been trained on, and its mistakes."""
    with Store(Path(home)) as store:
        one = store.rounds(run_id, after=number - 2)[0]
    wrong = one.batch_probs_K_C.argmax(axis=1) != one.batch_labels
    return len(one.batch_labels), one.labels, int(wrong.sum())


@st.cache_data(max_entries=64, show_spinner=False)
def _page(config: RunConfig, home: str, run_id: str, started: float | None, number: int, page: int) -> str:
    with Store(Path(home)) as store:
        one = store.rounds(run_id, after=number - 2)[0]
    assert one.batch is not None  # only the last training has none
    pictures, class_names = supply.images(config.dataset, Path(home))
    rows = slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    return gallery(
        pictures[one.batch.indices[rows]],
        one.batch_labels[rows],
        one.batch_probs_K_C[rows],
        class_names,
        indices_K=one.batch.indices[rows],
        scores_K=one.batch.scores[rows],
    )
