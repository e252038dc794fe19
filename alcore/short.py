"""A value in one short line, for sentences."""


def short(value: object, most: int = 40) -> str:
    """What repr says of a value, in one line of so many characters at the most; of a NumPy scalar its number."""
    shown = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    text = " ".join(repr(shown).split())
    return text if len(text) <= most else f"{text[: most - 3]}..."
