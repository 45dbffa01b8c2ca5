"""Worker processes that answer queries on the newest view of a store folder.

Short queries never wait for long ones: a query that outlasts a moment is either one of the few
that may be long, and goes on at low priority, or it is stopped and asked again when there is room.
Whatever ends a worker, the deadline, memory, a crash, answers the one client whose query it had.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kg.errors import KgError, LimitError, StoreError
from kg.store import view
from kg.store.foreign import COMMAND, died, failed, late, setup
from kg.store.manifest import Manifest, commits
from kg.web.bounds import Bounds
from kg.web.problems import Busy, Problem, TooLarge
from kg.web.share import Shares
from kg.web.waiting import Places, Waiting
from kg.web.worker import Gone, Worker

STACK = 64 * 2**20
"""Bytes of stack of a worker; what is deeper than that ends it."""

_TURN = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: rows, triples or boolean, as bytes of the format that was asked for."""

    kind: str
    body: bytes


@dataclass(slots=True)
class _Job:
    """A query on a worker: whether it is a long one, and whether it was stopped to wait."""

    worker: Worker
    most: int
    long: bool = False
    began: float = 0.0
    watch: asyncio.TimerHandle | None = None
    displaced: bool = False


class Pool:
    """Answers queries in worker processes on a store folder's newest view."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self._folder = folder / "view"
        self._bounds = bounds
        self._line: Waiting[Worker] = Waiting(bounds.waiting, bounds.waiting_each)
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._long = Places(bounds.long)
        self._views: dict[str, view.View] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.shares = Shares(bounds.share, asyncio.get_running_loop().time)
        self._stamp: tuple[int, int] | None = None
        self.refresh()

    # The view

    @property
    def manifest(self) -> Manifest:
        """What the store holds as of the view that is read now."""
        return self._views[self._newest].manifest

    @property
    def is_well(self) -> bool:
        """Whether there are workers."""
        return bool(self._all)

    def refresh(self) -> None:
        """Turns to the newest view, if there is a newer one."""
        stamp = self._look()
        if stamp is None or stamp == self._stamp:
            return
        found = view.newest(self._folder)
        if found is None:
            raise StoreError(f"{self._folder} has no view: `kg doctor` makes it anew")
        self._stamp = stamp
        self._newest = str(found.data)
        if self._newest in self._views:
            self._views[self._newest].lock.close()
            for worker in self._all:  # made anew under the same name
                worker.view = None
        self._views[self._newest] = found
        for worker in self._idle:
            self._later(self._move(worker))
        self._idle.clear()

    def _look(self) -> tuple[int, int] | None:
        """Returns what changes when there is a newer view, or the same one is made anew."""
        numbers = commits(self._folder)
        try:
            inode = (self._folder / str(numbers[-1]) / view.MANIFEST).stat().st_ino
        except (IndexError, OSError):
            return None
        return numbers[-1], inode

    async def _move(self, worker: Worker) -> None:
        """Has a worker open the newest view, so that the old one can be swept."""
        request = {"view": self._newest, "bytes": 0, "seconds": self._bounds.limits.seconds}
        try:
            await worker.ask(request, 0)
        except Gone:
            await asyncio.sleep(_TURN)  # not again and again at once, if none can open it
            await self._replace(worker)
        else:
            self._release(worker)
        self._drop()

    def _drop(self) -> None:
        """Lets go of views that no worker has open."""
        used = {worker.view for worker in self._all} | {self._newest}
        for name in set(self._views) - used:
            self._views.pop(name).lock.close()

    async def watch(self) -> None:
        """Turns to each newer view, until it is cancelled."""
        while True:
            await asyncio.sleep(_TURN)
            # A store that is being mended may have no view for a moment: the last one is good.
            with contextlib.suppress(StoreError, OSError):
                self.refresh()

    # Workers

    async def start(self) -> None:
        """Starts the workers.

        Raises:
            KgError: None can be started, or open the store.
        """
        first = await Worker.start(COMMAND, setup(self._bounds.limits.megabytes, STACK))
        told = {"view": self._newest, "bytes": 0, "seconds": self._bounds.limits.seconds}
        try:
            head, _ = await first.ask(told, 0)
        except Gone:
            raise died(*await first.end(), self._bounds.limits) from None
        await first.end()
        if "error" in head:
            raise self._failed(head, "")
        await asyncio.gather(
            *(self._spawn() for _ in range(self._bounds.quick + self._bounds.long))
        )
        self._later(self.watch())

    async def close(self) -> None:
        """Ends the workers."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.end() for worker in self._all))
        for one in self._views.values():
            one.lock.close()

    async def _spawn(self) -> None:
        first = setup(self._bounds.limits.megabytes, STACK)
        while True:
            try:
                worker = await Worker.start(COMMAND, first)
                break
            except OSError:  # no memory or no process left: others have to end first
                await asyncio.sleep(1)
        self._all.add(worker)
        await self._move(worker)

    def _later(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, worker: Worker) -> tuple[int, bytes]:
        """Ends a worker, has another one started, and returns how it ended."""
        self._all.discard(worker)
        told = await worker.end()
        self._drop()
        if not self._closed:
            self._later(self._spawn())
        return told

    def _release(self, worker: Worker) -> None:
        if worker.view != self._newest:
            self._later(self._move(worker))
            return
        waiting = self._line.next()
        if waiting is None:
            self._idle.append(worker)
        else:
            waiting.set_result(worker)

    async def _acquire(self, client: str, began: float, deadline: float) -> Worker:
        if self._idle:
            return self._idle.pop()
        loop, bounds = asyncio.get_running_loop(), self._bounds
        waiting = self._line.enter(client)
        # Better to say soon that there are too many than to let hundreds wait.
        for patience in (bounds.crowded, bounds.patience):
            left = min(began + patience, deadline) - loop.time()
            try:
                await asyncio.wait({waiting}, timeout=max(left, 0))
            except BaseException:
                # Both at once: a worker came free, and the client is gone.
                if waiting.done():
                    self._release(waiting.result())
                else:
                    self._line.leave(client, waiting)
                raise
            if waiting.done():
                return waiting.result()
            if len(self._line) >= bounds.crowd:
                break
        self._line.leave(client, waiting)
        raise Busy("no worker came free in time: try again in a moment")

    # Queries

    async def ask(
        self,
        client: str,
        request: Mapping[str, object],
        *,
        most: int | None = None,
        arrived: float | None = None,
    ) -> Answer:
        """Returns the whole answer to a request of `kg.store.foreign`.

        Args:
            client: Who asks; its share is charged.
            request: What is asked.
            most: Bytes that the answer may have, if fewer than any.
            arrived: When its time began, if before now.

        Raises:
            QueryError: It cannot be parsed, or failed.
            LimitError: It was stopped at its deadline, or at its memory.
            Problem: The client's share is used up, all workers are busy, or it is too large.
        """
        self.shares.check(client)
        now = asyncio.get_running_loop().time()
        arrived = now if arrived is None else arrived
        deadline = arrived + self._bounds.limits.seconds
        if deadline <= now:  # it was sent behind another one that took as long
            raise late(self._bounds.limits.seconds)
        most = most or self._bounds.answer
        job = _Job(await self._acquire(client, arrived, deadline), most)
        answer = await self._run(client, request, job, deadline)
        if answer is None:
            answer = await self._run_long(client, request, most, deadline)
        return answer

    async def _run_long(
        self, client: str, request: Mapping[str, object], most: int, deadline: float
    ) -> Answer:
        busy = "too many long queries are running: try again later, or ask for less"
        try:
            async with asyncio.timeout_at(deadline):
                await self._long.wait()
        except TimeoutError as error:
            raise Busy(busy) from error
        try:
            worker = await self._acquire(client, asyncio.get_running_loop().time(), deadline)
        except BaseException:
            self._long.give()
            raise
        worker.give_way()
        answer = await self._run(client, request, _Job(worker, most, long=True), deadline)
        if answer is None:
            raise Busy(busy)
        return answer

    async def _run(
        self, client: str, request: Mapping[str, object], job: _Job, deadline: float
    ) -> Answer | None:
        """Returns the answer, or nothing if the query was stopped to be asked again."""
        loop = asyncio.get_running_loop()
        began = job.began = loop.time()
        told = {**request, "view": self._newest, "bytes": 0, "seconds": deadline - began}
        if not job.long:
            job.watch = loop.call_later(self._bounds.outlasts, self._outlast, job)
        cost = None
        try:
            async with asyncio.timeout_at(deadline):
                head, body = await job.worker.ask(told, job.most)
            cost = head["cpu"]
        except Gone:
            if job.displaced:
                self._later(self._ended(job.worker))
                return None
            raise _put(died(*await self._replace(job.worker), self._bounds.limits)) from None
        except TimeoutError:  # answered now: its process may take a while to die
            self._later(self._ended(job.worker))
            raise late(self._bounds.limits.seconds) from None
        except BaseException:  # too large, or the client is gone and this was cancelled
            self._later(self._ended(job.worker))
            raise
        finally:
            if job.watch is not None:
                job.watch.cancel()
            if job.long:
                self._long.give()
            self.shares.charge(client, loop.time() - began if cost is None else cost)
        if job.long or head["retire"]:
            self._later(self._ended(job.worker))
        else:
            self._release(job.worker)
        if "error" in head:
            text = str(request.get("query", ""))
            raise await self.shares.look(client, text, partial(self._failed, head, text))
        return Answer(head["kind"], body)

    async def _ended(self, worker: Worker) -> None:
        await self._replace(worker)

    def _outlast(self, job: _Job) -> None:
        """Makes a long query one of the few, or stops it.

        Its processor time counts, as on a busy machine short ones take long; but while others
        wait it has no more than three times that.
        """
        loop, outlasts = asyncio.get_running_loop(), self._bounds.outlasts
        left = outlasts - job.worker.cost()
        held_up = len(self._line) > 0 and loop.time() - job.began > 3 * outlasts
        if left > 0 and not held_up:
            job.watch = loop.call_later(max(left, _TURN), self._outlast, job)
            return
        job.long = self._long.take()
        if job.long:
            job.worker.give_way()
        else:
            job.displaced = True
            job.worker.kill()

    def _failed(self, head: Mapping[str, str], text: str) -> KgError:
        if head["error"] == "unacceptable":
            kind = "a table or a boolean" if head["message"] == "rows" else "a graph"
            return Problem(406, f"the answer is {kind}: accept a format of that kind")
        return _put(failed(head, text, self._bounds.limits))


def _put(error: KgError) -> KgError:
    """Tells want of memory from want of time."""
    return TooLarge(error.message) if isinstance(error, LimitError) else error
