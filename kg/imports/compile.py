"""A mapping file made ready for a table: columns become indices, codes what they mean."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kg.errors import InputError, InputErrors, Place
from kg.imports.lexical import escaped
from kg.imports.mapping import Actor, Kind, Mapping, Parties
from kg.imports.spec import DELIMITERS, Actors, Codes, Number, Spec, read_codes, read_spec
from kg.imports.table import Table, heads_of, scan
from kg.namespaces import ACTOR, DERIVED, DIP, RDF, RDFS, SCHEMA, SKOS, XSD, graph_of
from kg.placed import Placed
from kg.rdf import NamedNode, Quad
from kg.vocabulary import CAMEO, PLOVER, Vocabulary

_TOLD = 3
"""How many columns that a table lacks are named, and how many of those that it has."""
_LONGEST = 40
"""Characters of a column's name that are told."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows: actors by identifier, by name, by the end of their IRI.

    Attributes:
        countries: Actors by name, of those alone that have an identifier.
    """

    codes: dict[str, Actor]
    names: dict[str, Actor]
    countries: dict[str, Actor]
    slugs: dict[str, Actor]


def known_actors(register: Iterable[Quad]) -> Known:
    """Returns the actors of the register; a name that two of them bear is left out."""
    labels: dict[str, str] = {}
    codes: dict[str, str] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for quad in register:
        subject = getattr(quad.subject, "value", "")
        if not subject.startswith(ACTOR):
            continue
        value = getattr(quad.object, "value", "")
        match quad.predicate.value:
            case p if p == RDFS + "label":
                labels[subject] = value
                names[value.casefold()].add(subject)
            case p if p == SKOS + "altLabel":
                names[value.casefold()].add(subject)
            case p if p == SCHEMA + "identifier":
                codes[value] = subject
    actors = {iri: Actor(iri, label) for iri, label in labels.items()}
    coded = set(codes.values())
    countries = {name: iris & coded for name, iris in names.items()}
    return Known(
        {code: actors[iri] for code, iri in codes.items()},
        {name: actors[next(iter(iris))] for name, iris in names.items() if len(iris) == 1},
        {name: actors[next(iter(iris))] for name, iris in countries.items() if len(iris) == 1},
        {iri.removeprefix(ACTOR): actor for iri, actor in actors.items()},
    )


def _named(columns: Iterable[str]) -> str:
    """Returns the first of some columns in words."""
    cut = (one if len(one) <= _LONGEST else one[:_LONGEST] + "…" for one in columns)
    return ", ".join(map(repr, islice(cut, _TOLD)))


@dataclass(frozen=True, slots=True)
class Source:
    """What is said of the source that vouches for the rows.

    Attributes:
        iri: Its IRI.
        label: What a person calls it.
        published: The day, ISO 8601, or empty.
        digest: Of the table, `sha256:` and hexadecimal digits.
    """

    iri: str
    label: str
    published: str
    digest: str


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles one mapping file with the vocabulary and the register.

    Attributes:
        name: Of the data set.
        spec: What the file says.
    """

    name: str
    spec: Spec
    placed: Placed
    path: Path
    vocabulary: Vocabulary
    known: Known
    project: Path | None = None

    def scanned(self, path: Path) -> Table:
        """Returns a table of the data set, looked through.

        What parts its cells is what its heads are those of the data set by: publishers and
        spreadsheets write one table with commas as well as with semicolons.

        Raises:
            InputError: It cannot be read, or is empty.
            LimitError: A row is too long, or it unpacks to too much.
        """
        spec = self.spec.table
        delimiter = self.delimiter
        if not spec.columns:
            wanted = self.spec.event.columns
            heads = {
                one: wanted.intersection(heads_of(path, one, quoted=spec.may_quote(one)))
                for one in (delimiter, *DELIMITERS.values())
            }
            delimiter = max(heads, key=lambda one: len(heads[one]))
        return scan(path, delimiter=delimiter, quoted=spec.may_quote(delimiter))

    @property
    def delimiter(self) -> str:
        """What parts cells, as the mapping file has it."""
        return DELIMITERS[self.spec.table.delimiter]

    def compile(
        self, heads: Sequence[str], source: Source, *, file: str, delimiter: str | None = None
    ) -> Mapping:
        """Returns the mapping for a table with these heads.

        Args:
            heads: Of the table.
            source: What vouches for its rows.
            file: What messages call it.
            delimiter: What parts its cells; without it, what the mapping file says.

        Raises:
            InputErrors: The mapping names a column that the table lacks, or a kind, a property or a
                file of codes that there is none of.
        """
        return _Compilation(self, tuple(heads), source, file).mapping(delimiter or self.delimiter)


