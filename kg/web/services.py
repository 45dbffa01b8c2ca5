"""The `SERVICE` clauses of visitors' queries: asked at addresses that the operator named."""

import asyncio
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from kg.errors import KgError, LimitError, StoreError
from kg.rdf import Rows
from kg.store import Limits
from kg.store.federation import Clause, answer, clauses, probe_request, replaced
from kg.store.foreign import late, result_of
from kg.web.bounds import Bounds
from kg.web.pool import Pool
from kg.web.problems import Busy, Problem, TooLarge


class Services:
    """Answers clauses, each in a thread that ends by the deadline; workers have no network."""

    def __init__(self, allowed: Collection[str], pool: Pool, bounds: Bounds) -> None:
        self.allowed = allowed
        self._pool = pool
        self._bounds = bounds
        self._asking: Counter[str] = Counter()

    async def answered(self, client: str, text: str, base: str | None, arrived: float) -> str:
        """Returns a query with the answers in place of its clauses, whose time is the query's.

        Raises:
            QueryError: It asks what is not allowed.
            Problem: An endpoint fails, or answers with too much; too many clauses are being asked.
            LimitError: Time is up.
        """
        if not self.allowed or "SERVICE" not in text.upper():
            return text
        finding = partial(clauses, text, self.allowed, base)
        found = await self._pool.shares.look(client, text, finding)
        seconds = self._bounds.limits.seconds
        try:
            async with asyncio.timeout_at(arrived + seconds):
                answers = [await self._answer(client, clause, arrived) for clause in found]
        except TimeoutError as error:
            raise late(seconds) from error
        return replaced(text, found, answers)

    async def _answer(self, client: str, clause: Clause, arrived: float) -> str:
        seen = await self._pool.ask(client, probe_request(clause), arrived=arrived)
        columns = result_of(seen.kind, seen.body)
        variables = columns.variables if isinstance(columns, Rows) else ()
        if self._asking.total() >= self._bounds.services:
            raise Busy("too many SERVICE clauses are being asked: try again in a moment")
        if self._asking[client] >= self._bounds.services_each:
            raise Busy("this address is asking SERVICE clauses already: wait for their answers")
        loop = asyncio.get_running_loop()
        began, until = loop.time(), arrived + self._bounds.limits.seconds
        self._asking[client] += 1
        limits = replace(self._bounds.limits, seconds=until - began)
        asked = _in_thread(clause, variables, limits)
        asked.add_done_callback(lambda _: self._done(client, loop.time() - began))
        try:
            # Whoever leaves does not end the thread, whose place is taken until it does.
            return await asyncio.shield(asked)
        except StoreError as error:
            raise Problem(502, f"SERVICE: {error.message}") from error
        except LimitError as error:
            if loop.time() < until:
                raise TooLarge(error.message) from error
            raise

    def _done(self, client: str, seconds: float) -> None:
        self._asking[client] -= 1
        self._asking += Counter()  # forgets those at zero
        self._pool.shares.charge(client, seconds)


def _in_thread(clause: Clause, variables: Sequence[str], limits: Limits) -> "asyncio.Future[str]":
    """Asks a clause in a thread that does not keep the server from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def told(result: str | KgError) -> None:
        if not future.done():
            if isinstance(result, KgError):
                future.set_exception(result)
            else:
                future.set_result(result)

    def ask() -> None:
        try:
            result: str | KgError = answer(clause, variables, limits)
        except KgError as error:
            result = error
        loop.call_soon_threadsafe(told, result)

    threading.Thread(target=ask, daemon=True).start()
    return future
