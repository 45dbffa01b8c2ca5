"""A made-up world of diplomacy of any size: what benchmarks and tests of scale run on.

    python -m bench.world 1000000 > world.nq

Two sides tell of their meetings and calls in readouts and articles: what was said, who vouches for
it, who answered whom, what is planned, who holds which position. Some states take part in far more
than others. The sources pass the shapes, each is a graph with what the rules derive in its twin,
and the same size and seed give the same bytes.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from kg.load import read_house
from kg.namespaces import (
    ACTOR,
    BASE,
    DERIVED,
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
    SOURCE,
    STANCE,
    STATUS,
    TOPIC,
    XSD,
    graph_of,
)  # fmt: skip
from kg.rdf import Literal

ACTORS = 5_000
"""Actors of the register and made-up people together."""

EPISODES = 3
"""Meetings in a story, each told by both sides; answers to what was said stay within a story."""

PASSAGES = 10
_FAMILIES = ("Conversation", "Communication", "Assertive", "Commissive", "Directive", "Action")
FIRST_DAY = date(2010, 1, 1)
DAYS = 6_000
_WORDS = (
    "border",
    "trade",
    "transit",
    "visas",
    "water",
    "grain",
    "energy",
    "loans",
    "ports",
    "rail",
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what there is, from register and vocabulary.

    Attributes:
        states: IRIs of states, the busiest first.
        people: IRIs of a state's people, bodies and of itself, the busiest first.
        invented: Label and state of the people that no register knows.
        labels: Labels of actors, stances and issues.
        above: Classes above a class.
        kinds: Most specific kinds below a broad one.
        vouching: Kinds of act that stand for their content.
    """

    states: tuple[str, ...]
    people: dict[str, tuple[str, ...]]
    invented: dict[str, tuple[str, str]]
    labels: dict[str, str]
    above: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    vouching: frozenset[str]


@cache
def cast() -> Cast:
    """Returns the cast, read once."""
    labels: dict[str, str] = {}
    parents: dict[str, set[str]] = defaultdict(set)
    types: dict[str, set[str]] = defaultdict(set)
    state_of: dict[str, str] = {}
    vouching: set[str] = set()
    for quad in read_house().background.quads:
        subject, value = quad.subject.value, quad.object.value
        match quad.predicate.value.replace(RDFS, "").replace(RDF, "").replace(DIP, ""):
            case "label":
                labels[subject] = value
            case "subClassOf":
                parents[subject].add(value)
            case "type":
                types[value].add(subject)
            case "state":
                state_of[subject] = value
            case "vouches":
                vouching.add(subject)
    above = {kind: tuple(sorted(_above(kind, parents))) for kind in parents}
    people = {state: [state] for state in sorted(types[DIP + "State"])}
    for one, state in sorted(state_of.items()):
        people.get(state, []).append(one)
    # Whom the register knows better deals with others more; nobody invented is a hub.
    states = sorted(people, key=lambda state: -len(people[state]))
    invented: dict[str, tuple[str, str]] = {}
    for number in range(ACTORS - len(types[DIP + "Actor"])):
        state = states[int(len(states) * (number * 0.618034 % 1) ** 3)]
        one = f"{ACTOR}envoy-{number}"
        invented[one] = f"Envoy {number} of {labels[state]}", state
        people[state].append(one)
    labels |= {one: label for one, (label, _) in invented.items()}
    broad = {kind for kinds in above.values() for kind in kinds}
    kinds = {
        root: tuple(sorted(k for k in above if DIP + root in above[k] and k not in broad))
        for root in _FAMILIES
    }
    return Cast(
        tuple(states), {state: tuple(held) for state, held in people.items()}, invented, labels,
        above, kinds, frozenset(vouching),
    )  # fmt: skip


def _above(kind: str, parents: dict[str, set[str]]) -> set[str]:
    found = set(parents[kind]) if kind in parents else set()
    return found.union(*(_above(one, parents) for one in found))


@dataclass(frozen=True, slots=True)
class Made:
    """One source: its IRI, its label, and its quads as lines of N-Quads."""

    iri: str
    label: str
    asserted: tuple[str, ...]
    derived: tuple[str, ...]


def sources(quads: int, seed: int = 1) -> Iterator[Made]:
    """Yields sources that hold about so many quads together, the derived ones included."""
    count = number = 0
    while count < quads:
        made = source(number, seed)
        yield made
        count += len(made.asserted) + len(made.derived)
        number += 1


def source(number: int, seed: int = 1) -> Made:
    """Returns one source of the world; each can be had without those before it."""
    return _Telling(number, seed).made()


