"""The shapes, read and looked over before they judge.

A SHACL engine passes in silence what it does not know: a constraint or a class with a slip in its
name judges nothing, and everything conforms. So every term of a shape is looked up first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from kg.errors import InputError, Place
from kg.namespaces import DIP, RDF, SH
from kg.rdf import Literal, NamedNode, Quad, Term, parse
from kg.resources import files
from kg.validate.compiled import NotSupported, compile_shapes
from kg.validate.compiled.read import IMPLICIT
from kg.vocabulary import Vocabulary, nearest

# The terms of SHACL Core and of SHACL-SPARQL (W3C Recommendation, 20 July 2017); what else the
# namespace holds (rules, JavaScript, functions) would run code or be passed over.
_TERMS = frozenset(
    """
    NodeShape PropertyShape property node path targetClass targetNode targetSubjectsOf
    targetObjectsOf class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive
    maxInclusive minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan
    lessThanOrEquals not and or xone qualifiedValueShape qualifiedMinCount qualifiedMaxCount
    qualifiedValueShapesDisjoint closed ignoredProperties hasValue in severity message deactivated
    name description order group defaultValue sparql select ask prefixes declare prefix namespace
    inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath Violation Warning Info
    IRI BlankNode Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral
    Shape PropertyGroup PrefixDeclaration SPARQLConstraint ConstraintComponent parameter Parameter
    optional labelTemplate validator nodeValidator propertyValidator SPARQLAskValidator
    SPARQLSelectValidator
    """.split()  # noqa: SIM905 - a list of words reads better so
)
_SEVERITIES = {NamedNode(SH + name) for name in ("Violation", "Warning", "Info")}
_TARGETS = {SH + name for name in _TERMS if name.startswith("target")}
_SHAPES = {NamedNode(SH + name) for name in ("Shape", "NodeShape", "PropertyShape")}
_CLASSES = {NamedNode(iri) for iri in IMPLICIT}
_WITHIN = {RDF + "first"} | {
    SH + name for name in ("node", "property", "not", "qualifiedValueShape")
}
_NETWORK = re.compile(r"\b(SERVICE|FROM)\b", re.IGNORECASE)


def read_shapes(vocabulary: Vocabulary, project: Path | None = None) -> tuple[Quad, ...]:
    """Returns the shipped shapes and a project's own, looked over.

    Raises:
        InputError: A shape cannot be parsed or judged, has no target, or names a term that nobody
            knows.
    """
    paths = files("shapes", (".ttl",), project=project)
    found = {path: _read(path, vocabulary) for path in paths}
    shapes = tuple(quad for quads in found.values() for quad in quads)
    if (idle := _without_target(shapes)) is not None:
        message = f"the shape {idle} has no target and judges nothing"
        raise InputError(message, _place_of(idle, found))
    try:
        compile_shapes(shapes)
    except NotSupported as error:
        raise InputError(error.message, _place_of(error.shape, found)) from error
    return shapes


def _place_of(shape: object, found: dict[Path, tuple[Quad, ...]]) -> Place | None:
    """Returns where a shape stands."""
    for path, quads in found.items():
        if any(quad.subject == shape for quad in quads):
            name = re.split("[/#:]", shape.value)[-1] if isinstance(shape, NamedNode) else ""
            return Place(str(path), _line(path.read_text(encoding="utf-8"), name))
    return None


def _read(path: Path, vocabulary: Vocabulary) -> tuple[Quad, ...]:
    data = path.read_bytes()
    quads = tuple(parse(data, "ttl", file=str(path)))
    error = partial(_error, path, data.decode())
    known = {q.subject.value for q in vocabulary.quads if isinstance(q.subject, NamedNode)}
    for iri in (iri for quad in quads for iri in _iris(quad)):
        if iri.startswith(SH) and iri.removeprefix(SH) not in _TERMS:
            raise error(iri.removeprefix(SH), "SHACL Core and SHACL-SPARQL have no term", _TERMS)
        if iri.startswith(DIP) and iri not in known:
            names = [name.removeprefix(DIP) for name in known if name.startswith(DIP)]
            raise error(iri.removeprefix(DIP), "the vocabulary has no term", names)
    for quad in quads:
        if quad.predicate.value == SH + "severity" and quad.object not in _SEVERITIES:
            message = f"there is no severity {quad.object}: write sh:Violation, sh:Warning, sh:Info"
            raise InputError(message, Place(str(path)))
    asked = (
        q.object.value
        for q in quads
        if q.predicate.value in {SH + "select", SH + "ask"} and isinstance(q.object, Literal)
    )
    if any(_NETWORK.search(text) for text in asked):
        raise InputError("a shape may not ask the network (SERVICE, FROM)", Place(str(path)))
    return quads


def _without_target(quads: Iterable[Quad]) -> Term | None:
    """Returns a shape that has no target, is no class and stands in no other shape."""
    found: set[Term] = set()
    aimed: set[Term] = set()
    for quad in quads:
        iri = quad.predicate.value
        is_type = iri == RDF + "type"
        if is_type and quad.object in _SHAPES:
            found.add(quad.subject)
        if iri in _TARGETS or (is_type and quad.object in _CLASSES):
            aimed.add(quad.subject)
        if iri in _WITHIN and quad.object != quad.subject:
            aimed.add(quad.object)
    return min(found - aimed, key=str, default=None)


def _iris(quad: Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object):
        if isinstance(term, NamedNode):
            yield term.value


def _line(text: str, name: str) -> int | None:
    """Returns the line where a name first stands."""
    at = text.find(f":{name}") if name else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _error(path: Path, text: str, name: str, what: str, known: Iterable[str]) -> InputError:
    near = nearest(name, known)
    hint = f": did you mean {near!r}?" if near else ""
    return InputError(f"{what} {name!r}{hint}", Place(str(path), _line(text, name)))
