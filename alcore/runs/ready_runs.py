"""Finished runs on images that are shipped with a program: one small file with their rounds and images."""

import io
import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.pool.simulate import Round
from alcore.rng import rng_for
from alcore.runs.config import RunConfig
from alcore.runs.store.packing import pack, unpack
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store

# Points of each map: never queried, the same in every round; and the latest labelled ones.
UNQUERIED, LABELLED = 1_000, 300
# Steps to which a map's features, natural logarithms of probabilities, and probabilities are rounded: they compress.
_FEATURE, _LOG, _LEAST_LOG, _PROB = 1 / 64, 1 / 8, -12.0, 1 / 1000
_GREYS = 17  # brightness of one of 16 grey levels


@dataclass(frozen=True, eq=False)
class ReadyPool:
    """The images of the pool that the runs show.

    Attributes:
        indices_M: which images of the pool, ascending.
        images_M_H_W: their brightness, in 16 levels from 0 to 255.
        answers_N: the oracle's labels of the whole pool.
        class_names: one per class.
    """

    indices_M: NDArray[np.int64]
    images_M_H_W: NDArray[np.uint8]
    answers_N: NDArray[np.int64]
    class_names: tuple[str, ...]


def pack_runs(store: Store, infos: Sequence[RunInfo], pool: Dataset) -> bytes:
    """Finished runs with the images they query, without most of their maps.

    Args:
        store: holds them.
        infos: the runs; all have the same pool.
        pool: their data; images of one channel.
    """
    rounds = {info.id: store.rounds(info.id) for info in infos}
    mapped = [one.map.indices_P for own in rounds.values() for one in own if one.map is not None]
    labeled = np.unique(np.concatenate([own[-1].labeled for own in rounds.values()]))
    common = mapped[0]
    for indices in mapped[1:]:
        common = np.intersect1d(common, indices)
    rest = rng_for(0, "ready runs").permutation(np.setdiff1d(common, labeled))[:UNQUERIED]
    first = [len(own[0].labeled) for own in rounds.values()]
    asked = [own[-1].labeled[start:] for own, start in zip(rounds.values(), first, strict=True)]
    shown = np.unique(np.concatenate([rest, *asked]))
    grey = (pool.x_pool[shown][:, 0].astype(np.uint16) + _GREYS // 2) // _GREYS
    slim = {
        run_id: [_slim(one, rest, start) for one in own]
        for (run_id, own), start in zip(rounds.items(), first, strict=True)
    }
    head = {
        "class_names": pool.class_names,
        "runs": [
            {
                "config": info.config.model_dump(mode="json"),
                "record": info.record,
                "rounds": [_numbers(one) for one in slim[info.id]],
            }
            for info in infos
        ],
    }
    file = io.BytesIO()
    arrays = {
        f"{i}-{number}": np.frombuffer(pack(one), np.uint8)
        for i, info in enumerate(infos)
        for number, one in enumerate(slim[info.id])
    }
    np.savez(
        file,
        head=np.frombuffer(json.dumps(head).encode(), np.uint8),
        indices=shown.astype(np.uint32),
        images=(grey[:, :, ::2] << 4 | grey[:, :, 1::2]).astype(np.uint8),
        answers=pool.y_pool.astype(np.uint8),
        allow_pickle=False,
        **arrays,
    )
    return lzma.compress(file.getvalue(), preset=9)


def unpack_runs(content: bytes, home: Path) -> ReadyPool:
    """Put packed runs into the store of a fresh home folder; returns their images."""
    with np.load(io.BytesIO(lzma.decompress(content)), allow_pickle=False) as found:
        head = json.loads(found["head"].tobytes())
        packed = found["images"]
        images = np.stack([packed >> 4, packed & 15], axis=-1).reshape(*packed.shape[:2], -1) * np.uint8(_GREYS)
        with Store(home) as store:
            for i, run in enumerate(head["runs"]):
                info = store.claim(RunConfig(**run["config"]))
                store.start(info.id, run["record"])
                for number, numbers in enumerate(run["rounds"]):
                    store.add_round(info.id, Round(**numbers, **unpack(found[f"{i}-{number}"].tobytes())))
                store.finish(info.id, "done")
        return ReadyPool(
            found["indices"].astype(np.int64), images, found["answers"].astype(np.int64), tuple(head["class_names"])
        )


def _slim(one: Round, rest: NDArray[np.int64], start: int) -> Round:
    """A round with the part of its map that is shown, rounded."""
    assert one.map is not None  # a run draws one each round
    asked = one.labeled[:0] if one.batch is None else one.batch.indices
    rows = one.map.rows(np.unique(np.concatenate([rest, asked, one.labeled[start:][-LABELLED:]])))
    features = np.round(one.map.features_P_D[rows].astype(np.float64) / _FEATURE) * _FEATURE
    logs = np.maximum(one.map.log_probs_P_C[rows].astype(np.float64), _LEAST_LOG)
    drawn = PoolMap(
        one.map.indices_P[rows], features.astype(np.float16), (np.round(logs / _LOG) * _LOG).astype(np.float16)
    )
    probs = (np.round(one.batch_probs_K_C / _PROB) * _PROB).astype(np.float32)
    return replace(one, map=drawn, batch_probs_K_C=probs, predicted_S=None)


def _numbers(one: Round) -> dict[str, object]:
    names = ("round", "accuracy", "train_loss", "seconds", "held_out", "measures")
    return {name: getattr(one, name) for name in names}
