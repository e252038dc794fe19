"""One pass over a pool: each block gives its best rows, and what was found survives the end of the process."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from alcore.pools.hashes import gumbel_of, keys_of
from alcore.pools.models import Model, NotFiniteError
from alcore.pools.source import PoolError, Source, row_number
from alcore.pools.top import Top, merged, nothing, top_of
from alcore.short import short
from alcore.strategies.bayesian import bald, power_values
from alcore.strategies.uncertainty import entropy, least_confidence, margin

# Seconds between two savings of what was found.
SAVE_SECONDS = 5.0
# Parts are merged once they hold so many times k rows.
_PENDING = 4

Block = tuple[int, int]
# Carries out `Scan.best` for some blocks; yields the place of each block and its best rows, in any order.
Engine = Callable[["Scan", list[Block]], Iterator[tuple[int, Top]]]

# Scores of class probabilities (N, K, C), of which all but BALD have one member.
SCORES: dict[str, Callable[[NDArray], NDArray]] = {
    "margin": lambda probs_N_K_C: margin(probs_N_K_C.mean(axis=1)),
    "least_confidence": lambda probs_N_K_C: least_confidence(probs_N_K_C.mean(axis=1)),
    "entropy": lambda probs_N_K_C: entropy(probs_N_K_C.mean(axis=1)),
    "bald": bald,
}


@dataclass(frozen=True, eq=False)
class Scan:
    """What is wanted of every block; the same in every thread and on every worker.

    Attributes:
        source: the pool.
        k: how many rows.
        seed: of ties and noise.
        score: a key of `SCORES`, or `random`.
        model: gives the probabilities; None for random.
        beta: None for the best k; otherwise k rows are drawn with odds score ** beta, by noise of their ids.
        taken: rows that are not to be chosen, ascending.
    """

    source: Source
    k: int
    seed: int
    score: str = "random"
    model: Model | None = None
    beta: float | None = None
    taken: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64), repr=False)

    def best(self, block: Block) -> Top:
        """The best k rows of a block.

        Raises:
            PoolError: a row is not finite.
        """
        begin, end = block
        codes_N = self.source.codes(begin, end)
        scores_N = self.scores(block)
        if self.beta is not None:
            scores_N = power_values(scores_N, self.beta, gumbel_of(keys_of(codes_N, self.seed, "noise")))
        keys_N = keys_of(codes_N, self.seed)
        rows_N = np.arange(begin, end)
        open_N = np.ones(end - begin, dtype=bool)
        open_N[self.taken[slice(*np.searchsorted(self.taken, block))] - begin] = False
        return top_of(scores_N[open_N], keys_N[open_N], rows_N[open_N], self.k)

    def scores(self, block: Block) -> NDArray[np.float64]:
        """The score of each row of a block; zeros for random."""
        begin, end = block
        scores_N = np.zeros(end - begin)
        if self.model is not None and self.score != "random":
            for row, features_T_D in self.source.tiles(begin, end):
                probs_T_K_C = probabilities(self.model, features_T_D, self.source, row)
                scores_N[row - begin : row - begin + len(features_T_D)] = SCORES[self.score](probs_T_K_C)
        return scores_N

    def fingerprint(self, blocks: list[Block]) -> str:
        """Differs where a result may: the request, the pool, the edges of its blocks, the scores of its first rows."""
        request = (self.source.stamp, self.k, self.seed, self.score, self.beta, blocks)
        first = self.scores(self.source.blocks(1)[0])
        return blake2b(repr(request).encode() + self.taken.tobytes() + first.tobytes()).hexdigest()[:32]


def probabilities(model: Model, features_N_D: NDArray, source: Source, row: int) -> NDArray[np.floating]:
    """What a model says of a tile.

    Raises:
        PoolError: a row is not finite; the sentence names it.
    """
    try:
        return model.probs(features_N_D)
    except NotFiniteError:
        bad = np.flatnonzero(~np.isfinite(features_N_D).all(axis=1))
        if not len(bad):
            raise PoolError(
                f"{source.name} has numbers near row {row_number(source, row):,} that are too large to be "
                "scored: divide all by a number."
            ) from None
        found = row + int(bad[0])
        of_id = f" (id {short(source.ids(np.array([found]))[0])})" if source.has_ids else ""
        raise PoolError(
            f"Row {row_number(source, found):,}{of_id} of {source.name} holds NaN or infinity: leave such "
            "rows out, or compute them anew."
        ) from None


def carry_out(
    scan: Scan,
    engine: Engine,
    block_rows: int,
    *,
    checkpoint: Path | None = None,
    on_rows: Callable[[int, int], None] = lambda done, rows: None,
) -> Top:
    """The best rows of the pool, block by block.

    Args:
        scan: what is wanted.
        engine: where blocks are computed.
        block_rows: rows a block, about.
        checkpoint: file of what was found so far; a scan that finds its own goes on from there. At the end it holds
            all, and the caller deletes it once the rows are safe.
        on_rows: called with the rows done and the rows of the pool.

    Raises:
        PoolError: a block cannot be read, or the checkpoint not be written.
    """
    blocks = scan.source.blocks(block_rows)
    sizes = np.array([end - begin for begin, end in blocks])
    fingerprint = "" if checkpoint is None else scan.fingerprint(blocks)
    done, parts = _loaded(checkpoint, fingerprint, len(blocks))
    on_rows(int(sizes[done].sum()), scan.source.rows)
    left = np.flatnonzero(~done)
    saved = monotonic()
    try:
        with closing(engine(scan, [blocks[place] for place in left])) as running:  # type: ignore[type-var]
            for place, part in running:
                done[left[place]] = True
                parts.append(part)
                if sum(map(len, parts)) > _PENDING * scan.k:
                    parts = [merged(parts, scan.k)]
                on_rows(int(sizes[done].sum()), scan.source.rows)
                if checkpoint is not None and monotonic() - saved >= SAVE_SECONDS:
                    parts = [merged(parts, scan.k)]
                    _save(checkpoint, fingerprint, done, parts[0])
                    saved = monotonic()
    except BaseException:
        if checkpoint is not None and done.any():
            _save(checkpoint, fingerprint, done, merged(parts, scan.k))
        raise
    found = merged(parts, scan.k)
    if checkpoint is not None and len(left):
        with suppress(PoolError):  # all is found, and only a second run would miss it
            _save(checkpoint, fingerprint, done, found)
    return found


def in_threads(workers: int) -> Engine:
    """Threads of this process, each with one thread of linear algebra.

    Args:
        workers: how many, 1 or more.
    """
    from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

    from threadpoolctl import threadpool_limits

    def run(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        with threadpool_limits(limits=1), ThreadPoolExecutor(workers) as pool:
            running: dict[Future[Top], int] = {}
            waiting: Iterable[tuple[int, Block]] = iter(enumerate(blocks))
            try:
                while True:
                    for place, block in waiting:
                        running[pool.submit(scan.best, block)] = place
                        if len(running) > workers:
                            break
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return run


def _save(path: Path, fingerprint: str, done: NDArray[np.bool_], top: Top) -> None:
    """Replace the checkpoint at once, so that a kill leaves the one before."""
    part = path.with_name(path.name + ".new")
    try:
        with part.open("wb") as file:
            np.savez(file, fingerprint=fingerprint, done=done, scores=top.scores, keys=top.keys, rows=top.rows)
        part.replace(path)
    except OSError as error:
        raise PoolError(f"{path} cannot be written ({error.strerror or error}): make room there.") from error


def _loaded(path: Path | None, fingerprint: str, blocks: int) -> tuple[NDArray[np.bool_], list[Top]]:
    """What was found before; nothing where the file is missing, damaged or of another scan."""
    if path is not None and path.is_file():
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                if str(saved["fingerprint"]) == fingerprint:
                    return saved["done"].copy(), [Top(saved["scores"], saved["keys"], saved["rows"])]
        except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
            pass
    return np.zeros(blocks, dtype=bool), [nothing()]
