"""A table of twenty columns of every kind, with a truth that some of them tell."""

import numpy as np
import pandas as pd

_WORDS = {
    "repair": "broken repair replace crack leak fault noise",
    "refund": "refund money back charged twice invoice price",
    "question": "how when where which please tell open",
}
_COMMON = ["the", "order", "from", "last", "week", "and", "my", "account", "with", "delivery"]


def mixed_table(rows: int, *, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """A table, as strings as they stand in a file, and the class of each row.

    Args:
        rows: how many.
        seed: of the table.

    Returns:
        the table: an id, a text, numbers with a decimal comma and missing ones, categories, dates, flags, a constant,
        and columns of noise; and the truth.
    """
    rng = np.random.default_rng(seed)
    truth = rng.choice(list(_WORDS), size=rows, p=[0.5, 0.3, 0.2])
    number = np.array([list(_WORDS).index(one) for one in truth])

    def missing(values: np.ndarray, share: float) -> np.ndarray:
        return np.where(rng.random(rows) < share, "", values.astype(str))

    amount = np.round(rng.gamma(2.0, 20.0, rows) * (1 + (number == 1)), 2)
    columns: dict[str, object] = {
        "key": [f"case-{n:05d}" for n in range(rows)],
        "message": [
            " ".join(rng.permutation([*rng.choice(_WORDS[one].split(), 2), *rng.choice(_COMMON, 6)])) for one in truth
        ],
        "amount": missing(np.array([f"{one:.2f}".replace(".", ",") for one in amount]), 0.1),
        "channel": missing(np.where(rng.random(rows) < 0.6, np.array(["shop", "web", "phone"])[number], "mail"), 0.05),
        "opened": pd.date_range("2023-01-01", periods=rows, freq="h").strftime("%Y-%m-%d"),
        "urgent": np.where(rng.random(rows) < 0.2 + 0.4 * (number == 0), "yes", "no"),
        "country": rng.choice(["DE", "FR", "NA", "ES"], rows),
        "constant": "x",
        "empty": "",
        "code": [f"c{n}" for n in rng.integers(300, size=rows)],
    }
    for place in range(6):
        columns[f"number {place}"] = missing(rng.normal(number * (place == 0), 1.0).round(3), 0.05 * place)
    for place in range(4):
        columns[f"kind {place}"] = rng.choice(["a", "b", "c", "d"], rows)
    return pd.DataFrame(columns), truth.tolist()
