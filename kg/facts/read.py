"""From a file to the quads that it asserts."""

from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, Place
from kg.facts.build import Builder, Document
from kg.facts.rdf import read_rdf
from kg.facts.structure import check
from kg.facts.table import read_table
from kg.namespaces import (
    ACTOR,
    ISSUE,
    REGISTER_GRAPH,
    SOURCE,
    TOPIC,
)
from kg.placed import Placed, read_bytes, read_json, read_yaml
from kg.rdf import Quad, format_of
from kg.resources import files
from kg.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Register:
    """The actors that documents may name, and their offices.

    Attributes:
        actors: Slugs.
        quads: In `REGISTER_GRAPH`.
    """

    actors: frozenset[str]
    quads: tuple[Quad, ...]


def read(path: Path, *, vocabulary: Vocabulary, register: Register) -> Document:
    """Returns what a YAML or JSON fact document asserts.

    Raises:
        InputError: It cannot be read, or names what nobody knows; all mistakes, with their places.
    """
    return document_of(_placed(path), vocabulary, register)


def read_documents(
    path: Path, *, vocabulary: Vocabulary, register: Register, source: str | None = None
) -> tuple[Document, ...]:
    """Returns what each source of a file asserts.

    Fact documents and tables have one source; RDF with named graphs may have several.

    Args:
        path: The file; its ending says the format.
        vocabulary: What kinds and issues there are.
        register: What actors there are.
        source: IRI of the source that RDF outside of named graphs belongs to, if that is known.

    Raises:
        InputError: It cannot be read, or names what nobody knows; all mistakes, with their places.
    """
    ending = path.suffix.lower()
    if ending in {".yaml", ".yml", ".json"}:
        return (read(path, vocabulary=vocabulary, register=register),)
    if ending in {".csv", ".xlsx"}:
        return (document_of(read_table(read_bytes(path), file=str(path)), vocabulary, register),)
    if rdf := format_of(str(path)):
        return read_rdf(
            read_bytes(path),
            rdf,
            file=str(path),
            vocabulary=vocabulary,
            actors=register.actors,
            source=source,
        )
    endings = ".yaml .json .csv .xlsx .ttl .trig .nt .nq .jsonld .rdf"
    if path.is_dir() or not path.exists():
        read_bytes(path)
    raise InputError(f"its ending says no format: use one of {endings}", Place(str(path)))


def document_of(placed: Placed, vocabulary: Vocabulary, register: Register) -> Document:
    """Returns what the data of a fact document asserts; errors as of `read`."""
    document = check(placed)
    names = {name: ACTOR + name for name in register.actors}
    for entry in document.actors:
        names[entry.id] = ACTOR + entry.id
    names |= {slug: ISSUE + slug for slug in vocabulary.issues}
    names |= {entry.id: ISSUE + entry.id for entry in document.issues}
    names |= {slug: TOPIC + slug for slug in vocabulary.topics}
    builder = Builder(placed, SOURCE + document.source.id, vocabulary, names)
    return builder.build(document)


def read_register(vocabulary: Vocabulary, project: Path | None = None) -> Register:
    """Returns the shipped register and a project's own, whose actors are read in their place.

    Raises:
        InputError: A file of it cannot be read.
    """
    found = [
        (placed, check(placed))
        for path in files("facts", (".yaml",), under="actors", project=project)
        for placed in (_placed(path),)
    ]
    names = {entry.id: ACTOR + entry.id for _, document in found for entry in document.actors}
    quads: dict[Quad, None] = {}
    for placed, document in found:
        builder = Builder(placed, SOURCE + document.source.id, vocabulary, names, REGISTER_GRAPH)
        quads |= dict.fromkeys(builder.build(document).quads)
    return Register(frozenset(names), tuple(quads))


def _placed(path: Path) -> Placed:
    reader = read_json if path.suffix.lower() == ".json" else read_yaml
    return reader(read_bytes(path), file=str(path))
