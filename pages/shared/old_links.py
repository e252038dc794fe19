"""Renamed labels of options, so that old links still work."""

# Parameter of the address -> old label -> label.
RENAMED: dict[str, dict[str, str]] = {
    "strategies_families": {"Both at once": "Hybrid"},
}


def renamed(key: str, texts: list[str]) -> list[str]:
    """The values of a parameter, with old labels replaced."""
    labels = RENAMED.get(key, {})
    return [labels.get(text, text) for text in texts]
