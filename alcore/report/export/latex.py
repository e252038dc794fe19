"""Tables for a paper in LaTeX, with the rules of the booktabs package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alcore.report.intervals import Interval
from alcore.report.phrases import format_number
from alcore.report.statistics.tournament import Summary
from alcore.report.text.tournament import MEASURES, best_gains

_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
}


def escaped(text: str) -> str:
    """Text as LaTeX prints it, whatever is in it."""
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", label: str = "") -> str:
    r"""A table: the first column to the left, the others to the right. It needs `\usepackage{booktabs}`.

    Args:
        heads: of the columns; LaTeX, not escaped.
        rows: of cells; LaTeX, not escaped.
        caption: above it; LaTeX.
        label: to refer to it by.

    Raises:
        ValueError: for a row that has not one cell a column.
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


def standings_table(summary: Summary, names: Mapping[str, str]) -> str:
    """How the strategies stand: intervals in small print, bold what `best_gains` names."""
    heads = ["Strategy", *(_HEADS[key] for key in MEASURES), "Penalty", "Seconds"]
    rows, best = [], best_gains(summary)
    for one, penalty in zip(summary.standings, summary.penalties.column_R, strict=True):
        cells = [
            _interval(measure.shown(one), 2 if key in ("gain", "iqm") else 1 if key == "rank" else 0)
            for key, measure in MEASURES.items()
        ]
        if one.strategy in best:
            cells[0] = rf"\textbf{{{cells[0]}}}"
        name = escaped(names.get(one.strategy, one.strategy))
        rows.append([name, *cells, format_number(100 * penalty, 1), f"{one.seconds:.2f}"])
    results = summary.results
    caption = (
        f"{len(results.strategies)} strategies on {len(results.tasks)} tasks with {len(results.seeds)} "
        "paired seeds. Gain over random in mean accuracy along the curve, in percentage points, with Holm's "
        "correction (bold: the largest gain that is above 0 at 95\\,\\%, and all such gains that cannot be "
        "told from it); mean rank; interquartile mean of the gain; chance to beat random and labels saved to "
        "the target in percent; share of tasks in which it is beaten, in percent; seconds spent on choosing."
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
    low, high = format_number(interval.low, places), format_number(interval.high, places)
    return rf"{format_number(interval.estimate, places)} {{\scriptsize[{low}, {high}]}}"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"
