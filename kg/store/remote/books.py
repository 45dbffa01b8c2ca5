"""What is written down on a server beside the facts: which sources there are, and of which digest.

The books are a named graph. An entry, for a source or for the background, is called by its graph's
IRI, and says which graphs belong to it. A source's own words, as they were written before a server
gave its literals another form, are kept packed in a graph beside it.
"""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.errors import LimitError, StoreError
from kg.namespaces import BASE, GRAPH
from kg.rdf import Literal, NamedNode, Quad, Term, serialize
from kg.store.base import SourceRecord

BOOKS = NamedNode(GRAPH + "books")
STORE = BASE + "store#"
"""Namespace of the terms of the books; nothing else uses it."""

WRITTEN = "/written"
"""Ending of the graph that keeps what a source asserts, packed."""

STAGED = "/staged"
"""Ending of a graph that is not yet complete; no reader looks into it."""

PART = 6_000
"""Characters of a literal: of longer ones Virtuoso takes a graph for plain text, and refuses it."""

MOST = 2**30
"""Bytes that a source may unpack to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A source, or the background, on a server.

    Attributes:
        name: IRI of its graph.
        graphs: IRIs of the graphs that queries shall see.
        told: What else the books say of it, by local name.
    """

    name: str
    graphs: tuple[str, ...] = ()
    told: dict[str, str] = field(default_factory=dict)

    def record(self) -> SourceRecord:
        """Returns the record of a source."""
        told = self.told
        return SourceRecord(
            told["source"],
            told.get("label", ""),
            self.number("asserted"),
            told.get("digest", ""),
            told.get("loadedAt", ""),
            told.get("recordedBy", ""),
        )

    def number(self, key: str) -> int:
        """Returns what the books say as a number, 0 where it is none."""
        text = self.told.get(key, "")
        return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0

    def title(self) -> str:
        """Returns what a person calls it."""
        return self.told.get("label") or self.name.removeprefix(GRAPH).removesuffix(STAGED)

    def quads(self) -> Iterator[Quad]:
        """Yields the entry as it stands in the books."""
        name = NamedNode(self.name)
        for graph in self.graphs:
            yield Quad(name, NamedNode(STORE + "graph"), NamedNode(graph), BOOKS)
        for key, value in sorted(self.told.items()):
            yield Quad(name, NamedNode(STORE + key), Literal(value), BOOKS)


@dataclass(frozen=True, slots=True)
class State:
    """What the books said as of one commit; no commit where there are no books."""

    commit: str
    entries: dict[str, Entry]

    def seen(self) -> list[str]:
        """Returns the graphs that queries see, sorted."""
        return sorted({graph for entry in self.entries.values() for graph in entry.graphs})

    def sources(self) -> dict[str, Entry]:
        """Returns the entries of sources by source, sorted."""
        told = {entry.told.get("source", ""): entry for entry in self.entries.values()}
        return {source: told[source] for source in sorted(told) if source}


def told_of(record: SourceRecord) -> dict[str, str]:
    """Returns what the books say of a source."""
    return {
        "source": record.source,
        "label": record.label,
        "asserted": str(record.asserted),
        "digest": record.digest,
        "loadedAt": record.loaded_at,
        "recordedBy": record.recorded_by,
    }


def entries_of(rows: Iterable[tuple[Term | None, ...]]) -> dict[str, Entry]:
    """Returns the entries of the books by name, from rows of subject, predicate, object.

    A row that is of another form than we write is not ours, and left out.
    """
    graphs: dict[str, list[str]] = {}
    told: dict[str, dict[str, str]] = {}
    for subject, predicate, value in rows:
        name, key = _text(subject), _text(predicate).removeprefix(STORE)
        kind = NamedNode if key == "graph" else Literal
        if not isinstance(subject, NamedNode) or not isinstance(value, kind):
            continue
        told.setdefault(name, {})
        if key == "graph":
            graphs.setdefault(name, []).append(_text(value))
        else:
            told[name][key] = _text(value)
    return {name: Entry(name, tuple(sorted(graphs.get(name, ()))), told[name]) for name in told}


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def pack(name: str, quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yields quads that keep other quads as they were written, each a numbered part of them."""
    data = gzip.compress(serialize(quads, "nq"), mtime=0)
    text = base64.b64encode(data).decode()
    for number, at in enumerate(range(0, len(text), PART)):
        yield part(name, number, text[at : at + PART])


def part(name: str, number: int, text: str) -> Quad:
    """Returns one part of what is packed, in base 64."""
    value = Literal(f"{number}:{text}")
    return Quad(NamedNode(name), NamedNode(STORE + "part"), value, NamedNode(name + WRITTEN))


def unpack(parts: Iterable[str], digest: str) -> bytes:
    """Returns what was packed: N-Quads, sorted, or of bulk in the order of its files.

    Raises:
        StoreError: It is not what the digest says.
        LimitError: It is larger than any source may be.
    """
    split = (one.partition(":") for one in parts)
    numbered = sorted((int(number), text) for number, _, text in split if number.isdecimal())
    unpacker = zlib.decompressobj(31)
    try:
        packed = base64.b64decode("".join(text for _, text in numbered))
        data = unpacker.decompress(packed, MOST)
    except (ValueError, zlib.error) as error:
        raise StoreError("what is kept as it was written is damaged") from error
    if unpacker.unconsumed_tail:
        raise LimitError(f"what is kept as it was written has more than {MOST:,} bytes")
    if hashlib.sha256(data).hexdigest() != digest:
        raise StoreError("what is kept as it was written is not what was loaded")
    return data
