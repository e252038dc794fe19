"""Keywords: what each word of a text adds to a linear model's score of a class."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Words as scikit-learn's vectorizers take them: two letters, digits or more.
_WORD = re.compile(r"\b\w\w+\b")
# Words marked at the most, and the least weight, as a share of the largest.
MOST, LEAST = 12, 0.15

Span = tuple[int, int, float]


def word_weights(text: str, vocabulary: Mapping[str, int], row: Any, weights_D: NDArray[np.floating]) -> list[Span]:
    """The share of each word of a text in a linear model's score.

    A feature of the text, a word or a pair of words, adds its value times its weight to the score; this is divided
    equally among the places where it stands, and there among its words. The shares add up to the score without its
    intercept.

    Args:
        text: as it was given to the vectorizer.
        vocabulary: word or pair of words, in lower case -> column.
        row: the text's features, (1, D) CSR.
        weights_D: the model's weights of a class.

    Returns:
        (start, end, share) of each word, in code points, in the order of the text.
    """
    spans = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end].lower() for start, end in spans]
    places: dict[int, list[tuple[int, ...]]] = {}
    for length in (1, 2):
        for first in range(len(words) - length + 1):
            where = tuple(range(first, first + length))
            if (column := vocabulary.get(" ".join(words[slice(first, first + length)]))) is not None:
                places.setdefault(column, []).append(where)
    shares = np.zeros(len(words))
    for column, value in zip(row.indices.tolist(), row.data.tolist(), strict=True):
        found = places.get(column, [])
        for where in found:
            shares[list(where)] += value * weights_D[column] / len(found) / len(where)
    return [(start, end, share) for (start, end), share in zip(spans, shares.tolist(), strict=True)]


def keywords(spans: list[Span]) -> list[Span]:
    """The words that speak most for the class, by their share of the largest: 12 at most."""
    largest = max((share for _, _, share in spans), default=0.0)
    if largest <= 0:
        return []
    strong = sorted((one for one in spans if one[2] >= LEAST * largest), key=lambda one: -one[2])[:MOST]
    return sorted((start, end, share / largest) for start, end, share in strong)


def as_utf16(text: str, spans: list[Span]) -> list[Span]:
    """Spans in UTF-16 code units, as browsers count: signs beyond the first 65,536 count twice."""
    if text.isascii():
        return spans
    ends = np.concatenate([[0], np.cumsum([1 + (ord(sign) > 0xFFFF) for sign in text])])
    return [(int(ends[start]), int(ends[end]), share) for start, end, share in spans]


def of_parts(parts: list[str], spans: list[Span]) -> list[list[Span]]:
    """Spans of a text that was joined of parts by single spaces, empty ones left out, as spans of each part."""
    found, offset = [], 0
    for part in parts:
        within = [one for one in spans if offset <= one[0] and one[1] <= offset + len(part)] if part else []
        found.append([(start - offset, end - offset, share) for start, end, share in within])
        offset += len(part) + 1 if part else 0
    return found
