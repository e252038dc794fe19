"""A tournament as files: its record, tables and figures. No browser is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from alcore.report.phrases import format_number
from alcore.report.statistics.by_task import areas_frame, labels_frame
from alcore.report.statistics.tournament import Summary, standing_rows
from alcore.report.text.tournament import MEASURES, cell, describe_tournament

_FIGURES = (*MEASURES, "penalties", "pareto")
_PRINTED = ("svg", "pdf", "png")
# File -> MIME type, in the order they are offered.
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


def files(name: str, record: Mapping[str, Any], summary: Summary, names: Mapping[str, str]) -> bytes:
    """One of the files of a tournament.

    Args:
        name: a key of NAMES.
        record: what was measured, see `alcore.runs.tournament.record`.
        summary: of it.
        names: words for strategies.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in NAMES:
        raise ValueError(f"a tournament has no file {name!r}: choose one of {', '.join(NAMES)}")
    stem, ending = name.split(".")
    if ending in _PRINTED:
        return _printed(stem, ending, summary, names)
    if name == "tournament.json":
        return json.dumps(dict(record), separators=(",", ":"), allow_nan=False).encode() + b"\n"
    if name == "standings.csv":
        return _csv(pd.DataFrame(standing_rows(summary, names)))
    if name == "penalties.csv":
        order = [names.get(one.strategy, one.strategy) for one in summary.standings]
        frame = pd.DataFrame(summary.penalties.matrix_R_R, columns=order)
        frame.insert(0, "beats", order)
        return _csv(frame)
    if name in ("areas.csv", "labels.csv"):
        return _csv({"areas": areas_frame, "labels": labels_frame}[stem](summary, names))
    if name == "races.csv":
        return _csv(_races(summary))
    if name == "standings.tex":
        from alcore.report.export.latex import standings_table

        return standings_table(summary, names).encode()
    return _page(record, summary, names)


def standings_frame(summary: Summary, names: Mapping[str, str]) -> pd.DataFrame:
    """The standings as people read them."""
    rows = []
    for place, (one, penalty) in enumerate(zip(summary.standings, summary.penalties.column_R, strict=True), start=1):
        rows.append(
            {"": place, "Strategy": names.get(one.strategy, one.strategy)}
            | {
                measure.head: cell(measure.shown(one), 2 if key in ("gain", "iqm") else int(key == "rank"))
                for key, measure in MEASURES.items()
            }
            | {
                "Verdict": "baseline" if one.gain is None else one.verdict,
                "Penalty": format_number(100 * float(penalty), 1),
                "Seconds": f"{one.seconds:.2f}",
            }
        )
    return pd.DataFrame(rows)


def plain_table(summary: Summary, names: Mapping[str, str]) -> str:
    """The standings for a terminal."""
    return standings_frame(summary, names).to_string(index=False)


def _races(summary: Summary) -> pd.DataFrame:
    """One row a race: its area and final accuracy."""
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


def _printed(stem: str, ending: str, summary: Summary, names: Mapping[str, str]) -> bytes:
    from alcore.report.paper.curves import to_bytes
    from alcore.report.paper.tournament import print_pareto, print_penalties, print_standing

    if stem in MEASURES:
        return to_bytes(print_standing(summary, stem, names=names), ending)
    draw = print_penalties if stem == "penalties" else print_pareto
    return to_bytes(draw(summary, names=names), ending)


def _page(record: Mapping[str, Any], summary: Summary, names: Mapping[str, str]) -> bytes:
    """A page with the figures and tables; it needs no network to open."""
    from alcore.report.interactive.tournament import page_parts, pareto_figure, penalty_figure, standing_figure

    drawn = {
        **{measure.title: standing_figure(summary, key, names=names) for key, measure in MEASURES.items()},
        "Who beats whom, in how many tasks": penalty_figure(summary, names=names),
        "Labels saved against time": pareto_figure(summary, names=names),
    }
    parts = page_parts(drawn)
    told = "\n".join(f"<li>{escape(line)}</li>" for line in describe_tournament(summary, names, {}))
    table = standings_frame(summary, names).to_html(index=False, border=0)
    plan = escape(json.dumps(record["plan"], indent=2))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tournament</title>
<style>
body {{ background: #FFFFFF; color: #31333F; font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto;
  max-width: 80rem; padding: 0 1rem; }}
pre, .wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .15rem .7rem; text-align: right; white-space: nowrap; }}
</style>
</head>
<body>
<h1>Tournament</h1>
<ul>
{told}
</ul>
<div class="wide">{table}</div>
{parts}
<details><summary>Settings</summary><pre>{plan}</pre></details>
</body>
</html>
""".encode()