def lines(quads: int, seed: int = 1) -> Iterator[bytes]:
    """Yields the world as N-Quads, source by source; the background is not part of it."""
    for made in sources(quads, seed):
        yield "".join((*made.asserted, *made.derived)).encode()


def _chosen(rng: Random, among: tuple[str, ...]) -> str:
    """Chooses by Zipf's law: the second half as often as the first, the third a third as often."""
    return rng.choices(among, cum_weights=_weights(len(among)))[0]


@cache
def _weights(count: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / rank for rank in range(1, count + 1)))


@cache
def _text(value: str) -> str:
    return str(Literal(value))


def _day(value: date) -> str:
    return f'"{value}"^^<{XSD}date>'


@dataclass(frozen=True, slots=True)
class _Story:
    """What the sources of one story share: two sides, whoever deals for them, an issue, a start."""

    states: tuple[str, str]
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    issue: str
    topic: str
    begins: date

    @classmethod
    def of(cls, number: int, seed: int) -> "_Story":
        rng = Random(f"{seed} {number}")
        told = cast()
        first = _chosen(rng, told.states)
        second = first
        while second == first:
            second = _chosen(rng, told.states)
        sides = tuple(
            tuple(_chosen(rng, told.people[state]) for _ in range(3)) for state in (first, second)
        )
        issues = tuple(sorted(one for one in told.labels if one.startswith(ISSUE)))
        topics = tuple(sorted(one for one in told.labels if one.startswith(TOPIC)))
        begins = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        issue, topic = _chosen(rng, issues), _chosen(rng, topics)
        return cls((first, second), (sides[0], sides[1]), issue, topic, begins)


