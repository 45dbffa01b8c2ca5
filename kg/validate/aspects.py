"""What shapes look at, so that of nodes which are alike in it one can be judged for all.

Each constraint of a shape with targets is an aspect: nodes of the same classes, as far as they are
its targets, with the same values of the properties that it looks at, are judged alike. That holds
for nodes which differ in nothing but their own IRIs and what no constraint looks at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.namespaces import RDF, SH
from kg.validate.compiled.footprint import Footprints
from kg.validate.compiled.model import Constraint, NotCompiled, Shape
from kg.validate.compiled.run import Compiled
from kg.validate.compiled.select import tokens_of
from kg.validate.compiled.watch import EVERY

_OF_ALL = frozenset(
    """
    minCount maxCount uniqueLang hasValue qualifiedValueShape qualifiedMinCount qualifiedMaxCount
    equals disjoint lessThan lessThanOrEquals closed sparql
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Constraints on all values of a property together; the others are on each of them."""

_COUNTS = frozenset(("minCount", "maxCount", "nodeKind"))
_SPELLED = frozenset(("pattern", "minLength", "maxLength"))
_PLAIN = frozenset(
    "SELECT WHERE DISTINCT AS A OPTIONAL UNION NOT EXISTS FILTER BIND".split()  # noqa: SIM905
)
"""Words of a query that does not look at how a node is called."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """What one constraint looks at.

    Attributes:
        classes: Its targets; `None` where it looks at the classes of a node besides.
        properties: Of the node, or of what they lead to.
        is_each: Each value is judged for itself.
    """

    classes: frozenset[str] | None
    properties: frozenset[str]
    is_each: bool = False


def aspects(
    compiled: Compiled, differ: Iterable[str], once: Iterable[str]
) -> tuple[Aspect, ...] | None:
    """Returns what violations follow from; `None` if that may be anything.

    Args:
        compiled: The shapes.
        differ: Properties whose values are nodes that differ in their IRIs, too.
        once: Properties of which each node has one value, of the same kind.
    """
    if compiled.uncovered:
        return None
    leading, single = frozenset(differ), frozenset(once)
    try:
        found = [
            _aspect(shape, constraint, leading, single)
            for shape in compiled.shapes
            for constraint in shape.constraints
            if _is_violated(shape, constraint)
        ]
    except NotCompiled:
        return None
    return tuple(dict.fromkeys(found))


def _is_violated(shape: Shape, constraint: Constraint) -> bool:
    """Returns whether a constraint may be violated, and does not only warn."""
    told = constraint.shapes[0].parts() if constraint.name == "property" else (shape,)
    return any(part.severity.value == SH + "Violation" for part in told)


def _aspect(
    shape: Shape, constraint: Constraint, differ: frozenset[str], once: frozenset[str]
) -> Aspect:
    unit = replace(shape, constraints=(constraint,))
    looks, aims = Footprints(), Footprints()
    looks.add(unit)
    aims.add(replace(shape, constraints=()))
    if any(step.inverse or step.iri == EVERY for step in looks.steps) or _is_spelled(unit, differ):
        raise NotCompiled("it may look at other nodes, or at what this one is called")
    steps = looks.steps[len(aims.steps) :]
    is_class = any(step.source in looks.starts and step.iri == RDF + "type" for step in steps)
    is_aimed = all(target.kind == "targetClass" for target in shape.targets)
    properties = frozenset(step.iri for step in (steps if is_aimed else looks.steps))
    is_each = False
    if constraint.name == "property" and isinstance(path := constraint.shapes[0].path, str):
        names = {one.name for one in constraint.shapes[0].constraints}
        is_each = not names & _OF_ALL
        if path in once and names <= _COUNTS:
            properties -= {path}
    classes = frozenset(target.value.value for target in shape.targets)
    return Aspect(classes if is_aimed and not is_class else None, properties, is_each)


def _is_spelled(unit: Shape, differ: frozenset[str]) -> bool:
    """Returns whether a constraint may look at how the IRIs of nodes are spelled."""
    for part in unit.parts():
        is_apart = not isinstance(part.path, str) or part.path in {"", *differ}
        for one in part.constraints:
            if is_apart and one.name in _SPELLED:
                return True
            tokens = tokens_of(one.select.text) if one.select else []
            if {text.upper() for kind, text in tokens if kind == "word"} - _PLAIN:
                return True
    return False
