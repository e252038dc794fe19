"""The curves of a race: the chosen metric, training loss, and labels."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.report.charts.chart import Chart
from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame, labels_to_target, mean_curve
from alcore.report.interactive.render import to_plotly
from alcore.report.phrases import level, plural
from alcore.report.style import METRICS, SHARES
from alcore.report.text.race import Knee, find_knee
from alcore.runs.presets import preset_of
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.run.summary import Rows, latest
from pages.shared import viewport
from pages.shared.chart import show_chart
from pages.shared.markdown import plain
from pages.shared.progress import working

# Metrics of the large chart, and their names in the menu.
MEASURES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "nll": "Log-likelihood",
    "ece": "Calibration error",
}
_MEANINGS = {
    "accuracy": "Share of the test images that are classified correctly.",
    "balanced_accuracy": "Mean over the classes of the share of their test images that are classified correctly.",
    "nll": "Negative log-likelihood of the true classes of the test images, in nats; lower is better. It "
    "penalises confident errors more than accuracy does.",
    "ece": "Expected calibration error: mean difference between confidence and accuracy; lower is better.",
}
# Pixels: room of the legend, and heights of the large and the small charts.
_LEGEND_ROOM, _LARGE, _SMALL = 64, 290, 130
# Candidates for the end of an axis: the first above all values, so that the axis rarely changes.
_ENDS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 100.0)
_TARGETS = (0.7, 0.8, 0.9, 0.95, 0.97, 0.99)


def draw(
    race: Sequence[RunInfo],
    rows: Rows,
    metric: str,
    axis: str,
    words_place: DeltaGenerator,
    small_place: DeltaGenerator | None = None,
) -> None:
    """Three charts with axes fixed before the first round, so that nothing moves during the run.

    Args:
        race: the runs, the run shown first; several seeds of a strategy become a band.
        rows: their curves.
        metric: a key of MEASURES, for the large chart.
        axis: "labels" or "round".
        words_place: where the charts are explained.
        small_place: of the two small charts; None: under the large one, beside one another.
    """
    ended = all(info.state not in texts.ACTIVE for info in race)
    names = texts.STRATEGY_NAMES | _names(race)
    dark = viewport.is_dark()
    first = st.container(gap=None)
    if small_place is not None:
        places = [first, small_place.container(gap=None), small_place.container(gap=None)]
    else:
        places = [first, *(one.container(gap=None) for one in st.columns(2, gap="small"))]
    # Rounds are only ever added, so their numbers identify the rows in the cache key.
    state = (tuple((info.id, info.created, info.rounds_done) for info in race), ended)
    knee, reading, needed = working("Reading the curves.", lambda on_step: _words((state, metric, axis), race, rows))
    for place, (measure, x) in zip(places, ((metric, axis), ("train_loss", axis), ("labels", "round")), strict=True):
        large = measure == metric and place is first
        # After the end of all runs, the large chart's axis fits its data.
        fills = ended and large and bool(rows)
        heights = None if fills else _y_range(rows, race, measure)
        height, room = (_LARGE, _LEGEND_ROOM) if large else (_SMALL, 8)
        figure = _figure(
            (state, dark, measure, x, heights, height, large, room),
            rows,
            names,
            _published(race, measure, x) if large else {},
            knee if large else None,
            _x_range(race, x, rows if all(info.state == "done" for info in race) else ()),
        )
        with place:
            st.markdown(f"**{METRICS[measure]}**")
            show_chart(
                figure,
                key=f"mnist_{'curve' if large else measure}",
                alt=f"{METRICS[measure]} against {'labels' if x == 'labels' else 'rounds'}. "
                f"{latest(race, rows, measure)}",
                file=f"mnist-{measure}",
            )
    with words_place:
        st.caption("  \n".join([_MEANINGS[metric], *reading]))
        if needed:
            st.markdown(needed)


def chart_of(race: Sequence[RunInfo], rows: Rows, metric: str, axis: str) -> Chart:
    """The large chart of ended runs, for files; arguments as `draw`."""
    knee = knee_of(rows, race[0].config.strategy) if metric == "accuracy" else None
    return learning_curves(
        curve_frame(rows),
        metric=metric,
        x=axis,
        names=texts.STRATEGY_NAMES | _names(race),
        bands=True,
        published=_published(race, metric, axis),
        knee=_place(rows, knee, axis),
    )


def knee_of(rows: Rows, strategy: str) -> Knee | None:
    """The knee of a strategy's mean curve, if it has a clear one."""
    own = curve_frame([row for row in rows if row["strategy"] == strategy])
    if own.empty:
        return None
    mean = mean_curve(own)
    return find_knee(mean["labels"], mean["mean"])


