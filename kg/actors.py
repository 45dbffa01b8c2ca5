"""Holders of office from a Wikidata-shaped endpoint, as additions to the register for review.

What comes back is hostile until read: names become YAML strings, nothing else of it is believed
but IRIs and dates. What the register knows already is left out; what differs from it says how.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import yaml

from kg.errors import Misuse, harmless
from kg.facts import Register
from kg.facts.names import folded, nearest, slug_of
from kg.namespaces import ACTOR, DIP, ORG, RDF, RDFS, SCHEMA, SKOS
from kg.queries import bind, read_question
from kg.rdf import Literal, NamedNode, Rows, Term
from kg.resources import shipped
from kg.store import Limits, ask

KINDS = ("head of state", "head of government", "foreign minister")
"""What kinds of office the query asks for."""

_LONGEST = 100
"""Characters of a name; a longer one is none."""

_HEADER = """\
# Holders of office that {address} knows and the register does not, or knows otherwise.
# Review each line; then this file goes into facts/actors/ beside your store.

source: {{id: register, type: Dataset, label: Editorial register of actors and offices}}
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A term in an office, as an endpoint tells of it.

    Attributes:
        code: ISO 3166-1 alpha-3 of the state.
        person: IRI of the person there.
        name: What the person is called.
        kind: One of `KINDS`.
        office: What the office is called, as `President of Mexico`; empty where it has no name.
        begin: First day, month or year in it, or empty.
        end: Last one, or empty.
    """

    code: str
    person: str
    name: str
    kind: str
    office: str
    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Additions:
    """What to add to the register.

    Attributes:
        document: YAML in the form of `facts/actors/`.
        people: How many people it names.
        terms: How many terms in office.
        differing: How many of them the register has otherwise.
    """

    document: str
    people: int
    terms: int
    differing: int


@dataclass(slots=True)
class _Known:
    """What the register says, by IRI and property."""

    told: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def of(self, iri: str, property: str) -> list[str]:
        return self.told.get(iri, {}).get(property, [])

    def names(self, iri: str) -> list[str]:
        return [*self.of(iri, RDFS + "label"), *self.of(iri, SKOS + "altLabel")]

    def all(self, kind: str) -> list[str]:
        return [iri for iri, told in self.told.items() if DIP + kind in told.get(RDF + "type", [])]


def fetch(address: str, codes: Sequence[str], limits: Limits) -> list[Held]:
    """Returns who held which office, as an endpoint has it.

    Args:
        address: Of the endpoint.
        codes: ISO 3166-1 alpha-3 of the states.
        limits: Of the query.

    Raises:
        KgError: The endpoint is away, refuses, or answers with something else.
    """
    question = read_question(shipped("queries") / "fetch" / "holders-of-office.rq")
    found = ask(address, bind(question, {"code": [Literal(code) for code in codes]}), limits)
    return [held for row in found.rows if (held := _held(found, row)) is not None]


def codes_of(states: Iterable[str], register: Register) -> dict[str, str]:
    """Returns the slugs of states by their ISO 3166-1 alpha-3.

    Args:
        states: Names, slugs or codes.
        register: Where they are looked up.

    Raises:
        Misuse: One is unknown; the nearest known one is said.
    """
    known = _known(register)
    named: dict[str, str] = {}
    for iri in known.all("State"):
        for name in (iri.removeprefix(ACTOR), *known.names(iri), *known.of(iri, _CODE)):
            named[folded(name)] = iri
    found = {}
    for state in states:
        iri = named.get(folded(state), "")
        codes = known.of(iri, _CODE)
        if not codes:
            near = nearest(folded(state), named)
            hint = f": did you mean {known.names(named[near])[0]!r}?" if near else ""
            raise Misuse(f"no state is called {state!r}{hint}")
        found[codes[0]] = iri.removeprefix(ACTOR)
    return found


def additions(
    held: Iterable[Held], states: dict[str, str], register: Register, *, address: str, since: str
) -> Additions:
    """Returns what to add to the register, to be reviewed by a person.

    Args:
        held: As `fetch` gives them.
        states: Slugs by code.
        register: What is known already.
        address: Where it was fetched from.
        since: Terms that ended before this day are left out; empty leaves none out.
    """
    known = _known(register)
    people: dict[str, dict[str, object]] = {}
    slugs = set(register.actors)
    lines: list[str] = []
    differing = 0
    for one in held:
        if one.code not in states or not (one.begin or one.end):
            continue
        if one.end and one.end < since[: len(one.end)]:
            continue
        person = _find(one, states[one.code], known)
        slug = people.get(one.person, {}).get("id") or person or _fresh(one, slugs)
        before = _before(ACTOR + person, one, known) if person else ""
        begin, end = _days(before, known)
        if not before or not (_fits(begin, one.begin) and _fits(end, one.end)):
            if before:
                differing += 1
                lines.append(f"  # the register has it from {begin or '?'} to {end or '?'}")
            term = _term(one, str(slug), states[one.code], before, known)
            lines.append(f"  - {_flow(term)}")
        if one.person not in known.of(ACTOR + person, _SAME):
            people[one.person] = _person(one, str(slug), states[one.code], known)
    document = _HEADER.format(address=harmless(address))
    if people:
        document += "\nactors:\n" + "".join(f"  - {_flow(entry)}\n" for entry in people.values())
    if lines:
        document += "\ntenures:\n" + "".join(line + "\n" for line in lines)
    terms = sum(line.startswith("  - ") for line in lines)
    return Additions(document, len(people), terms, differing)


_FOREIGN = ("foreign", "external", "international", "secretary of state")
_CODE = SCHEMA + "identifier"
_SAME = SCHEMA + "sameAs"


def _known(register: Register) -> _Known:
    known = _Known()
    for quad in register.quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            told = known.told.setdefault(quad.subject.value, {})
            told.setdefault(quad.predicate.value, []).append(quad.object.value)
    return known


def _held(rows: Rows, row: tuple[Term | None, ...]) -> Held | None:
    """Returns one row, or nothing where it is not what was asked for."""
    told = dict(zip(rows.variables, row, strict=True))

    def text(name: str) -> str:
        term = told.get(name)
        return term.value if isinstance(term, Literal | NamedNode) else ""

    name, office = (" ".join(harmless(text(key)).split()) for key in ("name", "office"))
    is_person = isinstance(told.get("person"), NamedNode) and 0 < len(name) <= _LONGEST
    if not is_person or text("kind") not in KINDS:
        return None
    begin, end = (_date(text(key), text(f"{key}Precision")) for key in ("from", "to"))
    if begin and end and end < begin[: len(end)]:
        return None
    return Held(text("code"), text("person"), name, text("kind"), office[:_LONGEST], begin, end)


def _date(value: str, precision: str) -> str:
    """Returns a date as precise as it is known: a day, a month or a year, or nothing."""
    found = re.match(r"\+?([1-9]\d{3})-(\d\d)-(\d\d)T", value)
    length = {"11": 10, "10": 7, "9": 4}.get(precision, 0)
    return "-".join(found.groups())[:length] if found else ""


def _find(one: Held, state: str, known: _Known) -> str:
    """Returns the slug of a person in the register: the same one, or the only one so named."""
    people = known.all("Person")
    same = [iri for iri in people if one.person in known.of(iri, _SAME)]
    named = [
        iri
        for iri in people
        if folded(one.name) in map(folded, known.names(iri))
        and known.of(iri, DIP + "state") in ([], [ACTOR + state])
    ]
    found = same or named
    return found[0].removeprefix(ACTOR) if len(found) == 1 else ""


def _fresh(one: Held, slugs: set[str]) -> str:
    """Returns a slug that nobody has: of the name, and of the IRI where that does not do."""
    slug = slug_of(one.name)
    if not slug or slug in slugs:
        slug = slug_of(f"{slug} {re.split('[/#]', one.person)[-1]}") or "unnamed"
    slugs.add(slug)
    return slug


def _person(one: Held, slug: str, state: str, known: _Known) -> dict[str, object]:
    """Returns an entry; of one whom the register knows, with all that it says."""
    iri = ACTOR + slug
    label, *other = known.names(iri) or [one.name]
    if one.name not in (label, *other):
        other.append(one.name)
    entry: dict[str, object] = {"id": slug, "type": "Person", "label": label}
    if other:
        entry["altLabel"] = other
    if iri not in known.told or known.of(iri, DIP + "state"):
        entry["state"] = state
    return entry | {"sameAs": [*known.of(iri, _SAME), one.person]}


def _term(one: Held, person: str, state: str, before: str, known: _Known) -> dict[str, object]:
    """Returns an entry; organization and office as the register has them, if it has the term."""
    organizations = [iri.removeprefix(ACTOR) for iri in known.of(before, ORG + "organization")]
    offices = known.of(before, ORG + "role")
    if not before:
        ministry = f"{state}-foreign-ministry"
        is_minister = one.kind == "foreign minister" and ACTOR + ministry in known.told
        organizations = [ministry if is_minister else state]
        offices = [_title(one, known.names(ACTOR + state))]
    only = organizations[0] if len(organizations) == 1 else organizations
    term: dict[str, object] = {"person": person, "organization": only, "office": offices[0]}
    return term | {key: day for key, day in (("from", one.begin), ("to", one.end)) if day}


def _title(one: Held, names: Iterable[str]) -> str:
    """Returns the title alone: `President of Mexico` is the President there."""
    for name in sorted(names, key=len, reverse=True):
        title = re.sub(rf" of (the )?{re.escape(name)}$", "", one.office)
        if title != one.office:
            return title
    return one.office or one.kind.capitalize()


def _before(person: str, one: Held, known: _Known) -> str:
    """Returns the term of the register that is in the same kind of office at the time, if any."""
    for iri in _terms(person, known):
        begin, end = _days(iri, known)
        if _is_kin(iri, one, known) and _overlap((begin, end), (one.begin, one.end)):
            return iri
    return ""


def _days(term: str, known: _Known) -> tuple[str, str]:
    """Returns first and last day of a term of the register, empty where it has none."""
    begin, end = ("".join(known.of(term, DIP + key)[:1]) for key in ("notBefore", "notAfter"))
    return begin, end


def _fits(known: str, told: str) -> bool:
    """Returns whether two dates agree, as far as the one that is told is precise."""
    return known.startswith(told) if told else not known


def _terms(person: str, known: _Known) -> Iterator[str]:
    return (iri for iri in known.told if person in known.of(iri, ORG + "member"))


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    last = "9999"
    return one[0] <= (other[1] or last) and other[0] <= (one[1] or last)


def _is_kin(iri: str, one: Held, known: _Known) -> bool:
    """Returns whether a term of the register is in the same kind of office."""
    role = folded(" ".join(known.of(iri, ORG + "role")))
    is_foreign = any(word in role for word in _FOREIGN)
    return is_foreign == (one.kind == "foreign minister")


def _flow(entry: dict[str, object]) -> str:
    """Returns an entry on one line of YAML."""
    return yaml.safe_dump(
        entry, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    ).strip()
