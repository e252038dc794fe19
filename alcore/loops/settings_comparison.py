"""The three settings of active learning side by side: pool, stream, and membership query synthesis."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.logistic.batched import predict
from alcore.loops.races.paired import paired_races
from alcore.loops.steps import OnStep, ignored, part
from alcore.loops.stream.policies import Budget, QueryPolicy, quantile
from alcore.loops.stream.stream import StreamResult, streams
from alcore.loops.synthesis.oracles import Oracle
from alcore.loops.synthesis.synthesis import Synthesis, synthesise

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

# In the order of the rows.
SETTINGS = ("pool", "stream", "synthesis", "random")


@dataclass(frozen=True, eq=False)
class SettingsComparison:
    """Every setting on S seeds.

    Attributes:
        rows: one a label, with the columns of `report.curves.COLUMNS`; `strategy` is one of `SETTINGS`.
        pool_S_M: the labelled points of the pool in the order of labelling, the first ones included.
        random_S_M: the same of random picks.
        streams_S: one a seed.
        syntheses_S: one a seed.
    """

    rows: list[dict[str, Any]]
    pool_S_M: Ints
    random_S_M: Ints
    streams_S: list[StreamResult]
    syntheses_S: list[Synthesis]


def compare_settings(
    datasets: Sequence[Dataset],
    oracle: Oracle,
    *,
    seeds: Sequence[int],
    seed_labels: int,
    labels: int,
    strategy: str = "least_confidence",
    policy: QueryPolicy | None = None,
    on_step: OnStep = ignored,
) -> SettingsComparison:
    """Spend the same labels, one at a time, on a pool, on a stream, on synthesised queries and at random.

    All settings of a seed start from the same first labels and the same model, logistic regression, and are
    evaluated on the same test set. The stream is the pool, each point once; its budget is earned evenly, so that it
    lasts to the end, and a threshold may leave some of it unspent: then that curve is shorter.

    Args:
        datasets: one a seed, of one size.
        oracle: labels synthesised queries; of planar data `sample_from_posterior(posterior)`.
        seeds: one a data set.
        seed_labels: labels before the first query.
        labels: queries in each setting, at most the points of the pool without the first labels.
        strategy: of the pool, a key of the catalogue.
        policy: of the stream; `quantile()` if not given.
        on_step: called with the share completed, several times a label; an exception stops the work.

    Raises:
        ValueError: as the loops; if the pool does not hold so many labels.
    """
    arrivals = len(datasets[0].y_pool) - seed_labels if datasets else 0
    if not 1 <= labels <= arrivals:
        raise ValueError(f"labels must be 1 to {arrivals} (the pool without the first labels), got {labels}")
    started = time.perf_counter()
    streamed_S = streams(
        datasets,
        [policy or quantile()],
        seeds=seeds,
        seed_labels=seed_labels,
        budget=Budget(labels / arrivals, labels),
        on_step=part(on_step, 0, 0.3),
    )
    streams_S = [runs[0] for runs in streamed_S]
    evaluated_S = [_evaluated(stream, data) for stream, data in zip(streams_S, datasets, strict=True)]
    streamed = time.perf_counter()
    syntheses_S = synthesise(
        datasets,
        oracle,
        seeds=seeds,
        seed_labels=seed_labels,
        labels_per_round=1,
        rounds=labels,
        on_step=part(on_step, 0.3, 0.7),
    )
    synthesised = time.perf_counter()
    races = paired_races(
        datasets,
        [strategy, "random"],
        seeds=seeds,
        seed_labels=seed_labels,
        labels_per_round=1,
        rounds=labels,
        on_step=part(on_step, 0.7, 1),
    )
    pooled = time.perf_counter()
    spent = {"stream": streamed - started, "synthesis": synthesised - streamed}
    spent["pool"] = spent["random"] = (pooled - synthesised) / 2
    rows = []
    for s, seed in enumerate(seeds):
        curves = {
            "pool": (races.accuracy_S_R_T[s, 0], races.train_loss_S_R_T[s, 0]),
            "stream": evaluated_S[s],
            "synthesis": (syntheses_S[s].accuracy_R, syntheses_S[s].train_loss_R),
            "random": (races.accuracy_S_R_T[s, 1], races.train_loss_S_R_T[s, 1]),
        }
        for name in SETTINGS:
            seconds = spent[name] / len(seeds) / len(curves[name][0])
            rows += [
                {
                    "run": f"{name}-{seed}",
                    "strategy": name,
                    "seed": seed,
                    "round": label,
                    "labels": seed_labels + label,
                    "accuracy": float(accuracy),
                    "train_loss": float(loss),
                    "seconds": seconds,
                }
                for label, (accuracy, loss) in enumerate(zip(*curves[name], strict=True))
            ]
    order_S_R_M = races.order_S_R_M
    return SettingsComparison(rows, order_S_R_M[:, 0], order_S_R_M[:, 1], streams_S, syntheses_S)


def _evaluated(stream: StreamResult, data: Dataset) -> tuple[Floats, Floats]:
    """Accuracy on the test set and training loss in nats after each label of a stream."""
    asked_T = stream.asked_T
    x_M = np.concatenate([stream.arrivals.first_M_D, stream.arrivals.x_T_D[asked_T]])
    y_M = np.concatenate([stream.arrivals.first_y_M, stream.arrivals.y_T[asked_T]])
    accuracy_L = (predict(stream.models_L_K_P, data.x_test).argmax(axis=2) == data.y_test).mean(axis=1)
    own_L_M = predict(stream.models_L_K_P, x_M)[:, np.arange(len(y_M)), y_M]
    losses_L_M = -np.log(np.maximum(own_L_M, np.finfo(own_L_M.dtype).tiny))
    first = len(stream.arrivals.first)
    loss_L = np.array([losses_M[: first + label].mean() for label, losses_M in enumerate(losses_L_M)])
    return accuracy_L, loss_L
