"""Manual labelling: the reader chooses the queries, and competes with the racers."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.races.grid import Grid
from alcore.loops.races.race import RaceTrace
from alcore.loops.races.replay import replay_races
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.arena.single_round import state_figure
from alcore.report.phrases import format_labels, percent
from alcore.strategies.uncertainty import least_confidence
from pages.screens.arena.settings import ArenaSettings
from pages.shared.chart import show_chart
from pages.shared.progress import working
from pages.shared.viewport import is_dark, is_narrow

_GAME = "_arena_you"
# Number of points in the keyboard's list, those with the highest uncertainty.
_LISTED = 40


def play_yourself(setup: ArenaSettings, seed: int, data: Dataset, grid: Grid, racers: Sequence[RaceTrace]) -> None:
    """Draw the game: the selectable pool, the list for the keyboard, undo, and the standing.

    Args:
        setup: the race's settings; each setting is a separate game.
        seed: of the race that the reader joins.
        data: its points.
        grid: grid for the surface of the reader's model.
        racers: the competitors, with the same seed set.
    """
    game = st.session_state.setdefault(_GAME, {})
    asked: list[int] = game.setdefault((setup, seed), [])
    start = racers[0].rounds[0].labeled
    budget = min(setup.rounds * setup.labels_per_round, len(data.y_pool) - len(start))
    order = np.concatenate([start, np.asarray(asked, dtype=np.int64)])
    you = working(
        "Training on your labels.",
        lambda on_step: replay_races(data, order, seed_labels=len(start), labels_per_round=1, grid=grid),
    )
    left = budget - len(asked)
    st.markdown(_standing(you, racers, setup, asked, left))
    pool = np.setdiff1d(np.arange(len(data.y_pool)), order)
    probs_N_C = you.probs_R_N_C[-1]
    ranked = pool[np.argsort(-least_confidence(probs_N_C[pool]), kind="stable")]

    choice_key = f"arena_you_choice_{len(asked)}"

    def ask(index: int | None) -> None:
        if index is not None and left > 0 and index not in order:
            asked.append(int(index))

    # Read on click: an argument would be the selection at the time the button was drawn.
    def ask_chosen() -> None:
        ask(st.session_state[choice_key])

    def undo() -> None:
        if asked:
            asked.pop()

    def clicked() -> None:
        points = st.session_state[f"arena_you_{len(asked)}"]["selection"]["points"]
        chosen = [point["customdata"] for point in points if point.get("customdata") is not None]
        if chosen:
            ask(int(np.ravel(chosen[0])[0]))

    above = st.container() if is_narrow() else None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with above or row:
        st.selectbox(
            "A point, the most uncertain first",
            ranked[:_LISTED].tolist(),
            format_func=lambda index: _words(data, probs_N_C, int(index)),
            key=choice_key,
            disabled=left == 0,
            help="The same as a click, for a keyboard.",
        )
    with row:
        st.button(
            "Label it",
            icon=":material/label:",
            key="arena_you_label",
            on_click=ask_chosen,
            disabled=left == 0,
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="arena_you_undo",
            on_click=undo,
            disabled=not asked,
        )
        st.button(
            "Start again",
            icon=":material/restart_alt:",
            key="arena_you_again",
            on_click=asked.clear,
            disabled=not asked,
        )
    left_side, right_side = (st.container(), st.container()) if is_narrow() else st.columns([3, 2])
    with left_side:
        st.plotly_chart(
            state_figure(
                data.x_pool,
                data.y_pool,
                data.class_names,
                grid.x,
                grid.y,
                you.surfaces_R_Y_X_C[-1],
                labeled=order,
                pool=pool,
                hover=[escape(_words(data, probs_N_C, int(index))) for index in pool],
                numbered=np.asarray(asked, dtype=np.int64),
                height=380 if is_narrow() else 520,
                dark=is_dark(),
            ),
            # A new key after each query: a selection that is kept would count as a new click.
            key=f"arena_you_{len(asked)}",
            theme=None,
            on_select=clicked,
            selection_mode="points",
            alt=f"The pool to choose from; you hold {format_labels(len(order))}.",
            config={"displaylogo": False, "displayModeBar": False},
        )
    with right_side:
        show_chart(
            learning_curves(curve_frame(rows_of([*racers, you], seed)), names=setup.names() | {"you": "You"}),
            key="arena_you_curves",
            alt="Your learning curve beside those of the racers.",
            file="arena-you",
            height=380,
        )


def _standing(you: RaceTrace, racers: Sequence[RaceTrace], setup: ArenaSettings, asked: list[int], left: int) -> str:
    """The reader's accuracy against every racer at the same number of labels."""
    if not asked:
        return (
            f"You hold the same {format_labels(len(you.order))} as everybody. **Click the grey point whose label "
            f"would help most**, or take one from the list; you may ask for {format_labels(left)}."
        )
    own = you.rounds[-1]
    rivals = [
        f"{setup.names().get(racer.strategy, racer.strategy)} {percent(one.accuracy)}"
        for racer in racers
        if (one := max((r for r in racer.rounds if r.labels <= own.labels), key=lambda r: r.labels))
    ]
    best = max(
        one.accuracy
        for racer in racers
        if (one := max((r for r in racer.rounds if r.labels <= own.labels), key=lambda r: r.labels))
    )
    told = f"With {format_labels(own.labels)} you have **{percent(own.accuracy)}**; {', '.join(rivals)}."
    if left:
        return f"{told} {format_labels(left).capitalize()} to go."
    if own.accuracy > best:
        return f"{told} **You won this race.** One race is no evidence: change the seed and win again."
    return f"{told} {'A draw.' if own.accuracy == best else 'The machine won this race.'} Undo, or start again."


def _words(data: Dataset, probs_N_C: NDArray, index: int) -> str:
    shares = ", ".join(
        f"{name} {100 * share:.0f} %" for name, share in zip(data.class_names, probs_N_C[index], strict=True)
    )
    return f"point {index}: {shares}"


def rows_of(racers: Sequence[RaceTrace], seed: int) -> list[dict]:
    """The racers' curves as rows for `curve_frame`."""
    return [
        {
            "run": racer.strategy,
            "strategy": racer.strategy,
            "seed": seed,
            "round": round_.round,
            "labels": round_.labels,
            "accuracy": round_.accuracy,
            "train_loss": round_.train_loss,
            "seconds": sum(round_.seconds.values()),
        }
        for racer in racers
        for round_ in racer.rounds
    ]
