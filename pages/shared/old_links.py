"""Former names of parameters and of option labels, so that links made with them still work."""

# Parameter of the address -> old label -> label.
RENAMED: dict[str, dict[str, str]] = {
    "strategies_families": {"Both at once": "Hybrid"},
    "tournament_learners": {"Small network": "MLP"},
}

# Former parameter -> parameter.
MOVED: dict[str, str] = {"strategies_yardstick": "strategies_reference"}


def renamed(key: str, texts: list[str]) -> list[str]:
    """The values of a parameter, with old labels replaced."""
    labels = RENAMED.get(key, {})
    return [labels.get(text, text) for text in texts]
