"""A user's texts, one a line."""

import io
from dataclasses import dataclass, field

from alcore.datasets.dataset import DatasetError
from alcore.datasets.item_ids import content_ids
from alcore.datasets.tables.encoding import as_utf8
from alcore.datasets.user_files import UserFile, bytes_of, digest_of

MAX_TEXTS = 200_000
MAX_BYTES = 500_000_000


@dataclass(frozen=True, eq=False)
class TextSource:
    """Items that are texts.

    Attributes:
        name: the file's name.
        texts: N texts, without spaces around them.
        ids: one an item, made of its text; equal texts are numbered, see `content_ids`.
        digest: of the file's bytes and encoding.
        sentences: what was assumed in reading.
    """

    name: str
    texts: tuple[str, ...] = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    digest: str
    sentences: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def read_texts(file: UserFile, name: str, *, encoding: str | None = None) -> TextSource:
    """Read up to 200,000 texts and 500 MB; blank lines are skipped.

    Args:
        file: its path, or its bytes.
        name: what to call it in sentences.
        encoding: a key of `ENCODINGS`, for a file that is not in Unicode.

    Raises:
        Ambiguous: the encoding is not given and the readings differ.
        DatasetError: it is no text, empty or too large.
    """
    data = bytes_of(file, name, MAX_BYTES)
    content, title = as_utf8(data, name, encoding)
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8")
    texts = tuple(text for line in lines if (text := line.strip()))
    if not texts:
        raise DatasetError(f"{name} has no text in any line: choose a file with one text a line.")
    if len(texts) > MAX_TEXTS:
        raise DatasetError(f"{name} has {len(texts):,} texts, more than {MAX_TEXTS:,}: keep a random part of them.")
    ids = content_ids(text.encode() for text in texts)
    return TextSource(name, texts, ids, digest_of(data + title.encode()), (f"Read as texts, one a line, {title}.",))
