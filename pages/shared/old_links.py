"""Former names of parameters and of option labels, so that links made with them still work."""

# Parameter of the address -> old label -> label.
RENAMED: dict[str, dict[str, str]] = {
    "arena_third": {"Nobody": "None"},
    "arena_fork": {"Nobody": "None"},
    "arena_surface": {"Own score": "Acquisition score"},
    "arena_target": {"A height all reach": "Reached by all racers"},
    "clinic_outliers_seed": {"Median seed": "Typical seed"},
    "clinic_bias_seed": {"Median seed": "Typical seed"},
    "clinic_cold_seed": {"Median seed": "Typical seed"},
    "clinic_calibration_seed": {"Median seed": "Typical seed"},
    "batch_show": {
        "What does it buy?": "Label savings",
        "Side by side": "Strategies",
        "Choose a batch yourself": "Choose yourself",
    },
    "mnist_experiment": {"Image network": "CNN", "Small network": "MLP"},
    "mnist_carry": {"Shaken up": "Shrink-and-perturb", "Made anew": "Retrain from scratch"},
    "mnist_until": {"Passes": "Epochs", "As long as it helps": "Until convergence"},
    "mnist_committee": {
        "Parts switched off": "MC dropout",
        "Other examples": "Bootstrap",
        "Other starts": "Deep ensemble",
    },
    "mnist_look": {
        "Questions": "Queries",
        "Queried images": "Queries",
        "Map of the pool": "Map",
        "Classes asked for": "Class balance",
        "Class balance of the queries": "Class balance",
        "Mistakes": "Confusion",
        "Confusion matrix": "Confusion",
        "Time and memory": "Cost",
    },
    "settings_policy": {"Random skipping": "Random sampling of the stream"},
    "settings_section": {"Made-up points": "Query synthesis", "Made-up digits": "Synthesised digits"},
    "strategies_section": {"Strategies": "Map of strategies", "Two kinds of doubt": "Epistemic and aleatoric"},
    "strategies_families": {"Both at once": "Hybrid"},
    "tournament_chart": {
        "Gain": "Gains",
        "Rank": "Ranks",
        "Middle half": "IQM",
        "Chance to win": "P(improvement)",
        "Probability of improvement": "P(improvement)",
        "Label saving": "Labels saved",
        "Who beats whom": "Penalties",
        "Pairwise penalty matrix": "Penalties",
        "Labels and time": "Pareto",
        "Label saving vs. compute": "Pareto",
    },
    "tournament_datasets": {"make_classification": "Synthetic clusters"},
    "tournament_learners": {"Small network": "MLP"},
}

# Former parameters whose place the player has taken: links that have them open as they are.
RETIRED = ("settings_when", "settings_made")

# Former parameter -> parameter.
MOVED: dict[str, str] = {"strategies_yardstick": "strategies_reference"}


def renamed(key: str, texts: list[str]) -> list[str]:
    """The values of a parameter, with old labels replaced."""
    labels = RENAMED.get(key, {})
    return [labels.get(text, text) for text in texts]
