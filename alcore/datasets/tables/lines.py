"""The lines of a text, read one by one within limits."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from alcore.datasets.dataset import DatasetError

# Empty lines count: a spreadsheet's last row is number 1,048,576.
MAX_LINES = 1_100_000
MAX_LINE = 1_000_000
MAX_SECONDS = 20.0


@dataclass(frozen=True)
class Text:
    """A file in UTF-8.

    Attributes:
        name: what to call it in sentences.
        content: its bytes.
        seconds: how long it may be read.
        started: when reading began, by `time.monotonic`.
    """

    name: str
    content: bytes = field(repr=False)
    seconds: float = field(default_factory=lambda: MAX_SECONDS)
    started: float = field(default_factory=time.monotonic)

    @cached_property
    def announced(self) -> str | None:
        """The separator that a first line such as `sep=;` gives to spreadsheets, None without such a line."""
        first = self.content[:20].decode(errors="ignore").replace("\r", "\n").partition("\n")[0].strip(' "')
        fits = len(first) == 5 and first.lower().startswith("sep=") and not first[4].isalnum()
        return first[4] if fits else None

    def lines(self) -> Iterator[str]:
        """One line after the other, each with its end; not the line that announces the separator.

        Raises:
            DatasetError: they are too many or too long, or the time is over.
        """
        if max(self.content.count(end) for end in (b"\n", b"\r")) > MAX_LINES:
            raise DatasetError(
                f"{self.name} has more than {MAX_LINES:,} lines: delete the empty ones, and keep a random "
                "part of the others."
            )
        lines = io.TextIOWrapper(io.BytesIO(self.content), "utf-8", newline="")
        for number, line in enumerate(lines, start=1):
            if len(line) > MAX_LINE:
                raise DatasetError(
                    f"Line {number:,} of {self.name} has {len(line):,} characters, more than {MAX_LINE:,}: "
                    "look for missing line ends, and keep the columns that matter."
                )
            if number % 1000 == 0:
                self.check_time()
            if number > 1 or self.announced is None:
                yield line

    def check_time(self) -> None:
        """End what takes too long.

        Raises:
            DatasetError: the time is over.
        """
        if time.monotonic() > self.started + self.seconds:
            raise DatasetError(
                f"{self.name} takes more than {self.seconds:.0f} seconds to read: keep the columns and rows "
                "that matter."
            )
