"""Builds the quads that a fact document asserts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kg.errors import InputError, Place
from kg.facts import dates
from kg.facts.model import Claim, Event, FactDocument, PassagePart, Position, Reported, Tenure
from kg.facts.names import nearest
from kg.facts.structure import MAX_ERRORS, gathered
from kg.namespaces import (
    ACTOR,
    BASE,
    DIP,
    EVENT,
    ISSUE,
    OA,
    ORG,
    POSITION,
    RDF,
    RDFS,
    SCHEMA,
    SEM,
    SKOS,
    STANCE,
    STATUS,
    XSD,
    graph_of,
)
from kg.placed import Path as At
from kg.placed import Placed
from kg.rdf import Literal, NamedNode, Quad
from kg.vocabulary import Vocabulary

# Keys whose property is not simply dip: and the key.
_PROPERTIES = {"during": SEM + "subEventOf", "place": SEM + "hasPlace"}
_MEANS = {
    "type": (RDF + "type",),
    "label": (RDFS + "label",),
    "date": (DIP + "notBefore", DIP + "notAfter"),
    "from": (DIP + "notBefore",),
    "to": (DIP + "notAfter",),
    "person": (ORG + "member",),
    "organization": (ORG + "organization",),
    "office": (ORG + "role",),
    "headline": (SCHEMA + "headline",),
    "published": (SCHEMA + "datePublished",),
    "value": (SCHEMA + "value",),
    "unit": (SCHEMA + "unitText",),
}
_ROLES = ("agent", "recipient", "attendee", "on_behalf_of", "place", "during", "about", "before")
_LINKS = (*_ROLES, "in_response_to", "conditional_on", "holder", "ground")
_ORDINARY = {"quote": "string", "confidence": "decimal", "time": "time", "duration": "duration"}
_NUMBERS = {"direction": DIP, "period": DIP, "baseline": DIP}


@dataclass(frozen=True, slots=True)
class Document:
    """What one document asserts.

    Attributes:
        source: IRI of its source.
        label: What a person calls the source.
        quads: All in the graph of the source.
        places: Where each node stands in the file, by its IRI.
        file: What messages call the file.
        keys: Where each property of a node stands, by their IRIs.
        draft: Whether nobody has reviewed it yet.
    """

    source: str
    label: str
    quads: tuple[Quad, ...]
    places: dict[str, Place]
    file: str
    keys: dict[tuple[str, str], Place] = field(default_factory=dict)
    draft: bool = False

    def locate(self, subject: str, predicate: str = "") -> Place:
        """Returns the place of a statement, as near as is known: the key, the node, the file.

        Args:
            subject: IRI of the node.
            predicate: IRI of the property, or empty.
        """
        return self.keys.get((subject, predicate)) or self.places.get(subject, Place(self.file))


@dataclass
class Builder:
    """Gathers the quads of one document, and every mistake on the way.

    `names` maps what may be referred to, to IRIs; `graph` is the source's unless given.
    """

    placed: Placed
    source: str
    vocabulary: Vocabulary
    names: dict[str, str]
    graph: str = ""
    quads: dict[Quad, None] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[tuple[str, str], Place] = field(default_factory=dict)
    errors: list[InputError] = field(default_factory=list)
    issues: set[str] = field(default_factory=set)
    passages: dict[str, tuple[int, int]] = field(default_factory=dict)

    def build(self, document: FactDocument) -> Document:
        """Returns the document's quads.

        Raises:
            InputErrors: Whatever is wrong with it, each at its place.
        """
        self.graph = self.graph or graph_of(self.source)
        label = document.source.label or document.source.headline or document.source.id
        self._source(document, label)
        self._actors(document)
        self._issues(document)
        tops: list[tuple[Reported, At]] = [
            *((node, ("claims", n)) for n, node in enumerate(document.claims)),
            *((node, ("positions", n)) for n, node in enumerate(document.positions)),
            *((node, ("events", n)) for n, node in enumerate(document.events)),
        ]
        for node, at in tops:
            self._name(node, at)
        for n, tenure in enumerate(document.tenures):
            self._tenure(tenure, n)
        for node, at in tops:
            self._iri(self._node(node, at), DIP + "accordingTo", self.source)
        if self.errors:
            raise gathered(self.errors)
        return Document(
            self.source,
            label,
            tuple(self.quads),
            self.places,
            self.placed.file,
            self.keys,
            document.source.draft,
        )

    # Naming: every id is known before any reference is looked up.

    def _name(self, node: Reported, at: At) -> None:
        iri = self._iri_of(node, at)
        self._stands(iri, at)
        given = getattr(node, "id", None)
        if given is not None:
            if given in self.names:
                self._wrong((*at, "id"), f"the id {given!r} is already the name of something else")
            self.names[given] = iri
        for n, inner in enumerate(node.content if isinstance(node, Event) else ()):
            if not isinstance(inner, str):
                self._name(inner, (*at, "content", n))

    def _iri_of(self, node: Reported, at: At) -> str:
        if isinstance(node, Position):
            return f"{POSITION}{node.holder}/{node.issue}/{node.stance}"
        given = getattr(node, "id", None)
        if given is None:
            trail = "-".join(str(part) for part in at if part not in {"events", "content"})
            return f"{self.source}/{trail}"
        return EVENT + given.removeprefix("event/") if "/" in given else f"{self.source}/{given}"

    def _stands(self, iri: str, at: At) -> None:
        """Notes where a node stands, and each of its keys under the property that it means."""
        self.places[iri] = self.placed.value(at)
        node, written = self.placed.data, []
        for step in at:
            # One thing may stand where a list is meant: then it has no number.
            if isinstance(node, dict) == isinstance(step, str):
                node = node[step]  # type: ignore[index]
                written.append(step)
        for key in node if isinstance(node, dict) else ():
            for predicate in _MEANS.get(key, (_PROPERTIES.get(key, DIP + key),)):
                self.keys[iri, predicate] = self.placed.key((*written, key))

    # Quads

    def _iri(self, subject: str, predicate: str, value: str) -> None:
        self._quad(subject, predicate, lambda: NamedNode(value))

    def _text(self, subject: str, predicate: str, value: object, kind: str = "string") -> None:
        if value is not None:
            datatype = NamedNode(XSD + kind)
            self._quad(subject, predicate, lambda: Literal(str(value), datatype=datatype))

    def _quad(self, subject: str, predicate: str, value: Callable[[], NamedNode | Literal]) -> None:
        try:
            quad = Quad(NamedNode(subject), NamedNode(predicate), value(), NamedNode(self.graph))
        except ValueError as error:  # a name that no IRI can hold
            place = self.keys.get((subject, predicate)) or self.places.get(subject)
            message = f"not the name of anything: {error}"
            self.errors.append(InputError(message, place or Place(self.placed.file, 1)))
        else:
            self.quads[quad] = None

    def _wrong(self, at: At, message: str) -> None:
        self.errors.append(InputError(message, self.placed.value(at)))

    def _unknown(
        self, at: At, what: str, name: str, known: Iterable[str], otherwise: str = ""
    ) -> None:
        # A search takes a millisecond: none for thousands of mistakes that are not shown.
        near = nearest(name, known) if len(self.errors) < MAX_ERRORS else None
        self._wrong(at, f"{what} {name!r}" + (f": did you mean {near}?" if near else otherwise))

    def _source(self, document: FactDocument, label: str) -> None:
        source, given = self.source, document.source
        self._stands(source, ("source",))
        kind = given.type
        self._iri(source, RDF + "type", DIP + kind)
        self._text(source, RDFS + "label", label)
        self._text(source, SCHEMA + "headline", given.headline)
        self._text(source, SCHEMA + "datePublished", given.published, "date")
        self._text(source, SCHEMA + "url", given.url)
        self._text(source, SCHEMA + "inLanguage", given.language)
        if given.text is not None:
            self._text(source, DIP + "textDigest", given.text.digest)
            self._text(source, DIP + "textLength", given.text.length, "integer")
        for key in ("credited", "publisher", "state"):
            value = getattr(given, key)
            values = value if isinstance(value, list) else [value] if value else []
            predicate = {"credited": DIP + "creditedSource", "publisher": SCHEMA + "publisher"}
            for name in values:
                self._link(source, predicate.get(key, DIP + key), name, ("source", key))
        for name, (start, end) in given.passages.items():
            at: At = ("source", "passages", name)
            if given.text is not None and end > given.text.length:
                self._wrong(at, f"the passage {name} ends after the text's {given.text.length}")
            if start >= end:
                self._wrong(at, f"the passage {name} ends before it begins")
            self.passages[name] = (start, end)
            self._passage(f"{source}#{name}", name, start, end, at)

    def _passage(self, iri: str, name: str, start: int, end: int, at: At) -> None:
        selector = f"{self.source}#char={start},{end}"
        self._stands(iri, at)
        self._iri(iri, RDF + "type", DIP + "Passage")
        self._text(iri, DIP + "passage", name)
        self._iri(iri, OA + "hasSource", self.source)
        self._iri(iri, OA + "hasSelector", selector)
        self._iri(selector, RDF + "type", OA + "TextPositionSelector")
        self._text(selector, OA + "start", start, "integer")
        self._text(selector, OA + "end", end, "integer")

    def _actors(self, document: FactDocument) -> None:
        for n, actor in enumerate(document.actors):
            iri, at = ACTOR + actor.id, ("actors", n)
            self._stands(iri, at)
            self._iri(iri, RDF + "type", DIP + actor.type)
            self._text(iri, RDFS + "label", actor.label)
            for name in actor.alt_label:
                self._text(iri, SKOS + "altLabel", name)
            for key in ("demonym", "capital", "seat"):
                for name in getattr(actor, key):
                    self._text(iri, DIP + key, name)
            self._text(iri, SCHEMA + "identifier", actor.identifier)
            for same in actor.same_as:
                self._iri(iri, SCHEMA + "sameAs", same)
            if actor.state:
                self._link(iri, DIP + "state", actor.state, (*at, "state"))
            if actor.part_of:
                self._link(iri, ORG + "subOrganizationOf", actor.part_of, (*at, "partOf"))

    def _issues(self, document: FactDocument) -> None:
        for n, issue in enumerate(document.issues):
            iri, at = ISSUE + issue.id, ("issues", n)
            self.issues.add(issue.id)
            self._stands(iri, at)
            self._iri(iri, RDF + "type", DIP + "Issue")
            self._text(iri, RDFS + "label", issue.label)
            if issue.broader:
                self._link(iri, SKOS + "broader", issue.broader, (*at, "broader"))

    def _tenure(self, tenure: Tenure, number: int) -> None:
        at: At = ("tenures", number)
        office = "".join(c if c.isalnum() and c.isascii() else "-" for c in tenure.office.lower())
        begin = (tenure.from_ or tenure.as_of or "") and f"-{tenure.from_ or tenure.as_of}"
        iri = f"{self.source}/{tenure.id or f'{tenure.person}-{office}{begin}'}"
        self._stands(iri, at)
        self._iri(iri, RDF + "type", DIP + "Tenure")
        self._link(iri, ORG + "member", tenure.person, (*at, "person"))
        for name in tenure.organization:
            self._link(iri, ORG + "organization", name, (*at, "organization"))
        self._text(iri, ORG + "role", tenure.office)
        self._text(iri, DIP + "asOf", tenure.as_of, "date")
        self._window(iri, tenure.from_, tenure.to, at)
        self._reported(iri, tenure, at)
        self._iri(iri, DIP + "accordingTo", self.source)

    def _node(self, node: Reported, at: At) -> str:
        iri = self._iri_of(node, at)
        self._reported(iri, node, at)
        for key in _LINKS:
            value = getattr(node, key, None) or []
            predicate = _PROPERTIES.get(key, DIP + _camel(key))
            for name in value if isinstance(value, list) else [value]:
                self._link(iri, predicate, name, (*at, _camel(key)))
        for key, kind in _ORDINARY.items():
            value = getattr(node, key, None)
            if kind == "time" and value and value.count(":") == 1:
                value = f"{value}:00"
            self._text(iri, DIP + key, value, kind)
        if isinstance(node, Event):
            self._event(iri, node, at)
        elif isinstance(node, Position):
            self._position(iri, node, at)
        elif isinstance(node, Claim):
            self._claim(iri, node)
        return iri

    def _event(self, iri: str, event: Event, at: At) -> None:
        if event.type not in self.vocabulary.kinds:
            known = self.vocabulary.kinds
            self._unknown((*at, "type"), "there is no kind of event", event.type, known)
        self._iri(iri, RDF + "type", DIP + event.type)
        status = event.status or "occurred"
        self._known(status, self.vocabulary.statuses, "status", (*at, "status"))
        self._iri(iri, DIP + "status", STATUS + status)
        self._window(iri, event.from_ or event.date, event.to or event.date, at)
        for n, inner in enumerate(event.content):
            inside: At = (*at, "content", n)
            if isinstance(inner, str):
                self._link(iri, DIP + "content", inner, inside)
            else:
                self._iri(iri, DIP + "content", self._node(inner, inside))

    def _position(self, iri: str, position: Position, at: At) -> None:
        self._iri(iri, RDF + "type", DIP + "Position")
        known = self.vocabulary.issues.keys() | self.issues
        self._known(position.issue, known, "issue", (*at, "issue"))
        self._known(position.stance, self.vocabulary.stances, "stance", (*at, "stance"))
        self._iri(iri, DIP + "issue", ISSUE + position.issue)
        self._iri(iri, DIP + "stance", STANCE + position.stance)
        self._text(iri, DIP + "asOf", position.as_of, "date")

    def _claim(self, iri: str, claim: Claim) -> None:
        kind = SCHEMA + "Legislation" if claim.type == "Legislation" else DIP + claim.type
        self._iri(iri, RDF + "type", kind)
        self._text(iri, SCHEMA + "value", claim.value)
        self._text(iri, SCHEMA + "unitText", claim.unit)
        for key, namespace in _NUMBERS.items():
            self._text(iri, namespace + key, getattr(claim, key))

    def _reported(self, iri: str, node: Reported, at: At) -> None:
        self._text(iri, RDFS + "label", node.label)
        for n, piece in enumerate(node.evidence):
            where: At = (*at, "evidence", n)
            name = piece.passage if isinstance(piece, PassagePart) else piece
            if name not in self.passages:
                self._unknown(where, "the source has no passage", name, self.passages)
                continue
            passage = f"{self.source}#{name}"
            if isinstance(piece, PassagePart):
                start, end = piece.chars
                first, last = self.passages[name]
                if not first <= start < end <= last:
                    self._wrong(
                        where, f"{start} to {end} is not within {name}, which is {first} to {last}"
                    )
                passage = f"{passage}.{start}-{end}"
                self._passage(passage, name, start, end, where)
            self._iri(iri, DIP + "evidence", passage)

    def _window(self, iri: str, begin: str | None, end: str | None, at: At) -> None:
        first = dates.window(begin)[0] if begin else None
        last = dates.window(end)[1] if end else None
        if first and last and first > last:
            self._wrong((*at, "to"), f"it ends on {last}, before it begins on {first}")
        self._text(iri, DIP + "notBefore", first, "date")
        self._text(iri, DIP + "notAfter", last, "date")

    def _known(self, slug: str, known: object, what: str, at: At) -> None:
        slugs = list(known)  # type: ignore[call-overload]
        if slug not in slugs:
            self._unknown(at, f"there is no {what}", slug, slugs, f": known are {', '.join(slugs)}")

    def _link(self, subject: str, predicate: str, name: str, at: At) -> None:
        """Points at what a name means: an id, an actor, an issue, a topic, a full IRI of ours."""
        if name in self.names:
            self._iri(subject, predicate, self.names[name])
        elif name.startswith("event/"):
            self._iri(subject, predicate, BASE + name)
        elif name.startswith(BASE):
            self._iri(subject, predicate, name)
        else:
            self._unknown(at, "nothing is called", name, self.names)


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)