class _Telling:
    """One source in the making: its quads, and who vouches for what."""

    def __init__(self, number: int, seed: int) -> None:
        story, within = divmod(number, 2 * EPISODES)
        self._episode, self._side = divmod(within, 2)
        self._number, self._first = number, number - within
        self._story = _Story.of(story, seed)
        self._rng = Random(f"{seed} {number} told")
        self._iri = f"{SOURCE}world-{number}"
        self._graph = f" <{graph_of(self._iri)}> .\n"
        self._asserted: dict[str, None] = {}
        self._derived: dict[str, None] = {}
        self._vouchers: dict[str, tuple[str, ...]] = {}
        self._types: dict[str, str] = {}
        self._published = self._story.begins + timedelta(days=20 * self._episode + 3)

    def made(self) -> Made:
        """Returns the source."""
        label = self._source()
        us, them = self._story.sides[self._side], self._story.sides[1 - self._side]
        self._tenure(us[0])
        meeting = self._meeting()
        occasion = self._event("occasion", self._kind("Communication"), us[0], day=self._published)
        report = self._event("report", DIP + "Report", us[0], occasion=occasion)
        self._say(report, DIP + "about", f"<{meeting}>")
        self._content(report, meeting)
        self._said(report, meeting, us, them)
        self._positions(report, us)
        self._figures(report)
        self._around(us, them, meeting)
        for actor in {*us, *them} & cast().invented.keys():
            self._invented(actor)
        asserted = tuple(line + self._graph for line in self._asserted)
        twin = f" <{graph_of(self._iri)}{DERIVED}> .\n"
        derived = tuple(line + twin for line in self._derived if line not in self._asserted)
        return Made(self._iri, label, asserted, derived)

    # What is told

    def _source(self) -> str:
        kind = ("Readout", "NewsArticle", "Statement")[self._rng.randrange(3)]
        who = cast().labels[self._story.sides[self._side][0]]
        label = f"{kind} {self._number} of {self._published} on {who}"
        self._type(self._iri, DIP + kind)
        self._say(self._iri, RDFS + "label", _text(label))
        self._say(self._iri, SCHEMA + "datePublished", _day(self._published))
        self._say(self._iri, SCHEMA + "inLanguage", '"en"')
        if kind == "Readout":
            self._say(self._iri, DIP + "state", f"<{self._story.states[self._side]}>")
        digest = f"sha256:{self._rng.getrandbits(256):064x}"
        self._say(self._iri, DIP + "textDigest", f'"{digest}"')
        self._say(self._iri, DIP + "textLength", self._integer(PASSAGES * 200))
        for at in range(PASSAGES):
            name = "C" if at == PASSAGES - 1 else f"p{at + 1}"
            start, end = at * 200, at * 200 + 190
            passage, selector = f"{self._iri}#{name}", f"{self._iri}#char={start},{end}"
            self._type(passage, DIP + "Passage")
            self._say(passage, DIP + "passage", f'"{name}"')
            self._say(passage, OA + "hasSource", f"<{self._iri}>")
            self._say(passage, OA + "hasSelector", f"<{selector}>")
            self._type(selector, OA + "TextPositionSelector")
            self._say(selector, OA + "start", self._integer(start))
            self._say(selector, OA + "end", self._integer(end))
        return label

    def _meeting(self) -> str:
        """Tells of the meeting that both sides tell of, under one IRI."""
        shared = Random(f"{self._first} {self._episode}")
        kind = shared.choice(cast().kinds["Conversation"])
        day = self._published - timedelta(days=shared.randrange(3))
        meeting = f"{EVENT}{day}-world-{self._first}-{self._episode}"
        first, second = self._story.sides
        self._event(meeting, kind, first[0], second[0], day=day, label=" and ".join(
            cast().labels[side[0]] for side in (first, second)))  # fmt: skip
        for attendee in (first[1], second[1]):
            self._say(meeting, DIP + "attendee", f"<{attendee}>")
        if self._episode:
            before = f"{SOURCE}world-{self._number - 2}/said-0"
            self._say(meeting, DIP + "inResponseTo", f"<{before}>")
        return meeting

    def _said(self, report: str, meeting: str, us: tuple[str, ...], them: tuple[str, ...]) -> None:
        """Tells what was said in the meeting, on the word of whoever reports it."""
        before = ""
        for at, family in enumerate(("Assertive", "Commissive", "Directive", "Assertive")):
            speaker, hearer = (them[0], us[0]) if at % 2 else (us[0], them[0])
            act = self._event(
                f"said-{at}", self._kind(family), speaker, to=hearer, occasion=meeting, by=report
            )
            if before:
                self._say(act, DIP + "inResponseTo", f"<{before}>")
            before = act
            if family == "Assertive":
                self._content(act, self._claim(f"claim-{at}"))
            else:
                action = self._event(
                    f"action-{at}", self._kind("Action"), self._state(speaker), by=act,
                    to=self._state(hearer), status="hypothetical",
                )  # fmt: skip
                self._say(action, DIP + "about", f"<{self._story.issue}>")
                self._content(act, action)

    def _positions(self, report: str, us: tuple[str, ...]) -> None:
        for at, holder in enumerate((us[0], self._state(us[0]))):
            stance = self._rng.choice([s for s in _stances() if not s.endswith("favourable")])
            held = (holder.removeprefix(ACTOR), self._story.issue.removeprefix(ISSUE))
            position = POSITION + "/".join((*held, stance.removeprefix(STANCE)))
            self._type(position, DIP + "Position")
            self._rests(position)
            self._say(position, DIP + "holder", f"<{holder}>")
            self._say(position, DIP + "issue", f"<{self._story.issue}>")
            self._say(position, DIP + "stance", f"<{stance}>")
            self._say(position, DIP + "asOf", _day(self._published))
            named = (cast().labels[one] for one in (holder, stance, self._story.issue))
            self._derive(position, RDFS + "label", _text(" – ".join(named)))
            act = self._event(f"stand-{at}", DIP + "Assert", us[0], by=report, day=self._published)
            self._content(act, position)

    def _figures(self, report: str) -> None:
        figure = self._claim("figure", DIP + "Quantity")
        self._say(figure, SCHEMA + "value", f'"{self._rng.randrange(100)}"')
        self._say(figure, SCHEMA + "unitText", '"percent"')
        self._say(figure, DIP + "direction", self._rng.choice(('"up"', '"down"')))
        self._content(report, figure)

    def _around(self, us: tuple[str, ...], them: tuple[str, ...], meeting: str) -> None:
        """Tells what led to the meeting, what was done since, and what is planned."""
        about = self._event(
            "statement", self._kind("Assertive"), us[2], day=self._published - timedelta(days=3)
        )
        self._say(about, DIP + "about", f"<{self._state(them[0])}>")
        self._say(about, DIP + "about", f"<{self._story.issue}>")
        self._say(about, DIP + "quote", _text(f"{self._rng.choice(_WORDS)} comes first"))
        request = self._event(
            "request", DIP + "Request", us[1], to=us[0], day=self._published - timedelta(days=3)
        )
        self._say(request, DIP + "inResponseTo", f"<{about}>")
        self._content(request, meeting)
        for at in range(3):
            day = self._published - timedelta(days=self._rng.randrange(1, 90))
            giver, taker = (self._state(one) for one in self._rng.sample((us[0], them[0]), 2))
            self._event(f"deed-{at}", self._kind("Action"), giver, to=taker, day=day)
        planned = self._event(
            "planned", DIP + "Meeting", us[0], them[0], status="scheduled",
            day=self._published + timedelta(days=self._rng.randrange(1, 60)),
        )  # fmt: skip
        announced = self._event("announced", DIP + "Announce", us[0], day=self._published)
        self._content(announced, planned)

    def _tenure(self, person: str) -> None:
        state = self._state(person)
        if person == state or person not in cast().invented:
            return
        tenure = f"{self._iri}/office"
        self._type(tenure, DIP + "Tenure")
        self._rests(tenure)
        self._say(tenure, ORG + "member", f"<{person}>")
        self._say(tenure, ORG + "organization", f"<{state}>")
        self._say(tenure, ORG + "role", '"Envoy"')
        self._say(tenure, DIP + "asOf", _day(self._published))
        self._say(tenure, DIP + "accordingTo", f"<{self._iri}>")
        self._derive(tenure, RDFS + "label", _text(f"{cast().labels[person]}, Envoy"))

    def _invented(self, actor: str) -> None:
        label, state = cast().invented[actor]
        self._type(actor, DIP + "Person")
        self._say(actor, RDFS + "label", _text(label))
        self._say(actor, DIP + "state", f"<{state}>")

    # How it is told

    def _event(
        self,
        name: str,
        kind: str,
        *agents: str,
        to: str = "",
        day: date | None = None,
        occasion: str = "",
        by: str = "",
        status: str = "occurred",
        label: str = "",
    ) -> str:
        """Tells an event, on the source's word or, `by` an act, on that act's."""
        event = name if name.startswith(BASE) else f"{self._iri}/{name}"
        self._type(event, kind)
        who = label or cast().labels[agents[0]]
        self._say(event, RDFS + "label", _text(f"{cast().labels[kind]} {self._number}: {who}"))
        self._say(event, DIP + "status", f"<{STATUS}{status}>")
        for agent in agents:
            self._say(event, DIP + "agent", f"<{agent}>")
        if to:
            self._say(event, DIP + "recipient", f"<{to}>")
        self._rests(event)
        if occasion:
            self._say(event, SEM + "subEventOf", f"<{occasion}>")
        said = self._say if day else self._derive
        when = day or self._day_of(occasion)
        if when:
            said(event, DIP + "notBefore", _day(when))
            said(event, DIP + "notAfter", _day(when))
        if not by:
            self._say(event, DIP + "accordingTo", f"<{self._iri}>")
            self._vouchers[event] = (self._iri,)
        else:
            self._content(by, event)
        return event

    def _day_of(self, occasion: str) -> date | None:
        if occasion.startswith(EVENT):
            return date.fromisoformat(occasion.removeprefix(EVENT)[:10])
        return self._published if occasion else None

    def _claim(self, name: str, kind: str = DIP + "Claim") -> str:
        claim = f"{self._iri}/{name}"
        self._type(claim, kind)
        words = f"{self._rng.choice(_WORDS)} and {self._rng.choice(_WORDS)} matter most"
        self._say(claim, RDFS + "label", _text(f"In {self._published:%B %Y} {words}"))
        self._say(claim, DIP + "about", f"<{self._story.topic}>")
        self._rests(claim)
        return claim

    def _content(self, act: str, thing: str) -> None:
        """Puts a thing into an act; who vouches for it follows from the kind of the act."""
        self._say(act, DIP + "content", f"<{thing}>")
        vouchers = (act,) if self._types[act] in cast().vouching else self._vouchers[act]
        for voucher in vouchers:
            self._derive(thing, DIP + "accordingTo", f"<{voucher}>")
        self._vouchers[thing] = tuple(dict.fromkeys((*self._vouchers.get(thing, ()), *vouchers)))

    def _rests(self, thing: str) -> None:
        passage = f"p{self._rng.randrange(1, PASSAGES)}"
        self._say(thing, DIP + "evidence", f"<{self._iri}#{passage}>")

    def _type(self, thing: str, kind: str) -> None:
        self._types[thing] = kind
        self._say(thing, RDF + "type", f"<{kind}>")
        for broader in cast().above.get(kind, ()):
            self._derive(thing, RDF + "type", f"<{broader}>")

    def _kind(self, root: str) -> str:
        return self._rng.choice(cast().kinds[root])

    def _state(self, actor: str) -> str:
        return next(s for s, side in zip(self._story.states, self._story.sides, strict=True)
                    if actor in side or actor == s)  # fmt: skip

    def _integer(self, value: int) -> str:
        return f'"{value}"^^<{XSD}integer>'

    def _say(self, subject: str, predicate: str, value: str) -> None:
        self._asserted[f"<{subject}> <{predicate}> {value}"] = None

    def _derive(self, subject: str, predicate: str, value: str) -> None:
        self._derived[f"<{subject}> <{predicate}> {value}"] = None


@cache
def _stances() -> tuple[str, ...]:
    return tuple(sorted(one for one in cast().labels if one.startswith(STANCE)))


if __name__ == "__main__":
    for data in lines(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        sys.stdout.buffer.write(data)