def read_mapping(
    path: Path, vocabulary: Vocabulary, register: Iterable[Quad], project: Path | None = None
) -> Compiler:
    """Returns a mapping file, read.

    Raises:
        InputError: It cannot be read, or is none.
    """
    spec, placed = read_spec(path)
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "table"
    return Compiler(name, spec, placed, path, vocabulary, known_actors(register), project)


class _Compilation:
    def __init__(
        self, compiler: Compiler, heads: tuple[str, ...], source: Source, file: str
    ) -> None:
        self.compiler, self.heads, self.source, self.file = compiler, heads, source, file
        self.spec = compiler.spec
        self.vocabulary = compiler.vocabulary
        self.errors: list[InputError] = []
        self.lacking: dict[str, Place] = {}
        self.above = _above(compiler.vocabulary.quads)

    def mapping(self, delimiter: str) -> Mapping:
        table, event = self.spec.table, self.spec.event
        known = self.compiler.known
        kinds, modes = self._kinds()
        place = event.place
        codes = self._codes(place.codes) if place else Codes()
        found = Mapping(
            name=self.compiler.name,
            source=self.source.iri,
            heads=self.heads,
            delimiter=delimiter,
            quoted=table.may_quote(delimiter),
            has_heads=not table.columns,
            missing=tuple(sorted({"", *table.missing})),
            preamble=self._preamble(),
            preamble_derived=self._preamble_derived(),
            id=tuple(self._at("id", name) for name in event.id),
            code=tuple(self._at("kind", name) for name in event.kind.code if name),
            always=event.kind.always,
            kinds=kinds,
            modes=modes,
            date=self._at("date", event.date.column),
            until=self._maybe("date", event.date.until),
            formats=event.date.formats,
            precision=self._maybe("date", event.date.precision),
            windows=event.date.windows,
            agent=self._parties("agent", event.agent),
            recipient=self._parties("recipient", event.recipient),
            names=known.names,
            countries=known.countries,
            place=self._maybe("place", place.country if place else ""),
            places=self._countries(codes),
            topic=self._maybe("about", event.about.column if event.about else ""),
            topic_separator=event.about.separator if event.about else "",
            topics=self._topics(),
            numbers=tuple(self._number(name, told) for name, told in event.numbers.items()),
            article=self._maybe("article", event.article),
            credit=self._maybe("credit", event.credit),
            above={DIP + name: self._classes(DIP + name) for name in ("Actor", "Organization")},
        )
        if errors := (*self._lacks(), *dict.fromkeys(self.errors)):
            raise InputErrors(errors)
        return found

    # Columns

    def _at(self, key: str, column: str) -> int:
        if self.heads.count(column) > 1:
            self._wrong(("event", key), f"{self.file} has more than one column {column!r}")
        if column in self.heads:
            return self.heads.index(column)
        self.lacking.setdefault(column, self.compiler.placed.value(("event", key)))
        return 0

    def _lacks(self) -> Iterator[InputError]:
        """Yields one error for all columns that the table lacks."""
        if not self.lacking:
            return
        more = f" and {len(self.lacking) - _TOLD:,} more" if len(self.lacking) > _TOLD else ""
        yield InputError(
            f"there is no column {_named(self.lacking)}{more} in {self.file}, which begins with "
            f"{_named(filter(None, self.heads))}: is it a table of another data set?",
            next(iter(self.lacking.values())),
        )

    def _maybe(self, key: str, column: str) -> int | None:
        return self._at(key, column) if column else None

    def _wrong(self, at: tuple[str, ...], message: str) -> None:
        self.errors.append(InputError(message, self.compiler.placed.value(at)))

    # Codes

    def _codes(self, name: str) -> Codes:
        return read_codes(name, self.compiler.path, self.compiler.project) if name else Codes()

    def _kinds(self) -> tuple[dict[str, Kind], bool]:
        coded = self.spec.event.kind
        if coded.always:
            return {coded.always: self._kind(coded.always)}, False
        if coded.scheme == "kind":
            return {name: self._kind(name) for name in self.vocabulary.kinds}, False
        if coded.scheme is None:
            return {code: self._kind(name) for code, name in coded.kinds.items()}, False
        scheme = {"cameo": CAMEO, "plover": PLOVER}[coded.scheme]
        homes = [code for known, code in self.vocabulary.homes if known == scheme]
        codes = self._codes(coded.codes).events.split()
        if scheme == PLOVER or not codes:
            codes += homes
        found = {}
        for code in codes:
            kind = self.vocabulary.kind_of(scheme, code)
            if kind is not None:
                found[code] = self._kind(kind.name)
        return found, scheme == PLOVER

    def _kind(self, name: str) -> Kind:
        kind = self.vocabulary.kinds.get(name)
        if kind is None:
            self._wrong(("event", "kind"), f"there is no kind {name!r} in the vocabulary")
            return Kind("", "", ())
        place = self.spec.event.place
        placeless = place is not None and any(
            self.vocabulary.is_a(name, one)
            for one in place.apart_from
            if one in self.vocabulary.kinds
        )
        return Kind(kind.iri, kind.label, self._classes(kind.iri), kind.reciprocal, placeless)

    def _classes(self, iri: str) -> tuple[str, ...]:
        """Returns the IRIs of all classes above a class, sorted."""
        found: set[str] = set()
        ahead = list(self.above.get(iri, ()))
        while ahead:
            if (one := ahead.pop()) not in found:
                found.add(one)
                ahead.extend(self.above.get(one, ()))
        return tuple(sorted(found))

    def _parties(self, key: str, told: Actors) -> Parties:
        codes = self._codes(told.codes)
        known = self.compiler.known
        for slug in codes.groups.values():
            if slug not in known.slugs:
                self._wrong(("event", key), f"the codes name an actor that nobody knows: {slug!r}")
        return Parties(
            name=self._maybe(key, told.name),
            separator=told.separator,
            country=self._maybe(key, told.country),
            group=self._maybe(key, told.group),
            role=self._maybe(key, told.role),
            countries=self._countries(codes),
            groups={c: known.slugs[s] for c, s in codes.groups.items() if s in known.slugs},
            roles=codes.roles,
            regions=codes.regions,
            government=codes.government,
        )

    def _countries(self, codes: Codes) -> dict[str, Actor]:
        known = self.compiler.known.codes
        own = {code: known[iso] for code, iso in codes.countries.items() if iso in known}
        # Codes of two letters are not ISO's, whatever they look like.
        return own if any(len(code) == 2 for code in own) else {**known, **own}

    def _topics(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for slug, topic in self.vocabulary.topics.items():
            for name in (slug, topic.label, *topic.labels, topic.context or slug):
                found.setdefault(name.casefold(), f"<{topic.iri}>")
        return found

    def _number(self, name: str, told: Number) -> tuple[int, str, bool, int | None]:
        iri = DIP + name
        ranges = {
            getattr(quad.object, "value", "")
            for quad in self.vocabulary.quads
            if quad.subject == NamedNode(iri) and quad.predicate.value == SCHEMA + "rangeIncludes"
        }
        if not ranges & {XSD + "integer", XSD + "decimal"}:
            self._wrong(("event", "numbers", name), f"no property dip:{name} holds a number")
        return self._at("numbers", told.column), iri, XSD + "integer" in ranges, told.least

    # The source

    def _preamble(self) -> str:
        source, dataset = self.source, self.spec.dataset
        told = [
            (RDF + "type", f"<{DIP}Dataset>"),
            (RDFS + "label", _text(source.label)),
            (DIP + "textDigest", _text(source.digest)),
        ]
        if source.published:
            told.append((SCHEMA + "datePublished", f'"{source.published}"^^<{XSD}date>'))
        if dataset.publisher:
            told.append((SCHEMA + "creditText", _text(dataset.publisher)))
        if dataset.terms:
            told.append((SCHEMA + "license", str(NamedNode(dataset.terms))))
        graph = graph_of(source.iri)
        return "".join(f"<{source.iri}> <{p}> {o} <{graph}> .\n" for p, o in told)

    def _preamble_derived(self) -> str:
        graph = graph_of(self.source.iri) + DERIVED
        return "".join(
            f"<{self.source.iri}> <{RDF}type> <{above}> <{graph}> .\n"
            for above in self._classes(DIP + "Dataset")
        )


def _above(quads: Iterable[Quad]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        if quad.predicate.value == RDFS + "subClassOf":
            found[getattr(quad.subject, "value", "")].append(getattr(quad.object, "value", ""))
    return found


def _text(value: str) -> str:
    return f'"{escaped(value)}"'
