"""The verdict over paired seeds, with its numbers."""

from collections.abc import Callable
from math import isinf

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.races.paired import PairedRaces
from alcore.loops.races.race import RaceTrace
from alcore.report.text.race import Comparison, Interval, Target, absolute, compare_races, share_of_all
from pages.screens.arena import cached
from pages.screens.arena.settings import ArenaSettings, ArenaView
from pages.shared import controls
from pages.shared.markdown import plain

# Longest estimated time in seconds for paired races to start without a button.
PATIENCE_SECONDS = 12.0
_VERDICTS = {
    "better": ":material/trending_up: better than random",
    "worse": ":material/trending_down: worse than random",
    "undecided": ":material/drag_handle: not distinguishable yet",
}


def known_races(setup: ArenaSettings, shown: ArenaView) -> PairedRaces | None:
    """The paired races, if they have been run."""
    return cached.known(setup, shown.paired) if shown.paired > 1 else None


def paired_races(setup: ArenaSettings, shown: ArenaView, racers: list[RaceTrace]) -> PairedRaces | None:
    """The paired races, if they are cached or fast; see `offer` for slow ones."""
    if shown.paired < 2:
        return None
    if cached.estimate(racers, shown.paired) <= cached.LIVE_SECONDS:
        return cached.paired(setup, shown.paired)
    return cached.known(setup, shown.paired)


def offer(
    setup: ArenaSettings, shown: ArenaView, racers: list[RaceTrace], place: DeltaGenerator
) -> Callable[[], None] | None:
    """Offer slow paired races behind a button, and return the function that runs them.

    Args:
        setup: the race's settings.
        shown: the view.
        racers: the race shown; its time is the estimate for the others.
        place: container of the button.

    Returns:
        a function that runs the races and then reruns the page; to be called once everything else is drawn, since any
        interaction stops it. None if there is nothing to run.
    """
    seconds = cached.estimate(racers, shown.paired)
    if shown.paired < 2 or seconds <= cached.LIVE_SECONDS or cached.known(setup, shown.paired) is not None:
        return None
    words = f"{shown.paired} paired seeds, about {max(1, seconds):.0f} s"
    with place:
        if seconds > PATIENCE_SECONDS and not st.button(
            f"Race {words}",
            icon=":material/casino:",
            key="arena_race_all",
            help="One race is an anecdote. These strategies take long, so the other races wait for you.",
        ):
            return None

    def catch_up() -> None:
        cached.paired(setup, shown.paired)
        st.rerun()

    return catch_up


def target_of(setup: ArenaSettings, shown: ArenaView) -> Target | None:
    """Draw the choice of the target accuracy; None for the default."""
    with st.popover("Target", icon=":material/flag_check:"):
        kind = controls.segmented(
            "arena",
            "target",
            "Count the labels to",
            ["auto", "accuracy", "share"],
            "auto",
            labels={
                "auto": "A height all reach",
                "accuracy": "An accuracy",
                "share": "A share of all labels' accuracy",
            }.__getitem__,
        )
        if kind == "accuracy":
            return absolute(controls.slider("arena", "height", "Accuracy", 0.5, 1.0, 0.85, step=0.01, format="percent"))
        if kind == "share":
            share = controls.slider(
                "arena",
                "share",
                "Share of the accuracy with all labels",
                0.5,
                1.0,
                0.95,
                step=0.01,
                format="percent",
            )
            seeds = cached.ceiling(setup, max(shown.paired, shown.seed + 1))
            return share_of_all(share, seeds)
    return None


def judge(
    races: PairedRaces | None,
    racers: list[RaceTrace],
    setup: ArenaSettings,
    shown: ArenaView,
    target: Target | None,
    test_points: int,
) -> Comparison:
    """All races compared; the race shown alone if there are no others."""
    names = setup.names()
    if races is not None:
        return compare_races(
            races.labels_T,
            races.accuracy_S_R_T,
            races.names,
            seeds=races.seeds,
            target=target,
            names=names,
            test_points=test_points,
        )
    return compare_races(
        [round_.labels for round_ in racers[0].rounds],
        [[[round_.accuracy for round_ in racer.rounds] for racer in racers]],
        [racer.strategy for racer in racers],
        seeds=[shown.seed],
        target=target,
        names=names,
        test_points=test_points,
    )


