"""Labels as their users write them: words, numbers or booleans, checked and in one form."""

import math
import unicodedata
from collections.abc import Iterable, KeysView, Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.short import short

# A label in plain Python; a number that is whole is an int.
Label = str | int | float | bool


def label_values(labels: Any, what: str = "labels") -> list[Label]:
    """Labels as plain Python values, equal labels in equal form.

    Texts are normalised to Unicode NFC, NumPy scalars become Python's, and 2.0 becomes 2.

    Args:
        labels: a list, tuple, array, tensor or pandas column of words, numbers or booleans; an array of one column
            and a table of one too.
        what: what they are, for the sentence.

    Raises:
        ValueError: if they are no one-dimensional sequence, one is missing (None, NaN, NaT, NA) or neither a
            word, a number nor a boolean, or they are of more than one of these kinds.
    """
    unordered = isinstance(labels, str | bytes | Mapping | Set) and not isinstance(labels, KeysView)
    if unordered or not isinstance(labels, Iterable):
        raise ValueError(f"{what} must be a list, such as ['cat'], got {short(labels)}")
    labels = labels.cpu() if hasattr(labels, "cpu") else labels
    labels = labels.to_numpy() if hasattr(labels, "columns") else labels
    shape = tuple(getattr(labels, "shape", ()))
    if len(shape) > 1:
        if len(shape) > 2 or shape[1] != 1:
            raise ValueError(
                f"{what} must be one a row, such as ['cat', 'dog'], got the shape {shape}: of indicators of classes, "
                "argmax(axis=1) gives the class numbers"
            )
        labels = labels[:, 0]
    values = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    if not isinstance(values, list):
        raise ValueError(f"{what} must be a list, such as ['cat'], got the single value {values!r}")
    found = [_value(value, what) for value in values]
    check_one_kind(found, what)
    return found


def check_one_kind(labels: Iterable[Label], what: str = "labels") -> None:
    """Raises ValueError where labels are of two kinds: True is not 1, and the text "1" is neither."""
    first: dict[str, Label] = {}
    for label in labels:
        first.setdefault(_kind(label), label)
    if len(first) > 1:
        (one, a), (other, b) = list(first.items())[:2]
        raise ValueError(
            f"{what} must be all words, all numbers or all booleans, got the {one} {a!r} and the {other} {b!r}: "
            "write all of them in one way"
        )


def label_array(labels: Sequence[Label]) -> NDArray[Any]:
    """Labels of one kind as an array: of text, int64, float64 or bool; of objects where there is none."""
    return np.array(labels) if labels else np.empty(0, dtype=object)


def _value(value: Any, what: str) -> Label:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>"):
        raise ValueError(f"{what} must not be missing, got {value!r}: leave its row out, or skip it")
    raise ValueError(f"{what} must be words, numbers or booleans, got {short(value)} of type {type(value).__name__}")


def _kind(label: Label) -> str:
    return "word" if isinstance(label, str) else "boolean" if isinstance(label, bool) else "number"
