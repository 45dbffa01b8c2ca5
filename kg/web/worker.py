"""A worker process, as the server sees it: asked in turn, killed when it must be."""

import asyncio
import contextlib
import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

from kg.errors import StoreError
from kg.store.foreign import ENVIRONMENT, line
from kg.web.problems import TooLarge

_NICE = 10
_TICKS = os.sysconf("SC_CLK_TCK")
_LINE = 64 * 2**10


class Gone(Exception):
    """A worker ended before it had answered."""


class Worker:
    """A process that answers one request after the other, and the view that it has open."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        requests: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        words: IO[bytes],
    ) -> None:
        self._process = process
        self._requests = requests
        self._answers = answers
        self._words = words
        self._spent = 0.0
        self.view: str | None = None

    @classmethod
    async def start(cls, command: Sequence[str], first: bytes, folder: str | None = None) -> Self:
        """Starts a process in a folder and writes the first line that it waits for."""
        words = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            stderr=words,
            limit=_LINE,
            cwd=folder,
            env=ENVIRONMENT,
        )
        if process.stdin is None or process.stdout is None:
            raise StoreError("a worker process could not be started")
        process.stdin.write(first)
        return cls(process, process.stdin, process.stdout, words)

    async def ask(
        self, request: Mapping[str, object], most: int, data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        """Returns head and body of the answer to a request, which data may follow.

        Raises:
            Gone: The process ended.
            TooLarge: The body has more bytes than `most`; the process is ended.
        """
        try:
            self._requests.write(line(request) + data)
            head, body = await self.receive(most)
        except (OSError, RuntimeError) as error:
            raise Gone from error
        self._spent = head.get("spent", 0.0)
        view = request.get("view")
        self.view = view if isinstance(view, str) else self.view
        return head, body

    async def receive(self, most: int) -> tuple[dict[str, Any], bytes]:
        """Returns head and body of the next answer; errors as of `ask`."""
        try:
            head = json.loads(await self._answers.readuntil(b"\n"))
            if head["length"] > most:
                self.kill()
                raise TooLarge(
                    f"the answer has {head['length']:,} bytes, more than {most:,}: add a LIMIT"
                )
            return head, await self._answers.readexactly(head["length"])
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Gone from error

    def cost(self) -> float:
        """Returns the seconds of processor time that it has spent on what it was asked last."""
        try:
            told = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        except OSError:
            return math.inf  # no Linux, or it is gone: then time that passes counts
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS - self._spent

    def give_way(self) -> None:
        """Lets other processes go first from now on."""
        nice = os.getpriority(os.PRIO_PROCESS, 0) + _NICE
        # Of the process alone Linux would take its first thread, which only waits for the others.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, self._process.pid, nice)

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> tuple[int, bytes]:
        """Ends the process and returns its status and what it said on stderr."""
        self.kill()
        status = await self._process.wait()
        self._requests.close()
        with self._words:
            self._words.seek(0)
            return status, self._words.read(_LINE)
