"""The writing side: one process that takes sources through the gate, and who may ask it to."""

import asyncio
import hmac
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.store.foreign import line
from kg.web.bounds import Bounds
from kg.web.problems import Busy, Problem
from kg.web.worker import Gone, Worker

_COMMAND = (sys.executable, "-P", "-m", "kg.web.writer")
_REPORT = 16 * 2**20
_WAITING = 32


class Gate:
    """Takes sources in and out, one after the other."""

    def __init__(self, folder: Path, project: Path, bounds: Bounds, token: str) -> None:
        self._bounds = bounds
        self._token = token.encode()
        self._first = line(
            {
                "folder": str(folder.absolute()),
                "project": str(project.absolute()),
                "megabytes": bounds.write_megabytes,
            }
        )
        self._desk = tempfile.TemporaryDirectory(prefix="kg-")
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._worker: Worker | None = None

    def admit(self, authorization: str) -> None:
        """Lets whoever holds the token pass.

        Raises:
            Problem: The header does not hold it.
        """
        scheme, _, given = authorization.partition(" ")
        # Compared in the same time whatever is given, so that time does not tell how much fits.
        fits = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token)
        if scheme.lower() != "bearer" or not fits:
            raise Problem(
                401, "writing needs the token: Authorization: Bearer ...",
                {"www-authenticate": "Bearer"},
            )  # fmt: skip

    async def __aenter__(self) -> None:
        """Waits for one's turn.

        Raises:
            Busy: Too many wait.
        """
        if self._waiting >= _WAITING:
            raise Busy("too many sources are waiting: try again in a moment")
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *error: object) -> None:
        """Lets the next one in."""
        self._turn.release()

    async def ask(
        self, request: Mapping[str, object], data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        """Returns head and body of the answer of the writing process, in one's turn.

        Raises:
            Problem: It took too long, or its process ended.
        """
        try:
            async with asyncio.timeout(self._bounds.write_seconds):
                worker = await self._ready()
                return await worker.ask({**request, "bytes": len(data)}, _REPORT, data)
        except TimeoutError as error:
            await self._end()
            seconds = self._bounds.write_seconds
            raise Problem(504, f"the source was not judged within {seconds:g} s") from error
        except Gone as error:
            await self._end()
            raise Problem(
                400, "the document ended the process that read it: it is nested too deep, or wrong"
            ) from error
        except BaseException:
            await self._end()
            raise

    async def _ready(self) -> Worker:
        if self._worker is None:
            self._worker = await Worker.start(_COMMAND, self._first, self._desk.name)
            head, _ = await self._worker.receive(0)
            if "status" in head:
                raise Problem(head["status"], head["message"])
        return self._worker

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()

    async def start(self) -> None:
        """Starts the process, so that the first source does not wait for it."""
        async with self:
            await self._ready()

    async def close(self) -> None:
        """Ends the process once it is done with what it does."""
        async with self:
            await self._end()
        self._desk.cleanup()
