"""A table of twenty columns of every kind, with a truth that some of them tell."""

import numpy as np
import pandas as pd

_WORDS = {
    "repair": "broken repair replace crack leak fault noise",
    "refund": "refund money back charged twice invoice price",
    "question": "how when where which please tell open",
}
# Items of each class that are told by their words alone; the words of others are those of a class at random.
_TELLING = 0.75
_LEVELS = 300
_COMMON = ["the", "order", "from", "last", "week", "and", "my", "account", "with", "delivery"]


def mixed_table(rows: int, *, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """A table, as strings as they stand in a file, and the class of each row.

    Args:
        rows: how many.
        seed: of the table.

    Returns:
        the table: an id; a text, of which a tenth is missing and a quarter misleads; numbers with a decimal comma and
        missing ones; a category of 300 levels, each of which has a class that two thirds of its rows have; dates as
        day.month.year, at weekends rather of one class; flags, a constant, and columns of noise; and the truth.
    """
    rng = np.random.default_rng(seed)
    names, shares = list(_WORDS), [0.5, 0.3, 0.2]
    level = rng.integers(_LEVELS, size=rows)
    class_of_level = rng.choice(3, size=_LEVELS, p=shares)
    number = np.where(rng.random(rows) < 2 / 3, class_of_level[level], rng.choice(3, size=rows, p=shares))
    truth = np.array(names)[number]
    said = np.where(rng.random(rows) < _TELLING, truth, rng.choice(names, size=rows))
    opened = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(730, size=rows), unit="D")
    is_weekend = opened.day_of_week >= 5
    opened = opened.where(~(is_weekend & (number == 0) & (rng.random(rows) < 0.8)), opened + pd.Timedelta(days=2))

    def missing(values: np.ndarray, share: float) -> np.ndarray:
        return np.where(rng.random(rows) < share, "", values.astype(str))

    amount = np.round(rng.gamma(2.0, 20.0, rows) * (1 + (number == 1)), 2)
    columns: dict[str, object] = {
        "key": [f"case-{n:05d}" for n in range(rows)],
        "message": missing(
            np.array(
                [
                    " ".join(rng.permutation([*rng.choice(_WORDS[one].split(), 2), *rng.choice(_COMMON, 6)]))
                    for one in said
                ]
            ),
            0.1,
        ),
        "amount": missing(np.array([f"{one:.2f}".replace(".", ",") for one in amount]), 0.1),
        "channel": missing(np.where(rng.random(rows) < 0.6, np.array(["shop", "web", "phone"])[number], "mail"), 0.05),
        "opened": missing(opened.strftime("%d.%m.%Y").to_numpy(), 0.05),
        "urgent": np.where(rng.random(rows) < 0.2 + 0.4 * (number == 0), "yes", "no"),
        "country": rng.choice(["DE", "FR", "NA", "ES"], rows),
        "constant": "x",
        "empty": "",
        "code": [f"c{n}" for n in level],
    }
    for place in range(6):
        columns[f"number {place}"] = missing(rng.normal(number * (place == 0), 1.0).round(3), 0.05 * place)
    for place in range(4):
        columns[f"kind {place}"] = rng.choice(["a", "b", "c", "d"], rows)
    return pd.DataFrame(columns), truth.tolist()
