"""Where chunks are computed: in this process, in local processes, or on a Dask cluster. Only this process
writes, so the places share no disk."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simex.plan.words import plain

from .chunks import Chunk, Order, compute
from .code_version import code_version
from .faults import CannotRun

Keep = Callable[[Chunk, bytes], None]
Pool = Callable[[Sequence[Chunk], Keep], None]
RESTARTS = 3
DASK_SECONDS = 5
ADDRESS = re.compile(r"tcp://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def here(order: Order) -> Iterator[Pool]:
    """Computes in this process."""
    identity = order.digest()

    def run(chunks: Sequence[Chunk], keep: Keep) -> None:
        for chunk in chunks:
            keep(chunk, compute(order, chunk, identity))

    yield run


_worker: tuple[Order, str] | None = None


def _start_worker(order: Path, identity: str) -> None:
    global _worker
    _worker = (pickle.loads(order.read_bytes()), identity)  # noqa: S301 - a file of one's own, written by the parent
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops us
    parent = multiprocessing.parent_process()
    if parent is not None:  # a parent that was killed cannot: without this, its workers would stay for ever
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _work(chunk: Chunk) -> bytes:
    assert _worker is not None  # noqa: S101 - the pool's initializer set it
    return compute(_worker[0], chunk, _worker[1])


@contextmanager
def processes(order: Order, workers: int) -> Iterator[Pool]:
    """Computes in local processes; one that dies is replaced and its chunks are computed again."""
    # The order goes by a file: given with the process itself, a worker that dies before it has read it all
    # would leave us writing for ever.
    with tempfile.TemporaryDirectory(prefix="simex-") as folder:
        place = Path(folder) / "order"
        place.write_bytes(pickle.dumps(order))
        with _processes(order, place, workers) as pool:
            yield pool


@contextmanager
def _processes(order: Order, place: Path, workers: int) -> Iterator[Pool]:
    identity = order.digest()
    pool: ProcessPoolExecutor | None = None

    def run(chunks: Sequence[Chunk], keep: Keep) -> None:
        nonlocal pool
        left = dict.fromkeys(chunks)
        if pool is None:
            # The first one here: what it compiles is kept on the disk, so that the workers need not all
            # compile the same at once.
            first = next(iter(left))
            keep(first, compute(order, first, identity))
            del left[first]
        restarts = 0
        while left:
            before = len(left)
            pool = pool or ProcessPoolExecutor(
                workers, multiprocessing.get_context("spawn"), _start_worker, (place, identity)
            )
            try:
                futures = {pool.submit(_work, chunk): chunk for chunk in left}
                for future in as_completed(futures):
                    keep(futures[future], future.result())
                    del left[futures[future]]
            except BrokenProcessPool:
                pool = None
                restarts = 1 if len(left) < before else restarts + 1
                if restarts > RESTARTS:
                    raise CannotRun(
                        f"A worker process died {restarts} times without finishing anything, "
                        "perhaps for want of memory. What is finished is kept. "
                        "Go on with ./ssc simex resume and fewer --workers. In a script of your "
                        'own, put what runs below: if __name__ == "__main__":'
                    ) from None

    try:
        yield run
    except BaseException:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list((pool._processes or {}).values()):
                process.terminate()
        raise
    if pool is not None:
        pool.shutdown()


def _same(order: Order) -> Order:
    """A task that only holds the order: Dask makes it again when the worker that held it is gone."""
    return order


@contextmanager
def dask_cluster(order: Order, address: str) -> Iterator[Pool]:
    """Computes on an existing Dask cluster (its scheduler's address). Raises `CannotRun` when it does not
    answer or runs other code."""
    if ADDRESS.fullmatch(address) is None:
        raise CannotRun(
            f"“{plain(address, 60)}” is no address of a Dask scheduler. Write it as tcp://127.0.0.1:8786."
        )
    from distributed import Client
    from distributed import as_completed as completed
    from distributed.scheduler import KilledWorker

    _check_scheduler(address)
    try:
        client = Client(address, timeout=DASK_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CannotRun(f"No Dask scheduler answers at {address}: {error}.") from None
    try:
        _check_code(client, address)
        identity = order.digest()
        held = client.submit(_same, order, key=f"simex-order-{identity}")

        def run(chunks: Sequence[Chunk], keep: Keep) -> None:
            futures = {
                client.submit(compute, held, chunk, identity, pure=False, retries=RESTARTS): chunk
                for chunk in chunks
            }
            try:
                for future, content in completed(list(futures), loop=client.loop, with_results=True):
                    keep(futures[future], content)
            except KilledWorker:
                raise CannotRun(
                    "Workers of the Dask cluster died again and again. What is finished is kept; go "
                    "on with ./ssc simex resume."
                ) from None
            finally:
                client.cancel(list(futures))

        yield run
    finally:
        client.close()


def _check_scheduler(address: str) -> None:
    """A client asks for ever where something else answers, a web server for example: so whoever is there is
    first asked once, in a bounded time."""
    import asyncio

    from distributed.core import rpc

    async def kind() -> str:
        async with rpc(address, timeout=DASK_SECONDS) as there:
            return str((await asyncio.wait_for(there.identity(), DASK_SECONDS)).get("type"))

    try:
        with ThreadPoolExecutor(1) as own:  # a notebook's own event loop may be running in this thread
            found = own.submit(asyncio.run, kind()).result()
    except Exception:
        # What a stranger sends may fail anywhere in reading it, so the reason tells nobody anything
        raise CannotRun(
            f"No Dask scheduler answers at {address} (asked for at most {DASK_SECONDS} seconds). "
            "Nothing listens there, or something else does, "
            "a web server for example. Give the address that the command dask scheduler prints."
        ) from None
    if found != "Scheduler":
        raise CannotRun(
            f"At {address} answers a Dask {plain(found, 30).lower()}, not the scheduler. Give the "
            "scheduler's address."
        )


def _check_code(client: Any, address: str) -> None:
    """Scheduler and workers must all load this very code: the scheduler unpacks what is sent through it."""
    try:
        client.run_on_scheduler(code_version)
        versions = client.run(code_version)
    except Exception as error:
        raise CannotRun(
            f"The scheduler or a worker at {address} cannot load SIMEX ({error}). Start them all "
            "with this program's src folder on PYTHONPATH "
            "and the packages that ./ssc has installed."
        ) from None
    if not versions:
        raise CannotRun(
            f"The Dask scheduler at {address} has no worker yet. Start some: dask worker {address}."
        )
    other = [worker for worker, version in versions.items() if version != code_version()]
    if other:
        raise CannotRun(
            f"Workers at {address} run another version of SIMEX ({', '.join(other)}). Update them, "
            "so that all runs are of one kind."
        )
