"""The verdict over paired seeds, with its numbers."""

from collections.abc import Callable, Sequence
from math import isinf

import streamlit as st
from numpy.typing import ArrayLike
from streamlit.delta_generator import DeltaGenerator

from alcore.loops.races.paired import PairedRaces
from alcore.report.intervals import Interval
from alcore.report.phrases import percent
from alcore.report.statistics.comparison import Comparison, compare_races
from alcore.report.statistics.labels_to_target import Target, absolute, share_of_all
from alcore.report.text.claims import brief_claims, claims, gains_of, race_claims, signed
from alcore.report.text.comparison import describe_comparison
from pages.screens.arena import cached
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import MOST_SEEDS, ArenaSettings, ArenaView
from pages.shared import controls
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.verdict import show_verdict

# Longest estimated time in seconds for paired races to start without a button.
PATIENCE_SECONDS = 12.0
# Paired seeds that the button beside an open verdict adds.
MORE_SEEDS = 20
_TARGETS = {"auto": "Reached by all racers", "accuracy": "An accuracy", "share": "A share of all labels' accuracy"}
_VERDICTS = {
    "better": ":material/trending_up: better than random",
    "worse": ":material/trending_down: worse than random",
    "undecided": ":material/drag_handle: no significant difference yet",
}


def known_races(shown: ShownRace) -> PairedRaces | None:
    """The paired races, if they have been run."""
    return cached.known(shown.setup, shown.view.paired) if shown.view.paired > 1 else None


def paired_races(shown: ShownRace) -> PairedRaces | None:
    """The paired races, if they are cached or fast; see `offer` for slow ones."""
    paired = shown.view.paired
    if paired > 1 and cached.estimate(shown.setup, shown.racers, paired) <= cached.LIVE_SECONDS:
        return cached.paired(shown.setup, paired)
    return known_races(shown)


def compared(shown: ShownRace, target: Target | None) -> tuple[PairedRaces | None, Comparison]:
    """The paired races as by `paired_races`, and all races compared."""
    races = paired_races(shown)
    return races, working("Comparing the races.", lambda on_step: judge(shown, races, target))


def offer(shown: ShownRace, place: DeltaGenerator) -> Callable[[], None] | None:
    """Offer slow paired races behind a button, and return the function that runs them.

    Args:
        shown: the race shown; its time is the estimate for the others.
        place: container of the button.

    Returns:
        a function that runs the races and then reruns the page; to be called once everything else is drawn, since any
        interaction stops it. None if there is nothing to run.
    """
    paired = shown.view.paired
    seconds = cached.estimate(shown.setup, shown.racers, paired)
    if paired < 2 or seconds <= cached.LIVE_SECONDS or known_races(shown) is not None:
        return None
    words = f"{paired} paired seeds, about {max(1, seconds):.0f} s"
    with place:
        if seconds > PATIENCE_SECONDS and not st.button(
            f"Race {words}",
            icon=":material/casino:",
            key="arena_race_all",
            help="One race is no evidence. These strategies are slow, so the other races run on request.",
        ):
            return None

    def catch_up() -> None:
        cached.paired(shown.setup, paired)
        st.rerun()

    return catch_up


def kind_of_target() -> str:
    """The control of what labels are counted to: "auto" for the default, a key of `_TARGETS`."""
    return controls.segmented("arena", "target", "Count the labels to", _TARGETS, "auto")


def target_of(setup: ArenaSettings, shown: ArenaView) -> Target | None:
    """Draw the choice of the target accuracy; None for the default."""
    with st.popover("Target", icon=":material/flag_check:"):
        kind = kind_of_target()
        if kind == "accuracy":
            return absolute(controls.slider("arena", "height", "Accuracy", 0.5, 1.0, 0.85, step=0.01, format="percent"))
        if kind == "share":
            label = "Share of the accuracy with all labels"
            share = controls.slider("arena", "share", label, 0.5, 1.0, 0.95, step=0.01, format="percent")
            return share_of_all(share, cached.ceiling(setup, max(shown.paired, shown.seed + 1)))
    return None


def show(comparison: Comparison, shown: ShownRace) -> None:
    """Draw the verdict beside what the race drawn shows; where it is open, with a button that adds seeds."""
    paired = shown.view.paired
    if not _several(comparison):
        st.markdown(plain(words_of(comparison)))
        return
    # The race drawn may have a seed beyond those of the paired races.
    alone = judge(shown, None, None)
    more = min(MORE_SEEDS, MOST_SEEDS - paired)
    show_verdict(race_claims(comparison, gains_of(alone, shown.view.seed), more=more > 0))
    if more > 0 and any(rival.verdict == "undecided" for rival in comparison.rivals):
        st.button(
            f"Add {more} seeds",
            icon=":material/add:",
            key="arena_more",
            on_click=_add,
            args=(paired + more,),
            help="More seeds narrow the interval. Added again and again until it excludes 0, they find a difference "
            "where there is none more often than in 5 % of the cases: for a claim, settle their number first.",
        )


