"""The application: its addresses, and how errors are answered."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import KgError
from kg.web import about
from kg.web.answers import problem_response
from kg.web.desk import Desk
from kg.web.graphs import WRITING, graph, graphs
from kg.web.guard import Guard
from kg.web.pages import style
from kg.web.problems import Problem
from kg.web.questions import question, questions
from kg.web.sparql import METHODS, sparql
from kg.web.things import data, thing, thing_page

_LOG = logging.getLogger("kg.web")


def application(
    make: Callable[[], Desk], names: Collection[str], failed: Callable[[KgError], None]
) -> Starlette:
    """Returns the application.

    Args:
        make: Makes what the handlers need, once there is an event loop.
        names: Host names that it may be called by, besides localhost and addresses.
        failed: Is told why it cannot start.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as closing:
            try:
                app.state.desk = desk = make()
                closing.push_async_callback(desk.pool.close)
                await desk.pool.start()
                if desk.gate is not None:
                    closing.push_async_callback(desk.gate.close)
                    await desk.gate.start()
            except KgError as error:
                failed(error)
                raise
            yield

    handlers: dict[Any, Any] = {  # Starlette's own type knows Exception alone
        KgError: _told,
        HTTPException: _plain,
        ClientDisconnect: _gone,
        Exception: _unforeseen,
    }
    return Starlette(
        routes=[
            Route("/sparql", sparql, methods=METHODS),
            Route("/sparql/", sparql, methods=METHODS),
            Route("/graphs", graphs, methods=WRITING),
            Route("/graph/{name:path}", graph, methods=WRITING),
            Route("/", about.start),
            Route("/", sparql, methods=["POST"]),  # who gives `kg -s` the bare address
            Route("/queries", questions),
            Route("/queries.{ending}", questions),
            Route("/queries/{name}", question),
            Route("/id/{path:path}", thing),
            Route("/page", thing_page),
            Route("/page/{path:path}", thing_page),
            Route("/data", data),
            Route("/data/{path:path}", data),
            Route("/sources", about.sources),
            Route("/void", about.void),
            Route("/.well-known/void", about.void),
            Route("/healthz", about.health),
            Route("/style.css", style),
        ],
        middleware=[Middleware(Guard, names=names)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )


async def _told(request: Request, error: KgError) -> Response:
    return problem_response(error, request.headers.get("accept", ""))


async def _plain(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    words = {
        404: f"there is nothing at {request.url.path}",
        405: f"{request.method} is not for {request.url.path}: use {headers.get('Allow', '')}",
    }
    problem = Problem(error.status_code, words.get(error.status_code, error.detail), headers)
    return problem_response(problem, request.headers.get("accept", ""))


async def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's
    return Response(status_code=499)


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Answers a mistake of ours in words, and leaves its trace in the log."""
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    problem = Problem(500, "the server made a mistake, which is in its log")
    return problem_response(problem, request.headers.get("accept", ""))
