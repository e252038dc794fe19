"""Point inspector: acquisition scores of every point in a round, and each strategy's next query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from alcore.datasets.dataset import Dataset
from alcore.loops.races.grid import Grid
from alcore.loops.races.next_batches import ProposedBatch, next_batches
from alcore.loops.races.race import RaceTrace
from alcore.report.interactive.arena.single_round import state_figure
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.arena import cached
from pages.screens.arena.settings import NAMES, ArenaSettings
from pages.shared import address, controls, link_warnings
from pages.shared.markdown import quoted
from pages.shared.progress import OnStep, working
from pages.shared.viewport import is_dark, is_narrow

_POINT, _ADDRESS = "_arena_point", "arena_point"


@st.cache_data(max_entries=64, show_spinner=False)
def _choices(
    setup: ArenaSettings,
    seed: int,
    labeled: tuple[int, ...],
    names: tuple[str, ...],
    number: int,
    _on_step: OnStep,
) -> dict[str, ProposedBatch]:
    data = cached.data_of(setup, seed).dataset
    return next_batches(
        data,
        np.array(labeled),
        names,
        seed=seed,
        round=number,
        k=setup.labels_per_round,
        on_step=_on_step,
    )


@dataclass(frozen=True)
class _Moment:
    """A model, its pool, and each strategy's next query."""

    pool: NDArray[np.int64]
    labeled: NDArray[np.int64]
    probs_N_C: NDArray
    nearest_N: NDArray[np.float64]
    found: Mapping[str, ProposedBatch]


def inspect_point(setup: ArenaSettings, seed: int, data: Dataset, grid: Grid, racers: Sequence[RaceTrace]) -> None:
    """Draw the choice of round, its pool, and the details of a point."""
    by_name = {racer.strategy: racer for racer in racers}
    names = setup.names()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = controls.selectbox(
            "arena", "whose", "In the race of", list(by_name), racers[0].strategy, labels=names.__getitem__
        )
        last = len(racers[0].rounds) - 1
        number = (
            controls.slider("arena", "when", "After round", 0, last - 1, 0, help="0: the first labels only.")
            if last > 1
            else 0
        )
        everyone = controls.toggle(
            "arena",
            "others",
            "What would the others pick?",
            False,
            help="Marks the choice of every strategy of the catalogue from this same state.",
        )
    racer = by_name[name]
    asked = tuple(STRATEGIES) if everyone else tuple(one for one in setup.racers)
    labeled = racer.rounds[number].labeled
    moment = _Moment(
        pool=np.setdiff1d(np.arange(len(data.y_pool)), labeled),
        labeled=labeled,
        probs_N_C=racer.probs_R_N_C[number],
        nearest_N=cdist(data.x_pool, data.x_pool[labeled]).min(axis=1),
        found=working(
            "Choosing by every strategy." if everyone else "Scoring the pool.",
            lambda on_step: _choices(setup, seed, tuple(labeled.tolist()), asked, number, on_step),
        ),
    )
    for strategy, choice in moment.found.items():
        if choice.error:
            st.caption(f"{NAMES[strategy]}: {choice.error}")
    point = _chosen(data, moment, name.split(">")[0])
    figure = state_figure(
        data.x_pool,
        data.y_pool,
        data.class_names,
        grid.x,
        grid.y,
        racer.surfaces_R_Y_X_C[number],
        labeled=labeled,
        pool=moment.pool,
        hover=_words(data, moment, setup.racers),
        marks={key: one.batch.indices for key, one in moment.found.items() if one.batch is not None},
        names=NAMES,
        ringed=point,
        # On a phone each legend entry has its own row.
        height=290 + 20 * (len(asked) + data.classes + 2) if is_narrow() else 560,
        dark=is_dark(),
    )
    left, right = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left:
        st.plotly_chart(
            figure,
            key=f"arena_look_{name}_{number}_{everyone}",
            theme=None,
            on_select=_clicked(f"arena_look_{name}_{number}_{everyone}"),
            selection_mode="points",
            alt=f"The pool after round {number} of {names[name]}'s race, with the points asked for next.",
            config={"displaylogo": False, "displayModeBar": False},
        )
    with right:
        _table(data, moment, point)


