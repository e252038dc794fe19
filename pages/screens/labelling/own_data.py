"""Bring your own: a file is read, what was read is shown, and a project is made of it."""

from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source, read_source
from alcore.datasets.tables.encoding import ENCODINGS
from alcore.datasets.tables.frame import TableOptions, TableSource
from alcore.datasets.tables.question import Ambiguous, Question
from alcore.datasets.tables.separators import SEPARATORS
from alcore.projects.contents import short_of
from alcore.projects.model.features import FeatureChoice, default_choice, words_of_choice
from alcore.projects.model.models import models_for
from alcore.projects.model.network import SIDE
from alcore.projects.multilabel import SEPARATORS as SEPARATORS_OF_LABELS
from alcore.projects.multilabel import create_each, several_of
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of
from alcore.projects.setup.suggestions import Suggestion, classes_there, doubtful_classes, suggestion_of
from alcore.recommend.choose import advice_for_project, default_strategy
from alcore.recommend.text import default_words
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.labelling.opened import picture_url
from pages.screens.labelling.simulation import draw_simulation
from pages.screens.labelling.texts import open_next
from pages.shared.copy_buttons import which_strategy_link
from pages.shared.errors import sentences
from pages.shared.markdown import plain
from pages.shared.progress import working
from pages.shared.session_cache import cached, stamp_of
from pages.shared.viewport import is_narrow

