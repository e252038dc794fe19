"""What a file alone does not settle: its possible readings, to choose from."""

from dataclasses import dataclass
from typing import Literal

from alcore.datasets.dataset import DatasetError


@dataclass(frozen=True)
class Option:
    """One possible reading.

    Attributes:
        value: what to give as the argument that the question names.
        title: the reading in words.
        example: a piece of the file, read in this way.
    """

    value: str
    title: str
    example: str


@dataclass(frozen=True)
class Question:
    """Readings of one file that differ in what they say.

    Attributes:
        argument: what answers it: an argument of `read_csv`, `csv_dataset` or `read_embeddings`, a field of
            `TableOptions`.
        sentence: what is unclear, where, and what to do.
        options: two or more, the likeliest first.
    """

    argument: Literal["encoding", "separator", "decimal", "header", "day_first", "sheet", "array"]
    sentence: str
    options: tuple[Option, ...]


class Ambiguous(DatasetError):
    """A file has several readings; `question` holds them."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question

    def __str__(self) -> str:
        return self.question.sentence
