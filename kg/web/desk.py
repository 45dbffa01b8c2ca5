"""What every handler needs: the workers, the bounds, who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from starlette.requests import Request
from starlette.responses import Response

from kg.queries import Question
from kg.web.answers import Sending, Whole
from kg.web.bounds import Bounds
from kg.web.pool import Pool
from kg.web.share import client_of


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
    """

    folder: Path
    bounds: Bounds
    pool: Pool
    questions: Mapping[str, Question]
    sending: Sending
    proxied: bool

    @classmethod
    def of(cls, request: Request) -> Self:
        """Returns the one of the application."""
        desk: Self = request.app.state.desk
        return desk

    def client(self, request: Request) -> str:
        """Returns who asks; of several addresses forwarded the proxy wrote the last."""
        forwarded = request.headers.get("x-forwarded-for", "") if self.proxied else ""
        peer = request.client.host if request.client else ""
        return client_of(forwarded.split(",")[-1].strip() or peer)

    def whole(self, body: bytes, media: str, **headers: str) -> Response:
        """Returns an answer that is sent whole."""
        named = {"vary": "accept", **{name.replace("_", "-"): v for name, v in headers.items()}}
        patience = self.bounds.send_seconds
        return Whole(body, media, self.sending, headers=named, patience=patience)
