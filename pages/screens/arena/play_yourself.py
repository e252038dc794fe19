"""Manual labelling: the reader chooses the queries, and competes with the racers."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.races.race import RaceTrace
from alcore.loops.races.replay import replay_races
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.interactive.arena.single_round import state_figure
from alcore.report.phrases import format_labels, percent
from alcore.strategies.uncertainty import least_confidence
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.export import rows_of
from pages.shared.chart import show_chart
from pages.shared.progress import working
from pages.shared.viewport import is_dark, is_narrow

_GAME = "_arena_you"
# Number of points in the keyboard's list, those with the highest uncertainty.
_LISTED = 40
BARE_CHART = {"displaylogo": False, "displayModeBar": False}


def play_yourself(shown: ShownRace) -> None:
    """Draw the game, one per race shown: the selectable pool, the list for the keyboard, undo, and the standing."""
    setup, seed, data, grid, racers = shown.setup, shown.view.seed, shown.data.dataset, shown.grid, shown.racers
    game = st.session_state.setdefault(_GAME, {})
    queried: list[int] = game.setdefault((setup, seed), [])
    start = racers[0].rounds[0].labeled
    budget = min(setup.rounds * setup.labels_per_round, len(data.y_pool) - len(start))
    order = np.concatenate([start, np.asarray(queried, dtype=np.int64)])
    you = working(
        "Training on your labels.",
        lambda on_step: replay_races(data, order, seed_labels=len(start), labels_per_round=1, grid=grid),
    )
    left = budget - len(queried)
    st.markdown(_standing(you, racers, setup.names(), queried, left))
    pool = np.setdiff1d(np.arange(len(data.y_pool)), order)
    probs_N_C = you.probs_R_N_C[-1]
    ranked = pool[np.argsort(-least_confidence(probs_N_C[pool]), kind="stable")]

    def words(index: int) -> str:
        return f"point {index}: {share_words(data.class_names, probs_N_C[index])}"

    chart_key, choice_key = f"arena_you_{len(queried)}", f"arena_you_choice_{len(queried)}"

    def query(index: int | None) -> None:
        if index is not None and left > 0 and index not in order:
            queried.append(index)

    # Read on click: an argument would be the selection at the time the button was drawn.
    def query_chosen() -> None:
        query(st.session_state[choice_key])

    def undo() -> None:
        if queried:
            queried.pop()

    above = st.container() if is_narrow() else None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with above or row:
        st.selectbox(
            "A point, the most uncertain first",
            ranked[:_LISTED].tolist(),
            format_func=words,
            key=choice_key,
            disabled=left == 0,
            help="The same as a click, for a keyboard.",
        )
    with row:
        for name, label, icon, action, disabled in (
            ("label", "Label it", ":material/label:", query_chosen, left == 0),
            ("undo", "Undo", ":material/undo:", undo, not queried),
            ("again", "Start again", ":material/restart_alt:", queried.clear, not queried),
        ):
            st.button(label, icon=icon, key=f"arena_you_{name}", on_click=action, disabled=disabled)
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
                hover=[escape(words(index)) for index in pool],
                numbered=np.asarray(queried, dtype=np.int64),
                height=380 if is_narrow() else 520,
                dark=is_dark(),
            ),
            # A new key after each query: a selection that is kept would count as a new click.
            key=chart_key,
            theme=None,
            on_select=lambda: query(selected_point(chart_key)),
            selection_mode="points",
            alt=f"The pool to choose from, with your {format_labels(len(order))}.",
            config=BARE_CHART,
        )
    with right_side:
        show_chart(
            learning_curves(curve_frame(rows_of([*racers, you], seed)), names=setup.names() | {"you": "You"}),
            key="arena_you_curves",
            alt="Your learning curve beside those of the racers.",
            file="arena-you",
            height=380,
        )


def selected_point(key: str) -> int | None:
    """The point of the pool that was clicked in a chart; None for a click on something else."""
    points = st.session_state[key]["selection"]["points"]
    chosen = [point["customdata"] for point in points if point.get("customdata") is not None]
    return int(np.ravel(chosen[0])[0]) if chosen else None


def share_words(class_names: Sequence[str], probs_C: NDArray) -> str:
    """Class probabilities as text."""
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in zip(class_names, probs_C, strict=True))


def _standing(you: RaceTrace, racers: Sequence[RaceTrace], names: dict[str, str], queried: list[int], left: int) -> str:
    """The reader's accuracy against every racer at the same number of labels."""
    if not queried:
        return (
            f"You start with the same {format_labels(len(you.order))} as every racer. **Click the grey point whose "
            f"label would help most**, or take one from the list; your budget is {format_labels(left)}."
        )
    own = you.rounds[-1]
    # Each racer's last round with at most as many labels.
    rivals = {
        racer.strategy: [round_ for round_ in racer.rounds if round_.labels <= own.labels][-1].accuracy
        for racer in racers
    }
    accuracies = ", ".join(f"{names.get(racer, racer)} {percent(accuracy)}" for racer, accuracy in rivals.items())
    standing = f"With {format_labels(own.labels)} you have **{percent(own.accuracy)}**; {accuracies}."
    best = max(rivals.values())
    if left:
        return f"{standing} {format_labels(left).capitalize()} to go."
    if own.accuracy > best:
        return f"{standing} **You won this race.** One race is no evidence: change the seed and win again."
    end = "A draw." if own.accuracy == best else "The machine won this race."
    return f"{standing} {end} Undo, or start again."