def _clicked(key: str) -> Callable[[], None]:
    def keep() -> None:
        points = st.session_state[key]["selection"]["points"]
        chosen = [point["customdata"] for point in points if point.get("customdata") is not None]
        if chosen:
            st.session_state[_POINT] = int(np.ravel(chosen[0])[0])

    return keep


def _chosen(data: Dataset, moment: _Moment, racer: str) -> int:
    """The inspected point: clicked or chosen from the list, by default the racer's next query."""
    own = moment.found.get(racer)
    first = moment.pool[0] if own is None or own.batch is None else own.batch.indices[0]
    given = address.text(_ADDRESS, "Point")
    if _POINT not in st.session_state and given:
        linked = address.whole(given)
        if linked is None or linked not in moment.pool:
            sentence = (
                f"**Point:** the link asked for {quoted(given)}, which is none of the points that have no "
                f"label after this round, so point {first} is used."
            )
            link_warnings.keep(_ADDRESS, sentence, int(first))
        else:
            st.session_state[_POINT] = linked
    if st.session_state.get(_POINT) not in moment.pool:
        st.session_state[_POINT] = int(first)
    point = int(
        st.selectbox(
            "Why this point? Click one, or choose it here",
            moment.pool.tolist(),
            format_func=lambda index: f"point {index}: {_shares(data, moment, index)}",
            key=_POINT,
        )
    )
    # A default is not written to the address.
    address.write(_ADDRESS, str(point) if point != first else None)
    link_warnings.settle(_ADDRESS, point)
    return point


def _table(data: Dataset, moment: _Moment, point: int) -> None:
    """A point's score and rank under every strategy, and whether the strategy would query it."""
    st.markdown(
        f"**Point {point}**: the model says {_shares(data, moment, point)}; "
        f"the nearest labelled point is {moment.nearest_N[point]:.2f} away."
    )
    rows = []
    for strategy, choice in moment.found.items():
        score = choice.scores_N[point]
        rank = int(_ranks(choice, moment)[point]) if np.isfinite(score) else None
        asks = choice.batch is not None and point in choice.batch.indices
        rows.append(
            {
                "Strategy": NAMES[strategy],
                "Score": score,
                "Rank": rank,
                "Asks for it now": "yes" if asks else "",
            }
        )
    table = pd.DataFrame(rows).astype({"Rank": "Int64"})
    st.dataframe(table, hide_index=True, column_config={"Score": st.column_config.NumberColumn(format="%.4g")})
    st.caption(
        f"Rank among the {len(moment.pool):,} unlabelled points. A strategy without a score chooses its "
        "batch as a whole, so no single point has one."
    )


def _words(data: Dataset, moment: _Moment, racers: Sequence[str]) -> list[str]:
    """Hover text of each pool point: the racers' scores and ranks, and the strategies that would query it."""
    ranked = {
        strategy: (choice.scores_N, _ranks(choice, moment))
        for strategy, choice in moment.found.items()
        if strategy in racers
    }

    def told(index: int) -> str:
        asking = [
            NAMES[strategy]
            for strategy, choice in moment.found.items()
            if choice.batch is not None and index in choice.batch.indices
        ]
        lines = [
            f"point {index}",
            escape(_shares(data, moment, index)),
            f"nearest label {moment.nearest_N[index]:.2f} away",
            *(
                f"{NAMES[strategy]}: score {scores_N[index]:.3g}, rank {rank_N[index]:,}"
                for strategy, (scores_N, rank_N) in ranked.items()
                if np.isfinite(scores_N[index])
            ),
        ]
        if asking:
            lines += wrap(f"asked for by {', '.join(asking)}", 60)
        return "<br>".join(lines)

    return [told(int(index)) for index in moment.pool]


def _ranks(choice: ProposedBatch, moment: _Moment) -> NDArray[np.int64]:
    """Rank of every unlabelled point with a score: 1 plus the number of higher scores."""
    pool_K = choice.scores_N[moment.pool]
    ordered_K = np.sort(pool_K[np.isfinite(pool_K)])
    return 1 + len(ordered_K) - np.searchsorted(ordered_K, choice.scores_N, side="right")


def _shares(data: Dataset, moment: _Moment, index: int) -> str:
    return ", ".join(
        f"{name} {100 * share:.0f} %" for name, share in zip(data.class_names, moment.probs_N_C[index], strict=True)
    )
