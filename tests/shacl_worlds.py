"""Graphs and shapes made at random."""

from hypothesis import strategies as st

from kg.namespaces import RDF, RDFS, SH, XSD

HEAD = (
    f"@prefix rdf: <{RDF}> . @prefix rdfs: <{RDFS}> . @prefix sh: <{SH}> . "
    f"@prefix xsd: <{XSD}> . @prefix ex: <urn:ex:> .\n"
)
CLASSES = ("ex:A", "ex:B", "ex:C")
PROPERTIES = ("ex:p", "ex:q", "ex:r")
NODES = ("ex:a", "ex:b", "ex:c", "ex:d", "_:e", "_:f")
NUMBERS = ("1", "2", "3", "5", "1.5")
LITERALS = (
    *NUMBERS,
    '"x"',
    '"xy"',
    '"X"@en',
    '"x"@en-GB',
    '"y"@en',
    '"x"@de',
    '"2026-01-12"^^xsd:date',
    '"2026-02-28"^^xsd:date',
    '"2026-02-30"^^xsd:date',
    '"two"^^xsd:integer',
)
IRIS = tuple(node for node in NODES if node.startswith("ex:"))


def one_of(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


TRIPLE = st.one_of(
    st.builds("{} {} {} .".format, one_of(NODES), one_of(PROPERTIES), one_of(NODES + LITERALS)),
    st.builds("{} a {} .".format, one_of(NODES), one_of(CLASSES)),
    # What is ordered is compared among numbers: of other pairs pySHACL orders some that SPARQL
    # does not.
    st.builds("{} {} {} .".format, one_of(NODES), one_of(("ex:m", "ex:n")), one_of(NUMBERS)),
)
GRAPH = st.builds(
    "ex:B rdfs:subClassOf ex:A .\n{}".format,
    st.lists(TRIPLE, min_size=4, max_size=24).map("\n".join),
)


def paths() -> st.SearchStrategy[str]:
    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("( {} {} )".format, inner, inner),
            st.builds("[ sh:alternativePath ( {} {} ) ]".format, inner, inner),
            st.builds("[ sh:inversePath {} ]".format, inner),
            st.builds("[ sh:{} {} ]".format, one_of(WAYS), inner),
        )

    return st.recursive(one_of(PROPERTIES), longer, max_leaves=3)


WAYS = ("zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
DATATYPES = ("xsd:integer", "xsd:string", "xsd:date", "xsd:decimal", "rdf:langString")
BOUNDS = ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
SMALL = st.integers(0, 3).map(str)
SELECTS = (
    "SELECT $this ?value WHERE { $this <urn:ex:p> ?value . FILTER(isLiteral(?value)) }",
    "SELECT $this WHERE { $this <urn:ex:q>+ $this }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this <urn:ex:p> ?x } }",
    "SELECT $this ?value { $this <urn:ex:p> ?value OPTIONAL { ?value a ?t } FILTER(!BOUND(?t)) }",
)

VALUES = {
    "class": one_of(CLASSES),
    "datatype": one_of(DATATYPES),
    "nodeKind": one_of(KINDS).map("sh:{}".format),
    "minLength": st.integers(1, 3).map(str),
    "maxLength": SMALL,
    "pattern": one_of(('"x"', '"^[a-z]$"', '"^urn"')),
    "languageIn": one_of(('( "en" )', '( "de" "en" )')),
    "equals": one_of(PROPERTIES),
    "disjoint": one_of(PROPERTIES),
    "hasValue": one_of(IRIS + LITERALS),
    "in": st.lists(one_of(IRIS + LITERALS), min_size=1, max_size=3).map(
        lambda terms: f"( {' '.join(terms)} )"
    ),
    "sparql": one_of(SELECTS).map("[ sh:select '''{}''' ]".format),
}
ON_PATHS = {
    "minCount": SMALL,
    "maxCount": SMALL,
    "uniqueLang": st.just("true"),
}


def shapes(of: dict[str, st.SearchStrategy[str]], head: st.SearchStrategy[str], depth: int):
    """Bodies of shapes: what is told of them, between the brackets."""
    if depth <= 0:
        return told_of(of, head)
    shape = bodies(depth - 1).map("[ {} ]".format)
    several = st.lists(shape, min_size=1, max_size=3).map(lambda s: f"( {' '.join(s)} )")
    nested = {
        "not": shape,
        "node": node_bodies(depth - 1).map("[ {} ]".format)
        if depth
        else st.just("[ sh:class ex:A ]"),
        "and": several,
        "or": several,
        "xone": several,
    }
    return told_of(of | nested, head)


def told_of(parts: dict[str, st.SearchStrategy[str]], head: st.SearchStrategy[str]):
    """A head, and up to three constraints."""
    told = st.lists(st.sampled_from(sorted(parts)), min_size=1, max_size=3, unique=True).flatmap(
        lambda names: st.tuples(*(parts[name].map(f"sh:{name} {{}} ;".format) for name in names))
    )
    return st.builds(lambda start, lines: f"{start} {' '.join(lines)}", head, told)


def node_bodies(depth: int) -> st.SearchStrategy[str]:
    plain = shapes(VALUES, st.just(""), depth)
    if depth <= 0:
        return plain
    inner = property_bodies(depth - 1).map("sh:property [ {} ] ;".format)
    closed = st.just("sh:closed true ; sh:ignoredProperties ( rdf:type ) ;")
    more = st.lists(st.one_of(inner, inner, closed), max_size=2, unique=True).map(
        lambda lines: " ".join(line for line in lines if lines.count(line) == 1)
    )
    return st.builds("{} {}".format, more, plain)


def property_bodies(depth: int) -> st.SearchStrategy[str]:
    path = paths().map("sh:path {} ;".format)
    body = shapes(VALUES | ON_PATHS, path, depth)
    if depth <= 0:
        return body
    qualified = st.builds(
        "{} sh:qualifiedValueShape [ {} ] ; sh:{} {} ;".format,
        path,
        bodies(depth - 1),
        one_of(("qualifiedMinCount", "qualifiedMaxCount")),
        SMALL,
    )
    nested = st.builds("{} sh:property [ {} ] ;".format, body, property_bodies(depth - 1))
    return st.one_of(body, body, qualified, nested)


def bodies(depth: int) -> st.SearchStrategy[str]:
    return st.one_of(node_bodies(depth), property_bodies(depth))


TARGET = st.one_of(
    one_of(CLASSES).map("sh:targetClass {} ;".format),
    one_of(IRIS).map("sh:targetNode {} ;".format),
    one_of(PROPERTIES).map("sh:targetSubjectsOf {} ;".format),
    one_of(PROPERTIES).map("sh:targetObjectsOf {} ;".format),
)
ORDERED = st.one_of(
    st.builds("sh:path ex:m ; sh:{} ex:n ;".format, one_of(("lessThan", "lessThanOrEquals"))),
    st.builds("sh:path ex:m ; sh:{} {} ;".format, one_of(BOUNDS), one_of(NUMBERS)),
)
BESIDE = st.sampled_from(("", "", "sh:severity sh:Warning ;", 'sh:message "told", "und auch"@de ;'))
SHAPES = st.builds(
    lambda body, targets, beside: f"ex:s {' '.join(targets)} {beside} {body} .",
    st.one_of(bodies(2), ORDERED),
    st.lists(TARGET, min_size=1, max_size=2, unique=True),
    BESIDE,
)
