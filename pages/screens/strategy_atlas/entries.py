"""The strategies: a table to sort and filter, and a full entry."""

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from alcore.report.charts.costs import costs_chart
from alcore.report.paper.render import to_matplotlib
from alcore.report.phrases import format_number
from alcore.report.statistics.strategy_costs import cost_words, duration, standing_words, table_csv, table_json
from alcore.strategies.catalogue import FAMILIES, STRATEGIES, Strategy
from pages.screens.strategy_atlas import cached
from pages.screens.strategy_atlas.controls import GIVES, NAMES, NEEDS, PAGE, choose_entry, choose_rows
from pages.screens.strategy_atlas.export import take_away
from pages.screens.tournament.controls import data_names
from pages.shared import copy_buttons
from pages.shared.chart import show_chart
from pages.shared.viewport import is_narrow

_TABLE = "strategies_table"


def draw_entries() -> None:
    """The table beside the entry; on a phone the entry comes first."""
    if is_narrow():
        name = choose_entry()
        _entry(name)
        with st.expander("Narrow and sort the list", icon=":material/filter_list:"):
            rows = _rows(*choose_rows())
        _table(rows, name)
    else:
        rows = _rows(*choose_rows())
        left, right = st.columns([6, 5], gap="medium")
        with right:
            name = choose_entry()
            _entry(name)
        with left:
            _table(rows, name)
    take_away(
        {
            "strategies.csv": ("**Table**: every listed strategy (CSV)", partial(table_csv, rows)),
            "strategies.json": ("**Table** (JSON)", partial(table_json, rows)),
        },
        key="entries",
        figure=(
            f"strategies-{name.replace('_', '-')}-cost",
            f"Measured time of {NAMES[name]}",
            lambda: to_matplotlib(costs_chart(_times(), name, names=NAMES)),
        ),
    )


def _rows(families: list[str], gives: list[str], order: str) -> list[dict[str, Any]]:
    """All data of each listed strategy, as flat rows."""
    costs, (standings, tasks) = cached.costs(), cached.standings()
    rows = []
    for name, strategy in STRATEGIES.items():
        cost, standing = costs.get(name), standings.get(name)
        asked = [need for need in strategy.needs if need in GIVES]
        if strategy.family not in (*families, Strategy.family) or not set(asked) <= set(gives):
            continue
        gain = None if standing is None else standing.gain
        rows.append(
            {
                "key": name,
                "strategy": strategy.label,
                "family": strategy.family,
                "description": strategy.description,
                "formula": strategy.formula,
                "source": strategy.source,
                "needs": ", ".join(strategy.needs),
                "cost": strategy.cost,
                "measured_points": cost and cost.pool_sizes[-1],
                "measured_seconds": cost and cost.seconds[-1],
                "measured_power_of_n": cost and cost.exponent,
                **{f"time_with_twice_the_{size}": cost and cost.doubled[size] for size in ("k", "C", "K")},
                "gain_over_random": None if gain is None else gain.estimate,
                "gain_low": None if gain is None else gain.low,
                "gain_high": None if gain is None else gain.high,
                "tournament": standing_words(standing, tasks, data_names()).replace("**", ""),
                "strengths": strategy.strengths,
                "failures": strategy.failures,
            }
        )
    keys = {
        "family": lambda row: (*FAMILIES, Strategy.family).index(row["family"]),
        "name": lambda row: row["strategy"].lower(),
        "time": lambda row: (row["measured_seconds"] or math.inf) / (row["measured_points"] or 1),
        "gain": lambda row: (row["gain_over_random"] is None, -(row["gain_over_random"] or 0.0)),
    }
    return sorted(rows, key=keys[order])


