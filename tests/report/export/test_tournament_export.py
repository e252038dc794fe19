"""The files of a tournament, the record they come from, and the one that was run once."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.stats import ttest_rel

from alcore.report.charts.tournament import is_empty, tournament_chart
from alcore.report.export.tournament import (
    NAMES,
    curves_file,
    escaped,
    files,
    plain_table,
    standings_table,
    table,
    words_of,
)
from alcore.report.paper.render import ONE_COLUMN_MM, TWO_COLUMNS_MM, to_matplotlib
from alcore.report.statistics.tournament import Summary, critical_difference, parse_results, standing_rows, summarise
from alcore.report.text.tournament import MEASURES, best_gains, describe_chart, describe_tournament
from alcore.runs.tournament.groups import run_cell
from alcore.runs.tournament.plan import READY_DATASETS, READY_STRATEGIES, plan_of
from alcore.runs.tournament.record import narrowed, record
from alcore.runs.tournament.run import carry_out, local_pool
from tests.support.charts import drawn, numbers

READY = Path(__file__).resolve().parents[3] / "pages/screens/tournament/ready.json"
WORDS = {"random": "Random", "margin": "Margin & more_100%", "badge": "BADGE", "entropy": "Entropy"}


@pytest.fixture(scope="module")
def ready() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(READY.read_text())
    return found


@pytest.fixture(scope="module")
def small(ready: dict[str, Any]) -> dict[str, Any]:
    plan = plan_of(("margin", "badge", "entropy"), ("iris", "blobs", "moons"), seeds=12)
    found = narrowed(ready, plan)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def summary(small: dict[str, Any]) -> Summary:
    return summarise(parse_results(small))


def test_the_ready_made_tournament_is_whole_and_paired(ready: dict[str, Any]) -> None:
    assert ready["plan"] == plan_of().record() and not ready["failures"]
    assert tuple(ready["strategies"]) == READY_STRATEGIES and ready["seeds"] == list(range(20))
    assert [task["dataset"] for task in ready["tasks"]] == list(READY_DATASETS)
    assert READY.stat().st_size < 1_000_000
    for task in parse_results(ready).tasks:
        assert task.accuracy_S_R_T.shape == (20, len(READY_STRATEGIES), 16)
        assert (task.accuracy_S_R_T >= 0).all() and (task.accuracy_S_R_T <= 1).all()
        assert (task.accuracy_S_R_T[:, :, 0] == task.accuracy_S_R_T[:, :1, 0]).all(), "one start a seed"
        assert len(np.unique(task.accuracy_S_R_T[:, :, -1])) > 5


@pytest.mark.parametrize(("dataset", "strategy", "seed"), [("iris", "margin", 3), ("moons", "badge", 11)])
def test_the_ready_made_tournament_can_be_run_again(
    ready: dict[str, Any], dataset: str, strategy: str, seed: int
) -> None:
    again = run_cell(plan_of().cell(strategy, dataset, "logistic", seed))
    task = next(task for task in ready["tasks"] if task["dataset"] == dataset)
    kept = task["hits"][seed][READY_STRATEGIES.index(strategy)]
    assert list(again.labels) == task["labels"] and again.test_points == task["test_points"]
    # Another processor may round otherwise, and a pick may then differ.
    assert abs(np.mean(again.hits) - np.mean(kept)) < 0.02 * again.test_points


def test_the_ready_made_tournament_outlives_a_larger_catalogue() -> None:
    """What was run stays what is offered first when a strategy, data set or learner is new."""
    code = f"""
import json
from dataclasses import replace
from html import unescape
from pathlib import Path
from alcore.datasets.catalogue import DATASETS
from alcore.learners.registry import LEARNERS
from alcore.strategies.catalogue import STRATEGIES

