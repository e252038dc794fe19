"""What a column holds: numbers, categories, text, dates, ids or nothing, by its cells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import MAX_LABEL, MISSING, quoted
from alcore.datasets.tables.numerals import Decimal, numbers_in, read_numbers
from alcore.datasets.tables.question import Ambiguous, Option, Question
from alcore.datasets.tables.signs import SIGNS, decimal_question

ColumnKind = Literal["numbers", "category", "text", "date", "id", "empty"]
Thousands = Literal["", ",", ".", " ", "'"]

# Beyond it squares could overflow; what is larger is no number here, nor is infinity.
LARGEST = 1e100
# A column of short texts is one of categories up to so many, or where each is there ten times on average.
FEW_CATEGORIES, ROWS_PER_CATEGORY = 20, 10
LONGEST_CATEGORY = 100
_SAMPLE = 50
_ID_NAMES = frozenset({"id", "ids", "key", "uuid", "guid", "index", "row"})
# Every part begins with a character that the part before it cannot hold: matching takes linear time.
_SPACED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[ '’\xa0\u202f][0-9]{3})+(?:[.,][0-9]*)?")
_SPACES = str.maketrans("", "", " '’\xa0\u202f")
_TIMES = ("", " %H:%M", " %H:%M:%S")
_DAY_FIRST, _MONTH_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"), ("%m/%d/%Y", "%m-%d-%Y")


@dataclass(frozen=True)
class ColumnInfo:
    """What a column holds.

    Attributes:
        name: of the column.
        kind: what it holds. `id` is a value of its own in every row, that says nothing of the item.
        held: how many of its cells hold something.
        distinct: how many different values they hold.
        decimal: the decimal sign of its numbers; None where they show none.
        thousands: the sign between their thousands; empty where they show none.
        date_format: of its dates, as `strptime` has it, or `ISO8601`.
        note: a sentence about what a user would not expect; empty without.
    """

    name: str
    kind: ColumnKind
    held: int
    distinct: int
    decimal: Decimal | None = None
    thousands: str = ""
    date_format: str | None = None
    note: str = ""


def column_infos(
    frame: pd.DataFrame,
    rows_N: NDArray[np.int64],
    *,
    decimal: Decimal | None = None,
    thousands: Thousands | None = None,
    day_first: bool | None = None,
) -> dict[str, ColumnInfo]:
    """What each column holds, by its name.

    A column of text holds numbers if every cell is a number or stands for a missing one (`NA`, `?`, see `MISSING`);
    elsewhere `NA` is a value as any other. The decimal sign is the one that its cells show, or, where they leave it
    open as 1.250 does, the one that all other columns show.

    Args:
        frame: cells, text or numbers or dates by column; missing text is empty.
        rows_N: where each row stands in its file, for sentences.
        decimal: the decimal sign of columns that leave it open.
        thousands: the sign between thousands of columns that leave it open, empty for none.
        day_first: whether 03/04/2021 is in April; None: asked where a column leaves it open.

    Raises:
        Ambiguous: the cells leave open what an argument that is not given decides.
        DatasetError: `decimal` and `thousands` are the same sign.
    """
    if decimal is not None and decimal == thousands:
        raise DatasetError(f"The {SIGNS[decimal]} cannot be both decimal sign and thousands sign: choose two signs.")
    found: dict[str, ColumnInfo] = {}
    unclear: dict[str, str] = {}
    for name, cells in frame.items():
        if pd.api.types.is_string_dtype(cells.dtype):
            found[str(name)], cell = _text_column(str(name), cells, rows_N, thousands, day_first)
            if cell is not None:
                unclear[str(name)] = cell
        else:
            found[str(name)] = _typed_column(str(name), cells, rows_N)
    shown = {info.decimal for info in found.values() if info.decimal is not None}
    agreed = shown.pop() if len(shown) == 1 else None
    for name, cell in unclear.items():
        sign = decimal or _decimal_of(cell, thousands) or agreed
        if sign is None:
            raise Ambiguous(decimal_question(cell, name, _row_of(cell, frame[name], rows_N), "the file"))
        between = found[name].thousands or ("" if sign in cell else {".": ",", ",": "."}[sign])
        found[name] = replace(found[name], decimal=sign, thousands=between)
    return found


def numbers_of(cells: pd.Series, info: ColumnInfo) -> NDArray[np.float64]:
    """The numbers of a column of the kind `numbers` or `id`, (N,); NaN where a cell is missing or no finite number."""
    if not pd.api.types.is_string_dtype(cells.dtype):
        return _bounded(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    return _bounded(numbers_in(_unspaced(cells.tolist()), info.decimal or "."))


def dates_of(cells: pd.Series, info: ColumnInfo) -> pd.Series:
    """The dates of a column of the kind `date`, NaT where a cell is missing; in UTC where they name an offset."""
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return cells
    assert info.date_format is not None
    return pd.Series(_parsed_dates(cells.tolist(), info.date_format), index=cells.index)


def _typed_column(name: str, cells: pd.Series, rows_N: NDArray[np.int64]) -> ColumnInfo:
    """Of a column that its file says to be numbers or dates."""
    held, distinct = int(cells.notna().sum()), int(cells.nunique())
    if held == 0:
        return ColumnInfo(name, "empty", 0, 0)
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return ColumnInfo(name, "date", held, distinct)
    numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    wild = np.flatnonzero(np.abs(numbers) > LARGEST)
    note = ""
    if len(wild):
        note = (
            f"Column {quoted(name)} holds {numbers[wild[0]]:g} in row {rows_N[wild[0]]:,}, infinite or too large: it "
            "is read as missing."
        )
    kind: ColumnKind = "id" if distinct == len(cells) and _names_rows(name, numbers) else "numbers"
    return ColumnInfo(name, kind, held, distinct, note=note)


def _text_column(
    name: str, cells: pd.Series, rows_N: NDArray[np.int64], thousands: Thousands | None, day_first: bool | None
) -> tuple[ColumnInfo, str | None]:
    """Of a column of text, and the first cell that leaves its decimal sign open."""
    counts = Counter(cells.tolist())
    held = len(cells) - counts.pop("", 0)
    values = list(counts)
    if not values:
        return ColumnInfo(name, "empty", 0, 0), None
    present = [value for value in values if value.lower() not in MISSING]
    plain = _unspaced(present) if thousands in (None, " ", "'") else present
    numbers, decimal, place = read_numbers(plain)
    numbers = _bounded(numbers)
    numeric = int((~np.isnan(numbers)).sum())
    if present and numeric == len(present):
        note = ""
        if marks := [value for value in values if value.lower() in MISSING]:
            note = (
                f"Column {quoted(name)} is one of numbers: {', '.join(map(quoted, marks))} in "
                f"{sum(counts[mark] for mark in marks):,} of its cells is read as missing."
            )
        # Where all differ and none is blank, the values stand in the order of the rows.
        kind: ColumnKind = "id" if len(present) == len(cells) and _names_rows(name, numbers) else "numbers"
        between = _thousands_in(present, plain, decimal)
        info = ColumnInfo(name, kind, held, len(values), decimal, between, note=note)
        return info, None if place is None else plain[place]
    if date_format := _date_format(name, present, cells, rows_N, day_first):
        return ColumnInfo(name, "date", held, len(values), date_format=date_format), None
    note = ""
    if 2 * numeric > len(present) > 2:
        odd = present[int(np.isnan(numbers).argmax())]
        note = (
            f"Most of column {quoted(name)} is numbers, but row {_row_of(odd, cells, rows_N):,} holds {quoted(odd)}: "
            "it is not read as numbers until that is corrected."
        )
    return ColumnInfo(name, _kind_of_words(name, values, held, len(cells)), held, len(values), note=note), None


def _kind_of_words(name: str, values: Sequence[str], held: int, rows: int) -> ColumnKind:
    longest = max(map(len, values))
    unique = len(values) == rows
    if unique and longest <= MAX_LABEL and not any(" " in value for value in values):
        return "id" if rows > FEW_CATEGORIES or _id_name(name) else "category"
    few = len(values) <= FEW_CATEGORIES and len(values) < held
    if longest <= LONGEST_CATEGORY and (few or ROWS_PER_CATEGORY * len(values) <= held):
        return "category"
    return "text"


def _names_rows(name: str, numbers_N: NDArray[np.float64]) -> bool:
    """Do numbers that all differ only count the rows, or name them?"""
    counting = len(numbers_N) > 2 and np.array_equal(numbers_N, numbers_N[0] + np.arange(len(numbers_N)))
    return counting or _id_name(name)


def _id_name(name: str) -> bool:
    last = name.lower().replace("-", "_").replace(" ", "_").rpartition("_")[2]
    return last in _ID_NAMES


def _bounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def _unspaced(cells: Sequence[str]) -> list[str]:
    """Cells without spaces or apostrophes between the thousands of a number."""
    return [cell.translate(_SPACES) if _SPACED.fullmatch(cell) else cell for cell in cells]


def _thousands_in(present: Sequence[str], plain: Sequence[str], decimal: Decimal | None) -> str:
    for cell, number in zip(present, plain, strict=True):
        if cell != number:
            return "'" if "'" in cell or "’" in cell else " "
    grouping = {".": ",", ",": "."}.get(decimal or "", "")
    return grouping if grouping and any(grouping in cell for cell in plain) else ""


def _decimal_of(cell: str, thousands: Thousands | None) -> Decimal | None:
    """The decimal sign of a cell such as 1.250 or 1,250, from what the thousands sign is said to be."""
    if thousands is None:
        return None
    if thousands in (",", "."):
        return "." if thousands == "," else ","
    return "." if "." in cell else ","


def _date_format(
    name: str, present: Sequence[str], cells: pd.Series, rows_N: NDArray[np.int64], day_first: bool | None
) -> str | None:
    """The format that all cells have, None if there is none.

    Raises:
        Ambiguous: day and month could be either way round.
    """
    sample = present[:_SAMPLE]
    if not sample or not all(
        len(cell) <= 40 and cell[0].isdigit() and any(s in cell for s in "-./") for cell in sample
    ):
        return None
    # Points stand between parts that begin with the day wherever they are written so.
    orders = {None: (*_DAY_FIRST, *_MONTH_FIRST), True: _DAY_FIRST, False: (_DAY_FIRST[0], *_MONTH_FIRST)}[day_first]
    formats = [one + clock for one in ("%Y/%m/%d", *orders) for clock in _TIMES]
    fitting = [one for one in ["ISO8601", *formats] if _all_dates(sample, one) and _all_dates(present, one)]
    if len(fitting) == 2:
        one, other = (_parsed_dates(present, form) for form in fitting)
        differ = np.flatnonzero(one != other)
        if len(differ):
            cell = present[int(differ[0])]
            row = _row_of(cell, cells, rows_N)
            days = [f"{dates[int(differ[0])]:%Y-%m-%d}" for dates in (one, other)]
            options = (
                Option("yes", "Day before month", f"{quoted(cell)} is {days[0]}"),
                Option("no", "Month before day", f"{quoted(cell)} is {days[1]}"),
            )
            raise Ambiguous(
                Question(
                    "day_first",
                    f"Row {row:,}, column {quoted(name)} holds {quoted(cell)}, which can be {days[0]} or {days[1]}, "
                    "and no other date of the column says which: choose whether the day or the month is first.",
                    options,
                )
            )
    return fitting[0] if fitting else None


def _row_of(cell: str, cells: pd.Series, rows_N: NDArray[np.int64]) -> int:
    """The row of the first of the cells that is this one."""
    return int(rows_N[int((cells == cell).to_numpy().argmax())])


def _parsed_dates(cells: Sequence[str], form: str) -> pd.DatetimeIndex:
    dates = pd.to_datetime(pd.Series(cells, dtype="str"), format=form, errors="coerce", utc=True)
    return pd.DatetimeIndex(dates).tz_localize(None)


def _all_dates(cells: Sequence[str], form: str) -> bool:
    return bool(_parsed_dates(cells, form).notna().all())
