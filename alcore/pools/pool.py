"""A large pool, and the next batch of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.device import processors
from alcore.did_you_mean import one_of
from alcore.pools.labels import Labels, check_ids, labels_of
from alcore.pools.models import Model, fit_heads, model_of
from alcore.pools.opening import open_source
from alcore.pools.scan import SCORES, Engine, Scan, carry_out, in_threads, probabilities
from alcore.pools.source import TILE, PoolError, Source, row_number
from alcore.pools.strategies import MOST_SHORTLIST, SAMPLE, SHORTLIST, STRATEGIES, PoolStrategy, Shortlist
from alcore.pools.subpool import SUBPOOLS, Subset, open_index, subpool_of
from alcore.pools.top import Top
from alcore.rng import rng_for

BLOCK_ROWS = 65_536


@dataclass(frozen=True)
class PoolSettings:
    """What need not be said.

    Attributes:
        score: by which a shortlist is made, `random` or one of `SCORES`; None for the strategy's own.
        shortlist: its rows, at most 35,000; None for 20,000, or 10,000 of a random sample, or twice k if that is more.
        beta: of power strategies; 0 draws all rows alike.
        members: heads of the committee of BALD.
        C: inverse strength of the penalty of the heads.
        block_rows: rows a block, about; the result does not depend on it.
        workers: threads; None for one a core. The result does not depend on it.
        subpool: `seals` or `anchoral` to score only rows near labelled ones, where classes are rare; None for all.
        index: the file of the neighbour index of a subpool, see `alcore.pools.build_index`.
    """

    score: str | None = None
    shortlist: int | None = None
    beta: float = 1.0
    members: int = 8
    C: float = 1.0
    block_rows: int = BLOCK_ROWS
    workers: int | None = None
    subpool: str | None = None
    index: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        if self.score is not None and self.score not in (known := ["random", *SCORES]):
            raise PoolError(f"{one_of('score', self.score, known)}.")
        for name in ("shortlist", "members", "block_rows", "workers"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, int | np.integer):
                raise PoolError(f"{name} must be a whole number, got {value!r}.")
        if not 0 < self.C < float("inf"):
            raise PoolError(f"C must be above 0 and finite, the inverse strength of the penalty, got {self.C}.")
        if self.shortlist is not None and not 1 <= self.shortlist <= MOST_SHORTLIST:
            raise PoolError(f"a shortlist has 1 to {MOST_SHORTLIST:,} rows, not {self.shortlist:,}.")
        for name, least in (("members", 2), ("block_rows", 1), ("workers", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise PoolError(f"{name} must be {least} or more, got {value}.")
        if not 0 <= self.beta < float("inf"):
            raise PoolError(f"beta must be 0 or more and finite, got {self.beta}.")
        if self.subpool is not None and self.subpool not in SUBPOOLS:
            raise PoolError(f"{one_of('subpool', self.subpool, SUBPOOLS)}.")
        if (self.subpool is None) != (self.index is None):
            raise PoolError("a subpool and the file of its index go together: give both, or neither.")


@dataclass(frozen=True, eq=False)
class PoolBatch:
    """Rows to be labelled.

    Attributes:
        rows: (k,) int64, rows of the pool in picking order.
        ids: (k,) their ids; in a pool without ids, their rows.
        scores: (k,) by which they were chosen; NaN for random.
        strategy: the name of the strategy that chose them.
        notes: sentences about how, such as the size of a sample.
    """

    rows: NDArray[np.int64]
    ids: NDArray = field(repr=False)
    scores: NDArray[np.float64] = field(repr=False)
    strategy: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)


class Pool:
    """Rows of embeddings, too many to hold in memory.

    Args:
        pool: the path of a .npy file, of a Parquet file or a folder of them; an array; or an iterable of blocks, each
            an array or a pair of it and its ids.
        id_column: the column of ids in Parquet; by default `id`, where there is one.

    Raises:
        PoolError: it cannot be read, or an id occurs twice.
    """

    def __init__(self, pool: Any, *, id_column: str | None = None) -> None:
        self.source: Source = open_source(pool, id_column=id_column)
        check_ids(self.source)

    def __len__(self) -> int:
        """The number of rows."""
        return self.source.rows

    def next(
        self,
        k: int,
        labels: Any = None,
        strategy: str = "margin",
        *,
        seed: int = 0,
        model: Any = None,
        settings: PoolSettings | None = None,
        engine: Engine | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        keep_checkpoint: bool = False,
        on_rows: Callable[[int, int], None] = lambda done, rows: None,
    ) -> PoolBatch:
        """The rows to have labelled next. Depends on the pool, its labels and the request, not on blocks or workers.

        Args:
            k: how many; more than there are unlabelled rows means all of them.
            labels: a mapping from row, or id in a pool with ids, to label; a table or the path of one with the columns
                `label` and `row` or `id`; None if nothing is labelled.
            strategy: a key of `alcore.pools.STRATEGIES`.
            seed: of ties and noise.
            model: a fitted estimator with `predict_proba`, or a list of them as a committee; None for logistic
                regression on the labelled rows.
            settings: what need not be said.
            engine: where blocks are computed; None for threads of this process. See `alcore.pools.cluster.on_dask`.
            checkpoint: file of what was found so far, from which the same call goes on after a kill.
            keep_checkpoint: whether it is left at the end, to be deleted once the batch is safe.
            on_rows: called with the rows done and the rows of the pool.

        Raises:
            PoolError: rows, labels or arguments cannot be used; the message says which and what to do.
        """
        settings = settings or PoolSettings()
        if strategy not in STRATEGIES:
            raise PoolError(f"{one_of('strategy', strategy, STRATEGIES)}.")
        if not isinstance(k, int | np.integer):
            raise PoolError(f"k must be a whole number of rows, got {k!r}.")
        if k < 1:
            raise PoolError(f"k must be 1 or more rows, got {k}.")
        if STRATEGIES[strategy].needs_scores and settings.score == "random":
            raise PoolError(
                f"{STRATEGIES[strategy].label} weighs rows by their uncertainty, and random gives none: choose the "
                "score margin, or the strategy max_herding."
            )
        known = labels_of(labels, self.source)
        k = min(k, len(self) - len(known))
        if k == 0:
            raise PoolError(f"all {len(self):,} rows of {self.source.name} are labelled: nothing is left to choose.")
        notes = [known.note] if known.note else []
        wanted = _score_of(STRATEGIES[strategy], settings) != "random" or STRATEGIES[strategy].needs_probs
        if wanted and model is None and len(known.classes) < 2:
            have = f"only {known.classes[0]!r} is labelled" if known.classes else "nothing is labelled"
            instead = "max_herding" if k <= MOST_SHORTLIST else "random"
            notes.append(f"{have}, and {strategy} needs two classes: chosen by {instead}")
            strategy, settings = instead, replace(settings, score=None)
        if unread := _unread(STRATEGIES[strategy], settings):
            notes.append(f"{strategy} does not read {' or '.join(unread)}")
        if note := getattr(self.source, "note", ""):
            notes.append(note)
        chosen, labeled_M_D = STRATEGIES[strategy], _features(self.source, known.rows)
        source = self.source
        if settings.subpool is not None and settings.index is not None and len(known):
            index = open_index(source, Path(settings.index))
            near = subpool_of(settings.subpool, index, labeled_M_D, known, k, seed)
            source, k = Subset(source, near), min(k, len(near))
            notes.append(f"{settings.subpool} left {len(near):,} of {len(self):,} rows to be scored")
        scan = _scan(source, chosen, known, labeled_M_D, k, seed, model, settings)
        top = carry_out(
            scan,
            engine or in_threads(settings.workers or processors()),
            settings.block_rows,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            on_rows=on_rows,
        )
        scores = top.scores
        if chosen.spread is not None:
            how = "drawn at random" if scan.score == "random" else f"of the highest {scan.score}"
            notes.append(f"chosen from {len(top):,} of {source.rows:,} rows, {how}")
            top, scores = _spread(chosen, scan, top, labeled_M_D, k)
        elif scan.score == "random":
            scores = np.full(len(top), np.nan)
        rows = source.chosen[top.rows] if isinstance(source, Subset) else top.rows
        batch = PoolBatch(rows, source.ids(top.rows), scores, strategy, tuple(notes))
        if checkpoint is not None and not keep_checkpoint:
            Path(checkpoint).unlink(missing_ok=True)
        return batch


def _scan(
    source: Source,
    chosen: PoolStrategy,
    known: Labels,
    labeled_M_D: NDArray[np.float32],
    k: int,
    seed: int,
    given: Any,
    settings: PoolSettings,
) -> Scan:
    score = _score_of(chosen, settings)
    if chosen.spread is not None:
        if k > MOST_SHORTLIST:
            raise PoolError(
                f"{chosen.label} chooses at most {MOST_SHORTLIST:,} rows at a time, not {k:,}: ask for fewer, or "
                "use a strategy by score, such as margin."
            )
        usual = min(max(2 * k, SAMPLE if score == "random" else SHORTLIST), MOST_SHORTLIST)
        k = max(k, settings.shortlist or usual)
    model: Model | None = None
    if score != "random" or chosen.needs_probs:
        members = settings.members if score == "bald" else 1
        model = (
            model_of(given)
            if given is not None
            else fit_heads(labeled_M_D, known.codes, len(known.classes), members=members, C=settings.C, seed=seed)
        )
    beta = settings.beta if chosen.noisy else None
    taken = np.empty(0, dtype=np.int64) if isinstance(source, Subset) else np.sort(known.rows)
    return Scan(source, k, seed, score, model, beta, taken)


def _spread(
    chosen: PoolStrategy, scan: Scan, top: Top, labeled_M_D: NDArray[np.float32], k: int
) -> tuple[Top, NDArray[np.float64]]:
    """The rows of the shortlist that are chosen, and the numbers by which they were."""
    assert chosen.spread is not None
    features_S_D = _features(scan.source, top.rows)
    probs_S_C = None
    if chosen.needs_probs and scan.model is not None:
        tiles = range(0, len(top), TILE)
        parts = [
            probabilities(scan.model, features_S_D[row : row + TILE], scan.source, int(top.rows[row])) for row in tiles
        ]
        probs_S_C = np.concatenate(parts).mean(axis=1)
    rng = rng_for(scan.seed, "pool batch")
    try:
        found = chosen.spread(Shortlist(features_S_D, top.scores, probs_S_C, labeled_M_D, k, rng))
    except ValueError as error:
        raise PoolError(f"{chosen.label} cannot choose from the shortlist: {error}.") from error
    picks = found.indices
    return Top(top.scores[picks], top.keys[picks], top.rows[picks]), found.scores.astype(np.float64)


def _features(source: Source, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Some rows, if they are finite."""
    features = source.take(rows)
    bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(bad):
        raise PoolError(
            f"Row {row_number(source, int(rows[bad[0]])):,} of {source.name} holds NaN or infinity: leave such rows "
            "out, or compute them anew."
        )
    return features


def _score_of(chosen: PoolStrategy, settings: PoolSettings) -> str:
    """The score of the shortlist that the settings name, or the strategy's own."""
    return chosen.score if settings.score is None or chosen.spread is None else settings.score


def _unread(chosen: PoolStrategy, settings: PoolSettings) -> list[str]:
    """The settings that were given and have no effect."""
    given = {
        "score": settings.score is not None and chosen.spread is None,
        "shortlist": settings.shortlist is not None and chosen.spread is None,
        "beta": settings.beta != PoolSettings.beta and not chosen.noisy,
    }
    return [name for name, unread in given.items() if unread]
