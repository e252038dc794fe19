"""The last model of a labelling project on disk: what it says, and what it was trained on."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alcore.projects.model.training import ModelRound
from alcore.storage.arrays import write_arrays

FILE = Path("models") / "last.npz"


@dataclass(frozen=True, eq=False)
class KeptModel:
    """A model round with what the next one is compared with.

    Attributes:
        model: what it says.
        seen: number of the last answer that it was trained with.
        trained_as: model, strategy, classes and features when it was trained.
        stop_named: classes that the last compared round named on the stop set; empty before the first.
        stop_labels: labels of that round.
    """

    model: ModelRound
    seen: int = 0
    trained_as: str = ""
    stop_named: tuple[str, ...] = ()
    stop_labels: int = 0


def write_model(folder: Path, kept: KeptModel) -> None:
    """Write a model; a reader always finds a whole one."""
    model = kept.model
    facts = {
        "number": model.number,
        "labels": model.labels,
        "classes": model.classes,
        "note": model.note,
        "seconds": model.seconds,
        "predicts": model.probs_N_C is not None,
        "open_count": model.open_count,
        "strategy": model.strategy,
        "seen": kept.seen,
        "trained_as": kept.trained_as,
        "stop_labels": kept.stop_labels,
    }
    write_arrays(
        folder / FILE,
        facts,
        probs=np.zeros((0, 0), np.float32) if model.probs_N_C is None else model.probs_N_C,
        weights=np.zeros((0, 0), np.float32) if model.weights_C_D is None else model.weights_C_D,
        places=model.places,
        held_back=np.array(sorted(model.held_back), dtype=np.int64),
        nearest=model.nearest,
        alike_of=np.array(list(model.alike), dtype=np.int64),
        alike_sizes=np.array([len(near) for near in model.alike.values()], dtype=np.int64),
        alike=np.array([one for near in model.alike.values() for one in near], dtype=np.int64),
        stop_named=np.array(kept.stop_named, dtype=str),
    )


def read_model(folder: Path) -> KeptModel | None:
    """The last model; None before the first, or if the file is damaged."""
    try:
        with np.load(folder / FILE, allow_pickle=False) as kept:
            facts = json.loads(str(kept["facts"]))
            ends = np.cumsum(kept["alike_sizes"])[:-1]
            near = np.split(kept["alike"], ends) if len(kept["alike_of"]) else []
            model = ModelRound(
                facts["number"],
                facts["labels"],
                tuple(facts["classes"]),
                kept["probs"] if facts["predicts"] else None,
                kept["places"],
                frozenset(kept["held_back"].tolist()),
                facts["note"],
                facts["seconds"],
                kept["nearest"],
                {int(place): tuple(rows.tolist()) for place, rows in zip(kept["alike_of"].tolist(), near, strict=True)},
                facts["open_count"],
                facts["strategy"],
                kept["weights"] if "weights" in kept and kept["weights"].size else None,
            )
            named = tuple(kept["stop_named"].tolist())
            return KeptModel(model, facts["seen"], facts["trained_as"], named, facts["stop_labels"])
    except (OSError, ValueError, KeyError):
        return None
