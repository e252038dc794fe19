"""Numbers as they are written, with a decimal point or a decimal comma."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Decimal = Literal[".", ","]

# More digits than the largest and the smallest float written out have before or after their sign.
MAX_LENGTH = 400

_POSSIBLE = re.compile(r"[0-9.,+einftyEINFTY-]+")  # few words pass, so that they are quickly through
# Every part begins with a character that the part before it cannot hold: matching takes linear time.
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^0-9+.eE-]")
_SWAP = str.maketrans(".,", ",.")


def number_in(cell: str, decimal: Decimal = ".") -> float:
    """The number in a cell, infinite if too large for a float, NaN if there is none.

    Args:
        cell: a number such as -12, 0.5, 1e-3, inf or 1,234.5, without spaces around it; the sign that is
            not the decimal sign may stand before each group of three digits.
        decimal: the decimal sign.
    """
    if len(cell) > MAX_LENGTH or not _POSSIBLE.fullmatch(cell):
        return np.nan
    text = cell if decimal == "." else cell.translate(_SWAP)
    if _PLAIN.fullmatch(text) or _INFINITE.fullmatch(text):
        return float(text)
    return float(text.replace(",", "")) if _GROUPED.fullmatch(text) else np.nan


def is_number(cell: str) -> bool:
    """Is a cell a number with either decimal sign?"""
    return not (np.isnan(number_in(cell, ".")) and np.isnan(number_in(cell, ",")))


def numbers_in(cells: Sequence[str], decimal: Decimal) -> NDArray[np.float64]:
    """`number_in` of each cell, (N,)."""
    return np.array([number_in(cell, decimal) for cell in cells], dtype=np.float64)


def read_numbers(
    cells: Sequence[str],
) -> tuple[NDArray[np.float64], Decimal | None, int | None]:
    """The numbers of a column, the decimal sign that its cells show, and the first cell that stays unclear.

    0.5, 12.34 and 1,234.5 are numbers with a decimal point only, 0,5 and 1.234.567 with a decimal comma only,
    12 and 1e3 with both and the same one. 1.250 is one and a quarter or one thousand two hundred and fifty.
    The sign that more cells show is the column's.

    Returns:
        (N,) with that sign, or with a decimal point if no cell shows one; NaN where a cell is no number.
        The sign, None if no cell shows one.
        Only without a sign, the place of the first cell whose value depends on it, None if there is none.
    """
    if (quick := _plain_numbers(cells)) is not None:
        return quick, *_sign_of_plain(cells)
    point = numbers_in(cells, ".")
    places = [place for place, cell in enumerate(cells) if "." in cell or "," in cell]
    with_point, with_comma = point[places], numbers_in([cells[place] for place in places], ",")
    only_point = int(np.sum(~np.isnan(with_point) & np.isnan(with_comma)))
    only_comma = int(np.sum(~np.isnan(with_comma) & np.isnan(with_point)))
    if only_comma > only_point:
        return numbers_in(cells, ","), ",", None
    if only_point:
        return point, ".", None
    # NaN differs from itself: cells that are no number at all are not unclear.
    unclear = np.flatnonzero(~np.isnan(with_point) & (with_point != with_comma))
    return point, None, places[int(unclear[0])] if len(unclear) else None


def _plain_numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """`numbers_in` with a decimal point, much faster, if all cells are such numbers without groups."""
    if _NOT_PLAIN.search("".join(cells)) or max(map(len, cells), default=0) > MAX_LENGTH:
        return None
    try:
        return np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        return None


def _sign_of_plain(cells: Sequence[str]) -> tuple[Decimal | None, int | None]:
    unclear = None
    for place, cell in enumerate(cells):
        if "." in cell:
            if not _GROUPED.fullmatch(cell.translate(_SWAP)):
                return ".", None
            unclear = place if unclear is None else unclear
    return None, unclear
