"""Which events of a store a draft may be speaking of: proposals, for a person to confirm.

Nothing is merged by a computed key. Proposed is what is of one family of kinds, has parties or
their states in common, and could have been at the same time.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from kg.errors import Misuse
from kg.facts.draft import LINKS, Draft
from kg.namespaces import BASE, DIP
from kg.placed import Data, Path
from kg.placed.edit import replaced, source_of, with_key
from kg.queries import bind, read_question
from kg.rdf import Literal, NamedNode, Rows, days
from kg.resources import shipped
from kg.store import Background, Reader, open_store
from kg.vocabulary import Vocabulary

OCCASIONS = ("Interaction", "Communication", "Action")
"""The kinds that are looked at; acts of speech are told inside an occasion."""

LEAST = 0.2
"""Score below which nothing is proposed."""

_SHARED = re.compile("event/[a-z0-9]+(-[a-z0-9]+)*")

MOST = 5
"""Proposals for one event."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event as one or more sources tell of it.

    Attributes:
        name: As fact documents write it: `call`, `event/2026-01-12-call`.
        kind: Name of its most specific kind.
        start: Its first possible day, or empty.
        end: Its last possible day, or empty.
        principals: Agents and recipients, labels by IRI.
        others: Attendees, and for whom somebody acts, likewise.
        states: State of each party that has one, by IRI.
        sources: Labels by IRI.
        passages: Names of passages by IRI of the source.
    """

    iri: str
    name: str
    label: str
    kind: str
    status: str
    start: str
    end: str
    quote: str
    principals: Mapping[str, str]
    others: Mapping[str, str]
    states: Mapping[str, str]
    sources: Mapping[str, str]
    passages: Mapping[str, tuple[str, ...]]

    @property
    def parties(self) -> dict[str, str]:
        """Returns whoever takes part, labels by IRI."""
        return {**self.principals, **self.others}

    def is_of_another(self, draft: Draft) -> bool:
        """Whether a source other than the draft's tells of it."""
        return bool(set(self.sources) - {draft.document.source})


@dataclass(frozen=True, slots=True)
class Proposal:
    """An event of the draft, one of the store, and how well they fit, from 0 to 1."""

    ours: Occasion
    theirs: Occasion
    score: float


def propose(draft: Draft, store: Reader, background: Background) -> list[Proposal]:
    """Returns what the store may know already of the draft's occasions.

    Best first for each event, events in the order of the draft. Events that the draft shares with
    another source of the store already are left out.

    Args:
        draft: The draft.
        store: Where the other sources are.
        background: What the draft's own facts are derived with.
    """
    ours = _own(draft, background)
    near = {iri for one in ours.values() for iri in (*one.parties, *one.states.values())}
    if not near:
        return []
    held = _occasions(store, draft, near=near)
    theirs = {iri: one for iri, one in held.items() if one.is_of_another(draft)}
    order = [draft.iri(fact) for fact in draft.facts()]
    found: list[Proposal] = []
    for own in sorted(ours.values(), key=lambda one: order.index(one.iri)):
        if own.iri in theirs:
            continue
        fitting = [
            Proposal(own, one, _score(own, one, draft.vocabulary)) for one in theirs.values()
        ]
        fitting.sort(key=lambda one: (-one.score, one.theirs.iri))
        found += [one for one in fitting if one.score >= LEAST][:MOST]
    return found


