"""A source judged beside what its terms lead to: the same as beside all of the context."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shacl_worlds import HEAD, SHAPES, TRIPLE

from kg.load import read_house
from kg.namespaces import DIP, RDF, graph_of
from kg.rdf import NamedNode, Quad, parse
from kg.store import in_memory
from kg.validate import Judge, open_judge
from kg.validate.compiled import run

CONTEXT, SOURCE = "urn:context", "urn:source"
AXIOMS = ("ex:B rdfs:subClassOf ex:A .", "ex:C rdfs:subClassOf ex:B .")
WORLD = st.lists(
    st.tuples(st.one_of(TRIPLE, st.sampled_from(AXIOMS)), st.sampled_from((CONTEXT, SOURCE))),
    min_size=6,
    max_size=30,
)


def quads_of(world: list[tuple[str, str]], graph: str) -> tuple[Quad, ...]:
    text = HEAD + "\n".join(triple for triple, where in world if where == graph)
    # Blank nodes of the two are called alike, and so are the same: the harder case.
    data = text.replace("_:", "<urn:blank:").replace("<urn:blank:e", "<urn:blank:e>")
    data = data.replace("<urn:blank:f", "<urn:blank:f>")
    found = parse(data.encode(), "ttl", file="data")
    return tuple(Quad(q.subject, q.predicate, q.object, NamedNode(graph)) for q in found)


def found(judge: Judge, source: tuple[Quad, ...], beside: Iterable[Quad]) -> Counter:
    """Every result on a node of the source, with the shape that led to it."""
    terms = {term for quad in source for term in (quad.subject, quad.object)}
    with in_memory(beside, source) as reader:
        told = run(judge.compiled.queries, reader, lambda *_: ())
        return Counter(
            (root.node, target, result) for root, target, result in told if result.focus in terms
        )


@given(shape=SHAPES, world=WORLD)
@example(
    shape="ex:s sh:targetClass ex:A ; sh:path ex:p ; sh:class ex:A .",
    world=[("ex:a a ex:A ; ex:p ex:b .", SOURCE), ("ex:b a ex:C .", CONTEXT)]
    + [(axiom, CONTEXT) for axiom in AXIOMS],
)
@example(
    shape="ex:s sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:property [ "
    "sh:path ex:q ; sh:minCount 1 ] ] .",
    world=[("ex:a a ex:A ; ex:p ex:b .", CONTEXT), ("ex:b ex:r ex:c .", SOURCE)],
)
@example(
    shape="ex:s sh:targetClass ex:A ; sh:path [ sh:inversePath ex:p ] ; sh:maxCount 0 .",
    world=[("ex:a a ex:A .", SOURCE), ("ex:b ex:p ex:a .", CONTEXT)],
)
@example(
    shape="ex:s sh:targetClass ex:A ; sh:closed true .",
    world=[("ex:a a ex:A .", SOURCE), ("ex:a ex:p ex:b .", CONTEXT)],
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_source_is_judged_as_beside_all_of_the_context(
    shape: str, world: list[tuple[str, str]]
) -> None:
    shapes = parse((HEAD + shape).encode(), "ttl", file="shapes")
    context, source = quads_of(world, CONTEXT), quads_of(world, SOURCE)
    judge = open_judge(shapes, context)
    beside = judge.beside(source)
    assert set(beside) <= set(context)
    assert found(judge, source, beside) == found(judge, source, context)


def test_a_source_looks_at_little_of_the_register() -> None:
    judge = read_house().judge
    graph = NamedNode(graph_of("x"))
    node, of_class = (
        NamedNode("urn:e"),
        NamedNode(RDF + "type"),
    )
    meeting = Quad(node, of_class, NamedNode(DIP + "Meeting"), graph)
    beside = judge.beside((meeting,))
    assert 0 < len(set(beside)) < len(judge.context) / 50