def phase_words(knee: Knee, first: int, last: int) -> str:
    """A sentence about the two phases of a curve from `first` to `last` labels."""
    risen, then = knee.rise * (knee.labels - first), knee.plateau * (last - knee.labels)
    return (
        f"A sharp rise by about {100 * risen:.0f} points of accuracy up to {knee.labels:,} labels, then a plateau with "
        f"{100 * then:.0f} more up to {last:,}: the dotted vertical line is between them."
    )


def labels_table(rows: Rows) -> list[dict[str, str]]:
    """Labels to a few round target accuracies (first hit), one row per strategy; the median of several seeds.

    Only targets near the highest accuracy reached are listed. A target that half the runs or more did not reach is an
    en dash; there is no table before the first target is reached.
    """
    needed: dict[str, list[list[int | None]]] = {}
    for _, curve in curve_frame(rows).groupby("run", sort=False):
        hits = [labels_to_target(curve, target) for target in _TARGETS]
        needed.setdefault(str(curve["strategy"].iloc[0]), []).append(hits)
    runs = [hits for own in needed.values() for hits in own]
    reached = [any(hits[i] is not None for hits in runs) for i in range(len(_TARGETS))]
    shown = range(max(0, sum(reached) - 3), min(sum(reached) + 1, len(_TARGETS)))
    table = []
    for strategy, own in needed.items() if any(reached) else ():
        seeds = f" (median of {len(own)} seeds)" if len(own) > 1 else ""
        row = {"Labels to an accuracy of": f"{texts.strategy(strategy)}{seeds}"}
        for i in shown:
            middle = median(float("inf") if hits[i] is None else float(hits[i] or 0) for hits in own)
            row[level(_TARGETS[i])] = "–" if middle == float("inf") else f"{middle:,g}"
        table.append(row)
    return table


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(
    key: tuple[Any, ...],
    _rows: Rows,
    _names: Mapping[str, str],
    _published: Mapping[str, Sequence[tuple[int, float]]],
    knee: float | None,
    x_range: tuple[float, float],
) -> dict[str, Any]:
    """The chart as plotly's dict, immutable once created: shared by all tabs."""
    _, dark, measure, x, y_range, height, legend, room = key
    chart = learning_curves(
        curve_frame(_rows),
        metric=measure,
        x=x,
        names=_names,
        x_range=x_range,
        y_range=y_range,
        bands=True,
        published=_published,
        knee=knee,
    )
    spec: dict[str, Any] = to_plotly(chart, dark=dark, height=height).to_dict()
    # Room for the legend from the start: it appears with the first round, and must not move the chart.
    spec["layout"] |= {"showlegend": legend, "margin": {"l": 8, "r": 12, "t": 8, "b": room}}
    spec["layout"]["yaxis"]["title"] = {"text": ""}
    # Rotated tick labels would make a plot lower than its neighbours.
    spec["layout"]["xaxis"] |= {"tickangle": 0} | ({} if legend else {"nticks": 5})
    return spec


