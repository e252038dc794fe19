"""Selection from millions of rows of embeddings, in blocks: flat memory on one machine, the same rows on a cluster."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.pools.cluster import on_dask
    from alcore.pools.opening import open_source
    from alcore.pools.pool import Pool, PoolBatch, PoolSettings
    from alcore.pools.scan import in_threads
    from alcore.pools.source import PoolError, Source
    from alcore.pools.strategies import STRATEGIES
    from alcore.pools.subpool import build_index
    from alcore.pools.top import Top, merged, top_of

__all__ = [
    "STRATEGIES",
    "Pool",
    "PoolBatch",
    "PoolError",
    "PoolSettings",
    "Source",
    "Top",
    "build_index",
    "in_threads",
    "merged",
    "on_dask",
    "open_source",
    "top_of",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.pools.cluster": ("on_dask",),
        "alcore.pools.opening": ("open_source",),
        "alcore.pools.pool": ("Pool", "PoolBatch", "PoolSettings"),
        "alcore.pools.scan": ("in_threads",),
        "alcore.pools.source": ("PoolError", "Source"),
        "alcore.pools.strategies": ("STRATEGIES",),
        "alcore.pools.subpool": ("build_index",),
        "alcore.pools.top": ("Top", "merged", "top_of"),
    },
)
