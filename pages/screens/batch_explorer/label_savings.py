"""Label savings: batch strategies raced over many rounds and paired seeds."""

from dataclasses import dataclass, replace
from math import isinf

import streamlit as st

from alcore.loops.batch_explorer import BatchExperiment, batch_strategy
from alcore.loops.races.lockstep import StrategySchedule
from alcore.loops.races.paired import PairedRaces, paired_races
from alcore.loops.steps import part
from alcore.report.charts.curves import mean_curves
from alcore.report.phrases import format_labels, format_signed
from alcore.report.statistics.labels_to_target import share_of_all
from alcore.report.text.batch_savings import (
    TOP_K,
    LabelSavings,
    StrategySavings,
    compare_to_top_k,
    describe_savings,
    savings_claims,
)
from pages.screens.arena.export import paired_frame
from pages.screens.arena.verdict import needed_words
from pages.screens.batch_explorer import cached
from pages.screens.batch_explorer.controls import NAMES, PAGE, BatchSettings, name_of
from pages.shared import controls, session_cache
from pages.shared.chart import show_chart
from pages.shared.export_panel import config_of, export_panel
from pages.shared.progress import OnStep, working
from pages.shared.verdict import show_verdict

# Longest time in seconds of a strategy in the race; slower ones are left out.
LONGEST = 60.0
# Longest time in seconds for races to start without a switch.
PATIENT = 15.0


@dataclass(frozen=True)
class SavingsSettings:
    """Settings of the races."""

    racers: tuple[str, ...]
    rounds: int
    seeds: int
    share: float  # share of the accuracy with all labels


def savings_controls(setup: BatchSettings, found: BatchExperiment) -> SavingsSettings | None:
    """Draw the section's controls; None while slow races are switched off."""
    st.markdown(
        "One batch is no evidence: here each strategy queries batch after batch, to a target accuracy.",
        help="All from the same seed set on the same pools; the labels to the target are counted.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rounds = controls.slider(PAGE, "rounds", "Rounds", 2, 30, 15)
        seeds = controls.slider(PAGE, "seeds", "Paired seeds", 5, 60, 20)
        help = "Share of the accuracy that the model reaches with every label of the pool."
        target = controls.slider(PAGE, "target", "Target", 80, 100, 98, format="%d %%", help=help)
    entered = dict.fromkeys([TOP_K, *setup.selectors, "random"])
    measured = cached.seconds_of(setup.pool, entered, setup.size, setup.alpha, found)
    seconds = {name: rounds * seeds * once for name, once in zip(entered, measured, strict=True)}
    slow = [name for name in entered if seconds[name] > LONGEST and name != TOP_K]
    if slow:
        left_out = ", ".join(NAMES[name] for name in slow)
        st.caption(f"Left out, because its races would take minutes at this size: {left_out}.")
    racers = tuple(name for name in entered if name not in slow)
    total = sum(seconds[name] for name in racers)
    if total > PATIENT and not controls.toggle(PAGE, "race", f"Race them, about {total:.0f} s", False):
        return None
    return SavingsSettings(racers, rounds, seeds, target / 100)


def race(setup: BatchSettings, wanted: SavingsSettings) -> None:
    """Run the races, or take them from the cache, and show the result."""

    def run(on_step: OnStep) -> PairedRaces:
        return paired_races(
            cached.datasets_of(setup.pool.scene, wanted.seeds, part(on_step, 0, 0.1)),
            [StrategySchedule(batch_strategy(name, alpha=setup.alpha)) for name in wanted.racers],
            seeds=range(wanted.seeds),
            seed_labels=setup.pool.labelled,
            labels_per_round=setup.size,
            rounds=wanted.rounds,
            on_step=part(on_step, 0.1, 1),
        )

    with st.container(key="batch_savings"):
        races = session_cache.cached(
            "batch_races",
            (replace(setup, selectors=wanted.racers), wanted.rounds, wanted.seeds),
            run,
            f"Racing {len(wanted.racers)} strategies over {wanted.seeds} paired seeds.",
        )
        names = {name: name_of(name, setup.alpha) for name in wanted.racers}
        target = share_of_all(wanted.share, cached.ceilings(setup.pool.scene, wanted.seeds))
        savings = working(
            "Comparing the races.",
            lambda on_step: compare_to_top_k(
                races.labels_T, races.accuracy_S_R_T, wanted.racers, seeds=races.seeds, target=target, names=names
            ),
        )
        _show(setup, races, savings)


def _show(setup: BatchSettings, races: PairedRaces, savings: LabelSavings) -> None:
    """The verdict, the curves and the table of the races."""
    head, *rest = describe_savings(savings)
    st.markdown(head)
    show_verdict(savings_claims(savings))
    names = {one.strategy: one.name for one in savings.bought}
    chart = mean_curves(savings.labels_T, savings.bought, seeds=savings.seeds, target=savings.target.accuracy)
    show_chart(
        chart,
        key="batch_buys",
        alt=f"Learning curves of {', '.join(names.values())} with 95 % intervals. {head}",
        file="batch-races",
        height=300,
    )
    trained = " In the races every model is trained on all of its labels." if setup.pool.learned < 1 else ""
    st.caption(
        f"Seeds 0 to {savings.seeds - 1}, whichever is drawn above; {format_labels(setup.size)} per round, from "
        f"{setup.pool.labelled} on. Bands are 95 % intervals of the means.{trained}"
    )
    with st.container(horizontal=True):
        export_panel(
            paired_frame(races),
            [config_of(setup, screen="batch explorer, races", seeds=list(races.seeds))],
            key="batch_races",
            title=setup.title(savings.seeds),
            names=names,
            chart=lambda: chart,
            words=" ".join([head, *rest]),
            brief=head,
        )
    with st.expander("The numbers"):
        st.dataframe([_row(one) for one in savings.bought], hide_index=True)
        st.markdown("  \n".join(rest))
        st.caption(
            "Labels to the target: the median over the races, and their interquartile range (IQR).",
            help="Against top-k: the typical change race by race, each compared with top-k from the same start; it can "
            "differ from the change between the two medians.",
        )


def _row(one: StrategySavings) -> dict[str, str]:
    needed, change = one.needed, one.change
    against = "reference" if one.strategy == TOP_K else "not defined"
    if change is not None:
        low = "unbounded" if change.low <= -1 else _percent(change.low)
        high = "unbounded" if isinf(change.high) else _percent(change.high)
        against = f"{_percent(change.estimate)} ({low} to {high})"
    return {
        "Batch by": one.name,
        "Labels to the target": needed_words(needed.median),
        "IQR": f"{needed_words(needed.low)} to {needed_words(needed.high)}",
        "Against top-k, 95 % interval": against,
        "Target not reached": f"{needed.never} of {needed.races} races",
    }


def _percent(change: float) -> str:
    """A signed number, without a sign if it rounds to zero."""
    return f"{format_signed(100 * change, 0)} %" if abs(change) >= 0.005 else "0 %"
