"""Diagnostics of a round: confusion matrix, calibration, class balance, costs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from alcore.loops.pool.evaluate import Reliability
from alcore.loops.pool.simulate import Round
from alcore.report.charts.chart import Chart
from alcore.report.charts.run import class_balance_chart, confusion_chart, reliability_chart, stage_times_chart
from alcore.report.phrases import plural
from alcore.report.statistics.run_quality import (
    STAGES,
    asked_counts,
    class_shares,
    confusion_words,
    reliability_words,
    stage_rows,
    stage_words,
)
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.round.export import ChartExport, take
from pages.shared import viewport
from pages.shared.chart import show_chart
from pages.shared.markdown import plain

UNMEASURED = "This run was made by an earlier version, which did not measure this."


def mistakes(info: RunInfo, rounds: Sequence[Round], number: int, names: Sequence[str]) -> None:
    """The confusion matrix of the model after a query."""
    confusion = rounds[number].confusion_C_C
    if confusion is None:
        st.caption(UNMEASURED)
        return
    height = 400 if viewport.is_narrow() else 520
    sentence = confusion_words(confusion, names)
    st.markdown(f"Rows are true classes, columns predicted classes. {plain(sentence)}")

    chart = confusion_chart(confusion, names)
    _draw(chart, height, "confusion", sentence)
    rows = [
        {"true": names[true], "predicted": names[guess], "test_points": int(count)}
        for true, row in enumerate(confusion)
        for guess, count in enumerate(row)
    ]
    title = f"Confusion matrix after round {number}, {plural(rounds[number].labels, 'label')}"
    exported = texts.exported(info, look_at_round=number)
    take(
        ChartExport(
            f"confusion-round{number}", title, sentence, exported, lambda: rows, lambda: chart, texts.title(info.config)
        )
    )


def calibration(info: RunInfo, rounds: Sequence[Round], number: int) -> None:
    """The reliability diagram of the model after a query."""
    one = rounds[number]
    before, after, temperature = one.reliability, one.reliability_scaled, one.measures.get("temperature")
    if before is None:
        st.caption(UNMEASURED)
        return
    sentence = f"As trained: {reliability_words(before)}"
    if after is not None:
        sentence += f" At the temperature {temperature:.2f}: {reliability_words(after)}"
    chart = reliability_chart(before, after, temperature=temperature)
    _draw(chart, 380, "reliability", sentence)
    about = "Dotted: accuracy equals confidence; below it the model is over-confident. Larger marks: more test images."
    if after is None:
        about += (
            " No labels were held out in this run, so no temperature was fitted. Labels held out to calibrate, among "
            "the remedies, add a second line; they count as labels."
        )
    st.markdown(plain(sentence), help=about)
    rows = _bins("as trained", before) + (_bins("at the temperature", after) if after is not None else [])
    title = f"Calibration after round {number}, {plural(one.labels, 'label')}"
    exported = texts.exported(info, look_at_round=number)
    take(
        ChartExport(
            f"calibration-round{number}",
            title,
            sentence,
            exported,
            lambda: rows,
            lambda: chart,
            texts.title(info.config),
        )
    )


def classes(
    info: RunInfo,
    rounds: Sequence[Round],
    number: int,
    names: Sequence[str],
    pool_C: NDArray[np.float64] | None,
) -> None:
    """Queries per class up to query `number`, from 1, beside the shares of the classes in the pool or the test set."""
    # Round 0 of the chart has no query: its row is empty.
    asked_R_C = asked_counts([rounds[0], *rounds[:number]], len(names))
    asked_R_C[0] = 0
    confusion = rounds[0].confusion_C_C
    share_C = pool_C if pool_C is not None or confusion is None else class_shares(confusion)
    counts = asked_R_C.sum(axis=0)
    labels = plural(counts.sum(), "label")
    sentence = (
        f"Queries up to round {number}: {labels}, most of class "
        f"{names[int(counts.argmax())]} ({counts.max():,}), fewest of class {names[int(counts.argmin())]} "
        f"({counts.min():,})."
    )
    st.markdown(
        f"{plain(sentence)} The short lines are the expected numbers of random queries; a class with more queries "
        "has a higher acquisition score."
    )

    chart = class_balance_chart(asked_R_C, names, number, share_C=share_C)
    _draw(chart, 360, "classes", sentence)
    rows = [
        {"round": i, "class": name, "queries": int(asked_R_C[i, c])}
        for i in range(1, number + 1)
        for c, name in enumerate(names)
    ]
    title = f"Class balance of the queries up to round {number}"
    exported = texts.exported(info, look_at_round=number)
    take(
        ChartExport(
            f"classes-round{number}", title, sentence, exported, lambda: rows, lambda: chart, texts.title(info.config)
        )
    )


def costs(info: RunInfo, rounds: Sequence[Round]) -> None:
    """Time and memory of each stage of each round."""
    rows = stage_rows(rounds)
    device = info.record.get("device name") or info.record.get("device") or "not recorded"
    sentence = f"{stage_words(rows)} Device: {device}."
    st.markdown(plain(sentence))

    chart = stage_times_chart(rows)
    _draw(chart, 360, "costs", sentence)
    st.dataframe(
        [_cost_row(row) for row in rows],
        hide_index=True,
        height=min(38 + 35 * len(rows), 250),
        placeholder="–",
        alt="Seconds and peak memory of each stage, round by round.",
    )
    st.caption(
        "Memory: the peak of a stage. Round 0 is the model of the seed set; it selects the query of round 1.",
        help="Images/s: test images evaluated per second. Memory is that of the GPU where the run is on one, else of "
        "the whole process; scoring and selection share one number.",
    )
    take(
        ChartExport(
            "costs",
            "Time and memory",
            sentence,
            texts.exported(info),
            lambda: rows,
            lambda: chart,
            texts.title(info.config),
        )
    )


def _cost_row(row: dict[str, Any]) -> dict[str, str]:
    cells = {"Round": str(row["round"]), "Labels": f"{row['labels']:,}"}
    for stage, (name, memory) in STAGES.items():
        seconds, peak = row[f"seconds_{stage}"], row.get(memory)
        # The last model selects no query. Short cells: the table is as wide as half of a laptop's screen.
        cells[name] = f"{_short(seconds)} s" if seconds else "–"
        if seconds and peak is not None:
            cells[name] += f", {peak:,.0f} MiB"
    speed = row["images_per_second"]
    return cells | {"Images/s": f"{speed:,.0f}" if speed else "–"}


def _short(seconds: float) -> str:
    """A time with at most three decimals and without an exponent: 0.009, 1.84, 1,234."""
    if seconds < 1:
        return f"{seconds:.3f}"
    return f"{seconds:.3g}" if seconds < 99.95 else f"{seconds:,.0f}"


def _bins(name: str, diagram: Reliability) -> list[dict[str, Any]]:
    return [
        {
            "probabilities": name,
            "test_points": int(count),
            "confidence": float(sure) if count else None,
            "accuracy": float(right) if count else None,
        }
        for count, sure, right in zip(diagram.count_B, diagram.confidence_B, diagram.accuracy_B, strict=True)
    ]


def _draw(chart: Chart, height: int, name: str, sentence: str) -> None:
    show_chart(chart, key=f"mnist_look_{name}", alt=sentence, file=f"mnist-{name}", height=height)