def _table(rows: list[dict[str, Any]], name: str) -> None:
    """Draw the table, with the row of the current entry selected."""
    if not rows:
        st.info(
            "No strategy is left: choose at least one family and one model output.",
            icon=":material/info:",
        )
        return
    frame = pd.DataFrame(
        {
            "Strategy": [row["strategy"] for row in rows],
            **({} if is_narrow() else {"Family": [row["family"] for row in rows]}),
            "Time": [_time(row["measured_seconds"], row["measured_points"]) for row in rows],
            "Gain": [
                "–" if row["gain_over_random"] is None else f"{format_number(100 * row['gain_over_random'], 1)}"
                for row in rows
            ],
        }
    )
    _tick([row["key"] for row in rows], name)
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=300 if is_narrow() else "content",
        key=_TABLE,
        on_select=partial(_pick, [row["key"] for row in rows]),
        selection_mode="single-row",
        alt=f"{len(rows)} strategies with their family, measured time and gain over random.",
    )
    st.caption(
        f"{len(rows)} of {len(STRATEGIES)} strategies; tick one to read about it. Time: a batch of 10 from "
        "10,000 points (* from fewer: it refits for each of them). Gain: points of mean accuracy over random "
        "in the ready-made tournament; a dash for random itself and where a strategy was not entered."
    )


def _time(seconds: float | None, points: int | None) -> str:
    if seconds is None or points is None:
        return "–"
    return duration(seconds) + ("*" if points < 10_000 else "")


def _tick(keys: list[str], name: str) -> None:
    """Select an entry's row in the table, if it is listed and not yet selected."""
    wanted = [keys.index(name)] if name in keys else []
    held = st.session_state.get(_TABLE)
    if held is None or held["selection"]["rows"] != wanted:
        st.session_state[_TABLE] = {"selection": {"rows": wanted}}


def _pick(keys: list[str]) -> None:
    """Show the entry of the selected row."""
    ticked = st.session_state[_TABLE].selection.rows
    if ticked and ticked[0] < len(keys):
        st.session_state[f"{PAGE}_entry"] = keys[ticked[0]]


def _entry(name: str) -> None:
    strategy, cost = STRATEGIES[name], cached.costs().get(name)
    standings, tasks = cached.standings()
    measured = cost_words(cost) if cost else "Not measured yet."
    with st.container(border=True):
        st.subheader(strategy.label, anchor=False)
        st.markdown(strategy.description)
        st.latex(_broken(strategy.formula) if is_narrow() else strategy.formula)
        st.caption(f"Source: {strategy.source}. Family: {strategy.family.lower()}.")
        st.markdown(f"**Strengths.** {strategy.strengths}")
        st.markdown(f"**Failures.** {strategy.failures}")
        st.markdown(f"**In the tournament.** {standing_words(standings.get(name), tasks, data_names())}")
        needs = "; ".join(NEEDS.get(need, need) for need in strategy.needs) or "nothing but the points"
        st.markdown(f"**Needs** {needs}.")
        st.markdown(f"**Costs** `{strategy.cost}` a batch. {measured}")
        show_chart(
            costs_chart(_times(), name, names=NAMES),
            key="strategies_cost_chart",
            alt=f"Measured seconds a batch against the size of the pool: {measured}",
            file="costs",
            height=250,
        )
        st.caption(
            "n points in the pool, k picks, C classes, K models, d features, m tries, M labelled points, "
            "T targets. Grey: all other strategies."
        )
        with st.container(horizontal=True):
            copy_buttons.preset(
                "pages/arena.py",
                "**Race it in the arena**",
                ":material/swords:",
                {"arena_left": NAMES[name]} if name != "random" else {},
            )
            copy_buttons.preset(
                "pages/batch_explorer.py",
                "**See its batches**",
                ":material/scatter_plot:",
                {"batch_panels": _panels(name)},
            )


def _times() -> dict[str, tuple[tuple[int, ...], tuple[float, ...]]]:
    return {one: (cost.pool_sizes, cost.seconds) for one, cost in cached.costs().items()}


def _broken(formula: str) -> str:
    """A formula of two parts on two lines, slightly smaller: for a phone."""
    lines = formula.replace(r", \quad ", r",\\ ")
    return rf"\small\begin{{gathered}}{lines}\end{{gathered}}"


def _panels(name: str) -> list[str]:
    """Top-k, which selects by least confidence, and this strategy beside it."""
    from pages.screens.batch_explorer.controls import NAMES as SELECTORS

    beside = ("k_center",) if name == "least_confidence" else (name,)
    return [SELECTORS[one] for one in ("top_k", *beside)]
