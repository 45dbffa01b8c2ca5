"""What every handler needs: the workers, the bounds, who asks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kg.queries import Question, bind
from kg.rdf import Result, Term
from kg.store.foreign import request as request_of
from kg.web.answers import Sending, Whole
from kg.web.bounds import Bounds
from kg.web.gate import Gate
from kg.web.names import Names
from kg.web.pool import Answer, Pool
from kg.web.requests import arrival_of, client_of
from kg.web.services import Services
from kg.web.share import sharer_of


@dataclass(frozen=True, slots=True)
class Desk:
    """What every handler needs.

    Attributes:
        folder: The store.
        bounds: How far requests may go.
        pool: Answers queries.
        questions: The prepared ones, by name.
        sending: Counts the answers that are on their way.
        proxied: Whether a proxy stands before, whose X-Forwarded-For names the client.
        gate: Takes sources in and out, if it may be written.
        own: The queries that the pages are made of, by name.
        names: Looks up what visitors call things.
        services: Asks what `SERVICE` may name.
        counted: What the store holds of each class and property, by commit.
    """

    folder: Path
    bounds: Bounds
    pool: Pool
    questions: Mapping[str, Question]
    sending: Sending
    proxied: bool
    gate: Gate | None
    own: Mapping[str, Question]
    names: Names
    services: Services
    counted: dict[int, Mapping[str, Result]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> Self:
        """Returns the one of the application."""
        desk: Self = request.app.state.desk
        return desk

    def client(self, request: Request) -> str:
        """Returns who asks, as shares are given."""
        return sharer_of(client_of(request, proxied=self.proxied))

    async def ask(
        self,
        client: str,
        query: str,
        rows: str | None = None,
        triples: str | None = None,
        **values: Term,
    ) -> Answer:
        """Returns the answer to one of our own queries, with terms in its slots."""
        text = bind(self.own[query], {name: [term] for name, term in values.items()})
        return await self.pool.ask(client, request_of(text, rows=rows, triples=triples))

    async def asked(
        self,
        request: Request,
        text: str,
        *,
        rows: str | None,
        triples: str | None,
        base: str | None = None,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
    ) -> dict[str, object]:
        """Returns the request for a visitor's query, its `SERVICE` clauses answered.

        Arguments and errors are those of `kg.store.foreign.request` and of `Services.answered`.
        """
        client = self.client(request)
        self.pool.shares.check(client)
        answered = await self.services.answered(client, text, base, arrival_of(request))
        make = partial(
            request_of,
            answered,
            rows=rows,
            triples=triples,
            base=base,
            default=default,
            named=named,
        )
        return await self.pool.shares.look(client, answered, make)

    async def answer(
        self, request: Request, asked: Mapping[str, object], most: int | None = None
    ) -> Answer:
        """Returns the answer to what a visitor asks, who may leave before it is there.

        Raises:
            ClientDisconnect: She has left; her query was stopped.
        """
        asking = self.pool.ask(self.client(request), asked, most=most, arrived=arrival_of(request))
        task = asyncio.ensure_future(asking)
        done, _ = await asyncio.wait({task}, timeout=self.bounds.outlasts)
        if not done:
            left = asyncio.ensure_future(_left(request))
            await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
            left.cancel()
            if not task.done():
                task.cancel()
                raise ClientDisconnect
        return task.result()

    def whole(self, body: bytes, media: str, *, status: int = 200, **headers: str) -> Response:
        """Returns an answer that is sent whole."""
        named = {"vary": "accept", **{name.replace("_", "-"): v for name, v in headers.items()}}
        patience = self.bounds.send_seconds
        return Whole(body, media, self.sending, status=status, headers=named, patience=patience)


async def _left(request: Request) -> None:
    """Waits until a visitor has ended the connection; her request has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
