"""Results of a tournament: sentences, table, charts and files."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from math import isinf
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.baseline import BASELINE
from alcore.report.charts.tournament import curve_charts, is_empty, tournament_chart
from alcore.report.export.tournament import curves_file, files
from alcore.report.interactive.render import to_plotly
from alcore.report.phrases import format_interval, format_number, format_seconds, format_signed
from alcore.report.statistics.tournament import (
    Summary,
    areas_frame,
    called,
    labels_frame,
    parse_results,
    standing_rows,
    summarise,
)
from alcore.report.svg.signs import strategy_sign
from alcore.report.text.tournament import (
    MEASURES,
    NO_VERDICT,
    describe_chart,
    describe_tournament,
    has_intervals,
)
from pages.screens.tournament import texts
from pages.screens.tournament.controls import NAMES, chosen_task, data_names, highlighted, open_cell
from pages.shared import viewport
from pages.shared.chart import percent_bar, show_chart, toolbar
from pages.shared.copy_buttons import copy_link
from pages.shared.export_panel import download, export_popover
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.toolbar import full_screen, main_visual

# Strategies beside random in the learning curves, by gain.
MULTIPLE = 3
_COLUMNS = (
    *("strategy", "gain", "gain_low", "gain_high", "verdict", "probability_of_improvement", "labels_saved"),
    "mean_rank",
    *("interquartile_mean_gain", "penalty", "seconds"),
)
_FORMS: dict[str, str | Callable[[Any], str]] = {
    **dict.fromkeys(("gain", "gain_low", "gain_high", "interquartile_mean_gain"), partial(format_number, places=2)),
    "labels_saved": lambda share: f"{format_number(share, 0)} %",
    "mean_rank": "{:.1f}",
    "seconds": format_seconds,
}
_READY = Path(__file__).with_name("ready.json")


@st.cache_data(show_spinner=False)
def ready_record() -> dict[str, Any]:
    """The ready-made tournament, shipped with the program."""
    found: dict[str, Any] = json.loads(_READY.read_text(encoding="utf-8"))
    return found


@st.cache_data(show_spinner=False, max_entries=20)
def _summary(text: str) -> Summary:
    return summarise(parse_results(json.loads(text)))


def draw_results(record: dict[str, Any], chart: str, tools: DeltaGenerator, note: str) -> None:
    """Show the results of a tournament's record, or of its finished seeds.

    Args:
        record: the results.
        chart: a key of `texts.CHARTS`.
        tools: place of the toolbar.
        note: where the results come from.
    """
    picture = main_visual()
    summary = working("Comparing the strategies.", lambda on_step: _summary(json.dumps(record)))
    with picture:
        wide, narrow = st.container(), st.container()
        if not viewport.is_narrow():
            wide, narrow = st.columns([4, 1], gap="medium")
        with wide:
            curves = _picture(chart, summary)
        with narrow:
            _numbers(summary)
    first, *rest = describe_tournament(summary, NAMES, data_names())
    st.caption(f"{_about(chart, summary)} {note}")
    if record["left_out"]:
        st.warning(
            f"Left out, since a race of theirs failed: {plain(', '.join(record['left_out']))}.",
            icon=":material/warning:",
        )
    _table(summary)
    st.caption(f"{plain(first)} {texts.TABLE} {'' if has_intervals(summary) else texts.TABLE_ONCE}")
    with st.expander("In words"):
        st.markdown("\n".join(f"- {plain(line)}" for line in rest))
    with st.expander("Data set by data set"):
        st.markdown("Mean accuracy along the learning curve, in percent:")
        pinned = {"Strategy": st.column_config.TextColumn(pinned=True)}
        areas = areas_frame(summary, NAMES, data_names())
        st.dataframe(areas, hide_index=True, width="stretch", column_config=pinned)
        st.markdown("Labels to the target (in brackets), median over the races:")
        labels = labels_frame(summary, NAMES, data_names())
        st.dataframe(labels, hide_index=True, width="stretch", column_config=pinned)
    with tools:
        _take_away(record, summary, chart, curves)
        copy_link()
        full_screen()


def _about(chart: str, summary: Summary) -> str:
    """What the chart shows; "" if there is none."""
    if chart != "curves" and is_empty(chart, summary):
        return ""
    return f"{describe_chart(chart, summary)} {texts.CLICK if chart == 'heat' else ''}"


@dataclass(frozen=True)
class _Curves:
    """The learning curves on the screen: strategies, and the task that is shown alone, or ""."""

    strategies: tuple[str, ...]
    task: str


def _picture(chart: str, summary: Summary) -> _Curves | None:
    """Draw the chart; returns what the learning curves show, if they are what is drawn."""
    about = f"{texts.CHARTS[chart]}. {_about(chart, summary)} The table below has the numbers."
    if chart == "curves":
        return _curves(summary)
    if is_empty(chart, summary):
        st.info(texts.NO_TARGET if has_intervals(summary) else texts.ONE_SEED, icon=":material/info:")
        return None
    drawn = tournament_chart(chart, summary, names=NAMES, datasets=data_names(), narrow=viewport.is_narrow())
    key = f"tournament_{chart}_chart"
    if chart != "heat":
        show_chart(drawn, key=key, alt=about, file=f"tournament-{chart}")
        return None
    st.plotly_chart(
        to_plotly(drawn, dark=viewport.is_dark()),
        theme=None,
        key=key,
        on_select=partial(open_cell, key),
        selection_mode="points",
        alt=about,
        config=toolbar("tournament-heat"),
    )
    return None


def _curves(summary: Summary) -> _Curves:
    """Learning curves of random, the largest gains and one more strategy: of one data set, or of all as multiples."""
    results = summary.results
    tasks = {f"{task.dataset} {task.learner}": called(task, summary, data_names()) for task in results.tasks}
    with st.container(horizontal=True):
        task = chosen_task(tasks)
        chosen = highlighted([name for name in results.strategies if name != BASELINE])
    ranked = [one.strategy for one in MEASURES["gain"].ranked(summary.standings)]
    shown = [BASELINE, *([chosen] if chosen else ranked[:MULTIPLE])]
    signs = (
        f'<span style="white-space: nowrap">{_sign(name)} {escape(NAMES.get(name, name))}</span>' for name in shown
    )
    st.html(f'<div style="font-size: 0.9rem">{" &emsp; ".join(signs)}</div>')
    alone = task if task in tasks else ""
    charts = curve_charts(summary, shown, names=NAMES, datasets=data_names(), height=420 if alone else 164)
    columns = [st.container()] if alone or viewport.is_narrow() else st.columns(3)
    wanted = [key for key in charts if not alone or " ".join(key) == alone]
    for number, key in enumerate(wanted):
        title, chart = charts[key]
        with columns[number % len(columns)], st.container(gap=None):
            st.markdown(f"**{plain(title)}**")
            show_chart(
                chart,
                key=f"tournament_curves_{key[0]}_{key[1]}",
                alt=f"{title}: mean learning curves of {', '.join(NAMES.get(name, name) for name in shown)}.",
                file=f"tournament-curves-{key[0]}",
            )
    return _Curves(tuple(shown), alone)


def _sign(name: str) -> str:
    drawing = b64encode(strategy_sign(name).encode()).decode()
    return f'<img alt="" style="vertical-align: -2px" src="data:image/svg+xml;base64,{drawing}">'


def _numbers(summary: Summary) -> None:
    """The three numbers to remember."""
    rivals = [one for one in summary.standings if one.gain is not None]
    if not rivals:
        return
    better = sum(one.verdict == "better" for one in rivals)
    worse = sum(one.verdict == "worse" for one in rivals)
    st.metric("Beat random", f"{better} of {len(rivals)}")
    lose = f"{worse} lose{'s' if worse == 1 else ''} to it; 95 % over all together, Holm."
    st.caption(lose if has_intervals(summary) else NO_VERDICT)
    for key, label in (("gain", "Largest gain"), ("saved", "Most labels saved")):
        ranked = MEASURES[key].ranked(summary.standings)
        found = MEASURES[key].shown(ranked[0]) if ranked else None
        if found is not None:
            value = found.estimate
            st.metric(label, f"{format_signed(value, 2)} points" if key == "gain" else f"{format_number(value, 0)} %")
            name = plain(NAMES.get(ranked[0].strategy, ranked[0].strategy))
            unbounded = isinf(found.low) and isinf(found.high)
            ends = "" if unbounded else f", 95 % CI {format_interval(found, 2 if key == 'gain' else 0)}"
            st.caption(f"{name}{ends or '; one seed gives no interval'}.")


def _table(summary: Summary) -> None:
    """The standings by gain, sortable by their numbers."""
    frame = pd.DataFrame(standing_rows(summary, NAMES))[list(_COLUMNS)].dropna(axis=1, how="all")
    # A missing number would be sorted as 0. These are no estimates: random compared with itself.
    frame = frame.fillna({"gain": 0.0, "gain_low": 0.0, "gain_high": 0.0, "interquartile_mean_gain": 0.0})
    frame = frame.fillna({"probability_of_improvement": 50.0, "labels_saved": 0.0})
    number = st.column_config.NumberColumn
    st.dataframe(
        # A format of the columns would write a hyphen for the minus sign.
        frame.style.format({name: form for name, form in _FORMS.items() if name in frame}),
        hide_index=True,
        width="stretch",
        height="content",
        alt="The strategies by their gain over random, with its interval.",
        column_config={
            "strategy": st.column_config.TextColumn("Strategy", pinned=True, width=170),
            "gain": number("Gain"),
            "gain_low": number("from"),
            "gain_high": number("to"),
            "verdict": st.column_config.TextColumn("Verdict", width=85),
            "probability_of_improvement": percent_bar("P(improvement)", decimals=0),
            "labels_saved": number("Labels saved"),
            "mean_rank": number("Rank"),
            "interquartile_mean_gain": number("IQM"),
            "penalty": st.column_config.ProgressColumn(
                "Penalty", format="%.1f", min_value=0, max_value=max(1.0, frame["penalty"].max())
            ),
            "seconds": number("Seconds"),
        },
    )


def _take_away(record: dict[str, Any], summary: Summary, chart: str, curves: _Curves | None) -> None:
    printed = {f"{chart}.{fmt}": fmt for fmt in ("png", "svg", "pdf") if not is_empty(chart, summary)}
    offered = texts.FILES | {name: f"**This chart** ({fmt.upper()})" for name, fmt in printed.items()}
    with export_popover():
        for name, label in offered.items():
            make = partial(files, name, record, summary, NAMES, data_names(), dark=viewport.is_dark())
            if curves is not None and name in printed:
                drawn = curves.strategies, NAMES, data_names(), curves.task
                make = partial(curves_file, printed[name], summary, *drawn)
            download(label, make, file_name(name), key=f"tournament_export_{name}")


def file_name(name: str) -> str:
    """The name under which a file of a tournament is saved."""
    return f"alcore-{name}" if name.startswith("tournament.") else f"alcore-tournament-{name}"


def show_failures(record: dict[str, Any]) -> None:
    """The errors of failed races, one per line."""
    if record["failures"]:
        with st.expander(f"{len(record['failures']):,} races failed"):
            st.code("\n".join(record["failures"][:200]), language=None, wrap_lines=True)
