"""The blocks of a scan on the workers of a Dask cluster: one task a block, merged as they end."""

from collections.abc import Iterator

from alcore.extras import optional_imports
from alcore.pools.scan import Block, Engine, Scan
from alcore.pools.source import PoolError
from alcore.pools.top import Top

_CONNECT_SECONDS = 30
# Tasks that are submitted ahead, for each thread of the cluster.
_AHEAD = 4


def on_dask(address: str) -> Engine:
    """An engine whose workers import this library and read the pool at the same path, on a shared folder.

    The blocks of a worker that exits are computed again elsewhere.

    Args:
        address: of the scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        MissingExtraError: Dask is not installed.
        PoolError: no scheduler answers at this address.
    """
    with optional_imports():
        from distributed import Client, as_completed
    try:
        Client(address, timeout=_CONNECT_SECONDS, set_as_default=False).close()
    except (OSError, ValueError, ImportError) as error:
        raise PoolError(
            f"No Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`, and workers with "
            "`dask worker ADDRESS`."
        ) from error

    def run(scan: Scan, blocks: list[Block]) -> Iterator[tuple[int, Top]]:
        if not blocks:
            return
        with Client(address, timeout=_CONNECT_SECONDS, set_as_default=False) as client:
            try:
                client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
            except TimeoutError as error:
                raise PoolError(f"The cluster at {address} has no worker: start one with `dask worker`.") from error
            # A task and no scattered value: where its worker exits, the scheduler can make it again.
            shared = client.submit(_itself, scan, pure=False)
            ahead = _AHEAD * max(1, sum(client.nthreads().values()))
            waiting = iter(enumerate(blocks))
            places = {}
            running = as_completed(loop=client.loop)
            for place, block in waiting:
                future = client.submit(_best, shared, block, pure=False)
                places[future] = place
                running.add(future)
                if len(places) >= ahead:
                    break
            for future in running:
                yield places.pop(future), _outcome(future)
                future.release()
                for place, block in waiting:
                    more = client.submit(_best, shared, block, pure=False)
                    places[more] = place
                    running.add(more)
                    break

    return run


def _itself(scan: Scan) -> Scan:
    return scan


def _best(scan: Scan, block: Block) -> Top:
    from threadpoolctl import threadpool_limits

    # For good: workers have a thread for each task, and a sum taken by several threads has another order.
    threadpool_limits(limits=1)
    return scan.best(block)


def _outcome(future: object) -> Top:
    """The result of a task; an error of the cluster as a sentence."""
    try:
        return future.result()  # type: ignore[attr-defined]
    except PoolError:
        raise
    except FileNotFoundError as error:
        raise PoolError(
            f"A worker cannot read the pool ({error}): put it on a folder that all workers share."
        ) from error
    except Exception as error:
        # Dask's own error, by name: Dask may not be installed.
        if type(error).__name__ == "KilledWorker":
            raise PoolError(
                "Several workers exited over one block, perhaps for lack of memory: use smaller blocks."
            ) from error
        raise
