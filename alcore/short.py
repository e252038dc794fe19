"""Values, counts and lists in a few words, for sentences."""

from collections.abc import Sequence


def short(value: object, most: int = 40) -> str:
    """What repr says of a value, in one line of so many characters at the most; of a NumPy scalar its number."""
    shown = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    text = " ".join(repr(shown).split())
    return text if len(text) <= most else f"{text[: most - 3]}..."


def first_of(words: Sequence[str], most: int, between: str = ", ") -> str:
    """The first words of a list, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def plural(count: int, word: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
