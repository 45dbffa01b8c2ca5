"""Shapes to SPARQL: for each constraint the pattern of what violates it.

A pattern is a group that binds the focus node and perhaps a value. What has to be absent is taken
away with MINUS, not asked for with NOT EXISTS, which some engines answer row by row; for the same
reason the candidates stand before the focus nodes: there are few of them where data is good. Values
are counted, not paired with one another: a node may have many.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, count

from kg.namespaces import RDF, RDFS, XSD
from kg.rdf import Literal, NamedNode
from kg.validate.compiled.checks import CHECKS, compared, instance, whole
from kg.validate.compiled.model import Constraint, NotCompiled, Shape, Target
from kg.validate.compiled.paths import may_be_empty, path_text
from kg.validate.compiled.select import bound


@dataclass(frozen=True, slots=True)
class Domain:
    """Nodes that are judged.

    Attributes:
        text: A group that binds them, each once.
        node: The variable it binds.
        only: The same group where nothing beyond these nodes may be found; empty where it may,
            since what is found is met with these nodes anyway.
        through: Variables of the nodes that they were reached through: each way is a result.
    """

    text: str
    node: str
    only: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """What violates one constraint of a shape, and which variables say so.

    Attributes:
        shape: The shape that the result names.
        constraint: One of its constraints.
        text: A group.
        focus: The variable of the focus node.
        value: The variable of the value node, or empty.
        path: The variable of the path, where it is found and not told, or empty.
        through: Variables of the nodes that the focus node was reached through, the target first.
        more: Variables that tell results apart which are alike in all else.
    """

    shape: Shape
    constraint: Constraint
    text: str
    focus: str
    value: str = ""
    path: str = ""
    through: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(slots=True)
class Compiler:
    """Compiles one shape; its variables are its own."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def violations(self, shape: Shape) -> Iterator[Violation]:
        """Yields what violates a shape that has targets, and the property shapes within it.

        Raises:
            NotCompiled: A constraint is written in a way that is not covered.
        """
        yield from self._reported(shape, self._targeted(shape.targets))

    def _fresh(self) -> str:
        return f"?kg{next(self._numbers)}"

    def _targeted(self, targets: tuple[Target, ...]) -> Domain:
        node = self._fresh()
        groups = (f"{{ {self._target(target, node)} }}" for target in targets)
        text = f"{{ SELECT DISTINCT {node} {{ {' UNION '.join(groups)} }} }}"
        return Domain(text, node, text)

    def _target(self, target: Target, node: str) -> str:
        if target.kind == "targetNode":
            return f"VALUES {node} {{ {target.value} }}"
        if target.kind == "targetClass":
            return instance(node, target.value, self._fresh())
        ends = (node, self._fresh())
        subject, other = ends if target.kind == "targetSubjectsOf" else ends[::-1]
        return f"{subject} {target.value} {other} ."

    # What is reported

    def _reported(self, shape: Shape, domain: Domain) -> Iterator[Violation]:
        for constraint in shape.constraints:
            if constraint.name == "property":
                values = self._values(shape, domain)
                yield from self._reported(constraint.shapes[0], values)
            else:
                yield from self._violating(shape, constraint, domain)

    def _violating(
        self, shape: Shape, constraint: Constraint, domain: Domain
    ) -> Iterator[Violation]:
        focus, name = domain.node, constraint.name
        if name in _OF_FOCUS:
            for text in _OF_FOCUS[name](self, shape, constraint, domain):
                yield Violation(shape, constraint, text, focus, through=domain.through)
        elif name in {"lessThan", "lessThanOrEquals"}:
            value, other = self._fresh(), self._fresh()
            pair = f"{self._reach(shape, domain, value)} {focus} {constraint.value} {other} ."
            text = f"{{ {pair} {compared(name, value, other)} }} {domain.only}"
            yield Violation(shape, constraint, text, focus, value, "", domain.through, (other,))
        elif name == "uniqueLang":
            yield from self._unique_lang(shape, constraint, domain)
        elif name == "equals":
            yield from self._equals(shape, constraint, domain)
        elif name == "closed":
            yield self._closed(shape, constraint, domain)
        elif name == "sparql":
            yield self._sparql(shape, constraint, domain)
        else:
            value = focus if not shape.path else self._fresh()
            text = self._candidates(shape, constraint, domain, value)
            if text:
                yield Violation(shape, constraint, text, focus, value, through=domain.through)

    # Value nodes

    def _reach(self, shape: Shape, domain: Domain, value: str) -> str:
        """From the focus node to a value node, its own variable."""
        step = f"{domain.node} {path_text(shape.path)} {value} ."
        if not may_be_empty(shape.path):
            return step
        itself = f"BIND({domain.node} AS {value})"
        return f"{{ {domain.text} {step} }} UNION {{ {domain.text} {itself} }}"

    def _values(self, shape: Shape, domain: Domain) -> Domain:
        """The value nodes of all focus nodes."""
        if not shape.path:
            return domain
        value = self._fresh()
        reached = f"{self._reach(shape, domain, value)} {domain.only}"
        through = (*domain.through, domain.node) if domain.only else ()
        text = f"{{ SELECT DISTINCT {' '.join((value, *through))} {{ {reached} }} }}"
        return Domain(text, value, text if domain.only else "", through)

    def _candidates(self, shape: Shape, constraint: Constraint, domain: Domain, value: str) -> str:
        """Pairs of focus and value node of which the value fails; empty if none can."""
        values = self._values(shape, replace(domain, only=""))
        start = self._reach(shape, domain, value) if shape.path else domain.text
        failed = self._failed(constraint, values, value, start, domain.node)
        if failed is None:
            return ""
        return failed if not shape.path else f"{{ {failed} }} {domain.only}"

    def _failed(
        self, constraint: Constraint, values: Domain, value: str, start: str, focus: str
    ) -> str | None:
        name, shapes = constraint.name, constraint.shapes
        if name in CHECKS:
            return f"{start} {CHECKS[name](value, constraint)}"
        if name == "class":
            return f"{start} MINUS {{ {instance(value, constraint.value, self._fresh())} }}"
        if name == "disjoint":
            return f"{start} {focus} {constraint.value} {value} ."
        if name == "not":
            return f"{start} {self._conforming(shapes[0], values, value)}"
        if name in {"and", "node"}:
            broken = [text for one in shapes for text in self._breaking(one, values, value)]
            return f"{start} {_any(broken)}" if broken else None
        if name == "or":
            met = (f"MINUS {{ {self._conforming(one, values, value)} }}" for one in shapes)
            return f"{start} {' '.join(met)}"
        if name == "xone":
            met_by = [self._conforming(one, values, value) for one in shapes]
            none = " ".join(f"MINUS {{ {text} }}" for text in met_by)
            two = [f"{left} {right}" for left, right in combinations(met_by, 2)]
            return _any([f"{start} {none}", *(f"{start} {pair}" for pair in two)])
        raise NotCompiled(f"sh:{name}")

    # Conformance of a node to a shape

    def _conforming(self, shape: Shape, nodes: Domain, node: str) -> str:
        """A group that binds a variable to those nodes that conform."""
        names = {constraint.name for constraint in shape.constraints}
        if not shape.path and names == {"class"}:
            return " ".join(instance(node, c.value, self._fresh()) for c in shape.constraints)
        broken = self._breaking(shape, nodes, nodes.node)
        text = f"{nodes.text} " + " ".join(f"MINUS {{ {one} }}" for one in broken)
        return f"{{ SELECT {_renamed(nodes.node, node)} {{ {text} }} }}"

    def _breaking(self, shape: Shape, domain: Domain, node: str) -> list[str]:
        """Groups that bind a variable to nodes that do not conform, one for each reason."""
        found = []
        nodes = replace(domain, only="")
        for constraint in shape.constraints:
            if constraint.name == "property":
                values = self._values(shape, nodes)
                inner = self._breaking(constraint.shapes[0], values, values.node)
                reach = "" if not shape.path else self._reach(shape, nodes, values.node)
                texts = [(nodes.node, f"{reach} {text}") for text in inner]
            else:
                texts = [(one.focus, one.text) for one in self._violating(shape, constraint, nodes)]
            found += [
                f"{{ SELECT DISTINCT {_renamed(focus, node)} {{ {text} }} }}"
                for focus, text in texts
            ]
        return found

    # Constraints on all the value nodes of a focus node

    def _min_count(self, shape: Shape, constraint: Constraint, domain: Domain) -> Iterator[str]:
        if least := whole(constraint.value):
            yield f"{domain.text} MINUS {{ {self._at_least(shape, domain, least)} }}"

    def _max_count(self, shape: Shape, constraint: Constraint, domain: Domain) -> Iterator[str]:
        most = whole(constraint.value)
        yield f"{{ {self._at_least(shape, domain, most + 1)} }} {domain.only}"

    def _at_least(self, shape: Shape, domain: Domain, number: int) -> str:
        """Focus nodes with so many value nodes."""
        focus, value = domain.node, self._fresh()
        reach = self._reach(shape, domain, value)
        if number == 1:
            return reach
        return _counting(focus, value, reach, number)

    def _has_value(self, shape: Shape, constraint: Constraint, domain: Domain) -> Iterator[str]:
        if not shape.path:
            yield f"{domain.text} FILTER(!sameTerm({domain.node}, {constraint.value}))"
            return
        value = self._fresh()
        is_it = f"FILTER(sameTerm({value}, {constraint.value}))"
        yield f"{domain.text} MINUS {{ {self._reach(shape, domain, value)} {is_it} }}"

    def _qualified(self, shape: Shape, constraint: Constraint, domain: Domain) -> Iterator[str]:
        number = whole(constraint.value)
        is_least = constraint.name == "qualifiedMinCount"
        counted = self._counted(shape, constraint, domain, number if is_least else number + 1)
        if is_least and number:
            yield f"{domain.text} MINUS {{ {counted} }}"
        elif not is_least:
            yield f"{{ {counted} }} {domain.only}"

    def _counted(self, shape: Shape, constraint: Constraint, domain: Domain, number: int) -> str:
        """Focus nodes with so many values that conform to a shape and to none of its siblings."""
        focus, value = domain.node, self._fresh()
        values = self._values(shape, replace(domain, only=""))
        own, *siblings = (self._conforming(one, values, value) for one in constraint.shapes)
        others = " ".join(f"MINUS {{ {one} }}" for one in siblings)
        reach = f"{self._reach(shape, domain, value)} {own} {others}"
        if number == 1:
            return reach
        return _counting(focus, value, reach, number)

    # Constraints that report in their own way

    def _unique_lang(
        self, shape: Shape, constraint: Constraint, domain: Domain
    ) -> Iterator[Violation]:
        if constraint.value != _TRUE:
            return
        focus, value, language = domain.node, self._fresh(), self._fresh()
        tagged = f'FILTER(isLiteral({value}) && LANG({value}) != "")'
        reach = f"{{ {self._reach(shape, domain, value)} {tagged} }}"
        reach += f" BIND(LCASE(LANG({value})) AS {language})"
        text = f"{_counting(f'{focus} {language}', value, reach, 2)} {domain.only}"
        yield Violation(shape, constraint, text, focus, "", "", domain.through, (language,))

    def _equals(self, shape: Shape, constraint: Constraint, domain: Domain) -> Iterator[Violation]:
        focus, value = domain.node, self._fresh()
        there = f"{focus} {constraint.value} {value} ."
        here = (
            self._reach(shape, domain, value)
            if shape.path
            else f"{domain.text} BIND({focus} AS {value})"
        )
        text = (
            f"{{ {{ {here} MINUS {{ {there} }} }} UNION {{ {there} MINUS {{ {here} }} }} }}"
            f" {domain.only}"
        )
        yield Violation(shape, constraint, text, focus, value, through=domain.through)

    def _closed(self, shape: Shape, constraint: Constraint, domain: Domain) -> Violation:
        focus, path, value = domain.node, self._fresh(), self._fresh()
        node = focus if not shape.path else self._fresh()
        start = domain.text if not shape.path else self._reach(shape, domain, node)
        allowed = ", ".join(str(term) for term in constraint.terms)
        told = f"FILTER({path} NOT IN ({allowed}))" if allowed else ""
        resource = f"FILTER(!({path} = <{RDF}type> && sameTerm({value}, <{RDFS}Resource>)))"
        text = f"{start} {node} {path} {value} . {told} {resource}"
        if shape.path:
            text = f"{{ {text} }} {domain.only}"
        return Violation(shape, constraint, text, focus, value, path, domain.through)

    def _sparql(self, shape: Shape, constraint: Constraint, domain: Domain) -> Violation:
        if constraint.select is None:
            raise NotCompiled("a SPARQL constraint without a query")
        named = " ".join((f"({domain.node} AS ?this)", *domain.through))
        nodes = f"{{ SELECT DISTINCT ({domain.node} AS ?this) {{ {domain.text} }} }}"
        text = f"{{ {bound(constraint.select, nodes)} }}"
        if domain.through:
            text = f"{text} {{ SELECT {named} {{ {domain.text} }} }}"
        return Violation(shape, constraint, text, "?this", "?value", "?path", domain.through)


_TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
_OF_FOCUS = {
    "minCount": Compiler._min_count,
    "maxCount": Compiler._max_count,
    "hasValue": Compiler._has_value,
    "qualifiedMinCount": Compiler._qualified,
    "qualifiedMaxCount": Compiler._qualified,
}


def _counting(by: str, value: str, reach: str, number: int) -> str:
    """Each of some variables that so many values are reached from."""
    having = f"HAVING(COUNT(DISTINCT {value}) >= {number})"
    return f"{{ SELECT {by} {{ {reach} }} GROUP BY {by} {having} }}"


def _any(groups: list[str]) -> str:
    return "{ " + " UNION ".join(f"{{ {group} }}" for group in groups) + " }"


def _renamed(inner: str, outer: str) -> str:
    return inner if inner == outer else f"({inner} AS {outer})"
