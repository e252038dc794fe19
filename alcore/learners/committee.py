"""Bootstrap committees: one kind of learner trained on samples of the same labels."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def committee_size(samples: int | None, usual: int) -> int:
    """The number of models that are compared: the given one, or the learner's usual one.

    Raises:
        ValueError: if it is below 2: a single model has no disagreement, so every score of a committee is 0.
    """
    if samples is None:
        return usual
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or samples < 2:
        raise ValueError(
            "samples must be 2 or more models, whose disagreement is the score of a committee, or None for "
            f"the learner's own number; got {samples!r}"
        )
    return int(samples)


def bootstrap_rows(y_M: ArrayLike, k_members: int, *, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Rows on which each member of a bootstrap committee trains: M draws with replacement.

    A draw without a class gets one random example of it, in place of an example of a class drawn more than once: every
    member is trained on every class seen.

    Args:
        y_M: the labels so far.
        k_members: committee members.
        rng: stream of the draws.

    Returns:
        for each member, rows_M of the labelled set.

    Raises:
        ValueError: if there is no label or k_members < 1.

    Source: Breiman (1996); committees by bagging: Abe & Mamitsuka (1998).
    """
    labels_M = np.asarray(y_M)
    if labels_M.ndim != 1 or len(labels_M) == 0:
        raise ValueError(f"y_M must be one label a point and not empty, got shape {labels_M.shape}")
    if k_members < 1:
        raise ValueError(f"k_members must be 1 or more, got {k_members}")
    classes, class_M = np.unique(labels_M, return_inverse=True)
    members = []
    for _ in range(k_members):
        rows_M = rng.integers(len(labels_M), size=len(labels_M))
        counts_C = np.bincount(class_M[rows_M], minlength=len(classes))
        for missing in np.nonzero(counts_C == 0)[0]:
            spare = rng.choice(np.nonzero(counts_C[class_M[rows_M]] > 1)[0])
            counts_C[class_M[rows_M[spare]]] -= 1
            rows_M[spare] = rng.choice(np.nonzero(class_M == missing)[0])
            counts_C[missing] += 1
        members.append(rows_M)
    return members
