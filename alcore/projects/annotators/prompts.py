"""From an item to a prompt, and from the text of an answer to a class."""

import re
from collections.abc import Sequence

from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource
from alcore.projects.annotators.endpoints import EndpointError

# Characters of an item that are sent.
LONGEST = 20_000
_PLACES = re.compile(r"\{(text|classes)\}")
_AROUND = " \t\r\n\"'`*_.:"


def texts_of(source: Source, columns: Sequence[str] = ()) -> list[str]:
    """What is sent of every item: its text, or the columns of its row; never the column of ids or of labels.

    Raises:
        EndpointError: the items are neither texts nor rows of a table.
    """
    if isinstance(source, TextSource):
        return [text[:LONGEST] for text in source.texts]
    if not isinstance(source, TableSource):
        raise EndpointError("a language model reads texts and tables, and these items are neither")
    hidden = (source.id_column, source.label_column)
    names = [one for one in columns or source.columns if one not in hidden]
    if not names:
        raise EndpointError("the table has no column beside those of ids and labels")
    cells = zip(*map(source.texts, names), strict=True)
    if len(names) == 1:
        return [cell[:LONGEST] for (cell,) in cells]
    return [
        "\n".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True) if cell)[:LONGEST] for row in cells
    ]


def prompt_of(template: str, text: str, classes: Sequence[str]) -> str:
    """The template with the item's text and the classes; braces within the text stay as they are."""
    values = {"text": text, "classes": ", ".join(classes)}
    return _PLACES.sub(lambda found: values[found.group(1)], template)


def class_of(answer: str, classes: Sequence[str]) -> str:
    """The class that an answer names, "" if it names none: the whole answer must be a class.

    Quotes, stars and stops around it do not count, nor do capitals where no two classes differ by these alone.
    """
    said = answer.rpartition("</think>")[2].strip()  # what a model thinks aloud comes first
    for form in (said, said.strip(_AROUND)):
        if form in classes:
            return form
    alike = [one for one in classes if one.casefold() == said.strip(_AROUND).casefold()]
    return alike[0] if len(alike) == 1 else ""
