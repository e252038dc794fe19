"""The next batch of a large pool on the command line."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
from tqdm import tqdm

from alcore.cli.arguments import UsageError, cut
from alcore.cli.files import write_file
from alcore.cli.terminal import print_note
from alcore.extras import require
from alcore.pools.pool import BLOCK_ROWS, Pool, PoolBatch, PoolSettings
from alcore.pools.source import PoolError
from alcore.pools.subpool import build_index

FORMATS = (".csv", ".tsv", ".jsonl", ".parquet")


def next(options: argparse.Namespace) -> int:  # the name of the command
    """Score the pool, and write the rows to be labelled."""
    out: Path = options.out
    if out.suffix not in FORMATS:
        raise UsageError(f"{out} must end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}: the ending is the format.")
    if out.suffix == ".parquet":
        require("pyarrow")
    if out.exists() and not options.force:
        raise UsageError(f"{out} is there already. Choose another file, or write over it with --force.")
    checkpoint, pool_path = out.with_name(out.name + ".progress"), options.pool
    index = options.index or (pool_path.with_name(pool_path.name + ".usearch") if options.subpool else None)
    try:
        settings = PoolSettings(
            score=options.score,
            shortlist=options.shortlist,
            beta=options.beta,
            C=options.C,
            block_rows=options.block_rows or BLOCK_ROWS,
            workers=options.workers,
            subpool=options.subpool,
            index=index,
        )
        engine = None
        if options.dask:
            from alcore.pools.cluster import on_dask

            engine = on_dask(options.dask)
        pool = Pool(pool_path, id_column=options.ids)
        if index is not None and not index.exists():
            print_note(f"building the neighbour index {index}, once for all batches")
            with tqdm(total=len(pool), unit="row", unit_scale=True, disable=None, leave=False) as bar:
                build_index(pool.source, index, on_rows=_progress(bar))
        with tqdm(total=len(pool), unit="row", unit_scale=True, disable=None, leave=False) as bar:
            batch = pool.next(
                options.k,
                options.labels,
                options.strategy,
                seed=options.seed,
                settings=settings,
                engine=engine,
                checkpoint=checkpoint,
                keep_checkpoint=True,
                on_rows=_progress(bar),
            )
    except PoolError as error:
        raise UsageError(cut(str(error))) from error
    for note in batch.notes:
        print_note(cut(note))
    write_file(out, _content(batch, "id" if pool.source.has_ids else "row", out.suffix), force=options.force)
    checkpoint.unlink(missing_ok=True)
    print(cut(f"{out}: {len(batch):,} rows by {batch.strategy}; fill in the column label"))
    return 0


def _progress(bar: tqdm) -> Callable[[int, int], None]:
    """Moves the bar on a terminal; elsewhere prints a line for every tenth after the first minute."""
    started, tenths = monotonic(), [0]

    def show(done: int, rows: int) -> None:
        bar.update(done - bar.n)
        if bar.disable and 10 * done // rows > tenths[0] and monotonic() - started > 60:
            print(f"{done:,} of {rows:,} rows", file=sys.stderr, flush=True)
        tenths[0] = 10 * done // rows

    return show


def _content(batch: PoolBatch, key: str, ending: str) -> bytes:
    """The batch as a table with an empty column for labels; a score that is no number (drawn last of all) is empty."""
    import pandas as pd

    scores = [float(score) if np.isfinite(score) else None for score in batch.scores]
    frame = pd.DataFrame({key: batch.ids, "label": "", "score": scores})
    if ending == ".parquet":
        return bytes(frame.to_parquet(index=False))
    if ending == ".jsonl":
        rows = zip(batch.ids.tolist(), scores, strict=True)
        lines = (json.dumps({key: one, "label": "", "score": score}, ensure_ascii=False) for one, score in rows)
        return "".join(f"{line}\n" for line in lines).encode()
    return frame.to_csv(index=False, sep="\t" if ending == ".tsv" else ",", lineterminator="\n").encode()
