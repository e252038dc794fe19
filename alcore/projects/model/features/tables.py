"""Features of tables: each column by its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource
from alcore.extras import optional_imports
from alcore.projects.model.features.choice import FeatureChoice
from alcore.projects.model.features.inputs import Prepared
from alcore.projects.model.features.texts import vectorizer

MAX_CATEGORIES = 50


def columns_of(source: TableSource, choice: FeatureChoice) -> tuple[str, ...]:
    """The chosen columns; without a choice those that say something of an item."""
    if choice.columns:
        return choice.columns
    special = {source.id_column, source.label_column}
    kinds = {name: info.kind for name, info in source.columns.items()} | dict(choice.kinds)
    return tuple(name for name, kind in kinds.items() if name not in special and kind not in ("id", "empty"))


def text_columns(source: TableSource, choice: FeatureChoice) -> tuple[str, ...]:
    """The chosen columns, or those of text.

    Raises:
        DatasetError: the table has none.
    """
    columns = choice.columns or tuple(one for one in columns_of(source, choice) if source.columns[one].kind == "text")
    if not columns:
        raise DatasetError(f"{source.name} has no column of text: choose the columns that hold the texts.")
    return columns


def texts_of(source: TableSource | TextSource, choice: FeatureChoice) -> Sequence[str]:
    """The text of each item; of a table its chosen columns, or its columns of text, joined by spaces.

    Raises:
        DatasetError: the table has none.
    """
    if isinstance(source, TextSource):
        return source.texts
    columns = text_columns(source, choice)
    return [" ".join(filter(None, cells)) for cells in zip(*map(source.texts, columns), strict=True)]


def of_table(source: TableSource, choice: FeatureChoice) -> Prepared:
    """Numbers and dates imputed, marked where missing and standardised; categories one-hot; text as TF-IDF."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    found = _typed(source, choice)
    parts: list[tuple[str, Any, Any]] = [
        (f"words of {name}", vectorizer(choice.vocabulary), f"text of {name}") for name in found.texts
    ]
    if found.numbers:
        imputer = SimpleImputer(strategy="median", add_indicator=True)
        parts.append(("numbers", make_pipeline(imputer, StandardScaler()), list(found.numbers)))
    if found.categories:
        encoder = OneHotEncoder(
            handle_unknown="infrequent_if_exist", min_frequency=2, max_categories=MAX_CATEGORIES, dtype=np.float32
        )
        parts.append(("categories", encoder, [f"category of {name}" for name in found.categories]))
    return Prepared(found.frame, ColumnTransformer(parts))


def of_table_by_skrub(source: TableSource, choice: FeatureChoice) -> Prepared:
    """Columns of their kinds by TableVectorizer of skrub; then missing numbers imputed and marked, all standardised.

    Categories of fewer than 40 values are one-hot; others, and texts, are embedded by the TF-IDF of their n-grams of
    letters, of which 30 singular directions are kept.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with optional_imports():
        from skrub import TableVectorizer
    found = _typed(source, choice)
    return Prepared(
        found.frame,
        make_pipeline(
            TableVectorizer(datetime="passthrough"),
            SimpleImputer(strategy="median", add_indicator=True),
            StandardScaler(),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Typed:
    """The chosen columns by their kinds.

    Attributes:
        frame: numbers, with NaN where they are missing, and texts.
        numbers: columns of the frame; those of a date are several.
        categories: columns of the source.
        texts: columns of the source.
    """

    frame: pd.DataFrame
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[str, ...]


def _typed(source: TableSource, choice: FeatureChoice) -> _Typed:
    kinds = dict(choice.kinds)
    columns: dict[str, Any] = {}
    numbers: list[str] = []
    categories: list[str] = []
    texts: list[str] = []
    for column in columns_of(source, choice):
        kind = kinds.get(column, source.info(column).kind)
        if kind == "id":
            kind = "category" if np.isnan(source.numbers(column)).all() else "numbers"
        if kind in ("numbers", "date"):
            values = _date_parts(source.dates(column)) if kind == "date" else {"number": source.numbers(column)}
            added = {f"{part} of {column}": one for part, one in values.items() if not np.isnan(one).all()}
            columns |= added
            numbers += added
        elif kind != "empty":
            columns[f"{kind} of {column}"] = source.texts(column)
            (categories if kind == "category" else texts).append(column)
    if not columns:
        raise DatasetError(
            f"The chosen columns of {source.name} hold no numbers, categories, dates or text: choose other columns."
        )
    return _Typed(pd.DataFrame(columns), tuple(numbers), tuple(categories), tuple(texts))


def _date_parts(dates: pd.Series) -> dict[str, NDArray[np.float64]]:
    """Year, month (1 to 12), weekday (0 is Monday) and days since 1970, NaN where a date is missing."""
    parts = {
        "year": dates.dt.year,
        "month": dates.dt.month,
        "weekday": dates.dt.day_of_week,
        "days": (dates - pd.Timestamp(0)) / pd.Timedelta(days=1),
    }
    return {name: part.to_numpy(dtype=np.float64, na_value=np.nan) for name, part in parts.items()}
