"""The project as a whole: target and audits, rename, back up, restore, delete."""

from pathlib import Path

import streamlit as st

from alcore.projects.archive import back_up, delete, rename, restore
from alcore.projects.examples import DIGITS
from alcore.projects.model.features import words_of_choice
from alcore.projects.model.models import MODELS, OWN, models_for
from alcore.projects.model.training_process import forget_failure
from alcore.projects.setup.names import free_name, names_of
from alcore.report.phrases import plural
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.labelling.answering import forget_session
from pages.screens.labelling.opened import Opened
from pages.screens.labelling.panel import keep_training
from pages.screens.labelling.texts import PAGE, open_next
from pages.shared import controls
from pages.shared.errors import sentences
from pages.shared.markdown import plain

MAX_MB = 500
_TARGETS = {None: "none", 0.8: "80 %", 0.9: "90 %", 0.95: "95 %", 0.97: "97 %", 0.99: "99 %"}


def draw_project_menu(home: Path, shown: Opened) -> str:
    """A panel of what is done with the whole project; returns the name of the person who labels."""
    with st.popover("Project", icon=":material/folder:", help="Project: your name, target, backup, rename, delete"):
        annotator = controls.line(
            PAGE, "annotator", "Your name", "", 60, placeholder="optional", help="Stored with each of your answers."
        )
        with sentences():
            _draw(home, shown)
    return annotator


def _draw(home: Path, shown: Opened) -> None:
    name, project = shown.name, shown.project
    st.caption(f"{plural(len(project.items), 'item')} of {plain(project.settings['file'])}, kept in {project.folder}.")
    targets, now = list(_TARGETS), project.settings.get("target")
    target = st.selectbox(
        "Target accuracy",
        targets,
        targets.index(now) if now in targets else 0,
        format_func=_TARGETS.__getitem__,
        key=f"_label_target_{name}",
        help="The forecast and the stop light refer to it.",
    )
    if target != now:
        project.change(target=target)
    _draw_model(shown)
    new = st.text_input("Name", name, key=f"_label_rename_{name}", max_chars=60)
    if st.button("Rename", disabled=new == name, width="stretch"):
        rename(home, name, new)
        _moved(name, new)
    st.download_button(
        "Back up",
        lambda: back_up(home, name),
        file_name=f"{name}.zip",
        mime="application/zip",
        icon=":material/save:",
        on_click="ignore",
        width="stretch",
        help="Data and answers in one file, to be restored here or elsewhere.",
    )
    file = st.file_uploader("Restore a backup", type=["zip"], key="_label_restore", max_upload_size=MAX_MB)
    if file is not None and st.button("Restore", width="stretch"):
        new = free_name(file.name.rpartition(".")[0], tuple(names_of(home)))
        restore(home, file.getvalue(), new)
        _moved(name, new)
    labels = sum(state.label is not None for state in project.states().values())
    if st.checkbox(f"Delete {plural(labels, 'label')} and the copy of the data for good", key=f"_label_sure_{name}"):
        if name == DIGITS:
            st.caption("The digits come back without labels.")
        if st.button("Delete", icon=":material/delete:", type="primary", width="stretch"):
            delete(home, name)
            _moved(name, DIGITS)


def _draw_model(shown: Opened) -> None:
    """The model and the query strategy, of the next rounds."""
    project = shown.project
    now, own = project.settings["model"], project.settings.get("own")
    models = models_for(project.choice)
    if own is not None:
        models |= {OWN: f"{own['name']}, from Python" + ("" if own["estimator"] else ", trained there only")}
    if now not in models:
        models |= {now: MODELS.get(now, now)}
    model = st.selectbox(
        "Model", list(models), list(models).index(now), format_func=models.__getitem__, key=f"_label_model_{shown.name}"
    )
    strategies = {key: one.label for key, one in STRATEGIES.items()}
    strategy = st.selectbox(
        "Query strategy",
        list(strategies),
        list(strategies).index(project.settings["strategy"]),
        format_func=strategies.__getitem__,
        key=f"_label_strategy_{shown.name}",
    )
    st.caption(f"Features: {words_of_choice(project.choice)}.")
    if (model, strategy) != (now, project.settings["strategy"]):
        project.change(model=model, strategy=strategy)
        forget_failure(project.folder)
        keep_training(shown)


def _moved(old: str, new: str) -> None:
    forget_session(old)
    open_next(new)
    st.rerun()
