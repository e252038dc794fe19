"""Shortened quotation of user input in error messages."""

import re

# Largest length of the whole; words of 200 characters or more (a path may be long) are cut to 60.
WHOLE = 2000
_LONG_WORD = re.compile(r"\S{200,}")
_KEPT = 60


def cut(text: str) -> str:
    """A sentence in which overlong words are cut to their beginning and their length.

    A number of 5,000 digits or a name of a megabyte is shortened to 60 characters; bytes of a path that are not text
    are written as escapes, so that every stream can print them.
    """
    text = text.encode(errors="backslashreplace").decode()
    shorter = _LONG_WORD.sub(lambda word: _cut(word.group(), _KEPT), text)
    return shorter if len(shorter) <= WHOLE else _cut(shorter, WHOLE)


def _cut(text: str, kept: int) -> str:
    return f"{text[:kept]}... ({len(text):,} characters)"
