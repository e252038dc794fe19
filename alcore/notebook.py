"""How results show themselves: sentences and a table, as text in a terminal and as HTML in a notebook."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from alcore.report.phrases import typed

# Columns of a terminal that text fills at the most; tables are as wide as their cells.
WIDTH = 88

# Column name -> its cells, all columns of one length.
Table = Mapping[str, Sequence[str]]


def as_text(sentences: Iterable[str], table: Table, *, left: Iterable[str] = ()) -> str:
    """Sentences wrapped at 88 columns, and below them the table.

    Args:
        sentences: each begins a line.
        table: cells by column; left out where it has no row.
        left: names of the columns that are aligned on the left; the others are on the right.
    """
    lines = [line for sentence in sentences for line in textwrap.wrap(sentence, WIDTH, break_long_words=False)]
    return typed("\n".join([*lines, *_text_rows(table, set(left))]))


def as_html(sentences: Iterable[str], table: Table) -> str:
    """A paragraph a sentence and a table, all of it escaped."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    rows = list(zip(*table.values(), strict=True))
    if not rows:
        return paragraphs
    head = "".join(f"<th>{escape(name)}</th>" for name in table)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"{paragraphs}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text_rows(table: Table, left: set[str]) -> list[str]:
    rows = list(zip(*table.values(), strict=True))
    if not rows:
        return []
    widths = {name: max(len(name), *map(len, cells)) for name, cells in table.items()}
    return [
        "  ".join(
            cell.ljust(widths[name]) if name in left else cell.rjust(widths[name])
            for name, cell in zip(table, row, strict=True)
        ).rstrip()
        for row in [tuple(table), *rows]
    ]
