"""Charts of a failure mode: its learning curves, and its diagnostics."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from alcore.loops.failure_modes.cases import STRENGTHS, SamplingBias, Trial
from alcore.loops.failure_modes.curves import accuracy_where, in_far_cluster, outlier_masks, share_asked
from alcore.report.bounded import difference_interval
from alcore.report.charts.chart import Axis, Chart, Reference
from alcore.report.charts.curves import Curve, curve_chart, interval_entry, mean_curve_of
from alcore.report.phrases import percent
from alcore.report.text.failure_modes import AveragedReliability, averaged_reliability, interval_words, signed
from pages.screens.failure_clinic import cached
from pages.screens.failure_clinic.controls import ClinicView, Setting
from pages.screens.failure_clinic.texts import ARMS, WORDS, drawn_as
from pages.shared.chart import show_chart

LABELS = "Labelled points"


def draw_evidence(mode: str, setting: Setting, trial: Trial, shown: ClinicView) -> None:
    """Draw the charts, two per row."""
    left, right = st.columns(2)
    with left:
        _curves(mode, trial)
    with right:
        if mode == "calibration":
            _reliability(trial, len(trial.without.labels_T) - 1)
        elif mode == "bias":
            _density(trial)
        elif mode == "outliers":
            _budget(trial)
        else:
            _starts(trial)
    if mode in ("calibration", "bias"):
        left, right = st.columns(2)
        with left:
            _far_cluster(trial)
        with right:
            if isinstance(setting, SamplingBias):
                _strengths(setting, trial, shown.paired)
            else:
                _never_asked(trial)
    elif mode == "cold":
        _against_random(trial)


def curves_of(mode: str, trial: Trial) -> Chart:
    """The mean curves of all arms, for print."""
    series = _series(mode, trial)
    return curve_chart(
        series, x=Axis(LABELS, "whole"), y=Axis("Test accuracy", "share"), interval=interval_entry(len(trial.data))
    )


def _series(mode: str, trial: Trial) -> list[Curve]:
    beside = {"reference": WORDS[mode].reference_name, "random": "Random"}
    if trial.reference is trial.random:
        del beside["reference"]
    return [
        mean_curve_of(drawn_as(arm), name, course.labels_T, course.accuracy_S_T)
        for arm, name in (beside | ARMS).items()
        for course in [getattr(trial, arm)]
    ]


def _curves(mode: str, trial: Trial) -> None:
    series = _series(mode, trial)
    ends = "; ".join(f"{line.name} ends at {percent(line.y[-1])}" for line in series)
    _chart(
        "curves", "Learning curves", series, f"Mean test accuracy: {ends}.", x=LABELS, y="Test accuracy", x_form="whole"
    )


def _reliability(trial: Trial, t: int) -> None:
    x_S_T_D = np.stack([sample.dataset.x_test for sample in trial.data])
    y_S_T = np.stack([sample.dataset.y_test for sample in trial.data])
    series, errors = [], {}
    for arm, name in ARMS.items():
        probs_S_T_C = getattr(trial, arm).probs(t, x_S_T_D)
        all_of_them: AveragedReliability = averaged_reliability(
            probs_S_T_C.reshape(-1, probs_S_T_C.shape[2]), y_S_T.reshape(-1)
        )
        errors[arm] = np.array(
            [averaged_reliability(probs, y).error for probs, y in zip(probs_S_T_C, y_S_T, strict=True)]
        )
        series.append(Curve(drawn_as(arm), name, all_of_them.confidence_B, all_of_them.accuracy_B))
    without, treated = errors["without"].mean(), errors["treated"].mean()
    change = interval_words(difference_interval(errors["treated"] - errors["without"]))
    _chart(
        "reliability",
        "Reliability diagram",
        series,
        f"After {t} queries. On the dotted line accuracy equals confidence. Expected calibration error, mean over the "
        f"races: {percent(without)} without the remedy, {percent(treated)} with it ({change}).",
        x="Confidence",
        y="Accuracy",
        x_form="share",
        references=[Reference()],
        together=False,
    )


def _far_cluster(trial: Trial) -> None:
    datasets = [sample.dataset for sample in trial.data]
    where = [in_far_cluster(dataset.x_test) for dataset in datasets]
    series = [
        mean_curve_of(drawn_as(arm), name, course.labels_T, accuracy_where(course, datasets, where))
        for arm, name in ARMS.items()
        for course in [getattr(trial, arm)]
    ]
    _chart(
        "forgotten",
        "Accuracy in the far cluster",
        series,
        "Accuracy on the test points of the far cluster: "
        f"{percent(series[0].y[-1], 0)} at the end without the remedy, {percent(series[1].y[-1], 0)} with it.",
        x=LABELS,
        x_form="whole",
        y="Accuracy there",
    )


def _never_asked(trial: Trial) -> None:
    where = [in_far_cluster(sample.dataset.x_pool) for sample in trial.data]
    series, left_out = [], []
    for arm, name in ARMS.items():
        course = getattr(trial, arm)
        never_S_M = share_asked(course, where) == 0
        left_out.append(never_S_M[:, -1].mean())
        series.append(mean_curve_of(drawn_as(arm), name, course.labels_T[1:], never_S_M))
    _chart(
        "never",
        "Missed-cluster rate",
        [Curve(line.key, line.name, line.x, line.y) for line in series],
        "Share of the races without a query in the far cluster so far: "
        f"{percent(left_out[0], 0)} at the end without the remedy, {percent(left_out[1], 0)} with it.",
        x=LABELS,
        x_form="whole",
        y="Share of the races",
    )


def _density(trial: Trial) -> None:
    pool = np.concatenate([sample.dataset.x_pool[:, 0] for sample in trial.data])
    edges = np.linspace(pool.min(), pool.max(), 31)
    middles = (edges[:-1] + edges[1:]) / 2
    series = [Curve(drawn_as("all"), "The pool", middles, _shares(pool, edges))]
    for arm, name in ARMS.items():
        asked_S_M = getattr(trial, arm).asked_S_M
        at = np.concatenate([one.dataset.x_pool[rows, 0] for one, rows in zip(trial.data, asked_S_M, strict=True)])
        series.append(Curve(drawn_as(arm), name, middles, _shares(at, edges)))
    where = [in_far_cluster(sample.dataset.x_pool) for sample in trial.data]
    there = np.mean([mask.mean() for mask in where])
    shares = [share_asked(getattr(trial, arm), where)[:, -1] for arm in ARMS]
    (without, treated), (never, never_treated) = zip(*((one.mean(), (one == 0).mean()) for one in shares), strict=True)
    _chart(
        "density",
        "Distribution of the queries",
        series,
        f"Shares of the pool and of all queries along the x axis; the far cluster is at the right. It has "
        f"{percent(there)} of the pool and {percent(without)} of the queries without the remedy, "
        f"{percent(treated)} with it. It is missed in {percent(never, 0)} of the races without, in "
        f"{percent(never_treated, 0)} with it.",
        x="x",
        y="Share",
    )


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.histogram(values, edges)[0] / max(1, len(values))


def _strengths(setting: SamplingBias, trial: Trial, paired: int) -> None:
    plain = SamplingBias(**{**vars(setting), "epsilon": 0.0})  # a sweep does not depend on the chosen strength
    courses = cached.sweep(plain, paired)
    values_S_E = np.stack([course.accuracy_S_T.mean(axis=1) for course in courses], axis=1)
    best = int(values_S_E.mean(axis=0).argmax())
    gain = interval_words(difference_interval(values_S_E[:, best] - values_S_E[:, 0]))
    control = trial.control_treated.accuracy_S_T.mean() - trial.control_without.accuracy_S_T.mean()
    _chart(
        "strengths",
        "Accuracy by strength of the remedy",
        [mean_curve_of(drawn_as("treated"), "Mean accuracy", STRENGTHS, values_S_E)],
        f"Mean accuracy along the curve. The best of these strengths is {percent(STRENGTHS[best], 0)} ({gain} against "
        "0 %, slightly optimistic since it was selected on the same races). The strength chosen, at the dotted line, "
        f"changes the mean accuracy of the control by {signed(control)} points.",
        x="Epsilon",
        y="Mean accuracy",
        x_form="share",
        references=[Reference(x=setting.epsilon)],
    )


def _budget(trial: Trial) -> None:
    masks = outlier_masks(trial.data)
    series = [
        mean_curve_of(drawn_as(arm), name, np.arange(1, len(course.labels_T)), share_asked(course, masks))
        for arm, name in ARMS.items()
        for course in [getattr(trial, arm)]
    ]
    there = np.mean([mask.mean() for mask in masks])
    _chart(
        "budget",
        "The budget spent on outliers",
        series,
        f"Outliers are {percent(there)} of the pool and {percent(series[0].y[-1], 0)} of the queried points without "
        f"the remedy, {percent(series[1].y[-1], 0)} with it.",
        x="Queries",
        x_form="whole",
        y="Share on outliers",
    )


def _starts(trial: Trial) -> None:
    sorted_by_arm = {arm: np.sort(getattr(trial, arm).accuracy_S_T.mean(axis=1)) for arm in ARMS}
    rank_S = np.arange(1.0, len(trial.data) + 1)
    series = [Curve(drawn_as(arm), name, rank_S, sorted_by_arm[arm]) for arm, name in ARMS.items()]
    _chart(
        "starts",
        "Every start, from the worst to the best",
        series,
        f"Each mark is one start. The worst of {len(rank_S)} starts has a mean accuracy of "
        f"{percent(sorted_by_arm['without'][0])} without the remedy, "
        f"{percent(sorted_by_arm['treated'][0])} with it.",
        x="Start, by its rank",
        x_form="whole",
        y="Mean accuracy",
    )


def _against_random(trial: Trial) -> None:
    first = slice(0, 21)
    series, words = [], []
    for arm, name in ARMS.items():
        gain_S_T = (getattr(trial, arm).accuracy_S_T - trial.random.accuracy_S_T)[:, first]
        at = np.arange(gain_S_T.shape[1])
        series.append(mean_curve_of(drawn_as(arm), name, at, gain_S_T, differences=True))
        words.append(f"{name.lower()} {interval_words(difference_interval(gain_S_T.mean(axis=1)))}")
    _chart(
        "first",
        "Gain of the first 20 queries over random",
        series,
        f"Accuracy less that of random sampling from a random seed set, mean over these queries: {'; '.join(words)}.",
        x="Queries",
        x_form="whole",
        y="Gain over random (points)",
        y_form="",
    )


def _chart(
    key: str,
    title: str,
    series: Sequence[Curve],
    caption: str,
    *,
    x: str,
    y: str,
    x_form: str = "",
    y_form: str = "share",
    references: Sequence[Reference] = (),
    together: bool = True,
) -> None:
    chart = curve_chart(series, x=Axis(x, x_form), y=Axis(y, y_form), references=references, together=together)
    st.markdown(f"**{title}**")
    show_chart(chart, key=f"clinic_chart_{key}", alt=f"{title}. {caption}", file=f"clinic-{key}")
    st.caption(caption)
