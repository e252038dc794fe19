"""Digits synthesised by a network: their computation, and the file of those that come along ready-made."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.loops.pool.simulate import simulate
from alcore.loops.steps import OnStep, part
from alcore.loops.synthesis.oracles import nearest_neighbour_vote
from alcore.loops.synthesis.synthesis import among, synthesise
from pages.screens.scenarios.controls import DigitsSettings
from pages.shared.curve_rows import curve_rows, round_rows

# `python -m tests.benchmarks ready_digits` writes it.
READY = Path(__file__).with_name("digits.json")
# Starts of gradient ascent per digit; more do not improve the optimum, which nearly all reach.
STARTS = 4
# Small batches: with one or two steps per epoch, the training loss would hardly fall on so few labels.
TRAINING: dict[str, Any] = {"epochs": 30, "batch_size": 16, "device": "cpu", "carry_on": False}
BESIDE = ("least_confidence", "random")
_SIDE = 8


@dataclass(frozen=True, eq=False)
class Digits:
    """Synthesised digits, and the learning curves with synthesised and with real digits.

    Attributes:
        pictures_Q_H_W: the queries, brightness of the strokes from 0 to 255.
        labels_Q: the oracle's labels.
        probs_Q_C: predictions before labelling.
        nearest_Q_J: the nearest digits of the pool, nearest first.
        distance_Q_J: their distances.
        typical: the median distance of a test digit to the nearest of the pool.
        rows: of the curves, for `curve_frame`.
    """

    pictures_Q_H_W: NDArray[np.uint8]
    labels_Q: NDArray[np.int64]
    probs_Q_C: NDArray[np.floating]
    nearest_Q_J: NDArray[np.int64]
    distance_Q_J: NDArray[np.floating]
    typical: float
    rows: list[dict[str, Any]]


def make_digits(setup: DigitsSettings, on_step: OnStep) -> Digits:
    """Train, synthesise and label, and train the same network on as many real digits."""
    from alcore.datasets.bundled import digits
    from alcore.learners.registry import make_learner  # loads torch with the first learner
    from alcore.loops.synthesis.models import Network

    data = digits()
    share = 0.0

    # Called once per minibatch by the learners, and once per round.
    def step(now: float | None = None) -> None:
        nonlocal share
        share = share if now is None else now
        on_step(share)

    def learner() -> Any:
        return make_learner("mlp", classes=data.classes, seed=setup.seed, tick=step, **TRAINING)

    (result,) = synthesise(
        [data],
        nearest_neighbour_vote(data.x_pool, data.y_pool),
        seeds=[setup.seed],
        seed_labels=setup.seed_labels,
        labels_per_round=setup.labels_per_round,
        rounds=setup.rounds,
        starts=STARTS,
        start=among(data) if setup.from_real else None,
        maker=Network(learner(), data, seed=setup.seed),
        on_step=part(step, 0, 0.5),
    )
    rows = curve_rows("synthesis", setup.seed, result.labels_R, result.accuracy_R, result.train_loss_R)
    for half, strategy in zip((0.5, 0.75), BESIDE, strict=True):
        rounds = simulate(
            data,
            learner(),
            strategy,
            seed=setup.seed,
            seed_labels=setup.seed_labels,
            labels_per_round=setup.labels_per_round,
            rounds=setup.rounds,
            seed_set="balanced",
        )
        for one in rounds:
            step(half + 0.25 * (one.round + 1) / (setup.rounds + 1))
            rows += round_rows(strategy, setup.seed, [one])
    pictures = np.rint(255 * result.queries_Q_D).astype(np.uint8).reshape(-1, _SIDE, _SIDE)
    real = result.real
    return Digits(pictures, result.labels_Q, result.probs_Q_C, real.index_Q_J, real.distance_Q_J, real.typical, rows)


def packed(setup: DigitsSettings, found: Digits) -> str:
    """Digits with their settings as JSON."""
    content = {
        "settings": asdict(setup),
        "pictures": b64encode(found.pictures_Q_H_W.tobytes()).decode(),
        "labels": found.labels_Q.tolist(),
        "probs": np.round(found.probs_Q_C, 4).tolist(),
        "nearest": found.nearest_Q_J.tolist(),
        "distances": np.round(found.distance_Q_J, 4).tolist(),
        "typical": found.typical,
        "rows": [row | {"seconds": 0.0} for row in found.rows],
    }
    return json.dumps(content) + "\n"


def ready() -> tuple[DigitsSettings, Digits]:
    """The digits that come along, and their settings."""
    content = json.loads(READY.read_text(encoding="utf-8"))
    pixels = np.frombuffer(b64decode(content["pictures"]), dtype=np.uint8)
    found = Digits(
        pixels.reshape(-1, _SIDE, _SIDE),
        np.array(content["labels"]),
        np.array(content["probs"]),
        np.array(content["nearest"]),
        np.array(content["distances"]),
        content["typical"],
        content["rows"],
    )
    return DigitsSettings(**content["settings"]), found
