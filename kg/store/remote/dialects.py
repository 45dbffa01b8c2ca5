"""What servers do in their own way: where they take changes, how much, and what unions are.

The Protocol leaves open where an update is sent, and whether the default graph is the union of the
named ones. Each server says who it is in the headers of an answer. Addresses that a person gives,
in `KG_STORE_UPDATE` and `KG_STORE_GRAPHS`, come before these rules.
"""

import re
from dataclasses import dataclass
from email.message import Message

from kg.store.base import MARK


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server is spoken to.

    Attributes:
        name: What a person calls it.
        ending: What of the address of queries does not belong to those of the other services.
        update: Where SPARQL Update goes, after what is left of the address.
        graphs: Where the Graph Store Protocol is, likewise; empty where there is none.
        at_once: Triples that one update may hold; more are staged.
        batch: Triples of one batch.
        union: Parameters that make the default graph the union of all, or `None` where only a list
            of graphs does.
        explicit: Most graphs that a query may list.
        timeout: Parameter that tells how long a query may take, and how many of it are a second.
        answers: Whether its answers can be relied on; if not, queries are asked here, over a copy.
        ours: Whether it is a `kg serve`, which keeps the books itself and takes no updates.
    """

    name: str
    ending: str = "$"
    update: str = ""
    graphs: str = ""
    at_once: int = 10_000
    batch: int = 10_000
    union: tuple[tuple[str, str], ...] | None = None
    explicit: int = 64
    timeout: tuple[str, int] | None = None
    answers: bool = True
    ours: bool = False

    def at(self, service: str, address: str) -> str:
        """Returns the address of a service, given that of queries."""
        return re.sub(self.ending, "", address, count=1) + service


# An update is one transaction, of up to 128 MiB. Listed graphs cost a look-up each, at every step
# of a join, so the union is worth its price: that it holds our own books as well.
OXIGRAPH = Dialect(
    "Oxigraph",
    ending="query/?$",
    update="update",
    graphs="store",
    at_once=250_000,
    batch=100_000,
    union=(("union-default-graph", ""),),
    explicit=16,
)
# A request is one transaction. Under its union, named graphs would have to be listed all the same.
FUSEKI = Dialect(
    "Fuseki",
    ending="(/query|/sparql)?/?$",
    update="/update",
    graphs="/data",
    at_once=250_000,
    batch=100_000,
    union=(("default-graph-uri", "urn:x-arq:UnionGraph"),),
    explicit=1_000_000,
    timeout=("timeout", 1),
)
# The parser of updates has a fixed memory, and each listed graph becomes a header of the answer, of
# which Python's client takes a hundred. Of our 25 questions 7.2.5 answers 15 with other rows, none,
# or an error of its compiler: paths in NOT EXISTS, COALESCE of what is unbound, ORDER BY of groups.
VIRTUOSO = Dialect(
    "Virtuoso",
    ending="sparql(-auth)?/?$",
    update="sparql-auth",
    graphs="sparql-graph-crud-auth",
    at_once=500,
    batch=20_000,
    union=(),
    explicit=30,
    timeout=("timeout", 1000),
    answers=False,
)
OURS = Dialect("kg serve", ending="(sparql/?)?$", graphs="graphs", ours=True)
OTHER = Dialect("SPARQL 1.1")
"""A server that the rules do not know: it is taken at the standard's word."""


def dialect_of(headers: Message) -> Dialect:
    """Returns how the server speaks that answered with these headers."""
    server = headers.get("Server", "")
    if server.startswith("Oxigraph"):
        return OXIGRAPH
    if MARK in headers:
        return OURS
    if server.startswith("Virtuoso"):
        return VIRTUOSO
    if "Fuseki" in server or headers.get("Fuseki-Request-Id"):
        return FUSEKI
    return OTHER
