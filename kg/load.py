"""The gate: read, derive, judge, and only then replace the source, in one transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kg.derive import derive, read_rules
from kg.errors import NotConforming
from kg.facts import Register, read, read_register
from kg.namespaces import VOCABULARY_GRAPH
from kg.rdf import NamedNode, Quad, serialize
from kg.store import Background, Writer
from kg.validate import Finding, Report, read_shapes, validate
from kg.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class House:
    """What every document is read and judged with, read once."""

    vocabulary: Vocabulary
    register: Register
    rules: tuple[str, ...]
    shapes: tuple[Quad, ...]
    background: Background


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one document: its report, and whether the store is another one now."""

    source: str
    label: str
    changed: bool
    report: Report


def read_house(project: Path | None = None) -> House:
    """Returns vocabulary, register, rules and shapes, shipped ones and a project's own.

    Raises:
        InputError: One of them cannot be read.
    """
    vocabulary = load_vocabulary(project)
    register = read_register(vocabulary, project)
    rules = read_rules(project)
    graph = NamedNode(VOCABULARY_GRAPH)
    terms = (Quad(q.subject, q.predicate, q.object, graph) for q in vocabulary.quads)
    context = (*terms, *register.quads)
    quads = (*context, *derive(register.quads, vocabulary.quads, rules))
    told = serialize(context, "nq") + "\0".join(rules).encode()
    background = Background(
        quads, hashlib.sha256(told).hexdigest(), lambda asserted: derive(asserted, context, rules)
    )
    return House(vocabulary, register, rules, read_shapes(vocabulary, project), background)


def load(store: Writer, path: Path, house: House, *, recorded_by: str) -> Loaded:
    """Takes one document through the gate into the store.

    Raises:
        InputError: It cannot be read.
        NotConforming: It has violations; the message holds each, at its place.
        StoreError: The store cannot be written. In each case the store is as it was.
    """
    document = read(path, vocabulary=house.vocabulary, register=house.register)
    derived = tuple(house.background.derive(document.quads))
    report = validate((*document.quads, *derived), house.background.quads, house.shapes)
    if not report.conforms():
        wrong = (finding for finding in report.findings if finding.severity == "violation")
        place = document.places
        raise NotConforming(
            "\n".join(f"{place.get(f.focus, document.file)}: {in_words(f)}" for f in wrong)
        )
    changed = store.replace(
        document.source, document.quads, derived, label=document.label, recorded_by=recorded_by
    )
    return Loaded(document.source, document.label, changed, report)


def in_words(finding: Finding) -> str:
    """Returns a finding as one line: the node, what is wrong, how to mend it."""
    return f"{finding.focus.rsplit('/', 1)[-1]}: {finding.message}. {finding.hint}"
