"""A tournament as files: its record, tables and figures. Needs no browser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alcore.report.charts.chart import Axis, Chart
from alcore.report.charts.curves import Curve
from alcore.report.charts.tournament import curve_charts, is_empty, tournament_chart
from alcore.report.export.page import chart_page
from alcore.report.intervals import Interval
from alcore.report.phrases import MINUS, capitalise, format_number, format_seconds, plural, typed
from alcore.report.statistics.tournament import Summary, areas_frame, labels_frame, standing_rows
from alcore.report.text.tournament import (
    MEASURES,
    best_gains,
    cell,
    describe_chart,
    describe_races,
    describe_setup,
    describe_tournament,
    describe_verdicts,
    has_intervals,
)

_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
}


def escaped(text: str) -> str:
    """Text with LaTeX's special characters escaped."""
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", label: str = "") -> str:
    r"""A table: the first column to the left, the others to the right. It needs `\usepackage{booktabs}`.

    Args:
        heads: column headings in LaTeX, not escaped.
        rows: cells in LaTeX, not escaped.
        caption: caption in LaTeX, above the table.
        label: LaTeX label for references.

    Raises:
        ValueError: for a row whose number of cells is not the number of columns.
    """
    if any(len(row) != len(heads) for row in rows):
        raise ValueError(f"every row of the table needs {len(heads)} cells, one a column")
    lines = [
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{caption}}}"] if caption else []),
        *([rf"\label{{{label}}}"] if label else []),
        rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}",
        r"\toprule",
        _row(heads),
        r"\midrule",
        *map(_row, rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def standings_table(summary: Summary, names: Mapping[str, str], datasets: Mapping[str, str] | None = None) -> str:
    """Standings table by gain: intervals in small print, the strategies of `best_gains` in bold."""
    heads = ["Strategy", *(_HEADS[key] for key in MEASURES), "Penalty", "Seconds"]
    rows, best = [], best_gains(summary)
    for place in summary.by_gain:
        one, penalty = summary.standings[place], summary.penalties.column_R[place]
        cells = [
            _interval(measure.shown(one), 2 if key in ("gain", "iqm") else 1 if key == "rank" else 0)
            for key, measure in MEASURES.items()
        ]
        if one.strategy in best:
            cells[0] = rf"\textbf{{{cells[0]}}}"
        name = escaped(names.get(one.strategy, one.strategy))
        rows.append([name, *cells, format_number(100 * penalty, 1), format_seconds(one.seconds)])
    results = summary.results
    sure = (
        ", with Holm's correction (bold: the largest gain that is above 0 at 95\\,\\%, "
        "and all such gains not significantly below it)"
        if has_intervals(summary)
        else " (one paired seed gives no interval)"
    )
    brackets = r"In brackets: 95\,\% intervals. " if has_intervals(summary) else ""
    caption = (
        f"{len(results.strategies)} strategies on {plural(len(results.tasks), 'task')} "
        f"with {escaped(describe_races(summary, datasets or {}))}. {brackets}"
        f"Gain over random in mean accuracy along the curve, in percentage points{sure}; mean rank; "
        "interquartile mean of the gain; probability of "
        "improvement over random and labels saved to the target in percent; share of tasks in which it is "
        "beaten, in percent; seconds of selection."
    )
    return table(heads, rows, caption=caption, label="tab:tournament")


_HEADS = {
    "gain": "Gain",
    "rank": "Rank",
    "iqm": "IQM",
    "improvement": r"$P(\mathrm{impr.})$",
    "saved": "Saved",
}


def _interval(interval: Interval | None, places: int) -> str:
    if interval is None:
        return "--"
    ends = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (format_number(end, places).replace(MINUS, "$-$") for end in ends)
    if not np.isfinite(ends).all():
        return estimate
    return rf"{estimate} {{\scriptsize[{low}, {high}]}}"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


_FIGURES = (*MEASURES, "heat", "differences", "penalties", "pareto")
_PRINTED = ("svg", "pdf", "png")
# File -> MIME type, in the order on screen.
NAMES: dict[str, str] = {
    "tournament.json": "application/json",
    "standings.csv": "text/csv",
    "races.csv": "text/csv",
    "penalties.csv": "text/csv",
    "areas.csv": "text/csv",
    "labels.csv": "text/csv",
    "standings.tex": "text/x-tex",
    "tournament.html": "text/html",
    **{
        f"{figure}.{ending}": {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}[ending]
        for figure in _FIGURES
        for ending in _PRINTED
    },
}


def files(
    name: str,
    record: Mapping[str, Any],
    summary: Summary,
    names: Mapping[str, str],
    datasets: Mapping[str, str] | None = None,
    *,
    dark: bool = False,
) -> bytes:
    """One file of a tournament.

    Args:
        name: a key of NAMES.
        record: the results, see `alcore.runs.tournament.record`.
        summary: its summary.
        names: display names of strategies.
        datasets: display names of data sets and learners, for what is drawn; tables hold their keys.
        dark: a web page has light text on a dark page.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in NAMES:
        raise ValueError(f"a tournament has no file {name!r}: choose one of {', '.join(NAMES)}")
    stem, ending = name.split(".")
    if ending in _PRINTED:
        # Imported here: tables must not load a drawing library.
        from alcore.report.paper.render import ONE_COLUMN_MM, TWO_COLUMNS_MM, to_bytes, to_matplotlib

        width_mm = ONE_COLUMN_MM if stem in MEASURES else TWO_COLUMNS_MM
        chart = tournament_chart(stem, summary, names=names, datasets=datasets)
        return to_bytes(to_matplotlib(chart, width_mm=width_mm, words=words_of(stem, summary, datasets or {})), ending)
    if name == "tournament.json":
        return json.dumps(dict(record), separators=(",", ":"), allow_nan=False).encode() + b"\n"
    if name == "standings.csv":
        return _csv(pd.DataFrame(standing_rows(summary, names)))
    if name == "penalties.csv":
        order = [names.get(standing.strategy, standing.strategy) for standing in summary.standings]
        # Sums of shares of the budgets: without the last digits of 0.1 + 0.2.
        frame = pd.DataFrame(summary.penalties.matrix_R_R.round(10), columns=order)
        frame.insert(0, "beats", order)
        return _csv(frame)
    if name in ("areas.csv", "labels.csv"):
        return _csv({"areas": areas_frame, "labels": labels_frame}[stem](summary, names))
    if name == "races.csv":
        return _csv(_races(summary))
    if name == "standings.tex":
        return standings_table(summary, names, datasets).encode()
    titles = {
        **{key: measure.title for key, measure in MEASURES.items()},
        "heat": "Gain over random by data set",
        "differences": "Critical difference of the mean ranks",
        "penalties": "Pairwise penalty matrix: tasks in which the row beats the column",
        "pareto": "Labels saved against time",
    }
    titles = {key: title for key, title in titles.items() if not is_empty(key, summary)}
    charts = {title: tournament_chart(key, summary, names=names, datasets=datasets) for key, title in titles.items()}
    captions = {title: describe_chart(key, summary) for key, title in titles.items()}
    words = describe_tournament(summary, names, datasets or {})
    table = ("Standings", standings_frame(summary, names))
    return chart_page("Tournament", words, charts, table, record["plan"], captions=captions, dark=dark)


def curves_file(
    fmt: str,
    summary: Summary,
    strategies: Sequence[str],
    names: Mapping[str, str],
    datasets: Mapping[str, str],
    task: str = "",
) -> bytes:
    """The learning curves of some strategies as small multiples, in two columns of a paper.

    Args:
        fmt: "png", "svg" or "pdf".
        summary: of the tournament.
        strategies: keys, in the order drawn.
        names: display names of strategies.
        datasets: display names of data sets and learners.
        task: data set and learner, with a space between them, for one chart alone; "" for all.
    """
    from alcore.report.paper.render import TWO_COLUMNS_MM, small_multiples, to_bytes

    found = curve_charts(summary, strategies, names=names, datasets=datasets)
    charts = [replace(chart, title=title) for key, (title, chart) in found.items() if task in ("", " ".join(key))]
    entries = [Curve(name, names.get(name, name), [], np.empty(0)).series("") for name in strategies]
    legend = Chart(entries, Axis(), Axis())
    title = f"{describe_chart('curves', summary)} {capitalise(describe_races(summary, datasets))}."
    return to_bytes(small_multiples(charts, legend, width_mm=TWO_COLUMNS_MM, title=title), fmt)


def words_of(name: str, summary: Summary, datasets: Mapping[str, str]) -> str:
    """What stands above a printed chart: its meaning, what was raced and how many strategies beat random."""
    return f"{describe_chart(name, summary)}\n{describe_setup(summary, datasets)}\n{describe_verdicts(summary)}"


def standings_frame(summary: Summary, names: Mapping[str, str]) -> pd.DataFrame:
    """The standings by gain, as an HTML table."""
    rows = []
    for number, place in enumerate(summary.by_gain, start=1):
        one, penalty = summary.standings[place], summary.penalties.column_R[place]
        rows.append(
            {"": number, "Strategy": names.get(one.strategy, one.strategy)}
            | {
                measure.head: cell(measure.shown(one), 2 if key in ("gain", "iqm") else int(key == "rank"))
                for key, measure in MEASURES.items()
            }
            | {
                "Verdict": "baseline" if one.gain is None else one.verdict,
                "Penalty": format_number(100 * float(penalty), 1),
                "Seconds": format_seconds(one.seconds),
            }
        )
    return pd.DataFrame(rows)


def plain_table(summary: Summary, names: Mapping[str, str]) -> str:
    """The standings as plain text for a terminal."""
    return typed(standings_frame(summary, names).to_string(index=False))


def _races(summary: Summary) -> pd.DataFrame:
    """One row per race: its area under the learning curve and final accuracy."""
    results = summary.results
    return pd.DataFrame(
        {
            "dataset": task.dataset,
            "learner": task.learner,
            "strategy": strategy,
            "seed": seed,
            "labels": int(task.labels_T[-1]),
            "mean_accuracy": task.area_S_R[s, r],
            "final_accuracy": task.accuracy_S_R_T[s, r, -1],
            "seconds": task.seconds_S_R[s, r],
        }
        for task in results.tasks
        for s, seed in enumerate(results.seeds)
        for r, strategy in enumerate(results.strategies)
    )


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
