"""A SPARQL 1.1 endpoint: queries by SPARQLWrapper, Update, and the Graph Store Protocol.

<https://www.w3.org/TR/sparql11-protocol/>, <https://www.w3.org/TR/sparql11-http-rdf-update/>.
"""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urldefrag, urlsplit
from urllib.request import Request

from SPARQLWrapper import POST, SPARQLWrapper

from kg.errors import LimitError
from kg.rdf import Rows, Term, Triple
from kg.store.base import Limits
from kg.store.remote.answers import RESULTS, TRIPLES, read_rows, read_triples
from kg.store.remote.body import Body
from kg.store.remote.credentials import Credentials, credentials_of, origin_of
from kg.store.remote.dialects import OTHER, Dialect, dialect_of
from kg.store.remote.failures import other_columns
from kg.store.remote.line import Line

Parameters = Sequence[tuple[str, str]]
"""Of a request, as `("default-graph-uri", "http://…")`."""


class _Guarded(SPARQLWrapper):
    """Makes the requests of the Protocol and leaves sending them to us.

    By itself it follows any redirect with the password, and takes any page for an answer.
    """

    def _query(self) -> tuple[Any, str]:
        return self._createRequest(), self.returnFormat


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an endpoint takes what; `update` and `graphs` are empty where the rules say."""

    query: str
    update: str = ""
    graphs: str = ""


def addresses_of(address: str) -> Addresses:
    """Returns the addresses of a store, those of the environment beside the one given.

    Raises:
        Misuse: One of them is no http address, or holds a password.
    """
    told = [os.environ.get(f"KG_STORE_{name}", "") for name in ("UPDATE", "GRAPHS")]
    for url in (address, *filter(None, told)):
        origin_of(url)
    asked = urlsplit(urldefrag(address).url)
    return Addresses(asked._replace(path=asked.path or "/").geturl(), *told)


class Endpoint:
    """Asks and changes one endpoint; what kind of server it is shows in its first answer.

    Who asks is said by the environment, unless it is said here.
    """

    def __init__(self, address: str, who: Credentials | None = None) -> None:
        given = addresses_of(address)
        self.address = given.query
        self._given = given
        told = {origin_of(url) for url in (given.query, given.update, given.graphs) if url}
        self._line = Line({one: credentials_of(one[1]) if who is None else who for one in told})
        self.dialect: Dialect = OTHER

    @property
    def is_known(self) -> bool:
        """Whether there is something to say who asks."""
        return bool(self._line.who(self.address))

    def select(self, text: str, limits: Limits, parameters: Parameters = ()) -> Rows | bool:
        """Returns the answer to a SELECT or ASK.

        Raises:
            KgError: The server is away, refuses, or answers with something else.
        """
        request = self._asked(text, limits, parameters, RESULTS)
        with self._line.read(request, limits, {RESULTS}) as body:
            self.dialect = dialect_of(body.headers)
            _whole(body)
            return read_rows(body)

    def rows(
        self, text: str, names: tuple[str, ...], limits: Limits
    ) -> tuple[tuple[Term | None, ...], ...]:
        """Returns the rows of an answer whose columns must be these; errors as of `select`."""
        found = self.select(text, limits)
        if not isinstance(found, Rows) or found.variables != names:
            raise other_columns(self.address)
        return found.rows

    def construct(self, text: str, limits: Limits, parameters: Parameters = ()) -> Iterator[Triple]:
        """Yields the answer to a CONSTRUCT or DESCRIBE; errors as of `select`."""
        request = self._asked(text, limits, parameters, TRIPLES)
        with self._line.read(request, limits, {TRIPLES}) as body:
            _whole(body)
            yield from read_triples(body)

    def graph(self, name: str, limits: Limits) -> Iterator[Triple]:
        """Yields the triples of a named graph; none where there is no such graph."""
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        yield from self.construct(text, limits)

    def update(self, text: str, limits: Limits) -> None:
        """Makes a change.

        Raises:
            KgError: The server is away or refuses; whether it was made has to be asked.
        """
        url = self._given.update or self.service(self.dialect.update)
        kind = "application/sparql-update"
        self._line.write(Request(url, text.encode(), {"Content-Type": kind}, method="POST"), limits)  # noqa: S310 - an http address

    def get(self, url: str, kind: str, limits: Limits) -> Body:
        """Returns what a server answers of a media type; errors as of `select`."""
        return self._line.read(Request(url, headers={"Accept": kind}), limits, {kind})  # noqa: S310 - likewise

    def change(self, method: str, url: str, triples: bytes, limits: Limits) -> None:
        """Puts N-Triples somewhere, or deletes what is there; errors as of `update`."""
        told = {"Content-Type": TRIPLES} if triples else {}
        request = Request(url, triples or None, told, method=method)  # noqa: S310 - likewise
        self._line.write(request, limits, bearer=self.dialect.ours)

    def service(self, name: str) -> str:
        """Returns the address of one of the server's other services."""
        return self.dialect.at(name, self.address)

    def graph_address(self, name: str) -> str:
        """Returns the address of a named graph by the Graph Store Protocol."""
        url = self._given.graphs or self.service(self.dialect.graphs)
        return url + ("&" if "?" in url else "?") + "graph=" + quote(name, safe="")

    def add(self, name: str, triples: bytes, limits: Limits) -> None:
        """Adds N-Triples to a named graph; errors as of `update`."""
        if not self._given.graphs and not self.dialect.graphs:
            self.update(f"INSERT DATA {{ GRAPH <{name}> {{\n{triples.decode()}}} }}", limits)
            return
        self.change("POST", self.graph_address(name), triples, limits)

    def _asked(self, text: str, limits: Limits, parameters: Parameters, accept: str) -> Request:
        asked = _Guarded(self.address)
        asked.setMethod(POST)
        asked.setOnlyConneg(True)
        for name, value in (*parameters, *self._timeout(limits)):
            asked.addParameter(name, value)
        # Not its setQuery, which guesses at the form and warns where it cannot.
        asked.queryString = text
        asked.addCustomHttpHeader("Accept", accept)
        return cast("Request", asked.query().response)

    def _timeout(self, limits: Limits) -> Parameters:
        if self.dialect.timeout is None:
            return ()
        name, second = self.dialect.timeout
        return ((name, str(max(1, math.ceil(limits.seconds * second)))),)


def _whole(body: Body) -> None:
    """Refuses what Virtuoso gives as success when its time is up: the rows it had by then."""
    if body.headers.get("X-SQL-State"):
        raise LimitError(f"{body.url} stopped the query before its end: ask for less")
