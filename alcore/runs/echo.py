"""Repeating in a sentence what was given, cut where nobody would read on."""

import re

# Characters of the whole; a word of 200 or more (a path may be long) keeps its first 60.
WHOLE = 2000
_LONG_WORD = re.compile(r"\S{200,}")
_KEPT = 60


def cut(text: str) -> str:
    """A sentence whose overlong words are cut to their beginning and how long they are.

    A number of 5,000 digits or a name of a megabyte is told by its first 60 characters; bytes of a path that
    are no text by their codes, so that every stream can be written to.
    """
    text = text.encode(errors="backslashreplace").decode()
    shorter = _LONG_WORD.sub(lambda word: _cut(word.group(), _KEPT), text)
    return shorter if len(shorter) <= WHOLE else _cut(shorter, WHOLE)


def _cut(text: str, kept: int) -> str:
    return f"{text[:kept]}... ({len(text):,} characters)"
