"""Results of a tournament: sentences, table, charts and files."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from alcore.report.charts.tournament import tournament_chart
from alcore.report.export.tournament import files, standings_frame
from alcore.report.statistics.tournament import Summary, areas_frame, labels_frame, parse_results, summarise
from alcore.report.text.tournament import describe_tournament
from pages.screens.tournament import texts
from pages.screens.tournament.controls import NAMES, PAGE, data_names
from pages.shared import controls, viewport
from pages.shared.chart import show_chart
from pages.shared.export_panel import download, export_popover
from pages.shared.markdown import plain
from pages.shared.progress import working

_READY = Path(__file__).with_name("ready.json")


@st.cache_data(show_spinner=False)
def ready_record() -> dict[str, Any]:
    """The ready-made tournament, shipped with the program."""
    found: dict[str, Any] = json.loads(_READY.read_text(encoding="utf-8"))
    return found


@st.cache_data(show_spinner=False, max_entries=20)
def _summary(text: str) -> Summary:
    return summarise(parse_results(json.loads(text)))


def draw_results(record: dict[str, Any]) -> None:
    """Show the results of a tournament's record, or of its finished seeds."""
    summary = working("Comparing the strategies.", lambda on_step: _summary(json.dumps(record)))
    for line in describe_tournament(summary, NAMES, data_names()):
        st.markdown(f"- {plain(line)}")
    if record["left_out"]:
        st.warning(
            f"Left out, since a race of theirs failed: {plain(', '.join(record['left_out']))}.",
            icon=":material/warning:",
        )
    chart = controls.segmented(PAGE, "chart", "Chart", texts.CHARTS, "gain")
    show_chart(
        tournament_chart(chart, summary, names=NAMES, narrow=viewport.is_narrow()),
        key=f"tournament_{chart}_chart",
        alt=f"{texts.CHARTS[chart]}. {texts.ABOUT[chart]} The table below has the numbers.",
        file=f"tournament-{chart}",
    )
    st.caption(texts.ABOUT[chart])
    st.dataframe(
        standings_frame(summary, NAMES),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={"Verdict": st.column_config.TextColumn(width=90)},
    )
    st.caption(texts.TABLE)
    with st.expander("Data set by data set"):
        st.markdown("Mean accuracy along the learning curve, in percent:")
        st.dataframe(areas_frame(summary, NAMES, data_names()), hide_index=True, width="stretch")
        st.markdown("Labels to the target (in brackets), median over the races:")
        st.dataframe(labels_frame(summary, NAMES, data_names()), hide_index=True, width="stretch")
    _take_away(record, summary, chart)


def _take_away(record: dict[str, Any], summary: Summary, chart: str) -> None:
    offered = texts.FILES | {f"{chart}.{fmt}": f"**This chart** ({fmt.upper()})" for fmt in ("png", "svg", "pdf")}
    with export_popover():
        for name, label in offered.items():
            make = partial(files, name, record, summary, NAMES)
            download(label, make, f"alcore-tournament-{name}", key=f"tournament_export_{name}")


def show_failures(record: dict[str, Any]) -> None:
    """The errors of failed races, one per line."""
    if record["failures"]:
        with st.expander(f"{len(record['failures']):,} races failed"):
            st.code("\n".join(record["failures"][:200]), language=None, wrap_lines=True)