STRATEGIES["newcomer"] = STRATEGIES["margin"]
DATASETS["newcomer"] = replace(DATASETS["iris"], name="newcomer", label="New")
LEARNERS["newcomer"] = replace(LEARNERS["logistic"], name="newcomer")
from alcore.runs.tournament.plan import TournamentPlan, plan_of
from alcore.runs.tournament.record import narrowed
from pages.screens.tournament import controls as setup

table = json.loads(Path({str(READY)!r}).read_text())
rivals = setup._READY_RIVALS
shown = plan_of(rivals, setup.READY_DATASETS, setup.READY_LEARNERS)
assert "newcomer" in setup._RIVALS and "newcomer" not in rivals
print(*(narrowed(table, plan) == table for plan in (TournamentPlan(), plan_of(), shown)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=READY.parents[3])
    assert done.stdout.split() == ["True"] * 3, done.stderr


def test_a_part_of_a_tournament_is_that_tournament(tmp_path: Path) -> None:
    larger = plan_of(("margin", "badge"), ("blobs", "iris"), seeds=3, rounds=3)
    smaller = plan_of(("badge",), ("iris",), seeds=2, rounds=2)
    for plan, home in ((larger, tmp_path / "a"), (smaller, tmp_path / "b")):
        home.mkdir()
        carry_out(plan, home, local_pool(1))
    part, whole = narrowed(record(larger, tmp_path / "a"), smaller), record(smaller, tmp_path / "b")
    assert part is not None
    for one in (part, whole):
        for task in one["tasks"]:
            del task["seconds"]
    assert part == whole
    for other in (
        plan_of(("entropy",), ("iris",), seeds=2, rounds=2),
        plan_of(("badge",), ("moons",), seeds=2, rounds=2),
        plan_of(("badge",), ("iris",), seeds=4, rounds=2),
        plan_of(("badge",), ("iris",), seeds=2, rounds=4),
        plan_of(("badge",), ("iris",), seeds=2, rounds=2, settings={"epsilon": 0.5}),
    ):
        assert narrowed(record(larger, tmp_path / "a"), other) is None


def test_one_seed_has_no_interval(small: dict[str, Any]) -> None:
    one = narrowed(small, plan_of(("margin", "badge"), ("iris",), seeds=1, rounds=2))
    assert one is not None
    found = summarise(parse_results(one))
    written = [files(name, one, found, WORDS).decode() for name in ("standings.csv", "standings.tex")]
    assert not any("inf" in text for text in written)
    assert (
        "with 1 paired seed, 2 rounds, logistic." in written[1]
        and "brackets" not in written[1]
        and "1 task " in written[1]
    )
    assert "one paired seed gives no interval" in written[1] and "Holm" not in written[1]
    told = " ".join([*describe_tournament(found, WORDS, {}), *(describe_chart(key, found) for key in ("gain", "heat"))])
    assert "One paired seed cannot give" in told and not any(word in told for word in ("95 %", "Holm", "bold"))
    page = files("tournament.html", one, found, WORDS).decode()
    assert "excludes 0" not in page and "95 % CI" not in page


def test_tables_are_in_the_order_of_the_screen(ready: dict[str, Any]) -> None:
    whole = summarise(parse_results(ready))
    rows = list(csv.DictReader(io.StringIO(files("standings.csv", ready, whole, {}).decode())))
    gains = [float(row["gain"] or 0) for row in rows]
    assert gains == sorted(gains, reverse=True)
    order = [row["strategy"] for row in rows]
    body = files("standings.tex", ready, whole, {}).decode().split(r"\midrule")[1].split(r"\bottomrule")[0]
    assert [line.split(" & ")[0].replace(r"\_", "_") for line in body.strip().splitlines()] == order
    assert [line.split()[1] for line in plain_table(whole, {}).splitlines()[1:]] == order
    for name in ("areas.csv", "labels.csv"):
        assert [line.split(",")[0] for line in files(name, ready, whole, {}).decode().splitlines()[1:]] == order
    seconds = [line.removesuffix(r" \\").split(" & ")[-1] for line in body.strip().splitlines()]
    assert "0.0015" in seconds and not any(float(one) == 0 for one in seconds)


def test_a_printed_chart_says_what_was_raced_and_found(small: dict[str, Any], summary: Summary) -> None:
    names = {"iris": "Iris", "logistic": "Logistic regression"}
    for name in ("gain.svg", "heat.svg"):
        svg = ElementTree.fromstring(files(name, small, summary, WORDS, names))
        told = " ".join("".join(one.itertext()).strip() for one in svg.iter() if one.tag.endswith("text"))
        assert "12 paired seeds, 15 rounds, logistic regression." in told and "Iris" in told
        assert "1 of 3 beats random" in told and "95 % interval" in told
    curves = ElementTree.fromstring(curves_file("svg", summary, ("random", "badge"), WORDS, names))
    told = " ".join("".join(one.itertext()).strip() for one in curves.iter() if one.tag.endswith("text"))
    assert "12 paired seeds, 15 rounds, logistic regression." in told and "95 % interval" in told
    assert told.count("Accuracy") == told.count("Labels") == 3


def test_whiskers_of_ranks_are_as_long_as_the_plot_on_a_phone_too(ready: dict[str, Any]) -> None:
    whole = summarise(parse_results(ready))
    wide, narrow = (drawn(tournament_chart("differences", whole, narrow=narrow))["layout"] for narrow in (False, True))
    assert len(wide["annotations"]) == 1 and not narrow.get("annotations")
    assert max(map(len, narrow["xaxis"]["title"]["text"].split("<br>"))) <= 26
    low, high = wide["xaxis"]["range"]
    found = critical_difference(whole.results)
    assert low < found.rank_R.min() - found.difference / 2 and found.rank_R.max() + found.difference / 2 < high
    assert high - low < 1.1 * (np.ptp(found.rank_R) + found.difference)


@pytest.mark.parametrize("name", ["gain", "rank"])
def test_a_chart_of_one_strategy_has_room_for_its_title(ready: dict[str, Any], name: str) -> None:
    alone = narrowed(ready, plan_of(("margin",), ("iris",), seeds=6))
    assert alone is not None
    assert tournament_chart(name, summarise(parse_results(alone))).height > 150


def test_json_holds_everything(small: dict[str, Any], summary: Summary) -> None:
    again = summarise(parse_results(json.loads(files("tournament.json", small, summary, WORDS))))
    rows = standing_rows(summary, WORDS)
    assert standing_rows(again, WORDS) == rows
    # Columns have the field's names.
    assert {"probability_of_improvement", "target_not_reached"} <= rows[0].keys()


def test_tables_hold_the_standings_and_every_race(small: dict[str, Any], summary: Summary) -> None:
    read = {
        name: list(csv.DictReader(io.StringIO(files(name, small, summary, WORDS).decode())))
        for name in ("standings.csv", "races.csv", "penalties.csv")
    }
    best = summary.standings[0]
    assert [row["strategy"] for row in read["standings.csv"]] == [WORDS[one.strategy] for one in summary.standings]
    assert best.gain is not None
    assert float(read["standings.csv"][0]["gain"]) == pytest.approx(100 * best.gain.estimate)
    assert len(read["races.csv"]) == 3 * 12 * 4
    mean = np.mean([float(row["mean_accuracy"]) for row in read["races.csv"] if row["strategy"] == best.strategy])
    assert mean == pytest.approx(best.area)
    assert [list(row) for row in read["penalties.csv"]][0] == [
        "beats",
        *(row["beats"] for row in read["penalties.csv"]),
    ]
    assert "Margin & more_100%" in plain_table(summary, WORDS)


def test_tables_by_task_are_plain_arithmetic(small: dict[str, Any], summary: Summary) -> None:
    read = {
        name: list(csv.DictReader(io.StringIO(files(f"{name}.csv", small, summary, WORDS).decode())))
        for name in ("areas", "labels")
    }
    task = small["tasks"][1]
    r = small["strategies"].index("margin")
    labels, curves = np.array(task["labels"]), np.array(task["hits"])[:, r] / task["test_points"]
    area = np.trapezoid(curves, labels, axis=1).mean() / (labels[-1] - labels[0])
    row = next(row for row in read["areas"] if row["Strategy"] == WORDS["margin"])
    assert row["blobs"] == f"{100 * area:.2f}"
    target = summary.targets_D[1]
    needed = sorted(next((m for m, y in zip(labels, c, strict=True) if y >= target), np.inf) for c in curves)
    row = next(row for row in read["labels"] if row["Strategy"] == WORDS["margin"])
    assert row[f"blobs ({100 * target:.1f} %)"] == ("never" if np.isinf(needed[6]) else str(needed[6]))
    assert [row["Strategy"] for row in read["areas"]] == [row["strategy"] for row in standing_rows(summary, WORDS)]


def test_latex_is_a_table_with_every_sign_escaped(small: dict[str, Any], summary: Summary) -> None:
    text = files("standings.tex", small, summary, WORDS).decode()
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == 4
    columns = re.search(r"\\begin\{tabular\}\{(\w+)\}", text)
    assert columns is not None
    for line in body:
        assert line.endswith(r" \\") and len(re.findall(r"(?<!\\)&", line)) == len(columns[1]) - 1
        assert line.count("{") == line.count("}")
    assert any(line.startswith(r"Margin \& more\_100\%") for line in body)
    assert text.count(r"\begin{") == text.count(r"\end{") == 2
    assert escaped("a_b & 5 % of $x^2 ~ {y} # \\") == (
        r"a\_b \& 5 \% of \$x\textasciicircum{}2 \textasciitilde{} \{y\} \# \textbackslash{}"
    )
    with pytest.raises(ValueError, match="needs 2 cells"):
        table(["a", "b"], [["1"]])


def test_only_the_best_of_the_certain_gains_are_bold(ready: dict[str, Any]) -> None:
    whole = summarise(parse_results(ready))
    bold = {
        line.split(" & ")[0].replace("\\_", "_")
        for line in files("standings.tex", ready, whole, {}).decode().splitlines()
        if r"\textbf" in line
    }
    verdicts = {one.strategy: one.verdict for one in whole.standings}
    ranked = [one.strategy for one in MEASURES["gain"].ranked(whole.standings)]
    assert "worse" in verdicts.values() and bold == best_gains(whole)
    assert {verdicts[name] for name in bold} == {"better"} and ranked[0] in bold
    assert 1 < len(bold) < list(verdicts.values()).count("better")
    # Paired with the best, seed by seed: those in bold cannot be told from it at all, the last one can.
    area_S_R = np.mean([task.area_S_R for task in whole.results.tasks], axis=0)
    of = {name: area_S_R[:, r] for r, name in enumerate(whole.results.strategies)}
    chances = {name: ttest_rel(of[ranked[0]], of[name]).pvalue for name in ranked[1:]}
    assert all(chances[name] > 0.005 for name in bold - {ranked[0]})
    last = [name for name in ranked if verdicts[name] == "better"][-1]
    assert last not in bold and chances[last] < 0.005


def test_without_a_certain_gain_nothing_is_bold(summary: Summary) -> None:
    losers = [replace(one, verdict="worse" if one.gain else "undecided") for one in summary.standings]
    none = replace(summary, standings=tuple(losers))
    assert best_gains(none) == frozenset() and r"\textbf" not in standings_table(none, {})
    only = [replace(one, verdict="better" if one.strategy == "margin" else "worse") for one in losers]
    assert best_gains(replace(summary, standings=tuple(only))) == {"margin"}


@pytest.mark.parametrize("measure", MEASURES)
def test_charts_are_sorted_by_what_they_show(ready: dict[str, Any], measure: str) -> None:
    whole = summarise(parse_results(ready))
    chart = tournament_chart(measure, whole)
    spec = drawn(chart)
    shown = [float(numbers(trace["x"])[0]) for trace in spec["data"]]
    assert shown == sorted(shown, reverse=measure != "rank"), "the best is on top"
    low, high = spec["layout"]["yaxis"]["range"]
    assert low > high, "the first is on top"
    axes = to_matplotlib(chart).axes[0]
    marks = [line for line in axes.lines if line.get_marker() not in (None, "None", "")]
    assert [float(np.ravel(line.get_xdata())[0]) for line in marks] == pytest.approx(shown)
    assert [text.get_text() for text in axes.get_yticklabels()] == [trace["y"][0] for trace in spec["data"]]
    spans = [line for line in axes.lines if len(np.ravel(line.get_xdata())) == 2][: len(shown)]
    for trace, span in zip(spec["data"], spans, strict=True):
        estimate, ends = numbers(trace["x"])[0], trace["error_x"]
        low, high = estimate - ends["arrayminus"][0], estimate + ends["array"][0]
        assert list(np.ravel(span.get_xdata())) == pytest.approx([low, high])


def test_every_drawing_is_a_file_of_its_kind(small: dict[str, Any], summary: Summary) -> None:
    for name in ("gain.png", "pareto.png", "heat.png", "differences.png"):
        assert files(name, small, summary, WORDS).startswith(b"\x89PNG")
    assert files("penalties.pdf", small, summary, WORDS).startswith(b"%PDF")
    svg = ElementTree.fromstring(files("improvement.svg", small, summary, WORDS))
    assert {"Margin & more_100%", "BADGE"} <= {"".join(one.itertext()).strip() for one in svg.iter()}
    page = files("tournament.html", small, summary, WORDS).decode()
    assert page.count("Plotly.newPlot(") == len(MEASURES) + 4 and not re.search(r'<(script|link)[^>]+src="http', page)
    assert all(describe_chart(key, summary) in unescape(page) for key in (*MEASURES, "heat", "pareto"))
    dark = files("tournament.html", small, summary, WORDS, dark=True).decode()
    assert "background: #FFFFFF" in page and "background: #0E1117" in dark
    assert files("gain.svg", small, summary, WORDS) == files("gain.svg", small, summary, WORDS)
    with pytest.raises(ValueError, match="no file 'gain.doc'"):
        files("gain.doc", small, summary, WORDS)
    assert {name.split(".")[1] for name in NAMES} == {"json", "csv", "tex", "html", "svg", "pdf", "png"}


def test_charts_without_a_value_are_left_out(ready: dict[str, Any], summary: Summary) -> None:
    found = narrowed(ready, plan_of(("margin",), ("iris",), seeds=1))
    assert found is not None
    alone = summarise(parse_results(found))
    empty = {"iqm", "improvement", "saved", "pareto"}
    kinds = {*MEASURES, "heat", "differences", "penalties", "pareto"}
    assert {kind for kind in kinds if is_empty(kind, alone)} == empty
    assert not any(is_empty(kind, summary) for kind in kinds)
    page = files("tournament.html", found, alone, WORDS).decode()
    assert page.count("Plotly.newPlot(") == len(kinds) - len(empty)
    assert "Mean rank over 1 task (1 is best)" in page


def test_learning_curves_are_printed_as_small_multiples(summary: Summary) -> None:
    strategies, names = ("random", "badge"), {"random": "Random", "badge": "BADGE & more"}
    titles = {task.dataset: f"Data of {task.dataset}" for task in summary.results.tasks}
    svg = ElementTree.fromstring(curves_file("svg", summary, strategies, names, titles))
    texts = ["".join(one.itertext()).strip() for one in svg.iter() if one.tag.endswith("text")]
    assert texts.count("Random") == texts.count("BADGE & more") == 1, "one legend"
    assert all(any(title in text for text in texts) for title in titles.values())
    first = summary.results.tasks[0]
    alone = ElementTree.fromstring(
        curves_file("svg", summary, strategies, names, titles, f"{first.dataset} {first.learner}")
    )
    told = " ".join("".join(one.itertext()) for one in alone.iter())
    assert titles[first.dataset] in told
    assert not any(title in told for title in titles.values() if title != titles[first.dataset])
    assert curves_file("png", summary, strategies, names, titles).startswith(b"\x89PNG")
    assert curves_file("pdf", summary, strategies, names, titles).startswith(b"%PDF")


def test_figures_show_what_was_found(summary: Summary) -> None:
    spec = drawn(tournament_chart("gain", summary, names=WORDS))
    shown = {unescape(trace["y"][0]): numbers(trace["x"])[0] for trace in spec["data"]}
    wanted = {WORDS[one.strategy]: 100 * one.gain.estimate for one in summary.standings if one.gain}
    assert shown == pytest.approx(wanted) and "Random" not in shown
    np.testing.assert_array_equal(
        drawn(tournament_chart("penalties", summary))["data"][0]["z"], summary.penalties.matrix_R_R
    )
    narrow = drawn(tournament_chart("gain", summary, narrow=True))["layout"]["xaxis"]["title"]["text"]
    assert "<br>" not in spec["layout"]["xaxis"]["title"]["text"] and max(map(len, narrow.split("<br>"))) <= 26
    front = drawn(tournament_chart("pareto", summary))["data"][0]
    x, y = numbers(front["x"]).tolist(), numbers(front["y"]).tolist()
    assert x == sorted(x) and y == sorted(y) and len(x) >= 1
    with pytest.raises(ValueError, match="unknown measure 'luck'"):
        tournament_chart("luck", summary)


def test_conclusions_say_who_beat_random(ready: dict[str, Any]) -> None:
    whole = summarise(parse_results(ready))
    told = " ".join(describe_tournament(whole, {}, {}))
    better = [one.strategy for one in whole.standings if one.verdict == "better"]
    worse = [one.strategy for one in whole.standings if one.verdict == "worse"]
    assert "margin" in better and "random" not in better + worse
    sentence = next(line for line in describe_tournament(whole, {}, {}) if "beat" in line)
    before, after = sentence.split(" beat random")
    assert all(name in before for name in better) and all(name in after for name in worse)
    assert f"{len(whole.standings) - 1 - len(better) - len(worse)} of {len(whole.standings) - 1}" in told


@pytest.mark.parametrize("name", ["gain", "saved", "heat", "differences", "penalties"])
def test_no_text_of_a_figure_is_cut_off_at_its_width(name: str, summary: Summary) -> None:
    names = {strategy: f"Strategy of the name {strategy}" for strategy in summary.results.strategies}
    width_mm = ONE_COLUMN_MM if name in MEASURES else TWO_COLUMNS_MM
    words = words_of(name, summary, {})
    figure = to_matplotlib(tournament_chart(name, summary, names=names), width_mm=width_mm, words=words)
    figure.draw_without_rendering()
    # The words are as wide as the figure: beside long names they would be a narrow column.
    (head,) = [text for text in figure.texts if text.get_text()]
    lines = head.get_window_extent()
    assert lines.x0 >= 0 and lines.x1 <= figure.bbox.x1 + 1 and lines.y1 <= figure.bbox.y1 + 1
    assert name not in MEASURES or lines.width > 0.7 * figure.bbox.width
    assert len(head.get_text().split("\n")) <= 8
    (axes,) = figure.axes
    box, page = axes.get_tightbbox(figure.canvas.get_renderer()), figure.bbox  # type: ignore[attr-defined]
    assert box is not None and min(box.x0, box.y0) >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
