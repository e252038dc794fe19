"""How good is it? Classes, calibration, stopping, asking against random labels, and annotators."""

from math import isfinite
from pathlib import Path

import pandas as pd
import streamlit as st

from alcore.projects.audit import confidence_sequence
from alcore.projects.evidence import FEWEST_CONTROLS, ClassEvidence, audit_report, worth_asking
from alcore.projects.status import LOOK
from alcore.report.charts.labelling import calibration_chart, kappas_chart
from alcore.report.charts.run import confusion_chart
from alcore.report.phrases import percent
from pages.screens.labelling.look_again_view import checked
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.panel import forecast_words, keep_training, status_now, too_few_words
from pages.screens.labelling.people_view import draw_people_view
from pages.screens.labelling.recall_view import draw_recall
from pages.screens.labelling.shares import draw_share
from pages.screens.labelling.texts import PAGE
from pages.screens.labelling.waiting_view import draw_waiting
from pages.shared import controls
from pages.shared.chart import show_chart
from pages.shared.markdown import plain
from pages.shared.session_cache import cached

SECTIONS = {
    "classes": "By class",
    "stopping": "When to stop",
    "recall": "Rare class",
    "worth": "Is asking worth it?",
    "people": "Annotators",
}
_SHARES = {0.0: "off", 0.1: "one in ten", 0.2: "one in five", 0.33: "one in three"}
_STABLE = 0.99
_LATER = """
**How good the model is on items that it has not seen**, by random audits that never train it:

- the accuracy with its 95 % interval, precision and recall of each class;
- the confusion matrix, and whether probabilities are calibrated;
- **When to stop**, whether a **rare class** is found, whether **asking is worth it** against random labels, and whether
  **annotators** agree: the sections above.

Audits come among the other items while you label.
"""
# Classes beyond which the confusion matrix is a table instead of a chart.
_MOST_CELLS = 20


def draw_evidence_view(home: Path, shown: Opened, annotator: str) -> None:
    """Draw a section of the evidence."""
    section = controls.segmented(PAGE, "evidence", "Evidence", SECTIONS, "classes")
    if section == "classes":
        _draw_classes(shown)
    elif section == "stopping":
        _draw_stopping(shown)
    elif section == "recall":
        draw_recall(home, shown, annotator)
    elif section == "worth":
        _draw_worth(shown)
    else:
        draw_people_view(home, shown, annotator)
    keep_training(shown)


def _draw_classes(shown: Opened) -> None:
    status = status_now(shown)
    model = None if shown.kept is None else shown.kept.model
    report = None if model is None else audit_report(shown.project, model, shown.project.states())
    if report is None or status.accuracy is None:
        needed = f"{LOOK} audit labels and a model are needed first; there are {status.audited}."
        sentence = needed if status.audited >= LOOK else too_few_words(status) or needed
        draw_waiting(shown, sentence, status.audited, LOOK, "audit labels", _LATER)
        return
    found = status.accuracy
    worth = f"{found.effective_n:.0f}"
    counted = f", which count as {worth}" if isfinite(found.effective_n) and worth != str(status.looked_at) else ""
    st.markdown(
        f"**Accuracy on unseen items {percent(found.value)}** (95 % interval {percent(found.low)} "
        f"to {percent(found.high)}, {status.looked_at} audit labels{counted})"
    )
    if controls.toggle(PAGE, "always", "An interval that holds at all looks together", False):
        low_M, high_M = confidence_sequence(report.right)
        st.markdown(
            f"Confidence sequence: {percent(low_M[-1])} to {percent(high_M[-1])}, valid however often you look."
        )
    judged = checked(shown)
    if judged.labels:
        st.caption(
            f"Cross-validation on your {judged.labels:,} labels says {percent(judged.accuracy)}: biased, since the "
            "strategy picked most of them; the audit's figure is the honest one."
        )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(pd.DataFrame([_row(one) for one in report.by_class]), hide_index=True)
        st.caption("Precision and recall on audit items, with 95 % Wilson intervals.")
        st.markdown("**Confusion matrix of the audit**")
        if len(report.classes) <= _MOST_CELLS:
            show_chart(
                confusion_chart(report.confusion_C_C, report.classes),
                key="label_confusion_chart",
                alt="Confusion matrix of the audit: labels in rows, predictions in columns",
                file="audit-confusion",
            )
        else:
            st.dataframe(pd.DataFrame(report.confusion_C_C, index=list(report.classes), columns=list(report.classes)))
            st.caption("Labels in rows, predictions in columns.")
    with right:
        show_chart(
            calibration_chart(report.bins),
            key="label_calibration_chart",
            alt="Accuracy by confidence",
            file="calibration",
        )
        st.caption("Reliability diagram of the audit, five groups of equal size.")


def _row(one: ClassEvidence) -> dict[str, object]:
    def words(share: tuple[float, float, float] | None) -> str:
        return "" if share is None else f"{percent(share[0], 0)} ({percent(share[1], 0)} to {percent(share[2], 0)})"

    return {
        "class": one.name,
        "labels": one.true,
        "predicted": one.predicted,
        "precision": words(one.precision),
        "recall": words(one.recall),
    }


def _draw_stopping(shown: Opened) -> None:
    status = status_now(shown)
    st.markdown(f"**{plain(status.advice)}**")
    if status.forecast is not None:
        st.markdown(plain(forecast_words(status.forecast, status, shown)))
    if len(status.kappas) > 1:
        chart = kappas_chart(status.kappas, _STABLE)
        show_chart(chart, key="label_kappas", alt="Agreement of successive models", file="kappa")
        st.caption(
            "Cohen's kappa of successive models on fixed unlabelled items, ten labels apart or more. Predictions count "
            "as stable where the mean of the last three reaches 0.99."
        )
    else:
        st.caption("The agreement of successive models is shown from the third compared model on.")


def _draw_worth(shown: Opened) -> None:
    project = shown.project
    share = draw_share(
        shown,
        "control_share",
        "Random controls among the items that train",
        _SHARES,
        "Items drawn at random, labelled beside those of the strategy: the price of knowing whether asking pays.",
    )
    states = project.states()
    controls_now = sum(one.purpose == "control" and one.label is not None for one in states.values())
    key = (str(project.folder), project.ledger().last, project.trained_as)
    found = cached(
        "label_worth", key, lambda on_step: worth_asking(project, states), "Training a model of each.", most=2
    )
    if found is None:
        st.info(
            f"{FEWEST_CONTROLS} random controls and some audits are needed; there are {controls_now}. "
            + ("Keep labelling." if share else "Switch controls on.")
        )
        return
    st.markdown(f"**{plain(found.verdict)}**")
    st.dataframe(
        pd.DataFrame(
            {
                "labels chosen by": [project.settings["strategy"], "random"],
                "labels": [found.labels, found.labels],
                "accuracy on the audit": [percent(found.asked), percent(found.random)],
            }
        ),
        hide_index=True,
    )
