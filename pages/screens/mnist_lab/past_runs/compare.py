"""Comparison of chosen runs: their curves, a paired difference, and their settings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

from alcore.report.charts.curves import difference_chart, learning_curves
from alcore.report.curves import band_words, curve_frame
from alcore.report.interactive.render import to_plotly
from alcore.report.phrases import plural
from alcore.report.statistics.paired_difference import Difference, difference_words, paired_difference
from alcore.report.statistics.run_quality import differing_fields
from alcore.report.style import METRICS
from alcore.runs.store.run_info import RunInfo, one_group_a_strategy, same_but_for_seed
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round.export import ChartExport, take
from pages.screens.mnist_lab.run import summary
from pages.screens.mnist_lab.run.live_charts import MEASURES
from pages.shared import controls, viewport
from pages.shared.chart import show_chart
from pages.shared.export_panel import export_panel
from pages.shared.markdown import plain
from pages.shared.progress import working

_VIEWS = {"curves": "Curves", "difference": "Difference", "settings": "Settings that differ"}
# Pixels: height of a plot with its axis, and widths of its legend on wide and narrow screens.
_PLOT, _WIDE, _NARROW = 340, 940, 330
# Pixels in a legend: padding of an entry, height of a line, width of a marker, and of a letter.
_ENTRY, _LINE, _MARK, _LETTER = 12, 19, 50, 7
_METRICS = MEASURES | {"train_loss": "Training loss"}
# Semi-supervised learner: it also uses the unlabelled images.
POOL_LEARNER = "graph"


def compare(chosen: Sequence[RunInfo], rows: summary.Rows, axis: str) -> None:
    """Show the chosen runs in one of several views."""
    view = controls.segmented("mnist", "past", "Show", _VIEWS, "curves")
    metric = "accuracy"
    if view != "settings":
        metric = controls.segmented("mnist", "metric", "Curve", _METRICS, "accuracy")
    if len({info.config.learner == POOL_LEARNER for info in chosen}) > 1:
        st.info(
            "Some of these runs are semi-supervised: they are also trained on the unlabelled pool, so their "
            "difference from the others is not due to the query strategy alone.",
            icon=":material/group_work:",
        )
    if view == "settings":
        _settings(chosen)
    elif view == "difference":
        _difference(chosen, rows, metric, axis)
    else:
        _overlay(chosen, rows, metric, axis)


def groups_of(chosen: Sequence[RunInfo]) -> dict[str, list[RunInfo]]:
    """Groups of runs that differ only in their seed, by distinct display names."""
    found = same_but_for_seed(chosen)
    seedless = [group[0].config.model_copy(update={"seed": 0}).model_dump_json() for group in found]
    names = texts.legend([replace(group[0], config_text=text) for group, text in zip(found, seedless, strict=True)])
    return {
        name if list(names.values()).count(name) == 1 else f"{name} ({run_id[:4]})": group
        for (run_id, name), group in zip(names.items(), found, strict=True)
    }


def _overlay(chosen: Sequence[RunInfo], rows: summary.Rows, metric: str, axis: str) -> None:
    together = controls.toggle("mnist", "group", "Seeds of a strategy as one band", True)
    by_strategy = one_group_a_strategy(chosen)
    bands = together and by_strategy and len(groups_of(chosen)) < len(chosen)
    if together and not by_strategy:
        st.caption("Some runs of one strategy differ in more than the seed, so every run is drawn by itself.")
    verdict = working("Comparing the runs.", lambda on_step: summary.verdict(chosen, rows))
    if len(chosen) > 1:
        st.info(plain(verdict), icon=":material/flag:")
    names = texts.STRATEGY_NAMES | texts.legend(chosen, short=viewport.is_narrow())
    drawn = [names[info.id] for info in chosen]
    if bands:
        drawn = [band_words(name, len(group)) for name, group in groups_of(chosen).items()]
    room = _NARROW if viewport.is_narrow() else _WIDE
    st.markdown(f"**{METRICS[metric]}**")
    height = _PLOT + _legend_height(drawn, room)
    dark = viewport.is_dark()
    figure = working(
        "Drawing the curves.",
        lambda on_step: _curves(rows, names, metric, axis, dark, height, bands, room),
    )
    show_chart(
        figure,
        key="mnist_overlay",
        alt=f"{METRICS[metric]} of {plural(len(chosen), 'run')}. " + summary.latest(chosen, rows, metric),
        file="mnist-overlay",
    )
    export_panel(
        curve_frame(rows),
        [texts.exported(info) for info in chosen],
        key="mnist_overlay",
        title=plural(len(chosen), "run") if len(chosen) > 1 else texts.title(chosen[0].config),
        names=texts.STRATEGY_NAMES | texts.legend(chosen),
        metric=metric,
        x=axis,
        bands=bands,
        words=verdict,
    )


def _difference(chosen: Sequence[RunInfo], rows: summary.Rows, metric: str, axis: str) -> None:
    groups = groups_of(chosen)
    if len(groups) < 2:
        st.caption("A difference needs runs that differ in more than the seed: choose runs of another strategy.")
        return
    names = list(groups)
    base = next((name for name in names if groups[name][0].config.strategy == "random"), names[-1])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox("Take", [name for name in names if name != base] + [base], key="_mnist_one")
        rest = [name for name in names if name != one]
        other = st.selectbox(
            "and subtract", rest, index=rest.index(base) if base in rest else 0, key=f"_mnist_less_{one}"
        )
    frames = [
        curve_frame([row for row in rows if row["run"] in {info.id for info in groups[name]}]) for name in (one, other)
    ]
    try:
        difference = paired_difference(frames[0], frames[1], metric=metric, x=axis)
    except ValueError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    sentence = difference_words(difference, (one, other))
    st.info(plain(sentence), icon=":material/flag:")
    chart = difference_chart(difference, (one, other), key=groups[one][0].config.strategy)
    show_chart(chart, key="mnist_difference", alt=sentence, file="mnist-difference", height=380)
    st.caption(" ".join(_reading(groups[one] + groups[other], difference)))
    settings = {
        "metric": metric,
        "x": axis,
        "seeds": list(difference.seeds),
        "runs": [texts.exported(info) for info in groups[one] + groups[other]],
    }
    title = f"{METRICS[metric]}: {one} less {other}"
    take(
        ChartExport("difference", title, sentence, settings, lambda: difference_rows(difference), lambda: chart),
        key="past",
    )


def _reading(infos: Sequence[RunInfo], difference: Difference) -> list[str]:
    """An explanation of the difference of these runs."""
    sentences = ["Each pair of runs has the same seed, so the same seed set and the same first model."]
    if len(summary.starts_of(infos)) > 1:
        sentences = [
            "Each pair of runs has the same seed, but they differ in more than the strategy: the difference is not "
            "due to the strategy alone."
        ]
    if len(difference.seeds) > 1:
        sentences.append(
            "The band is the 95 % interval of the mean difference, pointwise; where it contains zero, the "
            "difference is not significant."
        )
    return sentences


def difference_rows(difference: Difference) -> list[dict[str, Any]]:
    """A difference as a table: x, the mean, and the ends of its interval."""
    return [
        {difference.x: int(x), "mean": float(mean), "low": float(low), "high": float(high)}
        for x, mean, low, high in zip(
            difference.x_T, difference.mean_T, difference.low_T, difference.high_T, strict=True
        )
    ]


def _settings(chosen: Sequence[RunInfo]) -> None:
    # Short column titles: the rows hold the other details of a run.
    columns = {info.id: f"{texts.strategy(info.config.strategy)} · {info.id[:4]}" for info in chosen}
    table = differing_fields({info.id: info.config.model_dump(mode="json") for info in chosen})
    if not table:
        st.caption("These runs have the same settings." if len(chosen) > 1 else "Choose two runs or more.")
        return
    st.dataframe(
        pd.DataFrame(table).rename(columns={"field": "Setting", **columns}),
        hide_index=True,
        alt=f"{plural(len(table), 'setting')} in which these runs differ.",
    )
    st.caption("All other settings are the same. The menu of the table saves it as CSV.")


@st.cache_resource(max_entries=16, show_spinner=False)
def _curves(
    rows: summary.Rows,
    names: Mapping[str, str],
    metric: str,
    axis: str,
    dark: bool,
    height: int,
    bands: bool,
    room: int,
) -> dict[str, Any]:
    chart = learning_curves(curve_frame(rows), metric=metric, x=axis, names=names, bands=bands)
    spec: dict[str, Any] = to_plotly(chart, dark=dark, height=height).to_dict()
    for trace in spec["data"]:
        # Bands have no legend entry and no name.
        if "name" in trace:
            trace["name"] = "<br>".join(_lines(trace["name"], room))
    spec["layout"] |= {"showlegend": True, "margin": {"l": 8, "r": 12, "t": 8, "b": 90}}
    # Plotly's default limit is half the height, with a scrollbar.
    spec["layout"]["legend"] = spec["layout"].get("legend", {}) | {"maxheight": 0.9}
    spec["layout"]["yaxis"]["title"] = {"text": ""}
    return spec


def _lines(entry: str, room: int) -> list[str]:
    return wrap(entry, (room - _MARK) // _LETTER)


def _legend_height(entries: Sequence[str], room: int) -> int:
    """Height in pixels of a legend below the plot: all its entries are as wide as the widest."""
    lines = [_lines(entry, room) for entry in entries]
    widest = max((len(line) for entry in lines for line in entry), default=0)
    columns = max(1, room // (_MARK + _LETTER * widest))
    return sum(_ENTRY + _LINE * max(map(len, lines[i : i + columns])) for i in range(0, len(lines), columns))
