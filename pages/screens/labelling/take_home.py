"""What leaves a project, and labels that come back."""

import streamlit as st

from alcore.datasets.dataset import DatasetError
from alcore.extras import MissingExtraError, require
from alcore.projects.export import (
    FORMATS,
    Format,
    answers_frame,
    batch_frame,
    exported,
    exported_model,
    take_labels,
    to_csv,
    whole_frame,
)
from alcore.projects.export.returned import Taken
from alcore.projects.multilabel import group_frame, group_of
from alcore.report.phrases import plural
from pages.screens.labelling.opened import Opened
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.progress import in_fragment
from pages.shared.session_cache import cached, kept

_WORDS = {
    "csv": "CSV",
    "jsonl": "JSON lines",
    "parquet": "Parquet",
    "label-studio": "Label Studio",
    "prodigy": "Prodigy",
    "hf": "Hugging Face data set",
}
_ENDINGS = {"label-studio": "json", "prodigy": "jsonl", "hf": "zip"}
BATCH_SECONDS = 24 * 3600.0
# Seconds of the last training from which the model is fitted with a progress bar before it is sent.
LONG = 2.0
MAX_MB_BACK = 20
_MODEL = "label_model_file"


def draw_take_home(shown: Opened, annotator: str) -> None:
    """A panel of exports, and of answers that come back."""
    with st.popover("Take home", icon=":material/download:", help="Take home: labels, predictions, model"), sentences():
        project, name = shown.project, shown.name
        fmt: Format = st.selectbox("Format", FORMATS, format_func=lambda key: _WORDS.get(key, key))
        only = st.checkbox("Only labelled items", help="Else every item once, with the model's prediction.")
        st.download_button(
            "Labels and predictions",
            lambda: exported(whole_frame(project, only_labelled=only), fmt),
            file_name=f"{name}.{_ENDINGS.get(fmt, fmt)}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
        st.download_button(
            "All answers",
            lambda: to_csv(answers_frame(project)),
            file_name=f"{name}-answers.csv",
            on_click="ignore",
            icon=":material/history:",
            width="stretch",
            help="Every label of everybody, with its purpose, pick probability and time; undos too. CSV.",
        )
        if group := project.settings.get("group"):
            st.download_button(
                "All classes, one table",
                lambda: to_csv(group_frame(group_of(project.folder.parent.parent, group))),
                file_name=f"{group}.csv",
                on_click="ignore",
                icon=":material/table:",
                width="stretch",
                help=f"Every item of {group} once, with label and prediction by each of its yes-or-no projects.",
            )
        _draw_model(shown)
        st.divider()
        count = st.number_input("Items of a batch for others to label", 1, 5000, 50)
        st.download_button(
            "Next batch",
            lambda: to_csv(
                batch_frame(project, project.next(count, annotator, page=f"batch {name}"[:80], seconds=BATCH_SECONDS))
            ),
            file_name=f"{name}-batch.csv",
            on_click="ignore",
            icon=":material/outbox:",
            width="stretch",
            help="Fill in the column label. For a day the items are shown to nobody else and are in no other batch: "
            "where few are open, the file holds fewer.",
        )
        file = st.file_uploader(
            "Labels that come back: CSV with the columns id and label, or tasks of Label Studio or Prodigy",
            type=["csv", "json", "jsonl"],
            key="_label_back",
            max_upload_size=MAX_MB_BACK,
        )
        if file is not None:
            try:
                taken = take_labels(project, file.getvalue(), annotator)
            except DatasetError as error:
                st.error(plain(str(error)), icon=":material/error:")
                return
            if not taken.labels:
                st.info("The file holds no labels: fill in its column label.", icon=":material/help:")
                return
            st.success(taken_words(taken))
            if taken.refused:
                st.dataframe({"not counted": list(taken.refused)}, height=160)


def taken_words(taken: Taken) -> str:
    """How many labels of a file count, and how many do not."""
    kept, refused = taken.labels - len(taken.refused), len(taken.refused)
    rest = f", {refused:,} not" if refused else ""
    return f"{plural(kept, 'label')} taken{rest}."


@st.fragment
def _draw_model(shown: Opened) -> None:
    """The model: fitted, and as lines that fit it again; a fragment, so that a long fit holds up nothing else."""
    project, name = shown.project, shown.name
    if shown.kept is None or shown.kept.model.probs_N_C is None:
        st.caption("The model can be taken home once it predicts: label items of two classes or more first.")
        return
    st.divider()
    missing = ""
    try:
        require("skops")
    except MissingExtraError as error:
        missing = str(error)
    with st.container(horizontal=True, gap="small"):
        _draw_fitted(shown, missing)
        st.download_button(
            "Python",
            lambda: exported_model(project, "python", f"{name}.jsonl"),
            file_name=f"{name}.py",
            on_click="ignore",
            icon=":material/code:",
            help=f"Lines that fit the model again from {name}.jsonl, the export in JSON lines of all items.",
        )


def _draw_fitted(shown: Opened, missing: str) -> None:
    """The fitted model: sent at once, or, if a fit takes long, fitted first on a button, with a progress bar."""
    project = shown.project
    assert shown.kept is not None
    words = "Fitted, with its features, as scikit-learn's pipeline in the format of skops, which pickles nothing."
    found: bytes | None = None
    place = st.empty()
    network = "cnn" in (project.settings["model"], project.choice.method)
    if not missing and (network or shown.kept.model.seconds > LONG):
        key = (str(project.folder), project.ledger().last, project.trained_as)
        if kept(_MODEL, key) is None:
            help = f"{words} It is fitted anew first."
            if not place.button("Fit the model", icon=":material/model_training:", help=help):
                return
            with in_fragment():
                cached(
                    _MODEL,
                    key,
                    lambda on_step: exported_model(project, "skops", on_step=on_step),
                    "Fitting the model on all labels.",
                    most=1,
                )
        found = kept(_MODEL, key)
    place.download_button(
        "Model",
        found if found is not None else lambda: exported_model(project, "skops"),
        file_name=f"{shown.name}.skops",
        on_click="ignore",
        icon=":material/model_training:",
        disabled=bool(missing),
        help=missing or words,
    )
