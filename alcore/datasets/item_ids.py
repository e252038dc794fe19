"""Ids of items that stay the same from one reading of a file to the next: named by the user, or made of the content."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from alcore.datasets.dataset import DatasetError
from alcore.short import short

MAX_ID = 200


def content_ids(contents: Iterable[bytes]) -> tuple[str, ...]:
    """BLAKE2b of each content, 16 hexadecimal digits; of equal contents the second has `#2` added, and so on.

    Adding or removing other items does not change an item's id; the numbers of equal items count in their order.
    """
    seen: defaultdict[str, int] = defaultdict(int)
    ids = []
    for content in contents:
        digest = hashlib.blake2b(content, digest_size=8).hexdigest()
        seen[digest] += 1
        ids.append(digest if seen[digest] == 1 else f"{digest}#{seen[digest]}")
    return tuple(ids)


def checked_ids(ids: Sequence[str], rows: Sequence[int], where: str) -> tuple[str, ...]:
    """Ids given by the user, each different from the others.

    Args:
        ids: one an item.
        rows: where each stands in its file, for sentences.
        where: what holds them, such as `Column 'id'`.

    Raises:
        DatasetError: one is blank, too long or there twice.
    """
    advice = "choose a column that differs in every row, or none: ids are then made of the rows' contents."
    places: defaultdict[str, list[int]] = defaultdict(list)
    for item, row in zip(ids, rows, strict=True):
        if not item:
            raise DatasetError(f"{where} is blank in row {row:,}: fill it in, or {advice}")
        if len(item) > MAX_ID:
            raise DatasetError(f"{where} has {len(item):,} characters in row {row:,}, more than {MAX_ID}: {advice}")
        places[item].append(row)
    twice = [(item, found) for item, found in places.items() if len(found) > 1]
    if twice:
        item, found = twice[0]
        shown = ", ".join(f"{row:,}" for row in found[:5]) + (" and others" if len(found) > 5 else "")
        more = f", and {len(twice) - 1:,} more values are there several times" if len(twice) > 1 else ""
        raise DatasetError(f"{where} holds {short(item)} in rows {shown}{more}: {advice}")
    return tuple(ids)
