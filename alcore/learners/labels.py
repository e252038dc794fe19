"""Labels as their users write them (words, numbers, booleans) and as class numbers, checked and in one form."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence, Set, ValuesView
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.short import short

Ints = NDArray[np.int64]
# A label in plain Python; a number that is whole is an int.
Label = str | int | float | bool


def label_values(labels: Any, what: str = "labels") -> list[Label]:
    """Labels as plain Python values, equal labels in equal form.

    Texts are normalised to Unicode NFC, NumPy scalars become Python's, and 2.0 becomes 2.

    Args:
        labels: a list, tuple, array, tensor or pandas column of words, numbers or booleans; an array of one column
            and a table of one too.
        what: what they are called, for the sentence.

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


def whole_numbers(values: Any, what: str) -> Ints:
    """Numbers as int64, where that loses nothing.

    Args:
        values: a list, array, tensor or column; an empty one is allowed, and floats that are whole.
        what: what they are called, for the sentence.

    Raises:
        ValueError: if they are ragged, a mask, words, or numbers with a fraction.
    """
    array = as_array(values, what)
    if array.size == 0:
        return array.astype(np.int64) if array.dtype.kind in "iuf" else np.empty(array.shape, np.int64)
    if array.dtype.kind == "b":
        raise ValueError(
            f"{what} must be whole numbers, got a mask of True and False: np.flatnonzero(mask) gives the numbers"
        )
    if array.dtype.kind in "iu" and array.max() <= np.iinfo(np.int64).max:
        return array.astype(np.int64)
    if array.dtype.kind == "f":
        broken = array[~(np.isfinite(array) & (array == np.floor(array)))]
        if len(broken):
            raise ValueError(f"{what} must be whole numbers, got {broken[0]}")
        if np.abs(array).max() < 2.0**53:
            return array.astype(np.int64)
    raise ValueError(f"{what} must be whole numbers, got {short(array.ravel()[0])}")


def whole_number(value: Any, what: str, *, least: int) -> int:
    """One number as an int.

    Args:
        value: a whole number; a float that is whole too.
        what: what it is called, for the sentence.
        least: the smallest that is allowed.

    Raises:
        ValueError: if it is none, or smaller.
    """
    whole = isinstance(value, int | np.integer) or (
        isinstance(value, float | np.floating) and float(value).is_integer()
    )
    if isinstance(value, bool | np.bool_) or not whole or value < least:
        raise ValueError(f"{what} must be a whole number, {least} or more, got {short(value)}")
    return int(value)


def class_numbers(labels: Any, classes: int, *, names: Sequence[str] = (), what: str = "labels") -> Ints:
    """Labels as class numbers.

    Args:
        labels: numbers from 0 to classes - 1, True and False for 1 and 0, or names of classes.
        classes: how many classes there are.
        names: one a class; without them, names are refused.
        what: what they are called, for the sentence.

    Raises:
        ValueError: if a label is no class.
    """
    array = as_array(labels, what)
    if array.size and array.dtype.kind in "UO" and all(isinstance(label, str) for label in array.ravel()):
        if not names:
            raise ValueError(
                f"{what} must be class numbers from 0 to {classes - 1}, got {short(array.ravel()[0])}: give "
                "class_names, one a class, to label by name"
            )
        known = {name: number for number, name in enumerate(names)}
        if unknown := [label for label in array.ravel() if label not in known]:
            raise ValueError(f"{what} must be one of {', '.join(names)}, got {short(unknown[0])}")
        return np.array([known[label] for label in array.ravel()], dtype=np.int64).reshape(array.shape)
    numbers = whole_numbers(array.astype(np.int64) if array.dtype.kind == "b" else array, what)
    wrong = numbers[(numbers < 0) | (numbers >= classes)]
    if len(wrong):
        raise ValueError(f"{what} must be class numbers from 0 to {classes - 1}, got {wrong[0]}")
    return numbers


def as_array(values: Any, what: str) -> NDArray[Any]:
    """Values as an array on the CPU; columns of a table lose their index.

    Raises:
        ValueError: if they are ragged, or no sequence that an array can be made of.
    """
    values = values.cpu() if hasattr(values, "cpu") else values
    values = list(values) if isinstance(values, Iterator | KeysView | ValuesView) else values
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":  # numbers that came as objects, such as a column of a table
            array = np.asarray(array.tolist())
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what} must be one number each, got {type(values).__name__}: {error}") from error
    return array if array.dtype.kind in "biufU" else np.asarray(values, dtype=object)