def draw_numbers(comparison: Comparison) -> None:
    """The numbers behind the verdict, one column per racer."""
    rivals = {rival.strategy: rival for rival in comparison.rivals}
    several = len(comparison.seeds) > 1
    st.markdown(_counted_to(comparison))
    for column, standing in zip(st.columns(len(comparison.standings)), comparison.standings, strict=True):
        rival = rivals.get(standing.strategy)
        with column, st.container(border=True):
            st.markdown(f"**{plain(standing.name)}**")
            needed = standing.needed
            st.metric(
                "Labels to the target",
                "no target" if needed is None else _labels(needed.median),
                help="The median over the races, and below it the middle half of them."
                if several
                else "In the race that is drawn.",
            )
            lines = []
            if needed is not None and several:
                lines.append(f"middle half {_labels(needed.low)} to {_labels(needed.high)}")
                if needed.never:
                    lines.append(f"{needed.never} of {needed.races} races never got there")
            lines.append(f"mean accuracy {_share(standing.area)}")
            if standing.phases is not None:
                lines.append(f"rises to {standing.phases.labels} labels, then a plateau")
            if rival is not None and several:
                lines.append(f"{_VERDICTS[rival.verdict]} ({_difference(rival.area)} points)")
                if rival.factor is not None and rival.verdict != "undecided":
                    lines.append(f"labels saved: factor {_factor(rival.factor)}")
            st.caption("  \n".join(lines))
    about = (
        "Mean accuracy is the area under the curve, divided by the labels it spans: of one race here, and no "
        "evidence yet."
    )
    if several:
        about = (
            "Mean accuracy is the area under the curve, divided by the labels it spans; points are "
            "percentage points of it more or less than random's. A factor says how many times as many labels "
            "random needed, race by race. In brackets, and after a difference: the 95 % interval"
            f"{', widened for so many comparisons' if len(rivals) > 1 else ''}."
        )
    st.caption(about)


def _counted_to(comparison: Comparison) -> str:
    """The target accuracy, or why there is none."""
    if comparison.target is None:
        return (
            "No target: not every racer's curve ends above where it began. **Target**, above, sets one that "
            "need not be reached by all."
        )
    return f"Labels are counted to **{plain(comparison.target.words)}**; **Target**, above, sets another height."


def _share(interval: Interval) -> str:
    if isinf(interval.low):
        return f"{100 * interval.estimate:.1f} %"
    return f"{100 * interval.estimate:.1f} % ({100 * interval.low:.1f} % to {100 * interval.high:.1f} %)"


def _factor(interval: Interval) -> str:
    """A factor with its interval, whose ends may be unbounded."""
    ends = f"{interval.low:.2f} {'or more' if isinf(interval.high) else f'to {interval.high:.2f}'}"
    if interval.low == 0:
        ends = "any" if isinf(interval.high) else f"up to {interval.high:.2f}"
    unclear = "" if interval.excludes(1) else ", not clear yet"
    return f"{interval.estimate:.2f} ({ends}){unclear}"


def _difference(interval: Interval) -> str:
    ends = [100 * value for value in (interval.estimate, interval.low, interval.high)]
    # An end that would round to zero gets another digit, which shows its sign.
    places = 2 if any(value and not round(value, 1) for value in ends) else 1
    # Adding zero turns -0.0 into 0.0.
    estimate, low, high = (f"{round(value, places) + 0.0:+.{places}f}" for value in ends)
    return f"{estimate}, {low} to {high}"


def _labels(value: float) -> str:
    return "never" if isinf(value) else f"{value:g}"
