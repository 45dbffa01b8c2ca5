"""What the sources assert, as RDF: all of it, or what is told of what filters choose."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from kg.network import Filters, project
from kg.rdf import NamedNode, Quad
from kg.store import Reader

Watch = Callable[[Iterable[str]], Iterable[str]]
"""Passes sources on, one after the other, and may show how far it is."""


def quads_of(reader: Reader, filters: Filters | None = None, *, watch: Watch = iter) -> list[Quad]:
    """Returns what sources assert, as `kg dump` writes it, or a part of it.

    The part is what is told of the events and positions that pass the filters, their actors, and
    the claims, passages and sources that these lead to. An event that does not pass may still be
    named in it, as the content of an act is; nothing is told of it there.
    """
    filters = filters or Filters()
    sources = filters.sources or tuple(record.source for record in reader.sources())
    if filters == Filters(sources=filters.sources):
        return list(_asserted(reader, watch(sources)))
    chosen = _shown(reader, filters)
    others = _shown(reader, Filters()) - chosen
    told: dict[object, list[Quad]] = defaultdict(list)
    for quad in _asserted(reader, watch(sources)):
        told[quad.subject].append(quad)
    found: list[Quad] = []
    open_: list[object] = sorted(chosen, key=str)
    seen = {*open_, *others}
    for subject in open_:
        found += told[subject]
        ends = {quad.object for quad in told[subject]} & told.keys() - seen
        seen |= ends
        open_ += sorted(ends, key=str)
    return found


def _asserted(reader: Reader, sources: Iterable[str]) -> Iterator[Quad]:
    for source in sources:
        yield from reader.asserted(source)


def _shown(reader: Reader, filters: Filters) -> set[object]:
    return {NamedNode(node.iri) for node in project(reader, "events", filters).nodes}
