"""Labels of options that have other names now: a link made with the former name finds the option."""

# Parameter of the address -> former label -> label.
RENAMED: dict[str, dict[str, str]] = {
    "strategies_families": {"Both at once": "Hybrid"},
}


def renamed(key: str, texts: list[str]) -> list[str]:
    """The values of a parameter, by today's labels."""
    labels = RENAMED.get(key, {})
    return [labels.get(text, text) for text in texts]
