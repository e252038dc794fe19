"""Point inspector: acquisition scores of every point in a round, and each strategy's next query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.loops.races.next_batches import ProposedBatch, next_batches
from alcore.report.interactive.arena.single_round import state_figure
from alcore.report.phrases import with_minus
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import NAMES, ArenaSettings, serves
from pages.screens.arena.play_yourself import BARE_CHART, selected_point, share_words
from pages.shared import address, controls, link_warnings
from pages.shared.markdown import quoted
from pages.shared.progress import OnStep
from pages.shared.session_cache import computed
from pages.shared.viewport import is_dark, is_narrow

_POINT, _ADDRESS = "_arena_point", "arena_point"


@computed("Scoring the pool.", most=64)
def _proposed(
    _on_step: OnStep,
    setup: ArenaSettings,
    seed: int,
    labeled: tuple[int, ...],
    names: tuple[str, ...],
    number: int,
) -> dict[str, ProposedBatch]:
    return next_batches(
        setup.scene.dataset(seed),
        np.array(labeled),
        names,
        seed=seed,
        round=number,
        k=setup.labels_per_round,
        learner=setup.learner,
        on_step=_on_step,
    )


@dataclass(frozen=True)
class _Moment:
    """A model, its pool, and each strategy's next query."""

    class_names: Sequence[str]
    pool: NDArray[np.int64]
    probs_N_C: NDArray
    nearest_N: NDArray[np.float64]
    batches: Mapping[str, ProposedBatch]

    def shares(self, index: int) -> str:
        """Class probabilities of a point."""
        return share_words(self.class_names, self.probs_N_C[index])

    def queried_by(self, index: int) -> list[str]:
        """Names of the strategies that would query a point next."""
        return [
            NAMES[strategy]
            for strategy, choice in self.batches.items()
            if choice.batch is not None and index in choice.batch.indices
        ]


def inspect_point(shown: ShownRace) -> None:
    """Draw the choice of round, its pool, and the details of a point."""
    setup, data, grid, racers = shown.setup, shown.data.dataset, shown.grid, shown.racers
    names = setup.names()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = controls.selectbox("arena", "whose", "In the race of", names, racers[0].strategy)
        last = len(racers[0].rounds) - 1
        number = (
            controls.slider("arena", "when", "After round", 0, last - 1, 0, help="0: the seed set only.")
            if last > 1
            else 0
        )
        everyone = controls.toggle(
            "arena",
            "others",
            "What would the others pick?",
            False,
            help="Marks the next query of every strategy of the catalogue, from the same state.",
        )
    racer = next(racer for racer in racers if racer.strategy == name)
    every = tuple(name for name in STRATEGIES if serves(setup.learner, name))
    strategies = every if everyone else setup.racers
    labeled = racer.rounds[number].labeled
    moment = _Moment(
        class_names=data.class_names,
        pool=np.setdiff1d(np.arange(len(data.y_pool)), labeled),
        probs_N_C=racer.probs_R_N_C[number],
        nearest_N=cdist(data.x_pool, data.x_pool[labeled]).min(axis=1),
        batches=_proposed(setup, shown.view.seed, tuple(labeled.tolist()), strategies, number),
    )
    for strategy, choice in moment.batches.items():
        if choice.error:
            st.caption(f"{NAMES[strategy]}: {choice.error}")
    point = _chosen(moment, name.split(">")[0])
    figure = state_figure(
        data.x_pool,
        data.y_pool,
        data.class_names,
        grid.x,
        grid.y,
        racer.surfaces_R_Y_X_C[number],
        labeled=labeled,
        pool=moment.pool,
        hover=_hover(moment, setup.racers),
        marks={key: one.batch.indices for key, one in moment.batches.items() if one.batch is not None},
        names=NAMES,
        ringed=point,
        # On a phone each legend entry has its own row.
        height=290 + 20 * (len(strategies) + data.classes + 2) if is_narrow() else 560,
        dark=is_dark(),
    )
    key = f"arena_look_{name}_{number}_{everyone}"

    def clicked() -> None:
        if (index := selected_point(key)) is not None:
            st.session_state[_POINT] = index

    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        st.plotly_chart(
            figure,
            key=key,
            theme=None,
            on_select=clicked,
            selection_mode="points",
            alt=f"The pool after round {number} of {names[name]}'s race, with the points queried next.",
            config=BARE_CHART,
        )
    with right:
        _table(moment, point)