MAX_MB = 500
TYPES = ["csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "xlsx", "zip", "npy", "npz"]
INBOX = "inbox"
# Above this many items the first ranking is made in the background.
RANKED_AT_ONCE = 20_000
_NONE = "(none)"
_AUTO = "as found"
_SHOWN = 50
_EXAMPLES = {
    "**A table**: one row an item, labels in a column": "id,text,label\n1,Win a prize now,spam\n2,Lunch at noon?,ham\n"
    "3,Your invoice is attached,",
    "**Texts**: one a line": "Win a prize now\nLunch at noon?\nYour invoice is attached\nCall me when you are home",
    "**Images**: PNG or JPEG in a ZIP": "leaves/0001.jpg\nleaves/0002.jpg\nleaves/0003.jpg\nbark/0001.png",
    "**Embeddings**: one vector an item": 'numpy.save("vectors.npy", vectors_N_D)\n\n'
    'numpy.savez("vectors.npz",\n            vectors=vectors_N_D, ids=ids_N)',
}


def draw_own_data(home: Path) -> None:
    """Draw the choice of a file, what was read of it, and the button that starts the project."""
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    upload = left.file_uploader(
        f"A table (CSV, TSV, JSON lines, Parquet, Excel), texts (one a line), a ZIP of images, or embeddings "
        f"(.npy, .npz): up to {MAX_MB} MB",
        type=TYPES,
        key="_label_file",
        max_upload_size=MAX_MB,
    )
    inbox = sorted(path.name for path in (home / INBOX).glob("*")) if (home / INBOX).is_dir() else []
    chosen = right.selectbox(
        "Or a file in the folder inbox of ALCORE_HOME, of any size",
        [_NONE, *inbox],
        key="_label_inbox",
        disabled=not inbox,
        help=f"Put files or folders of images into {home / INBOX} on the server; they are copied into the project.",
    )
    if upload is None and chosen == _NONE:
        st.caption(
            "Blank labels mean unlabelled. The file stays on this server: it is copied into a folder of the project, "
            "readable by the account that runs the server."
        )
        _draw_examples()
        return
    file: bytes | Path = upload.getvalue() if upload is not None else home / INBOX / chosen
    name = upload.name if upload is not None else chosen
    with sentences():
        _draw_read(home, file, name)


def _draw_examples() -> None:
    """Files as they may look; on a phone the first of them."""
    shown = list(_EXAMPLES.items())[: 1 if is_narrow() else None]
    columns = st.columns(len(shown), gap="medium")
    for column, (words, content) in zip(columns, shown, strict=True):
        with column:
            st.markdown(words)
            st.code(content, language=None)


def _draw_read(home: Path, file: bytes | Path, name: str) -> None:
    results = st.container()
    options = _options(name)
    with results:
        _draw_results(home, file, name, options)


def _draw_results(home: Path, file: bytes | Path, name: str, options: TableOptions) -> None:
    key = (sha256(file).hexdigest() if isinstance(file, bytes) else stamp_of([file]), name)
    try:
        source = cached(
            "label_source", (key, options), lambda on_step: read_source(file, name, options), f"Reading {name}.", most=2
        )
    except Ambiguous as error:
        _ask(error.question, name)
        return
    st.success(" ".join(plain(one) for one in source.sentences[:4]), icon=":material/task_alt:")
    if len(source.sentences) > 4:
        with st.expander("More about how it was read"):
            st.markdown("\n".join(f"- {plain(one)}" for one in source.sentences[4:]))
    suggestion = suggestion_of(source, name, tuple(names_of(home)))
    with st.container(border=True):
        made = _choices(source, suggestion)
    if made is not None:
        draw_simulation(source, made[0]["features"], made[0])
    _preview(source)
    if made is None:
        return
    settings, project_name = made
    if st.session_state.pop("_label_start", False):
        _start(home, file, name, options, project_name, settings)


def _start(
    home: Path, file: bytes | Path, name: str, options: TableOptions, project: str, settings: dict[str, Any]
) -> None:
    def make(on_step: Any) -> str:
        create = create_each if "separator" in settings else Project.create
        found = create(home, project, file, file_name=name, options=options, **settings)
        made = found[0] if isinstance(found, list) else found
        if len(made.items) <= RANKED_AT_ONCE:
            made.train()
        return str(made.settings["name"])

    open_next(working("Making the project.", make))
    st.rerun()


def _choices(source: Source, suggestion: Suggestion) -> tuple[dict[str, Any], str] | None:
    """Draw what the project is made with; None while something is missing."""
    settings: dict[str, Any] = {}
    choice = default_choice(source)
    known = suggestion.classes
    columns = st.columns(4, gap="small", vertical_alignment="bottom")
    if isinstance(source, TableSource):
        names = list(source.columns)
        text = columns[0].multiselect(
            "Items are the texts of", names, list(suggestion.text), key="_label_text", placeholder="whole rows"
        )
        ids = columns[1].selectbox("Ids", [_NONE, *names], _place(names, suggestion.ids), key="_label_ids")
        label = columns[2].selectbox(
            "Labels that are there", [_NONE, *names], _place(names, suggestion.label), key="_label_labels"
        )
        settings = {"ids": None if ids == _NONE else ids, "label": None if label == _NONE else label}
        known = _classes_there(source, settings["label"])
        if text:
            choice = FeatureChoice("tfidf", tuple(text))
    name = columns[3].text_input("Name of the project", suggestion.name, key="_label_name", max_chars=60)
    wanted, start = st.columns([3, 1], vertical_alignment="bottom")
    given = wanted.text_input(
        "Classes, separated by commas",
        ", ".join(known) if len(known) <= 50 else "",
        key=f"_label_classes_{settings.get('label')}_{_separator()}",
        placeholder="spam, ham",
        help="More can be added later. Those of the labels that are there are added in any case.",
    )
    classes = tuple(dict.fromkeys([*(one.strip() for one in given.split(",") if one.strip()), *known]))
    for sentence in doubtful_classes(classes):
        st.warning(plain(sentence), icon=":material/warning:")
    missing = st.empty()
    with st.expander("Model, strategy, items of several classes", key="group_label_model"):
        more = st.columns(3)
        if isinstance(source, ImageSource):
            choice = _image_features(more[2])
        elif isinstance(source, TableSource) and choice.method != "tfidf":
            special = {settings["ids"], settings["label"]}
            usable = [one for one in source.columns if one not in special and source.columns[one].kind != "empty"]
            picked = more[2].multiselect("Columns", usable, key="_label_columns", placeholder="all")
            choice = replace(choice, columns=tuple(picked))
        elif choice.method == "tfidf":
            choice = replace(choice, method=_text_method(more[2]))
        if choice.method in ("table", "skrub"):
            st.caption(f"Features: {words_of_choice(choice)}.")
        models = models_for(choice)
        first = "cnn" if choice.method == "images" else suggestion.model
        settings["model"] = more[0].selectbox(
            "Model", list(models), list(models).index(first), format_func=models.__getitem__
        )
        strategies = {key: one.label for key, one in STRATEGIES.items()}
        is_table = isinstance(source, TableSource) and choice.method != "tfidf"
        kind = "images" if isinstance(source, ImageSource) else "table" if is_table else "text"
        advice = advice_for_project(len(source), len(suggestion.classes), kind=kind, learner=first)
        usual = default_strategy(advice)
        settings["strategy"] = more[1].selectbox(
            "Query strategy", list(strategies), list(strategies).index(usual), format_func=strategies.__getitem__
        )
        with more[1]:
            if advice is not None:
                st.caption(plain(default_words(advice, usual)))
            which_strategy_link()
        several = st.toggle(
            "Items may have several classes",
            key="_label_several",
            help="Each class becomes a yes-or-no project with its own audit; all are taken home as one table.",
        )
        if several:
            if settings.get("label"):
                st.segmented_control(
                    "Separated in the column of labels by",
                    list(SEPARATORS_OF_LABELS),
                    default=";",
                    format_func=SEPARATORS_OF_LABELS.__getitem__,
                    required=True,
                    key="_label_separator",
                )
            settings["separator"] = _separator() or ";"
            st.caption(f"{len(classes):,} yes-or-no projects: {plain(', '.join(classes[:30])) or 'name the classes'}.")
    ready = len(classes) >= (1 if several else 2)
    start.button(
        "Start labelling",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not ready,
        on_click=lambda: st.session_state.update(_label_start=True),
    )
    if not ready:
        # A phone shows no help of a button that is disabled.
        missing.caption(f"Name {'a class' if several else 'two classes'} or more to start.")
        return None
    return {**settings, "features": choice, "classes": classes}, name


def _separator() -> str | None:
    """What separates the labels of an item that may have several; None where each has one."""
    return st.session_state.get("_label_separator", ";") if st.session_state.get("_label_several") else None


def _classes_there(source: TableSource, label: str | None) -> tuple[str, ...]:
    """The classes that a column of labels names: each cell one, or several."""
    separator = _separator()
    if separator is None or label is None:
        return classes_there(source, label)
    cells = several_of(source.with_roles(label=label).labels, separator)
    return tuple(sorted({one for cell in cells for one in cell or ()}))


def _text_method(column: DeltaGenerator) -> Any:
    """The choice of what texts become; embeddings where they are installed."""
    offered = {"tfidf": "Word weights (TF-IDF)"}
    if find_spec("wordllama"):
        offered["wordllama"] = "Word embeddings (WordLlama)"
    if find_spec("sentence_transformers"):
        offered["sentences"] = "Sentence embeddings (sentence-transformers)"
    if len(offered) == 1:
        return "tfidf"
    return column.selectbox(
        "Features",
        list(offered),
        format_func=offered.__getitem__,
        key="_label_features",
        help="Embeddings need fewer labels at the start; with word weights the words that count are marked.",
    )


def _image_features(column: DeltaGenerator) -> FeatureChoice:
    """The choice of what images become; those of a network where torch is installed."""
    offered = {"pixels": "Principal components of pixels", "hog": "Gradient histograms"}
    if find_spec("torch"):
        offered |= {"cnn": "A CNN's, trained without labels", "images": "Pixels, for a CNN as the model"}
    method: Any = column.selectbox("Features", list(offered), format_func=offered.__getitem__, key="_label_features")
    return FeatureChoice(method, side=SIDE) if method in ("cnn", "images") else FeatureChoice(method)


def _place(names: list[str], wanted: str | None) -> int:
    return 0 if wanted is None else 1 + names.index(wanted)


def _preview(source: Source) -> None:
    """The first items, and what each column was taken for."""
    if isinstance(source, TableSource):
        head = pd.DataFrame({name: source.texts(name)[:_SHOWN] for name in list(source.columns)[:100]})
        kinds = {name: f"{name} ({info.kind})" for name, info in source.columns.items()}
        st.dataframe(head.rename(columns=kinds), hide_index=True, height=300)
    elif isinstance(source, ImageSource):
        with st.container(horizontal=True):
            for place in range(min(24, len(source))):
                st.image(picture_url(source, place, 96), width=72)
    else:
        st.dataframe(
            pd.DataFrame({"item": [short_of(source, place, 200) for place in range(min(_SHOWN, len(source)))]}),
            height=300,
        )


def _options(name: str) -> TableOptions:
    """What the user says about how the file is read."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("zip", "npy", "npz", "parquet"):
        return TableOptions()
    answers: dict[str, Any] = st.session_state.get("_label_answers", {}).get(name, {})
    with st.expander("How it is read: encoding, separator, decimal sign", key="group_label_reading"):
        parts = st.columns(6)

        def pick(place: int, argument: str, label: str, words: dict[Any, str]) -> Any:
            values = [None, *words]
            given = answers.get(argument)
            start = values.index(given) if given in values else 0
            return parts[place].selectbox(
                label,
                values,
                start,
                format_func=lambda value: _AUTO if value is None else words[value],
                key=f"_label_{argument}_{name}_{given}",
            )

        found = TableOptions(
            encoding=pick(0, "encoding", "Encoding", ENCODINGS),
            separator=pick(1, "separator", "Columns separated by", dict(SEPARATORS)),
            decimal=pick(2, "decimal", "Decimal sign", {".": "point", ",": "comma"}),
            thousands=pick(3, "thousands", "Thousands", {"": "none", ",": "comma", ".": "point", " ": "space"}),
            header=pick(4, "header", "First row", {True: "names", False: "data"}),
            day_first=pick(5, "day_first", "Dates", {True: "day first", False: "month first"}),
        )
    if (sheet := answers.get("sheet")) is not None:
        found = replace(found, sheet=sheet)
    return found


def _ask(question: Question, name: str) -> None:
    """Ask what the file leaves open; the answer is kept, and the file is read again."""
    st.info(plain(question.sentence), icon=":material/help:")
    for option in question.options:
        example = plain(option.example.replace("\n", " ")[:120])
        if st.button(f"**{plain(option.title)}**: {example}", key=f"_label_ask_{question.argument}_{option.value}"):
            answered = TableOptions().answered(question, option.value)
            value = getattr(answered, question.argument, option.value)
            st.session_state.setdefault("_label_answers", {}).setdefault(name, {})[question.argument] = value
            st.rerun()