def take(
    draft: Draft, chosen: Mapping[str, str], store: Reader, background: Background
) -> tuple[Draft, int]:
    """Writes shared ids into the draft, in the place of local ones; returns how many were put.

    Nothing else of the file changes.

    Args:
        draft: The draft.
        chosen: Shared ids (`event/…`) by the local ids of the draft's events.
        store: Where the shared events are known.
        background: What the draft's own facts are derived with.

    Raises:
        Misuse: An id is unknown or stands for another event, or kind or date contradict.
    """
    ours = {one.name: one for one in _own(draft, background).values()}
    facts = {fact.name: fact for fact in draft.facts()}
    for local, target in chosen.items():
        if local not in ours:
            raise Misuse(_unknown("the draft has no occasion", local, ours))
        if target.startswith("source/"):
            raise Misuse(f"{target} is local to its document: give it an id with event/ there")
        if not _SHARED.fullmatch(target):
            raise Misuse(f"not a shared id: {target!r}; it is written as event/2026-01-12-a-call")
        if target in facts or list(chosen.values()).count(target) > 1:
            raise Misuse(f"{target} is another event of the draft already: two would become one")
        known = _occasions(store, draft, events={BASE + target})
        theirs = next((one for one in known.values() if one.is_of_another(draft)), None)
        if theirs is None:
            raise Misuse(f"no other source of the store has {target}: `kg match` shows what fits")
        _agree(ours[local], theirs, draft.vocabulary)
    text, file = draft.text, str(draft.path)
    below = f"{draft.document.source}/"
    named = ((path, name.removeprefix(below)) for path, name in _names(draft.data))
    splices = {path: chosen[name] for path, name in named if name in chosen}
    if splices:
        written = {path: _quoted(draft, path, name) for path, name in splices.items()}
        text = replaced(text, written, file=file)
    for local, target in chosen.items():
        if "id" not in facts[local].told:
            text = with_key(text, facts[local].at, "id", target, file=file)
            splices[*facts[local].at, "id"] = target
    return draft.rewritten(text), len(splices)


def _quoted(draft: Draft, path: Path, name: str) -> str:
    """Returns an id in the quotes in which the one before it stands."""
    mark = source_of(draft.text, path, file=str(draft.path))[0]
    return f"{mark}{name}{mark}" if mark in "\"'" else name


def _names(data: Data, path: Path = (), link: bool = False) -> Iterator[tuple[Path, str]]:
    """Yields where a document names a fact, its own id included."""
    if isinstance(data, dict):
        for key, value in data.items():
            if (path and path[0] not in {"source", "actors", "issues"}) or not path:
                yield from _names(value, (*path, key), key == "id" or key in LINKS)
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _names(value, (*path, n), link)
    elif link and isinstance(data, str):
        yield path, data


def _own(draft: Draft, background: Background) -> dict[str, Occasion]:
    document = draft.document
    with open_store("memory:", background) as own:
        derived = background.derive(document.quads)
        own.replace(
            document.source, document.quads, derived, label=document.label, recorded_by="match"
        )
        found = _occasions(own, draft)
    known = {draft.iri(fact) for fact in draft.facts()}
    return {iri: one for iri, one in found.items() if iri in known}


def _occasions(
    reader: Reader,
    draft: Draft,
    *,
    near: Iterable[str] = (),
    events: Iterable[str] = (),
) -> dict[str, Occasion]:
    """Returns the occasions of a store by IRI, named as the draft would name them."""
    question = read_question(shipped("queries") / "match" / "occasions.rq")
    slots = {"near": near, "event": events}
    values = {name: [NamedNode(iri) for iri in sorted(iris)] for name, iris in slots.items()}
    found = reader.query(bind(question, values))
    traits: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in found.rows if isinstance(found, Rows) else ():
        event, trait, value, label = (
            term.value if isinstance(term, NamedNode | Literal) else "" for term in row
        )
        traits[event][trait].append((value, label))
    return {iri: _occasion(iri, told, draft) for iri, told in traits.items()}


