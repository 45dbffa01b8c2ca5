"""What does the work on the shards: this process, or others beside it; `spark` has the third."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from kg.errors import KgError
from kg.imports.parts import Files, Part
from kg.imports.table import Shard
from kg.imports.transform import Job, Worker

AHEAD = 2
"""Shards that wait for each process; more would only take memory."""


def run(shards: Iterator[Shard], job: Job, processes: int) -> Iterator[Part]:
    """Yields what becomes of each shard, in order; what was done before is not done again.

    Args:
        shards: In order.
        job: What is to be done.
        processes: How many to work in; with one, it is this one.

    Raises:
        OSError: A part cannot be written.
        KgError: A process was killed.
    """
    if processes == 1:
        worker = Worker(job)
        for shard in shards:
            yield _done(shard, job) or worker(shard)
        return
    # Not forked: a store that this process holds open has threads that would not come along.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _begin, (job,))
    waiting: deque[Part | Future[Part]] = deque()
    try:
        for shard in shards:
            waiting.append(_done(shard, job) or _submit(pool, shard))
            if len(waiting) >= processes * AHEAD:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    except BrokenProcessPool as error:
        raise KgError(
            "a process that read rows was killed, perhaps for lack of memory: "
            "run it again with fewer --processes; what is done is not done again"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _done(shard: Shard, job: Job) -> Part | None:
    return Files(job.folder, shard.number, job.is_packed).read()


def _submit(pool: ProcessPoolExecutor, shard: Shard) -> Future[Part]:
    """Hands a shard to the pool, which starts a process for it where none is idle.

    Ctrl-C is for the process that a person sees: it lets the others finish what they are at. They
    inherit that SIGINT is blocked, and so are never, not even while they import, ended by it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_work, shard)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _result(part: Part | Future[Part]) -> Part:
    return part.result() if isinstance(part, Future) else part


_WORKERS: list[Worker] = []
"""Of a process of the pool, its one: a pool hands a task nothing else that stays."""


def _begin(job: Job) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _WORKERS.append(Worker(job))


def _end_with_parent() -> None:
    """Ends this process when the one that started it is gone: killed, it tells nobody."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _work(shard: Shard) -> Part:
    return _WORKERS[0](shard)
