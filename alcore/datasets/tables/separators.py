"""What separates the columns of a text."""

import csv
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice

from alcore.datasets.tables.columns import MISSING, quoted
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import is_number
from alcore.datasets.tables.question import Ambiguous, Option, Question

# Where two split the rows equally well, the earlier: commas also stand inside cells, the others hardly ever.
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "vertical bars"}
_SNIFFED_LINES, _SNIFFED_ROWS = 200, 20


Rows = list[list[str]]


def separator_of(text: Text, fits: Callable[[Rows], bool], among: Sequence[str] = tuple(SEPARATORS)) -> str:
    """What splits the first rows into columns; where nothing fits, what splits them into most of them.

    Args:
        text: the file.
        fits: whether rows, split in one way, are those of a table.
        among: the separators to try.

    Raises:
        Ambiguous: several separators fit.
    """
    sample = list(islice((line for line in text.lines() if line.strip()), _SNIFFED_LINES))
    split = {separator: _first_rows(sample, separator) for separator in among}
    useful = [separator for separator, rows in split.items() if fits(rows)]
    if len(useful) > 1:
        options = tuple(
            Option(one, SEPARATORS[one].capitalize(), ", ".join(quoted(cell) for cell in split[one][0][:3]))
            for one in useful
        )
        ways = " or ".join(f"by {SEPARATORS[option.value]} ({option.example}, ...)" for option in options)
        raise Ambiguous(
            Question(
                "separator",
                f"The columns of {text.name} can be separated {ways}. Choose the one that is right.",
                options,
            )
        )

    def regular(separator: str) -> tuple[bool, bool, int]:
        widths = [len(cells) for cells in split[separator]] or [0]
        return widths[0] > 1, len(set(widths)) == 1, widths[0]

    return useful[0] if useful else max(among, key=regular)


def _first_rows(sample: list[str], separator: str) -> Rows:
    """The first rows that hold anything, or the empty ones if none does."""
    # Not strict: quotation marks stand in odd places for all separators but the right one.
    reader = csv.reader(sample, delimiter=separator)
    rows: Rows = []
    with suppress(csv.Error):  # an unclosed quote: the cells read so far are enough
        for cells in reader:
            rows.append(cells)
    return ([cells for cells in rows if any(cells)] or rows)[:_SNIFFED_ROWS]


def has_columns(rows: Rows) -> bool:
    """Are there equally many cells in every row, two or more?"""
    return bool(rows) and len(rows[0]) > 1 and len({len(cells) for cells in rows}) == 1


def has_points(rows: Rows) -> bool:
    """Are there equally many cells in every row, three or more, and two columns that are mostly numbers?"""
    if len(rows) < 2 or len(rows[0]) < 3 or not has_columns(rows):
        return False
    numeric = 0
    for column in zip(*rows[1:], strict=True):
        held = [cell.strip() for cell in column if cell.strip().lower() not in MISSING]
        numeric += bool(held) and 2 * sum(map(is_number, held)) >= len(held)
    return numeric >= 2