def _occasion(iri: str, told: Mapping[str, list[tuple[str, str]]], draft: Draft) -> Occasion:
    vocabulary, source = draft.vocabulary, draft.document.source

    def first(trait: str) -> str:
        return next((value for value, _ in told.get(trait, ())), "")

    kinds = [value.removeprefix(DIP) for value, _ in told["kind"]]
    depth = {k: len(list(vocabulary.ancestors(k))) for k in kinds if k in vocabulary.kinds}
    passages: dict[str, list[str]] = defaultdict(list)
    for where, passage in told.get("passage", ()):
        passages[where].append(passage)
    return Occasion(
        iri=iri,
        name=iri.removeprefix(f"{source}/").removeprefix(BASE),
        label=first("label"),
        kind=max(depth, key=lambda kind: depth[kind], default="Event"),
        status="/".join(dict.fromkeys(label for _, label in told.get("status", ()))),
        start=first("start"),
        end=max((value for value, _ in told.get("end", ())), default=""),
        quote=first("quote"),
        principals=dict(told.get("principal", ())),
        others=dict(told.get("other", ())),
        states=dict(told.get("state", ())),
        sources=dict(told.get("source", ())),
        passages={where: tuple(sorted(names, key=_natural)) for where, names in passages.items()},
    )


def _score(ours: Occasion, theirs: Occasion, vocabulary: Vocabulary) -> float:
    kind = _kinds_fit(ours.kind, theirs.kind, vocabulary)
    when = _dates_fit(ours, theirs)
    real = 0.6 if (ours.status == "hypothetical") != (theirs.status == "hypothetical") else 1.0
    return round(kind * when * real * _parties_fit(ours, theirs), 2)


def _kinds_fit(ours: str, theirs: str, vocabulary: Vocabulary) -> float:
    """One kind 1, one a kind of the other 0.9, of one family 0.6, else 0."""
    if ours == theirs:
        return 1.0
    if vocabulary.is_a(ours, theirs) or vocabulary.is_a(theirs, ours):
        return 0.9
    families = {"Conversation", "Communication"} | {
        name for name, kind in vocabulary.kinds.items() if kind.broader == "Action"
    }
    shared = set(vocabulary.ancestors(ours)) & set(vocabulary.ancestors(theirs))
    return 0.6 if shared & families else 0.0


def _dates_fit(ours: Occasion, theirs: Occasion) -> float:
    """The same days 1, down to 0.5 for a small overlap or an open window, 0 for none."""
    first, last = max(ours.start, theirs.start), min(ours.end or "9999", theirs.end or "9999")
    if first > last:
        return 0.0
    if not (ours.start and ours.end and theirs.start and theirs.end):
        return 0.5
    whole = _days(min(ours.start, theirs.start), max(ours.end, theirs.end))
    return 0.5 + 0.5 * _days(first, last) / whole


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def _parties_fit(ours: Occasion, theirs: Occasion) -> float:
    """How well each principal of either is found among the parties of the other, on average."""
    states = {**ours.states, **theirs.states}

    def best(one: str, others: Mapping[str, str]) -> float:
        if one in others:
            return 1.0
        if states.get(one) in others or one in {states.get(other) for other in others}:
            return 0.7
        # Two who serve one state.
        return 0.3 if states.get(one) in {states.get(o) for o in others} - {None} else 0.0

    found = [best(one, theirs.parties) for one in ours.principals or ours.others]
    found += [best(one, ours.parties) for one in theirs.principals or theirs.others]
    return sum(found) / len(found) if found else 0.0


def _agree(ours: Occasion, theirs: Occasion, vocabulary: Vocabulary) -> None:
    pair = f"{ours.name} and {theirs.name} are not one event"
    if not _kinds_fit(ours.kind, theirs.kind, vocabulary):
        kinds = [vocabulary.kinds[kind].label for kind in (ours.kind, theirs.kind)]
        raise Misuse(f"{pair}: one is of the kind {kinds[0]}, the other {kinds[1]}")
    if not _dates_fit(ours, theirs):
        raise Misuse(f"{pair}: one is dated {days_of(ours)}, the other {days_of(theirs)}")


def days_of(one: Occasion) -> str:
    """Returns when an occasion was or may have been, in words."""
    return days(one.start, one.end) or "not dated"


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known) or 'none'}"
    return f"{what} {name!r}: {hint}"


def _natural(name: str) -> tuple[str, int]:
    """Sorts p2 before p16."""
    letters, digits = re.match(r"(\D*)(\d*)", name).groups()  # type: ignore[union-attr]
    return letters, int(digits or 0)
