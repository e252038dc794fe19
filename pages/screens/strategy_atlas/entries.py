"""The strategies: a map, two cards side by side, and a table to sort and filter."""

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.report.charts.costs import costs_chart
from alcore.report.charts.strategy_map import gain_words, legend_words, strategy_map
from alcore.report.interactive.render import to_plotly
from alcore.report.paper.render import TWO_COLUMNS_MM, to_matplotlib
from alcore.report.phrases import format_number
from alcore.report.statistics.strategy_costs import duration, standing_words, table_csv, table_json
from alcore.strategies.catalogue import FAMILIES, STRATEGIES, Strategy
from pages.screens.strategy_atlas import cached
from pages.screens.strategy_atlas.card import costs_legend, draw_card, draw_costs, times
from pages.screens.strategy_atlas.controls import GIVES, NAMES, PAGE, choose_beside, choose_entry, choose_rows
from pages.screens.strategy_atlas.export import take_away
from pages.screens.tournament.controls import data_names
from pages.shared.chart import toolbar
from pages.shared.in_browser import picked_points, sent
from pages.shared.toolbar import main_visual
from pages.shared.viewport import is_dark, is_narrow

_TABLE, _MAP = "strategies_table", "strategies_map"
_TICKED = "_strategies_ticked"


def draw_entries(tools: DeltaGenerator) -> None:
    """The map beside two cards; below, the table and the costs."""
    if is_narrow():
        place = st.container()
        name, beside = choose_entry(), choose_beside()
        with place:
            _map(name, beside)
        draw_card(name, key="entry")
        draw_card(beside, key="beside")
    else:
        left, middle, right = st.columns([11, 7, 7], gap="medium")
        with middle:
            name = choose_entry()
            draw_card(name, key="entry")
        with right:
            beside = choose_beside()
            draw_card(beside, key="beside")
        with left:
            _map(name, beside)
    st.subheader("All strategies", anchor=False)
    rows = _rows(*choose_rows())
    table, costs = (st.container(), st.container()) if is_narrow() else st.columns([6, 5], gap="medium")
    with table:
        _table(rows, name)
    with costs:
        draw_costs(name)
    chart = strategy_map(cached.mapped(), FAMILIES, (name, beside))
    take_away(
        tools,
        {
            "strategies.csv": ("**Table**: every listed strategy (CSV)", partial(table_csv, rows)),
            "strategies.json": ("**Table** (JSON)", partial(table_json, rows)),
        },
        key="entries",
        figures={
            "strategies-map": (
                "Map of the strategies",
                lambda: to_matplotlib(chart, width_mm=TWO_COLUMNS_MM, words=legend_words()),
            ),
            f"strategies-{name.replace('_', '-')}-cost": (
                f"Measured time of {NAMES[name]}",
                lambda: to_matplotlib(costs_chart(times(), name, names=NAMES), words=costs_legend(name)),
            ),
        },
    )


def _map(name: str, beside: str) -> None:
    """The map; a click on a strategy shows its card."""
    points = cached.mapped()
    told = ", ".join(f"{one.label}: {gain_words(one.gain)}" for one in points if one.name in (name, beside))
    spec = to_plotly(strategy_map(points, FAMILIES, (name, beside), narrow=is_narrow()), dark=is_dark())
    main_visual().plotly_chart(
        spec,
        theme=None,
        # A new selection is a new control: no point stays faded.
        key=f"{_MAP}_{name}_{beside}",
        on_select=partial(_picked, f"{_MAP}_{name}_{beside}"),
        selection_mode="points",
        alt=f"{len(points)} strategies by uncertainty and diversity of their picks, as large as their gain. {told}",
        config=toolbar("strategy-map"),
    )
    st.caption(legend_words() + (" Tap a mark to read its name where there is no room for it." if is_narrow() else ""))


def _picked(key: str) -> None:
    """Show the card of the strategy that was clicked on the map."""
    names = [point.get("customdata") for point in picked_points(key)]
    names = [name[0] if isinstance(name, list) else name for name in names]
    if names and names[0] in NAMES:
        st.session_state[f"{PAGE}_entry"] = names[0]


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
        f"{len(rows)} of {len(STRATEGIES)} strategies; tick one to read about it.",
        help="Time: a batch of 10 from 10,000 points (* from fewer: it refits for each of them). Gain: points of mean "
        "accuracy over random in the ready-made tournament; a dash for random itself and where a strategy was not "
        "entered.",
    )


def _time(seconds: float | None, points: int | None) -> str:
    if seconds is None or points is None:
        return "–"
    return duration(seconds) + ("*" if points < 10_000 else "")


def _tick(keys: list[str], name: str) -> None:
    """Select an entry's row in the table, if it is listed and not yet selected."""
    st.session_state[_TICKED] = name
    wanted = [keys.index(name)] if name in keys else []
    held = st.session_state.get(_TABLE)
    if held is None or held["selection"]["rows"] != wanted:
        st.session_state[_TABLE] = {"selection": {"rows": wanted}}


def _pick(keys: list[str]) -> None:
    """Show the entry of the selected row."""
    ticked = getattr(sent(_TABLE, "selection"), "rows", [])
    # With the first change of any control the browser also sends the row that was selected for it.
    if ticked and ticked[0] < len(keys) and keys[ticked[0]] != st.session_state.get(_TICKED):
        st.session_state[f"{PAGE}_entry"] = keys[ticked[0]]
