"""Which strategy? Four questions, and what finished races say: a recommendation, its risk, and the curves behind it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.learners.registry import LEARNERS
from alcore.percent import percent
from alcore.recommend.advice import KINDS, Advice
from alcore.recommend.choose import EVEN, recommend
from alcore.recommend.evidence import load_evidence
from alcore.recommend.text import (
    dataset_label,
    headline,
    not_beaten,
    on_traps,
    points,
    risk,
    runner_up,
    saving,
    tried_on,
    tried_sentence,
)
from alcore.report.charts.advice import gains_chart, task_curves
from alcore.report.paper.render import to_matplotlib
from alcore.report.statistics.strategy_costs import table_csv, table_json
from pages.screens.strategy_atlas.controls import NAMES, PAGE
from pages.screens.strategy_atlas.export import take_away
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.markdown import plain
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_narrow

# Share of the rarest class -> its label, and the value in the middle.
_DATA = {kind: label[0].upper() + label[1:] for kind, label in KINDS.items()}
_BALANCE = {"even": "About equally frequent", "rare": "One is rare"}
_RAREST = {"even": 1.0, "rare": EVEN / 2}
_STARTS = {"balanced": "A few of each class are known", "random": "Nothing is known"}


def draw_recommendation(tools: DeltaGenerator) -> None:
    """The questions above the answer: the picture has the gains, and the curves of one data set."""
    evidence = load_evidence()
    if not evidence.cells:
        st.info(
            "No races are finished yet: `python -m tests.benchmarks.evidence` carries them out.",
            icon=":material/hourglass:",
        )
        return
    if is_narrow():
        answered, asked = st.container(), st.container()
    else:
        asked, answered = st.columns([2, 7], gap="medium")
    with asked:
        found = recommend(**_questions())
    with answered:
        picture = main_visual()
    first, second = found.first, found.runner_up
    shown = ("random", first.strategy, *(() if second is None else (second.strategy,)))
    with picture:
        st.subheader(plain(headline(found)), anchor=False)
        left, right = (st.container(), st.container()) if is_narrow() else st.columns(2, gap="medium")
    gains = {one.strategy: one.gain for one in found.standings}
    chart = gains_chart(gains, NAMES)
    with left:
        about = f"Gain over random with 95 % intervals, {len(gains)} strategies, {len(found.cells)} data sets."
        show_chart(chart, key="strategies_gains", alt=f"{about} {headline(found)}", file="strategy-gains")
    with right:
        cells = {cell.dataset: cell for cell in found.cells}
        labels = {name: dataset_label(name) for name in cells}
        cell = cells[controls.selectbox(PAGE, "races", "Curves of", labels, next(iter(cells)))]
        curves = {name: cell.curves[name] for name in shown}
        drawn = task_curves(cell.labels, curves, NAMES)
        ends = ", ".join(f"{NAMES.get(name, name)} {percent(curve[-1])}" for name, curve in curves.items())
        about = f"Mean accuracy on {labels[cell.dataset]}; at the end {ends}."
        show_chart(drawn, key="strategies_task", alt=about, file="strategy-races")
        curves_of = f"{labels[cell.dataset]}: mean of {cell.seeds} paired seeds."
        st.caption(f"Mean of {cell.seeds} paired seeds. Re-run this cell:")
        st.code(cell.command(shown), language="bash", wrap_lines=True)
    _words(found)
    rows = _rows(found)
    take_away(
        tools,
        {
            "which-strategy.csv": ("**Standings** of all strategies (CSV)", partial(table_csv, rows)),
            "which-strategy.json": ("**Standings** (JSON)", partial(table_json, rows)),
        },
        key="which",
        figures={
            "strategy-gains": (
                "Gains over random",
                lambda: to_matplotlib(chart, words=headline(found)),
            ),
            "strategy-races": ("Curves of one data set", lambda: to_matplotlib(drawn, words=curves_of)),
        },
    )


def _questions() -> Mapping[str, Any]:
    """The questions, as arguments of `recommend`; the model where races of several are finished."""
    raced = {cell.learner for cell in load_evidence().cells}
    models = {name: spec.label for name, spec in LEARNERS.items() if name in raced}
    return {
        "kind": controls.selectbox(PAGE, "kind", "What data?", _DATA, "table"),
        "classes": controls.number(PAGE, "classes_asked", "How many classes?", 2, 1000, 2),
        "rarest": _RAREST[controls.selectbox(PAGE, "balance", "How frequent are they?", _BALANCE, "even")],
        "budget": controls.number(PAGE, "budget", "How many labels can you afford?", 2, 1_000_000, 60),
        "batch": controls.number(PAGE, "batch", "How many at a time?", 1, 10_000, 5),
        "seed_set": controls.selectbox(PAGE, "start", "At the start", _STARTS, "balanced"),
    } | ({"learner": controls.selectbox(PAGE, "model", "Which model?", models, "logistic")} if len(models) > 1 else {})


def _words(found: Advice) -> None:
    """The answer in sentences: labels saved, risk, runner-up, traps, and what it was worth on data sets left out."""
    lines = [
        f"Labels: {saving(found.first.saved)}.",
        risk(found.first, len(found.cells)),
        runner_up(found),
        not_beaten(found),
        on_traps(found),
    ]
    st.markdown("\n".join(f"- {plain(line)}" for line in lines if line))
    for note in found.notes:
        st.warning(plain(note), icon=":material/info:")
    tried = tried_on(load_evidence().tried, found)
    if tried is not None:
        with st.expander("What is the recommendation worth on data it has not seen?"):
            said = "\n".join(f"- {plain(tried_sentence(one))}" for one in tried.rivals)
            st.markdown(f"{said}\n\nEach data set was left out in turn, over all tables of this batch.")
    seeds = min(cell.seeds for cell in found.cells)
    done, planned = (sum(ends) for ends in zip(*load_evidence().slices.values(), strict=True))
    st.caption(
        f"Races: {plain(found.regime)}; {seeds} paired seeds. Intervals are over data sets, with Holm's correction "
        f"over all strategies. Shipped with this version: {done} of {planned} planned experiments, each one data set "
        "with one size of the batch."
    )


def _rows(found: Advice) -> list[dict[str, Any]]:
    """The standings as flat rows."""
    return [
        {
            "strategy": one.strategy,
            "gain": one.gain.estimate,
            "gain_low": one.gain.low,
            "gain_high": one.gain.high,
            "reliable": one.reliable,
            "beaten": one.beaten,
            "label_factor": one.saved and one.saved.estimate,
            "label_factor_low": one.saved and one.saved.low,
            "label_factor_high": one.saved and one.saved.high,
            "races_worse": one.races_worse,
            "loss_in_those": one.loss,
            "tasks_worse": one.tasks_worse,
            "tasks": len(found.cells),
            "words": points(one.gain),
        }
        for one in found.standings
    ]
