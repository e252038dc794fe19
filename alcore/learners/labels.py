"""Labels and point numbers as whole numbers, or a sentence of what is wrong with them."""

from collections.abc import Iterator, KeysView, Sequence, ValuesView
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.short import short

Ints = NDArray[np.int64]


def whole_numbers(values: Any, what: str) -> Ints:
    """Numbers as int64, where that loses nothing.

    Args:
        values: a list, array, tensor or column; an empty one is allowed, and floats that are whole.
        what: what they are, for the sentence.

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
        what: what it is, for the sentence.
        least: the smallest that is allowed.

    Raises:
        ValueError: if it is none, or smaller.
    """
    found = value
    if isinstance(value, float | np.floating) and float(value).is_integer():
        found = int(value)
    if isinstance(found, bool | np.bool_) or not isinstance(found, int | np.integer) or found < least:
        raise ValueError(f"{what} must be a whole number, {least} or more, got {short(value)}")
    return int(found)


def class_numbers(labels: Any, classes: int, *, names: Sequence[str] = (), what: str = "labels") -> Ints:
    """Labels as class numbers.

    Args:
        labels: numbers from 0 to classes - 1, True and False for 1 and 0, or names of classes.
        classes: how many classes there are.
        names: one a class; without them, names are refused.
        what: what they are, for the sentence.

    Raises:
        ValueError: if a label is no class.
    """
    array = as_array(labels, what)
    if array.size and array.dtype.kind in "UO" and all(isinstance(label, str) for label in array.ravel()):
        return _by_name(array, names, classes, what)
    numbers = whole_numbers(array.astype(np.int64) if array.dtype.kind == "b" else array, what)
    wrong = numbers[(numbers < 0) | (numbers >= classes)]
    if len(wrong):
        raise ValueError(f"{what} must be class numbers from 0 to {classes - 1}, got {wrong[0]}")
    return numbers


def as_array(values: Any, what: str) -> NDArray[Any]:
    """Values as an array, from wherever they are; columns of a table lose their index.

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


def _by_name(array: NDArray[Any], names: Sequence[str], classes: int, what: str) -> Ints:
    if not names:
        raise ValueError(
            f"{what} must be class numbers from 0 to {classes - 1}, got {short(array.ravel()[0])}: give "
            "class_names, one a class, to label by name"
        )
    numbers = {name: number for number, name in enumerate(names)}
    unknown = [label for label in array.ravel() if label not in numbers]
    if unknown:
        raise ValueError(f"{what} must be one of {', '.join(names)}, got {short(unknown[0])}")
    return np.array([numbers[label] for label in array.ravel()], dtype=np.int64).reshape(array.shape)
