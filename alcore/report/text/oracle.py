"""The error rate of a person as the oracle, in a sentence."""

from collections.abc import Sequence

from alcore.report.phrases import percent


def oracle_words(given: Sequence[str], truth: Sequence[str], guesses: Sequence[str]) -> str:
    """The share of a person's labels that differ from those of the data set, beside the model's errors.

    Args:
        given: the person's labels.
        truth: those of the data set.
        guesses: the model's predictions.

    Raises:
        ValueError: if they are not equally many, or none.
    """
    if not truth or not len(given) == len(truth) == len(guesses):
        raise ValueError(f"labels must be equally many, got {len(given)}, {len(truth)}, {len(guesses)}")
    yours, models = (sum(one != label for one, label in zip(labels, truth, strict=True)) for labels in (given, guesses))
    return (
        f"Your error rate: {percent(yours / len(truth), 0)} ({yours} of {len(truth)} differ from the data set's "
        f"labels). The model's before the query: {percent(models / len(truth), 0)}."
    )
