"""Manual labelling: the reader queries points of a map of their own, and competes with the racers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.races.replay import keeping_step, replay_races
from alcore.loops.races.trace import RaceTrace
from alcore.report.phrases import format_labels, format_number, percent
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import ArenaSettings
from pages.shared.progress import working

YOU = "you"
# A question that is opened ends a game; the score stays.
_GAMES, _SCORE = "_arena_games", "_score_of_the_arena"
# Labels of a game, at most: few enough to play several.
BUDGET = 10
BARE_CHART = {"displaylogo": False, "displayModeBar": False}


@dataclass(frozen=True, eq=False)
class Game:
    """A game as it stands.

    Attributes:
        racers: the opponents, as far as the reader has come, and the reader as the last.
        queried: the reader's queries, in order.
        left: labels left.
        until: labels at the end.
        pool: the points that can still be queried, from left to right: an order that gives nothing away.
    """

    racers: list[RaceTrace]
    queried: list[int]
    left: int
    until: int
    pool: NDArray[np.int64]


def game_of(shown: ShownRace) -> Game:
    """The game of the race shown, which is one per setting and seed."""
    data, racers = shown.data.dataset, shown.racers
    queried = _queried(shown)
    start = racers[0].rounds[0].labeled
    budget = min(BUDGET, racers[0].rounds[-1].labels - len(start))
    order = np.concatenate([start, np.asarray(queried, dtype=np.int64)])
    you = working(
        "Training on your labels.",
        lambda on_step: replay_races(
            data,
            order,
            seed_labels=len(start),
            labels_per_round=1,
            learner=shown.setup.learner,
            seed=shown.view.seed,
            grid=shown.grid,
        ),
    )
    pool = np.setdiff1d(np.arange(len(data.y_pool)), order)
    return Game(
        [*(keeping_step(racer, you) for racer in racers), you],
        queried,
        budget - len(queried),
        len(start) + budget,
        pool[np.argsort(data.x_pool[pool, 0], kind="stable")],
    )


def query(shown: ShownRace, point: int | None) -> None:
    """Label a point in the game of the race shown, unless it is labelled or the budget is spent."""
    game = game_of(shown)
    if point is not None and game.left > 0 and point in game.pool:
        _queried(shown).append(point)
        ended = game_of(shown)
        if ended.left == 0:
            final = {racer.strategy: racer.rounds[-1].accuracy for racer in ended.racers}
            # A game counts once: taking back its last label does not play it again.
            st.session_state.setdefault(_SCORE, {}).setdefault((shown.setup, shown.view.seed), final)


def draw_standing(shown: ShownRace, game: Game) -> None:
    """Draw where the game stands, and the score of the games so far."""
    names = shown.setup.names()
    st.markdown(f"{standing(game, names)} {score_words(_scores(shown.setup), names)}".strip())


def draw_moves(shown: ShownRace, game: Game) -> None:
    """Draw what can be done beside a click on the map: the list for the keyboard, undo, and the next game."""
    choice_key = f"arena_you_choice_{len(game.queried)}"
    places = shown.data.dataset.x_pool

    def words(index: int) -> str:
        return f"point {index} at {format_number(places[index, 0], 2)}, {format_number(places[index, 1], 2)}"

    # Read on click: an argument would be the selection at the time the button was drawn.
    def query_chosen() -> None:
        query(shown, st.session_state[choice_key])

    def undo() -> None:
        if queried := _queried(shown):
            queried.pop()

    def next_game() -> None:
        st.session_state["arena_seed"] = (shown.view.seed + 1) % 1000

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "A point, from left to right",
            game.pool.tolist(),
            format_func=words,
            key=choice_key,
            disabled=game.left == 0,
            help="The same as a click on your map, for a keyboard.",
            label_visibility="collapsed",
            width=260,
        )
        for name, label, icon, action, disabled in (
            ("label", "Label it", ":material/label:", query_chosen, game.left == 0),
            ("undo", "Undo", ":material/undo:", undo, not game.queried),
            ("again", "Start again", ":material/restart_alt:", _queried(shown).clear, not game.queried),
            ("next", "Next game", ":material/skip_next:", next_game, False),
        ):
            st.button(label, icon=icon, key=f"arena_you_{name}", on_click=action, disabled=disabled)


def selected_point(key: str) -> int | None:
    """The point of the pool that was clicked in a chart; None for a click on something else."""
    points = st.session_state[key]["selection"]["points"]
    chosen = [point["customdata"] for point in points if point.get("customdata") is not None]
    return int(np.ravel(chosen[0])[0]) if chosen else None


def share_words(class_names: Sequence[str], probs_C: NDArray) -> str:
    """Class probabilities as text."""
    return ", ".join(f"{name} {percent(share, 0)}" for name, share in zip(class_names, probs_C, strict=True))


def standing(game: Game, names: dict[str, str]) -> str:
    """The reader's accuracy against every racer at the same number of labels."""
    *others, you = game.racers
    if not game.queried:
        return (
            f"You start with the same {format_labels(len(you.order))} as every racer. **Click the grey point in your "
            f"map whose label would help most**; your budget is {format_labels(game.left)}."
        )
    own = you.rounds[-1]
    rivals = {racer.strategy: racer.rounds[-1].accuracy for racer in others}
    accuracies = ", ".join(f"{names.get(racer, racer)} {percent(accuracy)}" for racer, accuracy in rivals.items())
    told = f"With {format_labels(own.labels)} you have **{percent(own.accuracy)}**; {accuracies}."
    best = max(rivals.values())
    if game.left:
        return f"{told} {format_labels(game.left).capitalize()} to go."
    if own.accuracy > best:
        return f"{told} **You won this race.** One race is no evidence: play the next game."
    winners = [names.get(racer, racer) for racer, accuracy in rivals.items() if accuracy == best]
    end = "A draw." if own.accuracy == best else f"{' and '.join(winners)} won this race."
    return f"{told} {end}"


def score_words(games: Sequence[dict[str, float]], names: dict[str, str]) -> str:
    """How many games each has won, draws for all who share the first place; nothing before the second game."""
    if len(games) < 2:
        return ""
    won = {name: sum(final[name] == max(final.values()) for final in games) for name in games[0]}
    parts = [f"you {won.pop(YOU)}", *(f"{names.get(name, name)} {count}" for name, count in won.items())]
    return f"Won so far, in {len(games)} games: {', '.join(parts)}."


def _queried(shown: ShownRace) -> list[int]:
    games: dict[tuple[ArenaSettings, int], list[int]] = st.session_state.setdefault(_GAMES, {})
    return games.setdefault((shown.setup, shown.view.seed), [])


def _scores(setup: ArenaSettings) -> list[dict[str, float]]:
    """The finished games of a setting."""
    return [final for (played, _), final in st.session_state.get(_SCORE, {}).items() if played == setup]
