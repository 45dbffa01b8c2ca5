"""Prepared questions: `.rq` files with a header that says what they answer and what can be chosen.

A header line begins with `#+`; together they are YAML:

    #+ summary: Who holds which position on an issue
    #+ parameters:
    #+   issue: {type: issue, description: With the narrower ones}
    #+   since: {type: date, description: First day}
    #+   until: {type: date, description: Last day, not_before: since}

Each parameter has a slot `VALUES ?issue { UNDEF }` in the text; unbound, it narrows nothing. A line
that ends in `# with ?issue` is there to narrow, and is left out where nothing is chosen; one that
ends in `# LIMIT` is where a part may end after so many rows as are wanted of the whole, and is left
out where all are. As comments they change no answer: any SPARQL tool runs the file as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

from kg.errors import InputError, KgError, Misuse, Place, unreadable
from kg.namespaces import ACTOR, BASE, DIP, EVENT, ISSUE, SOURCE, STANCE, STATUS, TOPIC, XSD
from kg.placed import read_yaml
from kg.rdf import Literal, NamedNode, Result, Rows, Term
from kg.resources import files, shipped


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be chosen.

    Attributes:
        name: As in `-p name=value`.
        type: A key of `TYPES`.
        description: What choosing it does.
        required: Whether the question means nothing without it.
        not_before: The parameter where an interval begins that ends with this one, or nothing.
    """

    name: str
    type: str
    description: str
    required: bool = False
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A prepared question; `text` is its SPARQL, slots still open."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    text: str


