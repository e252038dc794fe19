"""Learning curves as rows for `alcore.report.curves.curve_frame`."""

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray


def curve_rows(
    strategy: str,
    seed: int,
    labels: Numbers,
    accuracy: Numbers,
    train_loss: Numbers | None = None,
    rounds: Numbers | None = None,
) -> list[dict[str, Any]]:
    """A curve of unknown duration, one row per round.

    Args:
        strategy: its key.
        seed: of the curve; with the strategy the name of its run.
        labels: number of labelled points after each round.
        accuracy: share of the test set, likewise.
        train_loss: in nats, likewise; None if unknown.
        rounds: numbers of the rounds; None for 0, 1, 2 and so on.
    """
    numbers = range(len(labels)) if rounds is None else rounds
    losses = [None] * len(labels) if train_loss is None else map(float, train_loss)
    return [
        _row(strategy, seed, int(number), int(count), float(share), loss, 0.0)
        for number, count, share, loss in zip(numbers, labels, accuracy, losses, strict=True)
    ]


def round_rows(strategy: str, seed: int, rounds: Iterable[Any]) -> list[dict[str, Any]]:
    """The rounds of a race or of `simulate`."""
    return [
        _row(strategy, seed, one.round, one.labels, one.accuracy, one.train_loss, sum(one.seconds.values()))
        for one in rounds
    ]


def _row(
    strategy: str, seed: int, number: int, labels: int, accuracy: float, train_loss: float | None, seconds: float
) -> dict[str, Any]:
    return {
        "run": f"{strategy}, seed {seed}",
        "strategy": strategy,
        "seed": seed,
        "round": number,
        "labels": labels,
        "accuracy": accuracy,
        "train_loss": train_loss,
        "seconds": seconds,
    }