def words_of(comparison: Comparison) -> str:
    """The verdict in sentences, as on the screen."""
    return f"{'. '.join(claims(comparison))}." if _several(comparison) else describe_comparison(comparison)


def brief_of(comparison: Comparison) -> str:
    """The verdict for a figure: a line per claim."""
    return brief_claims(comparison) if _several(comparison) else describe_comparison(comparison)


def _several(comparison: Comparison) -> bool:
    return len(comparison.seeds) > 1 and len(comparison.rivals) > 0


def _add(paired: int) -> None:
    st.session_state["arena_paired"] = paired


def judge(shown: ShownRace, races: PairedRaces | None, target: Target | None) -> Comparison:
    """All races compared; the race shown alone if there are no others."""
    curves: tuple[ArrayLike, ArrayLike, Sequence[str]]
    if races is not None:
        curves, seeds = (races.labels_T, races.accuracy_S_R_T, races.names), races.seeds
    else:
        curves = (
            [round_.labels for round_ in shown.racers[0].rounds],
            [[[round_.accuracy for round_ in racer.rounds] for racer in shown.racers]],
            [racer.strategy for racer in shown.racers],
        )
        seeds = (shown.view.seed,)
    return compare_races(
        *curves,
        seeds=seeds,
        target=target,
        names=shown.setup.names(),
        test_points=len(shown.data.dataset.y_test),
    )


def draw_numbers(comparison: Comparison) -> None:
    """The numbers behind the verdict, one column per racer."""
    rivals = {rival.strategy: rival for rival in comparison.rivals}
    several = len(comparison.seeds) > 1
    st.markdown(_target_words(comparison))
    for column, standing in zip(st.columns(len(comparison.standings)), comparison.standings, strict=True):
        rival = rivals.get(standing.strategy)
        with column, st.container(border=True):
            st.markdown(f"**{plain(standing.name)}**")
            needed = standing.needed
            st.metric(
                "Labels to the target",
                "no target" if needed is None else needed_words(needed.median),
                help="The median over the races, and below it the interquartile range (IQR)."
                if several
                else "In the race that is drawn.",
            )
            lines = []
            if needed is not None and several:
                lines.append(f"IQR {needed_words(needed.low)} to {needed_words(needed.high)}")
                if needed.never:
                    lines.append(f"target not reached in {needed.never} of {needed.races} races")
            lines.append(f"mean accuracy {_share(standing.area)}")
            if standing.phases is not None:
                lines.append(f"rises to {standing.phases.labels} labels, then a plateau")
            if rival is not None and several:
                lines.append(f"{_VERDICTS[rival.verdict]} ({_difference(rival.area)} points)")
                if rival.factor is not None and rival.verdict != "undecided":
                    lines.append(f"label saving: factor {_factor(rival.factor)}")
            st.caption("  \n".join(lines))
    mean = "Mean accuracy is the area under the learning curve, divided by its range of labels"
    if several:
        widened = ", widened for so many comparisons" if len(rivals) > 1 else ""
        st.caption(
            f"{mean}.",
            help="Points: percentage points of it above or below random. Factor: the labels that random needed divided "
            "by those of the strategy, race by race. In brackets, and after a difference: the 95 % "
            f"interval{widened}.",
        )
    else:
        st.caption(f"{mean}: of one race here, which is no evidence yet.")


def needed_words(labels: float) -> str:
    """A number of labels to a target, infinite if the target was not reached."""
    return "not reached" if isinf(labels) else f"{labels:g}"


def _target_words(comparison: Comparison) -> str:
    """The target accuracy, or why there is none."""
    if comparison.target is None:
        return (
            "No target: not every racer's curve ends above where it began. **Target** (:material/flag_check: above) "
            "sets one that need not be reached by all."
        )
    words = plain(comparison.target.words)
    return f"Labels are counted to **{words}**; change it by **Target** (:material/flag_check: above)."


def _share(interval: Interval) -> str:
    if isinf(interval.low):
        return percent(interval.estimate)
    return f"{percent(interval.estimate)} ({percent(interval.low)} to {percent(interval.high)})"


def _factor(interval: Interval) -> str:
    """A factor with its interval, whose ends may be unbounded."""
    ends = f"{interval.low:.2f} {'or more' if isinf(interval.high) else f'to {interval.high:.2f}'}"
    if interval.low == 0:
        ends = "any" if isinf(interval.high) else f"up to {interval.high:.2f}"
    unclear = "" if interval.excludes(1) else ", not clear yet"
    return f"{interval.estimate:.2f} ({ends}){unclear}"


def _difference(interval: Interval) -> str:
    estimate, low, high = (signed(100 * value) for value in (interval.estimate, interval.low, interval.high))
    return f"{estimate}, {low} to {high}"