class Asked(Protocol):
    """A store, as far as names are looked up in it."""

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries."""


_CLASSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "actor": ("?iri a dip:Actor", (ACTOR,)),
    "issue": ("{ ?iri a dip:Issue } UNION { ?iri a dip:Topic }", (ISSUE, TOPIC)),
    "event": ("?iri a dip:Event", (EVENT,)),
    "source": ("?iri a dip:Source", (SOURCE,)),
    "kind": ("?iri rdfs:subClassOf* dip:Event", (DIP,)),
    "stance": ("?iri a dip:Stance", (STANCE,)),
    "status": ("?iri a dip:Status", (STATUS,)),
    "fact": ("?iri dip:accordingTo ?voucher", (SOURCE, EVENT, BASE)),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

TYPES: tuple[str, ...] = (*_CLASSES, "date", "integer", "text")
"""What a parameter can be; all but the last three are looked up by label, slug or IRI."""


def read_questions(
    project: Path | None = None, group: str = "ask", bad: dict[str, KgError] | None = None
) -> dict[str, Question]:
    """Returns the prepared questions by name: shipped ones, and a project's own in their place.

    Args:
        project: The folder whose own questions are read on top.
        group: `ask`, or `check` for those whose rows are what an editor should look at.
        bad: Takes up by name what is wrong with files of the project, which keep no other question
            from being asked; without it that is raised.

    Raises:
        InputError: A file cannot be read, or its header does not fit its slots.
    """
    questions: dict[str, Question] = {}
    for path in files("queries", (".rq",), under=group, project=project):
        try:
            questions[path.stem] = read_question(path)
        except KgError as error:
            if bad is None or path.is_relative_to(shipped("queries")):
                raise
            questions.pop(path.stem, None)
            bad[path.stem] = error
    return questions


def read_question(path: Path) -> Question:
    """Returns the question of one file; errors as of `read_questions`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    # Lines that are no header stay as empty ones: what is wrong is said at its line.
    lines = [line[2:].removeprefix(" ") for line in _headed(text)]
    if not any(lines):
        raise InputError(
            "no header: begin the file with `#+ summary: ` and what the question answers",
            Place(str(path), 1),
        )
    header: Any = read_yaml("\n".join(lines).encode(), file=str(path)).data or {}
    try:
        told: dict[str, Any] = header.get("parameters", {})
        _check_types(path, {name: one["type"] for name, one in told.items()})
        parameters = {name: Parameter(name, **one) for name, one in told.items()}
        summary, about = str(header["summary"]), str(header.get("description", ""))
        question = Question(
            path.stem, summary, about, tuple(header.get("tags", ())), parameters, text
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(
            "the header needs `#+ summary: ...`, and of each parameter its type and description;"
            " it may say besides whether it is required, and what it is not_before",
            Place(str(path), 1),
        ) from error
    _check(path, text, parameters)
    return question


def find_question(
    questions: Mapping[str, Question], name: str, bad: Mapping[str, KgError] | None = None
) -> Question:
    """Returns the question of a name.

    Args:
        questions: Those that could be read.
        name: Which.
        bad: What is wrong with the others, by name.

    Raises:
        KgError: That one's file is wrong.
        Misuse: There is none; the nearest known one is said.
    """
    if bad and name in bad:
        raise bad[name]
    if name not in questions:
        raise Misuse(_unknown("no question is called", name, questions))
    return questions[name]


def bind(question: Question, values: Mapping[str, Sequence[Term]], first: int | None = None) -> str:
    """Returns the SPARQL of a question with terms in its slots.

    Args:
        question: The question.
        values: Terms by parameter; several mean any of them, none leaves the slot open.
        first: How many rows are wanted, from the first; all where nothing is said.

    Raises:
        Misuse: There is no such parameter, a required one is missing, or an interval ends before it
            begins.
    """
    for name in values:
        if name not in question.parameters:
            raise Misuse(_unknown(f"{question.name} has no parameter", name, question.parameters))
    for parameter in question.parameters.values():
        if parameter.required and not values.get(parameter.name):
            raise Misuse(f"{question.name} needs -p {parameter.name}=...: {parameter.description}")
        _in_order(parameter, values)
    text = _limited(question.text, first)
    for name in question.parameters:
        if terms := values.get(name):
            # str() of a term escapes whatever is in it.
            bound = f"VALUES ?{name} {{ {' '.join(str(term) for term in terms)} }}"
            text = _slot(name).sub(bound.replace("\\", "\\\\"), text)
        else:
            text = re.sub(rf"^.*# with \?{name}$\n", "", text, flags=re.MULTILINE)
    return text


def _in_order(end: Parameter, values: Mapping[str, Sequence[Term]]) -> None:
    first, last = (
        [term.value for term in values.get(name, ()) if isinstance(term, Literal)]
        for name in (end.not_before, end.name)
    )
    if first and last and max(last) < min(first):
        raise Misuse(
            f"{end.name}={max(last)} is before {end.not_before}={min(first)}:"
            " nothing lies between them; exchange the two days"
        )


def _limited(text: str, first: int | None) -> str:
    if first is None or re.search(r"^ASK\b", text, re.MULTILINE):
        return re.sub(r"^.*# LIMIT\n", "", text, flags=re.MULTILINE)
    return text.replace("# LIMIT\n", f"LIMIT {first}\n").rstrip() + f"\nLIMIT {first}\n"


def prepare(
    question: Question,
    reader: Asked,
    chosen: Iterable[tuple[str, str]],
    first: int | None = None,
) -> str:
    """Returns the SPARQL of a question with a user's words in its slots.

    Args:
        question: The question.
        reader: The store, which knows the names.
        chosen: Parameter and text, in any number.
        first: How many rows are wanted, as of `bind`.

    Raises:
        Misuse: A parameter or a name is unknown; the nearest known one is said.
    """
    values: dict[str, list[Term]] = {}
    for name, text in chosen:
        parameter = question.parameters.get(name)
        if parameter is None:
            raise Misuse(_unknown(f"{question.name} has no parameter", name, question.parameters))
        values.setdefault(name, []).append(resolve(reader, parameter.type, text))
    return bind(question, values, first)


def resolve(reader: Asked, type: str, text: str) -> NamedNode | Literal:
    """Returns the term that a user means.

    Args:
        reader: The store, which knows the names.
        type: A key of `TYPES`.
        text: A label, another name, a slug or an IRI; a date or number as ISO 8601 and XSD have it.

    Raises:
        Misuse: Nothing or too much is called so; the nearest names are said.
    """
    if type == "text":
        return Literal(text)
    if type == "integer":
        return Literal(str(_integer(text)), datatype=NamedNode(XSD + "integer"))
    if type == "date":
        if not is_date(text):
            raise Misuse(f"not a date: {text!r}; write it as 2026-01-12")
        return Literal(text, datatype=NamedNode(XSD + "date"))
    return _named(reader, type, text)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Misuse(f"not a whole number: {text!r}") from error


def is_date(text: str) -> bool:
    """Returns whether text is a day as XSD and ISO 8601 have it: 2026-01-12."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(_DATE.fullmatch(text))


def _named(reader: Asked, type: str, text: str) -> NamedNode:
    pattern, namespaces = _CLASSES[type]
    # An IRI or slug is looked up; only a name makes it read what everything is called.
    meant = (text, *(namespace + text for namespace in namespaces), BASE + text)
    for iri in filter(None, map(_iri, meant)):
        if _names(reader, f"VALUES ?iri {{ {iri} }} {pattern}"):
            return iri
    names = _names(reader, pattern)
    iris = {iri for iri, _ in names}
    sought = " ".join(text.casefold().split())
    ends = {iri for iri in iris if re.split("[/#]", iri)[-1].casefold() == sought}
    labelled = {iri for iri, name in names if name.casefold() == sought}
    found = sorted(labelled or ends)
    if len(found) == 1:
        return NamedNode(found[0])
    if found:
        raise Misuse(f"{text!r} is the name of several: {', '.join(found)}. Give the one you mean")
    by_name = {re.split("[/#]", iri)[-1]: iri for iri in iris} | {n: iri for iri, n in names if n}
    raise Misuse(_unknown(f"no {type} is called", text, by_name))


def _iri(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def _names(reader: Asked, pattern: str) -> list[tuple[str, str]]:
    found = reader.query(
        f"PREFIX dip: <{DIP}>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "SELECT DISTINCT ?iri ?name { " + pattern + " . FILTER(isIRI(?iri)) "
        "OPTIONAL { ?iri rdfs:label|skos:altLabel ?name } } ORDER BY ?iri ?name"
    )
    rows = found.rows if isinstance(found, Rows) else ()
    return [
        (iri.value, name.value if isinstance(name, Literal) else "")
        for iri, name in rows
        if isinstance(iri, NamedNode)
    ]


_FEW = 12


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    folded = {one.casefold(): one for one in known}
    # A part of a name, as a surname, is nearer than likeness of letters says.
    near = [key for key in folded if name.casefold() in key]
    near = near or get_close_matches(name.casefold(), folded, n=9, cutoff=0.6)
    # Each thing once, by a name in words before its slug.
    shown: list[str] = []
    for key in sorted(near, key=lambda key: "-" in key and " " not in key):
        if known[folded[key]] not in [known[one] for one in shown]:
            shown.append(folded[key])
    if not shown and 0 < len(known) <= _FEW:
        return f"{what} {name!r}: choose one of {', '.join(known)}"
    hint = " or ".join(repr(one) for one in shown[:3])
    return f"{what} {name!r}" + (f": did you mean {hint}?" if hint else "")


def _slot(name: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES \?{re.escape(name)} \{{ UNDEF \}}")


def _headed(text: str) -> list[str]:
    return [line if line.startswith("#+") else "" for line in text.splitlines()]


def _check_types(path: Path, types: Mapping[str, object]) -> None:
    for name, told in types.items():
        if told not in TYPES:
            message = f"{name} is of no known type, {told}: choose one of {', '.join(TYPES)}"
            raise InputError(message, Place(str(path), 1))


def _check(path: Path, text: str, parameters: Mapping[str, Parameter]) -> None:
    slots = set(re.findall(r"VALUES \?(\w+) \{ UNDEF \}", text))
    if slots != set(parameters):
        odd = ", ".join(sorted(slots ^ set(parameters)))
        raise InputError(f"slots and parameters differ: {odd}", Place(str(path), 1))
    for parameter in parameters.values():
        if parameter.not_before and parameter.not_before not in parameters:
            message = f"{parameter.name}: not_before {parameter.not_before}, which is no parameter"
            raise InputError(message, Place(str(path), 1))