@st.cache_resource(max_entries=64, show_spinner=False)
def _words(key: tuple[Any, ...], _race: Sequence[RunInfo], _rows: Rows) -> tuple[float | None, list[str], str]:
    """The knee's position on the axis, its description, and the labels to target."""
    _, metric, axis = key
    # The phases are those of accuracy, and are not shown on other metrics.
    knee = knee_of(_rows, _race[0].config.strategy) if metric == "accuracy" else None
    needed = labels_table(_rows)
    return _place(_rows, knee, axis), _reading(_race, _rows, knee, axis), _markdown(needed) if needed else ""


def _reading(race: Sequence[RunInfo], rows: Rows, knee: Knee | None, axis: str) -> list[str]:
    """Explanations of these curves."""
    sentences = []
    config = race[0].config
    seeds = len({info.config.seed for info in race})
    if seeds > 1:
        sentences.append(f"Thick lines are means over {seeds} paired seeds, bands are the 95 % interval of the mean.")
    if knee is not None:
        labels = [row["labels"] for row in rows if row["strategy"] == config.strategy]
        sentences.append(phase_words(knee, min(labels), max(labels)))
    if config.calibration and axis == "labels":
        further = plural(config.calibration, "label")
        sentences.append(
            f"{texts.strategy(config.strategy)} starts {further} further right than random: "
            "labels held out from training to calibrate the model count as labels."
        )
    if race[0].lineage and len(race) > 1:
        sentences.append(f"Before round {race[0].lineage[-1].until + 1} the two are one run.")
    elif len({info.config.strategy for info in race}) > 1:
        changed = any(info.changes for info in race)
        steps = "" if changed else " and the same training steps in every round"
        sentences.append(f"Random had the same seed set{steps}.")
    preset = preset_of(config)
    if preset is not None and preset.published and axis == "labels":
        sentences.append(f"Dotted in grey: {preset.published_by}. {preset.published_note}")
    return [plain(one) for one in sentences]


def _markdown(table: list[dict[str, str]]) -> str:
    heads = list(table[0])
    # A target and its percent sign stay on one line, also on a phone.
    shown = [heads[0], *(head.replace(" ", "\N{NO-BREAK SPACE}") for head in heads[1:])]
    rows = [[plain(row[head]) for head in heads] for row in table]
    lines = [shown, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _published(race: Sequence[RunInfo], metric: str, x: str) -> Mapping[str, Sequence[tuple[int, float]]]:
    known = preset_of(race[0].config) if metric == "accuracy" and x == "labels" else None
    return {known.published_by: known.published} if known and known.published else {}


def _names(race: Sequence[RunInfo]) -> dict[str, str]:
    names = {info.id: texts.strategy(info.config.strategy) for info in race}
    return names if len(set(names.values())) == len(names) else texts.legend(race)


def _place(rows: Rows, knee: Knee | None, axis: str) -> float | None:
    if knee is None or axis == "labels":
        return None if knee is None else float(knee.labels)
    return next((float(row["round"]) for row in rows if row["labels"] == knee.labels), None)


def _x_range(race: Sequence[RunInfo], x: str, rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Range of the axis up to the last planned round; for finished runs, up to their last row."""
    low, high = _label_range(race) if x == "labels" else (0, max(info.config.rounds for info in race))
    high = max((row[x] for row in rows), default=high)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _label_range(race: Sequence[RunInfo]) -> tuple[int, int]:
    firsts, lasts = zip(*(info.course.label_range for info in race), strict=True)
    return min(firsts), max(lasts)


def _y_range(rows: Rows, race: Sequence[RunInfo], metric: str) -> tuple[float, float]:
    if metric in SHARES and metric != "ece":
        return 0.0, 1.02
    if metric == "labels":
        return 0.0, 1.06 * _label_range(race)[1]
    known = [row[metric] for row in rows if row[metric] == row[metric]]
    top = max(known, default=0.25 if metric == "ece" else 2.5)
    return 0.0, 1.04 * next((end for end in _ENDS if end >= top), top)
