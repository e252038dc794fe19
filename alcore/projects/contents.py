"""What a person sees of an item, and the labels that a file holds."""

import io
from collections.abc import Sequence
from typing import Any

from alcore.datasets.embeddings import EmbeddingSource
from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource

# The longest side of an image on the screen, in pixels; smaller ones go out as they are.
LARGEST_SIDE = 900


def labels_there(source: Source) -> dict[str, str]:
    """Id -> label of the items that have one in the file."""
    if not isinstance(source, TableSource):
        return {}
    return {item: label for item, label in zip(source.ids, source.labels, strict=True) if label is not None}


def content_of(source: Source, place: int, first: Sequence[str] = ()) -> dict[str, Any]:
    """What a person sees of an item: `text`, `fields` or `image_bytes`.

    Args:
        source: of the items.
        place: of the item.
        first: columns of a table that are shown first; a single one of texts is shown alone.
    """
    if isinstance(source, TextSource):
        return {"text": source.texts[place]}
    if isinstance(source, ImageSource):
        return {"image_bytes": source.image_bytes(place)}
    if isinstance(source, EmbeddingSource):
        return {"text": source.ids[place]}
    row = source.frame.iloc[place]
    if len(first) == 1 and source.info(first[0]).kind == "text":
        return {"text": _cell(row[first[0]])}
    named = [name for name in source.columns if name not in (source.id_column, source.label_column)]
    return {"fields": [[name, _cell(row[name])] for name in dict.fromkeys([*first, *named])]}


def _cell(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def short_of(source: Source, place: int, most: int = 120, first: Sequence[str] = ()) -> str:
    """An item in a line: its text, the cells of its row, or the name of its image."""
    if isinstance(source, ImageSource):
        return source.ids[place]
    content = content_of(source, place, first)
    text = content["text"] if "text" in content else " · ".join(cell for _, cell in content["fields"] if cell)
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def picture(source: ImageSource, place: int, side: int = LARGEST_SIDE) -> tuple[bytes, str, int]:
    """An image for the screen: its bytes, their type, and its longest side in pixels.

    An upright PNG or JPEG that is small enough goes out as it is; others are turned and made smaller.
    """
    longest = int(source.sizes_N_2[place].max())
    content = source.image_bytes(place)
    if longest <= side and content.startswith(b"\x89PNG"):
        return content, "image/png", longest
    image = source.image(place)
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue(), "image/jpeg", min(longest, side)
