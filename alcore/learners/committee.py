"""A bootstrap committee: the same learner trained on samples of the same labels."""

import numpy as np
from numpy.typing import NDArray


def bootstrap_rows(
    y_M: NDArray[np.int64], members: int, *, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Rows for each member to train on: drawn with replacement, with at least one of every class seen.

    A plain bootstrap of few labels often loses a class, and a member that has never seen a class disagrees
    with the others for no reason of the data. So each member first gets one random example of each class,
    then as many more as make up the number of labels.

    Args:
        y_M: the labels so far, at least one.
        members: committee size, 1 or more.
        rng: the committee's stream.

    Returns:
        One array of M rows a member.

    Raises:
        ValueError: if there is no label or no member.

    Source: bagging, Breiman (1996); query by bagging, Abe & Mamitsuka (1998).
    """
    if len(y_M) == 0 or members < 1:
        raise ValueError(
            f"a committee needs labels and at least 1 member, got {len(y_M)} labels, {members} members"
        )
    by_class = [np.flatnonzero(y_M == label) for label in np.unique(y_M)]
    return [
        np.concatenate(
            [[rng.choice(rows) for rows in by_class], rng.integers(0, len(y_M), len(y_M) - len(by_class))]
        ).astype(np.int64)
        for _ in range(members)
    ]
