"""Digests of stored values: values that differ from those written are rejected."""

import hashlib
from collections.abc import Sequence

Value = str | bytes | int | float | None


def digest_of(*values: Value) -> str:
    """SHA-256 in hex digits over values and their types, as SQLite returns them.

    Args:
        values: columns of a row, in a fixed order. SQLite keeps neither NaN (None) nor the sign of zero.
    """
    return hashlib.sha256(b"".join(map(_bytes, values))).hexdigest()


def agrees(digest: object, values: Sequence[Value]) -> bool:
    """Whether values match this digest; True without a digest: rows of earlier versions have none."""
    return digest is None or digest == digest_of(*values)


def _bytes(value: Value) -> bytes:
    """A value prefixed with its type and length, so that different rows never encode to the same bytes."""
    if isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
        return b"S%d:%b" % (len(content), content)
    if isinstance(value, bytes):
        return b"B%d:%b" % (len(value), value)
    if value is None or value != value:
        return b"N"
    if isinstance(value, float):
        return b"F%b:" % (value + 0.0).hex().encode()
    return b"I%d:" % value
