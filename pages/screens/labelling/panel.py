"""Beside the card: accuracy with its interval, progress, advice, classes, the curve."""

from html import escape
from math import isfinite

import streamlit as st

from alcore.projects.model.training_process import ensure_trainer, is_training, trouble
from alcore.projects.queue import AUDIT_EVERY
from alcore.projects.status import LOOK, Status, status_of
from alcore.projects.stopping import Forecast
from alcore.projects.store import ProjectStore
from alcore.report.charts.labelling import accuracy_chart
from alcore.report.phrases import level, percent
from alcore.storage.errors import StoreError
from pages.screens.labelling.answering import session_of
from pages.screens.labelling.opened import Opened
from pages.shared.chart import show_chart
from pages.shared.markdown import plain

_BARS = """
<style>
.alcore-counts { display: grid; grid-template-columns: minmax(2rem, max-content) 1fr max-content; gap: 0.15rem 0.6rem;
  align-items: center; font-size: 0.9rem; max-height: 17rem; overflow: auto; }
.alcore-counts i { display: block; height: 0.7rem; border-radius: 0.2rem; min-width: 1px; }
</style>
"""


def status_now(shown: Opened) -> Status:
    """The project's status, from the log as this session has read it."""
    project, session = shown.project, session_of(shown.name)
    with ProjectStore(project.folder) as store:
        ledger = session.read(store)
    return status_of(
        project.items,
        ledger.states,
        None if shown.kept is None else shown.kept.model,
        kappas=project.settings.get("kappas", []),
        curve=[tuple(point) for point in project.settings.get("curve", [])],
        target=project.settings.get("target"),
    )


def keep_training(shown: Opened) -> None:
    """Start the trainer if there are answers, or settings, that the last model was not trained with."""
    kept, project = shown.kept, shown.project
    is_current = kept is not None and kept.trained_as == project.trained_as
    last = max(session_of(shown.name).ledger.last, 0)
    try:
        ensure_trainer(project.folder, last=last, seen=kept.seen if kept is not None and is_current else -1)
    except StoreError as error:
        st.warning(plain(str(error)), icon=":material/warning:")


def draw_panel(shown: Opened) -> None:
    """Draw the panel."""
    status = status_now(shown)
    keep_training(shown)
    _accuracy(status)
    if status.accuracy is not None:
        _light(status)
    if status.forecast is not None:
        st.markdown(f":material/trending_up: {plain(forecast_words(status.forecast, status, shown))}")
    _counts(shown, status)
    if len(status.curve) > 1:
        chart = accuracy_chart(status.curve, shown.project.settings.get("target"))
        show_chart(chart, key="label_curve", alt="Audited accuracy by labels, with its interval", file="accuracy")
    st.caption(_model_words(shown))
    if sentence := trouble(shown.project.folder):
        st.warning(f"No model could be trained: {plain(sentence)}", icon=":material/warning:")


def too_few_words(status: Status) -> str:
    """Says that the items do not suffice for an audit; "" where they do."""
    if status.audited + (status.items - status.labels) // AUDIT_EVERY >= LOOK:
        return ""
    return f"Too few items for an audit: {LOOK} audits are needed, one answer in {AUDIT_EVERY}. Label all."


def _accuracy(status: Status) -> None:
    if status.accuracy is None:
        missing = LOOK - status.audited % LOOK if status.audited < LOOK else 0
        st.metric("Accuracy on unseen items", "not yet known")
        words = f"{missing} more audit labels" if missing else "the next model"
        if too_few := too_few_words(status):
            st.caption(too_few)
            return
        st.progress(min(1.0, status.audited / LOOK), f"Known after {words}: one answer in five is an audit.")
        return
    found = status.accuracy
    st.metric(
        "Accuracy on unseen items",
        percent(found.value),
        f"95 % interval {percent(found.low)} to {percent(found.high)}, {status.looked_at} audit labels",
        delta_color="off",
        delta_arrow="off",
        help="From audit items: drawn at random and never used for training. The next interval is shown after "
        f"{LOOK} more audit labels, so that each holds at its look.",
    )
    if status.more_audits:
        st.caption(f"{status.more_audits:,} more audit labels would narrow it to ±3 points.")


def _light(status: Status) -> None:
    reached = status.advice.startswith("You can stop")
    color, icon = ("green", "check_circle") if reached else ("orange", "pause_circle") if status.is_stable else (
        "blue", "play_circle")  # fmt: skip
    st.markdown(f":{color}[:material/{icon}:] {plain(status.advice)}")


def forecast_words(found: Forecast, status: Status, shown: Opened) -> str:
    """A forecast in a sentence."""
    target = shown.project.settings.get("target") or 0.0
    if found.reason:
        return found.reason
    trained = 0 if shown.kept is None else shown.kept.model.labels
    if found.labels <= trained:
        return f"The fitted curve has reached {level(target)}."
    high = f"{found.high - trained:,.0f}" if isfinite(found.high) else "no end in sight"
    return f"About {found.labels - trained:,.0f} more labels to {level(target)} ({found.low - trained:,.0f} to {high})."


def _counts(shown: Opened, status: Status) -> None:
    most = max(status.per_class.values(), default=1)
    rows = "".join(
        f"<span>{escape(one.name)}</span><i style='background:{one.color};width:{100 * count / most:.0f}%'></i>"
        f"<b>{count:,}</b>"
        for one in shown.buttons
        for count in [status.per_class.get(one.name, 0)]
    )
    st.html(f"{_BARS}<div class='alcore-counts' aria-label='Labels of each class'>{rows}</div>")


def _model_words(shown: Opened) -> str:
    if shown.kept is None:
        return "A first ranking of the items is being made." if is_training(shown.project.folder) else ""
    model = shown.kept.model
    if not model.labels:
        return f"No labels yet: {model.strategy} ranks the items"
    behind = session_of(shown.name).ledger.last - shown.kept.seen
    words = f"Model {model.number + 1}, trained on {model.labels:,} labels in {model.seconds:.1f} s"
    return f"{words}; {behind:,} {'answer' if behind == 1 else 'answers'} since" if behind > 0 else words
