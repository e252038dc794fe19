"""A labelling project's model: fitted, as a skops file, and as the Python lines that fit it again from an export."""

from dataclasses import fields
from typing import Any, Literal, get_args

import numpy as np
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits

from alcore.datasets.tables.frame import TableOptions, TableSource
from alcore.learners.saved_estimators import estimator_to_skops
from alcore.loops.steps import OnStep, ignored, part
from alcore.projects.export.frames import named
from alcore.projects.model.features import FeatureChoice, fitted, prepared, text_columns
from alcore.projects.model.kernel_logistic import KernelLogistic
from alcore.projects.model.network import ImageNetwork
from alcore.projects.project import Project

ModelFormat = Literal["skops", "python"]
MODEL_FORMATS: tuple[ModelFormat, ...] = get_args(ModelFormat)


def exported_model(
    project: Project, fmt: ModelFormat, export: str = "labels.jsonl", *, on_step: OnStep = ignored
) -> bytes:
    """The project's model as the bytes of a file.

    Args:
        project: with labels of two classes or more.
        fmt: `skops` or `python`.
        export: for `python`: name of the export in JSON lines that the lines read.
        on_step: called with the share completed where a network is trained for `skops`.

    Raises:
        ValueError: there are labels of fewer than two classes.
        MissingExtraError: the extra `skops` is missing.
    """
    if fmt == "python":
        return snippet(project, export).encode()
    return estimator_to_skops(fitted_model(project, on_step))


@threadpool_limits.wrap(limits=1)
def fitted_model(project: Project, on_step: OnStep = ignored) -> Any:
    """The model fitted on the labels so far, audits left out, as `Project.train` fits it.

    Returns:
        a scikit-learn estimator. Of texts it takes a list of texts, of embeddings an array of vectors, of a table the
        frame and of images the array that `alcore.projects.model.features.prepared` makes of a file like the project's.

    Raises:
        ValueError: there are labels of fewer than two classes.
    """
    estimator = project.estimator()
    trained = isinstance(estimator, ImageNetwork)
    before = part(on_step, 0.0, 0.5) if trained else on_step
    transformer, features = fitted(prepared(project.source, project.choice), project.settings["file"], before)
    labels = project.training_labels(project.states())
    if len(set(labels.values())) < 2:
        raise ValueError("there is no model yet: label items of two classes or more first")
    steps = {"on_step": part(on_step, 0.0 if transformer is None else 0.5, 1.0)} if trained else {}
    estimator.fit(features[list(labels)], np.array(list(labels.values())), **steps)
    plain = estimator.pipeline_ if isinstance(estimator, KernelLogistic) else estimator
    return plain if transformer is None else make_pipeline(transformer, plain)


def snippet(project: Project, export: str) -> str:
    """Python lines that fit the project's model from its export in JSON lines, audits left out.

    For texts they need scikit-learn alone; for other items the project's file and alcore, which makes the features.

    Args:
        project: of the labels.
        export: name of the export.
    """
    choice = project.choice
    lines = ["import json", "from pathlib import Path", ""]
    if choice.method == "tfidf":
        lines += ["from sklearn.feature_extraction.text import TfidfVectorizer"]
    else:
        lines += [
            "from alcore.datasets.sources import read_source",
            "from alcore.datasets.tables.frame import TableOptions",
            "from alcore.projects.model.features import FeatureChoice, features_of",
        ]
    estimator = project.estimator()
    imports, made = _constructed(estimator)
    lines += [*imports, "", f"with Path({export!r}).open(encoding='utf-8') as file:"]
    lines += ["    items = [json.loads(line) for line in file]"]
    if choice.method == "tfidf":
        source = project.source
        columns = [named(one) for one in text_columns(source, choice)] if isinstance(source, TableSource) else ["text"]
        joined = f"one[{columns[0]!r}] or ''" if len(columns) == 1 else _joined(columns)
        lines += [
            f"texts = [{joined} for one in items]",
            "vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), dtype='float32', "
            f"max_features={choice.vocabulary})",
            "x = vectorizer.fit_transform(texts)",
        ]
    else:
        lines += _reading(project, choice)
    lines += [
        "# Audit labels never train: they judge the model.",
        "rows = [row for row, one in enumerate(items) if one['label'] and one['purpose'] != 'audit']",
        f"model = {made}",
        "model.fit(x[rows], [items[row]['label'] for row in rows])",
        "predicted = model.predict(x)  # of every item, in the order of the export",
        "",
    ]
    return "\n".join(lines)


def _joined(columns: list[str]) -> str:
    return f"' '.join(filter(None, (one[name] for name in {columns!r})))"


def _reading(project: Project, choice: FeatureChoice) -> list[str]:
    """Lines that make the features from the project's file."""
    settings = project.settings
    given = TableOptions(**settings["options"])
    file = settings["file"]
    lines = [f"source = read_source(Path({file!r}), {file!r}, {_changed(given, TableOptions())})"]
    if settings["ids"] or settings["label"]:
        lines += [f"source = source.with_roles(ids={settings['ids']!r}, label={settings['label']!r})"]
    return [
        *lines,
        f"x = features_of(source, {_changed(choice, FeatureChoice(choice.method), 'method')})",
        "assert list(source.ids) == [one['id'] for one in items]",
    ]


def _changed(made: Any, default: Any, *always: str) -> str:
    """A dataclass as Python, with what differs from the default."""
    named = ((field.name, getattr(made, field.name)) for field in fields(made))
    given = [f"{name}={value!r}" for name, value in named if name in always or value != getattr(default, name)]
    return f"{type(made).__name__}({', '.join(given)})"


def _constructed(estimator: Any) -> tuple[list[str], str]:
    """Import lines of an estimator and the expression that makes it, with the parameters that are not the default."""
    if isinstance(estimator, Pipeline):
        parts = [_constructed(one) for _, one in estimator.steps]
        imports = [*(line for lines, _ in parts for line in lines), "from sklearn.pipeline import make_pipeline"]
        return sorted(set(imports)), f"make_pipeline({', '.join(made for _, made in parts)})"
    kind = type(estimator)
    default = kind().get_params(deep=False)
    given = estimator.get_params(deep=False)
    words = ", ".join(f"{name}={value!r}" for name, value in given.items() if value != default[name])
    module = ".".join(part for part in kind.__module__.split(".") if not part.startswith("_"))
    public = module if kind.__module__.startswith("alcore") else ".".join(module.split(".")[:2])
    return [f"from {public} import {kind.__name__}"], f"{kind.__name__}({words})"
