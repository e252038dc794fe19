"""What is done with selected items, and the steps that can be taken back."""

import time
from collections.abc import Sequence

import streamlit as st

from alcore.projects.bulk import Applied, apply, remove_labels, take_back
from alcore.projects.export import to_csv, whole_frame
from alcore.projects.store import BulkStep, ProjectStore
from alcore.report.phrases import plural
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.panel import keep_training, status_now
from pages.shared.markdown import plain

_SAID = "_label_said"
_KINDS = {"skip": "Skip", "unsure": "Cannot tell", "exclude": "Exclude", "flag": "Flag", "clear": "Remove label"}


def draw_actions(shown: Opened, ids: Sequence[str], annotator: str, *, key: str) -> None:
    """Buttons for a selection: label, skip and so on, or export; each is one step that can be taken back.

    Args:
        shown: the project.
        ids: of the selected items.
        annotator: who acts.
        key: of the buttons.
    """
    project = shown.project
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if ids:
            st.markdown(f"**{len(ids):,} selected**", width="content")
        for one in shown.buttons if ids else []:
            if st.button(plain(one.name), key=f"{key}_as_{one.name}"):
                _say(apply(project, ids, "label", one.name, annotator), f"labelled {one.name}")
        for kind, words in _KINDS.items() if ids else ():
            if st.button(words, key=f"{key}_{kind}", type="tertiary"):
                if kind == "clear":
                    removed = remove_labels(project, ids, annotator)
                    st.session_state[_SAID] = f"{plural(removed, 'label')} removed."
                    st.rerun()
                _say(apply(project, ids, kind, None, annotator), words.lower())
        if ids:
            st.download_button(
                "Export",
                lambda: to_csv(whole_frame(project, only=frozenset(ids))),
                file_name=f"{shown.name}-selection.csv",
                on_click="ignore",
                type="tertiary",
                key=f"{key}_export",
            )
    if said := st.session_state.pop(_SAID, None):
        st.success(plain(said))
    draw_steps(shown, annotator, key=key)
    status_now(shown)
    keep_training(shown)


def draw_steps(shown: Opened, annotator: str, *, key: str) -> None:
    """The last steps, each with a button that takes it back."""
    with ProjectStore(shown.project.folder) as store:
        steps = store.bulk_steps()
    if not steps:
        return
    with st.expander(f"Steps on many items ({len(steps)}), each can be taken back"):
        for step in steps[:10]:
            if st.button(plain(words_of_step(step)), icon=":material/undo:", key=f"{key}_back_{step.client}"):
                count = take_back(shown.project, step.client, annotator)
                st.session_state[_SAID] = f"{plural(count, 'answer')} taken back."
                st.rerun()


def words_of_step(step: BulkStep) -> str:
    """When a step was taken, on how many items, and which."""
    when = time.strftime("%H:%M", time.localtime(step.time))
    by = " by a machine" if step.machine else ""
    what = f"labelled{by}" if step.kind == "label" and step.machine else f"{step.kind} {step.value or ''}".strip()
    return f"{when}: {plural(step.items, 'item')}, {what}"


def _say(done: Applied, what: str) -> None:
    words = f"{plural(done.items, 'item')}: {what}."
    if done.reserved:
        words += f" {done.reserved:,} left out: audits draw from them at random."
    if done.refused:
        words += f" {done.refused:,} not counted."
    st.session_state[_SAID] = words
    st.rerun()
