"""What every projection of a store is: nodes, edges, and how much there was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

Projection = Literal["events", "dyads", "dyads-aggregated"]

PROJECTIONS: dict[str, str] = {
    "events": "events, actors and positions as nodes",
    "dyads": "actors as nodes, one edge for each event between two of them",
    "dyads-aggregated": "actors as nodes, one edge for each pair, kind and month",
}
"""What each projection shows."""

T = TypeVar("T", covariant=True)

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a projection.

    Attributes:
        id: Short, stable, of letters, digits, `-`, `_` and `.`; the same in every format.
        iri: The full IRI.
        label: What a person calls it; never empty.
        type: Local name of its most specific class, as `State` or `PhoneCall`.
        attributes: Whatever else is told of it; no value is empty.
    """

    id: str
    iri: str
    label: str
    type: str
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of a projection, from node to node.

    Attributes:
        id: As of a node.
        source: Id of the node that it starts from.
        target: Id of the node that it ends at.
        type: Local name of the event's kind, or of the property that joins the two.
        label: What a person reads on it.
        weight: More than zero; how many events it stands for.
        start: First day, ISO 8601, or empty where unknown.
        end: Last day, likewise.
        directed: Whether the order of the two says something.
        attributes: As of a node: `iri`, `status`, `voucher`, `sourceLabel`, `evidence`, `quote` ...
    """

    id: str
    source: str
    target: str
    type: str
    label: str
    weight: float = 1.0
    start: str = ""
    end: str = ""
    directed: bool = True
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a projection is narrowed to; an empty tuple or text narrows nothing.

    Attributes:
        actors: IRIs; what they take part in. An organization's or state's people count for it.
        issues: IRIs of issues or topics, narrower ones included.
        kinds: IRIs of kinds, more specific ones included.
        sources: IRIs of sources.
        since: First day, ISO 8601, inclusive.
        until: Last day, likewise.
        statuses: IRIs of statuses.
    """

    actors: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    statuses: tuple[str, ...] = ()


class Things(Protocol[T]):
    """Nodes or edges in order, as often as they are asked for; a tuple, or what makes them then."""

    def __iter__(self) -> Iterator[T]: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class GraphView:
    """A projection of a store: nodes and edges, each sorted by id, every edge's ends among them.

    Attributes:
        projection: A key of `PROJECTIONS`.
        nodes: Sorted by id.
        edges: Sorted by id.
        about: What the picture is of, for a person: filters, counts, what was left out.
    """

    projection: str
    nodes: Things[Node]
    edges: Things[Edge]
    about: dict[str, str] = field(default_factory=dict)