def _chosen(moment: _Moment, racer: str) -> int:
    """The inspected point: clicked or chosen from the list, by default the racer's next query."""
    own = moment.batches.get(racer)
    first = int(moment.pool[0] if own is None or own.batch is None else own.batch.indices[0])
    given = address.text(_ADDRESS, "Point")
    if _POINT not in st.session_state and given:
        linked = address.whole(given)
        if linked is None or linked not in moment.pool:
            sentence = (
                f"**Point:** the link asked for {quoted(given)}, which is none of the points that have no "
                f"label after this round, so point {first} is used."
            )
            link_warnings.keep(_ADDRESS, sentence, first)
        else:
            st.session_state[_POINT] = linked
    if st.session_state.get(_POINT) not in moment.pool:
        st.session_state[_POINT] = first
    point = int(
        st.selectbox(
            "Why this point? Click one, or choose it here",
            moment.pool.tolist(),
            format_func=lambda index: f"point {index}: {moment.shares(index)}",
            key=_POINT,
        )
    )
    # A default is not written to the address.
    address.write(_ADDRESS, str(point) if point != first else None)
    return link_warnings.settle(_ADDRESS, point)


def _table(moment: _Moment, point: int) -> None:
    """A point's score and rank under every strategy, and whether the strategy would query it."""
    st.markdown(
        f"**Point {point}**: predicted probabilities {moment.shares(point)}; "
        f"the nearest labelled point is {moment.nearest_N[point]:.2f} away."
    )
    queried_by = moment.queried_by(point)
    table = pd.DataFrame(
        [
            {
                "Strategy": NAMES[strategy],
                "Score": (score := choice.scores_N[point]),
                "Rank": int(_ranks(choice, moment)[point]) if np.isfinite(score) else None,
                "Queried next": "yes" if NAMES[strategy] in queried_by else "",
            }
            for strategy, choice in moment.batches.items()
        ]
    ).astype({"Rank": "Int64"})
    st.dataframe(table, hide_index=True, column_config={"Score": st.column_config.NumberColumn(format="%.4g")})
    st.caption(
        f"Rank among the {len(moment.pool):,} unlabelled points. A strategy without a score selects its "
        "batch as a whole, so no single point has one."
    )


def _hover(moment: _Moment, racers: Sequence[str]) -> list[str]:
    """Hover text of each pool point: the racers' scores and ranks, and the strategies that would query it."""
    ranked = {
        strategy: (choice.scores_N, _ranks(choice, moment))
        for strategy, choice in moment.batches.items()
        if strategy in racers
    }

    def words(index: int) -> str:
        lines = [
            f"point {index}",
            escape(moment.shares(index)),
            f"nearest label {moment.nearest_N[index]:.2f} away",
            *(
                f"{NAMES[strategy]}: score {with_minus(f'{scores_N[index]:.3g}')}, rank {rank_N[index]:,}"
                for strategy, (scores_N, rank_N) in ranked.items()
                if np.isfinite(scores_N[index])
            ),
        ]
        if queried_by := moment.queried_by(index):
            lines += wrap(f"queried next by {', '.join(queried_by)}", 60)
        return "<br>".join(lines)

    return [words(int(index)) for index in moment.pool]


def _ranks(choice: ProposedBatch, moment: _Moment) -> NDArray[np.int64]:
    """Rank of every unlabelled point with a score: 1 plus the number of higher scores."""
    pool_K = choice.scores_N[moment.pool]
    ordered_K = np.sort(pool_K[np.isfinite(pool_K)])
    return 1 + len(ordered_K) - np.searchsorted(ordered_K, choice.scores_N, side="right")
