"""Events that nouns tell of: "her call with Trump", "the talks between X and Y"."""

from dataclasses import replace
from typing import NamedTuple

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Reference
from kg.extract.facts import Event
from kg.extract.gathering import Gathering
from kg.extract.lexicon import Cue


class _Sides(NamedTuple):
    """Who the words around the noun of an event name, and by which rule.

    Attributes:
        owner: Whose it is: "Trump's call".
        between: Those after "between".
        partners: Those after "with".
    """

    owner: tuple[Actor, ...]
    between: tuple[Actor, ...]
    partners: tuple[Actor, ...]
    rule: str


class Occasions(Gathering):
    """Finds events by nouns, and whose they are."""

    def nouns(self, stream: Stream) -> list[Event]:
        """Returns the events that nouns tell of: "her call with Trump", "talks between X and Y"."""
        found: list[Event] = []
        words, nouns, free = stream.words, self.lexicon.nouns, 0
        for at, word in enumerate(words):
            if at < free or word.lower not in nouns:
                continue
            named = not isinstance(stream.entities.get(at), Reference | None)
            cue = None if named else self.lexicon.noun_at(words, at)
            if cue is None or not self._counts(cue[0].kind) or self._is_verb(stream, at):
                continue
            free = cue[1]
            denied = any(c.negated and c.at <= at < c.end for c in stream.clauses)
            event = None if denied or self._none(stream, at) else self._by_noun(stream, at, *cue)
            if event:
                found += [event, *self._again(event, stream, at, plural=cue[0].form == "nouns")]
        return found

    def _none(self, stream: Stream, at: int) -> bool:
        """As in "no phone call", "no agreement for a specific meeting": there was none."""
        for n in range(at - 1, max(at - 9, -1), -1):
            word = stream.words[n]
            if word.lower in self.english["absent"]:
                return True
            if (
                word.lower in self.english["auxiliary"]
                or word.text in ",.;:"
                or word.lower == "and"
            ):
                return False
        return False

    def _again(self, event: Event, stream: Stream, at: int, *, plural: bool) -> list[Event]:
        """As in "the February 26 and March 4 launches": one for each day."""
        if not plural or not event.dated:
            return []
        return [
            replace(
                event,
                since=day.start.isoformat(),
                until=day.end.isoformat(),
                spans=list(event.spans),
                agents=list(event.agents),
            )
            for day in stream.days
            if 0 <= at - day.last <= 8 and day.start.isoformat() != event.since
        ]

    def _is_verb(self, stream: Stream, at: int) -> bool:
        """Whether the word is a verb here, as "calls on", "will call", or an adjective."""
        lower = stream.words[at].lower
        before = stream.words[at - 1].lower if at else ""
        after = stream.words[at + 1].lower if at + 1 < len(stream.words) else ""
        if before in self.english["before_verb"] and lower in self.lexicon.verbs:
            return True
        if lower == "bilateral" and after[:1].isalpha():
            return after not in self.english["preposition"]
        return after in {"on", "upon", "for"} and lower in {"call", "calls"}

    # ── Who takes part ───────────────────────────────────────────────────────────────────────────

    def _by_noun(self, stream: Stream, at: int, cue: Cue, end: int) -> Event | None:
        """The event that a noun tells of, if it can be told whose it is."""
        kind, sides = cue.kind, self._sides(stream, at, end, cue.kind)
        if kind == "Visit":
            return self._visit_by_noun(stream, at, end, sides.owner)
        if kind in self.english.kinds["deed_by_noun"]:
            return self._deed(stream, at, end, kind, sides.owner)
        if kind in self.talks:
            found = self._talkers(stream, at, end, kind, sides)
        else:
            found = self._tellers(stream, at, end, kind, sides)
        if found is None:
            return None
        agents, rule = found
        talks = stream.words[at].lower == "talks"
        if kind == "Negotiation" and talks and all(a.kind == "Person" for a in agents):
            kind = "Meeting"  # what leaders' talks are about is not said: they meet
        several = cue.form == "nouns" and kind in self.talks and kind != "Negotiation" and not talks
        if several and self._near(stream, at) is None:
            return None  # "their calls": which of them is not said, unless a day tells
        return self._made(stream, at, end, kind, agents, rule, 0.75)

    def _made(
        self,
        stream: Stream,
        at: int,
        end: int,
        kind: str,
        agents: list[Actor],
        rule: str,
        confidence: float,
    ) -> Event:
        """The event of a noun, with its status; its day, unless it is a deed's."""
        span = (stream.words[at].start, stream.words[end - 1].end)
        event = Event(kind, agents, stream.sentence, [span], rule, confidence)
        self._status(event, stream, at)
        if rule != "noun/deed":
            self._date(event, stream, at, stream.days, noun=True)
        return event

    def _sides(self, stream: Stream, at: int, end: int, kind: str) -> _Sides:
        owner, rule = self._owner(stream, at), "noun"
        between: tuple[Actor, ...] = ()
        partners: tuple[Actor, ...] = ()
        after = stream.words[end].lower if end < len(stream.words) else ""
        parted = self._between(stream, end)
        entity = stream.entity_at((parted or end) + 1)
        if entity is None:
            pass
        elif parted:
            between, rule = stream.actors_of(entity, None), "noun/between"
        elif after == "with":
            partners, rule = stream.actors_of(entity, None), "noun/with"
        elif after == "by" and kind not in self.talks:
            owner, rule = owner or stream.actors_of(entity, None), "noun/by"
        if owner and rule == "noun":
            rule = "noun/of"
        return _Sides(owner, between, partners, rule)

    def _tellers(
        self, stream: Stream, at: int, end: int, kind: str, sides: _Sides
    ) -> tuple[list[Actor], str] | None:
        """Those who hold a press conference, give an interview, post or state something."""
        if not sides.owner or (kind == "PressStatement" and sides.rule != "noun/by"):
            return None
        if kind == "SocialMediaPost" and not self._on_a_network(stream, at, end):
            return None
        return list(dict.fromkeys([*sides.owner, *sides.partners])), sides.rule

    def _talkers(
        self, stream: Stream, at: int, end: int, kind: str, sides: _Sides
    ) -> tuple[list[Actor], str] | None:
        """The parties of a talk, two at least, as named or as the text so far lets tell."""
        agents = [*sides.owner, *sides.between]
        if sides.partners and not agents:
            agents = [a for a in self._doer(stream, at) if a not in sides.partners]
            if not agents:
                return None
        agents = list(dict.fromkeys([*agents, *sides.partners]))
        agents = agents or self._of_subjects(stream, at)
        if len(agents) < 2 and self._bilateral(stream, at, end):
            agents = self._states(list(stream.context.parties))
        if len(agents) > 1:
            return agents, sides.rule
        agents = self._implied(stream, at, agents)
        if len(agents) < 2:
            return None
        return self._states(agents) if kind == "Negotiation" else agents, "noun/implied"

    def _on_a_network(self, stream: Stream, at: int, end: int) -> bool:
        """Whether a post is one on a social network, and no office."""
        words = stream.words
        told = {w.lower for w in (*words[max(0, at - 3) : at], *words[end : end + 3])}
        return words[at].lower.startswith("tweet") or bool(told & self.english["network"])

    def _of_subjects(self, stream: Stream, at: int) -> list[Actor]:
        """As in "agreed on it during a telephone conversation": those who did had it."""
        before = [w.lower for w in stream.words[max(0, at - 3) : at]]
        several = [c.subjects for c in stream.clauses if c.at < at and len(c.subjects) == 2]
        within = set(before) & {"during", "in", "over"} and set(before) & {"a", "an"}
        people = several and all(a.kind == "Person" for a in several[-1])
        return list(several[-1]) if within and people else []

    def _between(self, stream: Stream, end: int) -> int | None:
        """Index of "between" after a noun: at once, or as in "talks that took place between"."""
        relative = end < len(stream.words) and stream.words[end].lower in {"that", "which"}
        for n in range(end, min(end + (8 if relative else 1), len(stream.words))):
            if stream.words[n].lower in {"between", "among"}:
                return n
            if stream.words[n].text in ",.;":
                return None
        return None

    def _visit_by_noun(
        self, stream: Stream, at: int, end: int, owner: tuple[Actor, ...]
    ) -> Event | None:
        """As in "a visit by the minister to Haiti", "her trip to Kyiv"."""
        people = [a for a in owner if a.kind == "Person"]
        hosts: list[Actor] = []
        for n in range(end, min(end + 14, len(stream.words) - 1)):
            entity = stream.entity_at(n + 1)
            if stream.words[n].lower in {"by", "of"} and entity is not None and not people:
                people = [a for a in stream.actors_of(entity, None) if a.kind == "Person"]
            if stream.words[n].lower == "to" and entity is not None and not hosts:
                hosts = [a for a in stream.actors_of(entity, None) if a.kind == "State"]
            if stream.words[n].text in ".;" or (people and hosts):
                break
        if not people or not hosts:
            return None
        event = self._made(stream, at, end, "Visit", people, "noun/visit", 0.75)
        event.hosts = hosts[:1]
        return event

    def _doer(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """Who has the talk that a verb leads up to: "he make contact with"."""
        for n in range(at - 1, -1, -1):
            entity = stream.entity_before(n + 1)
            if entity is None or (isinstance(entity, Mention) and entity.how == "demonym"):
                continue
            before = stream.words[entity.first - 1].lower if entity.first else ""
            after = stream.words[n + 1].lower if n + 1 < len(stream.words) else ""
            if (
                before in self.english["preposition"] - {"after", "before"}
                or not after[:1].isalpha()
                or after in self.english["preposition"] | {"and", "'s"}
            ):
                continue
            governor = next((c for c in reversed(stream.clauses) if c.end <= entity.first), None)
            return stream.actors_of(entity, governor)
        return ()

    def _owner(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """Whose it is: "Trump's call", "her call", "Ukraine's negotiations"."""
        words = stream.words
        for n in range(at - 1, max(at - 10, -1), -1):
            lower = words[n].lower
            if lower == "'s" or (words[n].text in "'’" and n and words[n - 1].lower.endswith("s")):
                entity = stream.entity_before(n)
                return stream.actors_of(entity, None) if entity else ()
            if lower in {"her", "his"}:
                return self._possessor(stream, n)
            if lower in {"their", "our"}:
                several = [c.subjects for c in stream.clauses if c.at < n and len(c.subjects) > 1]
                return several[-1] if several else stream.context.parties
            if n not in stream.entities and self.lexicon.is_verb(words[n]):
                return ()
            if self._is_of_day(stream, n):
                continue
            if words[n].text in ",.;:" or lower in self.english.any_of(
                "preposition", "auxiliary", "subordinate", "conjunction"
            ):
                return ()
        return ()

    def _possessor(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """Whom "her" or "his" means: the subject of a verb before, of one after, of the text."""
        what = "she" if stream.words[at].lower == "her" else "he"
        before = [c.subjects for c in stream.clauses if c.at < at and not c.passive]
        after = [c.subjects for c in stream.clauses if c.at > at]
        for actors in (*reversed(before), *after, stream.context.subject):
            if actors and actors[0].kind == "Person" and actors[0].gender in {what, ""}:
                return actors[:1]
        return ()

    def _is_of_day(self, stream: Stream, at: int) -> bool:
        """Whether a word is one of a day, or joins two: "his Monday and Tuesday calls"."""
        joins = stream.words[at].lower == "and"
        return any(d.first <= at <= d.last or (joins and d.first == at + 1) for d in stream.days)

    def _implied(self, stream: Stream, at: int, agents: list[Actor]) -> list[Actor]:
        """A dated talk or summit of those whom the sentence speaks of."""
        context = stream.context
        coming = {w.lower for w in stream.words[max(0, at - 5) : at]} & self.english["upcoming"]
        if len(context.parties) < 2 or (not coming and self._near(stream, at) is None):
            return agents
        clause = next((c for c in reversed(stream.clauses) if c.at < at), None)
        subjects = clause.subjects if clause else ()
        if len(subjects) > 1:
            return list(subjects)
        if not subjects or {w.lower for w in stream.words} & self.english["all_parties"]:
            return list(context.parties)
        return agents

    def _states(self, people: list[Actor]) -> list[Actor]:
        """Talks that leaders speak of are held by their states."""
        states = [self.cast.actors.get(p.state) for p in people]
        return [s for s in states if s and s.forms] if all(states) else people

    def _bilateral(self, stream: Stream, at: int, end: int) -> bool:
        return (
            any(w.lower == "bilateral" for w in stream.words[max(0, at - 2) : end])
            and len(stream.context.parties) == 2
        )

    # ── Deeds ────────────────────────────────────────────────────────────────────────────────────

    def _deed(
        self, stream: Stream, at: int, end: int, kind: str, owner: tuple[Actor, ...]
    ) -> Event | None:
        """As in "the U.S. strike on Monday": not told of as having been without more than that."""
        day = self._near(stream, at)
        agents = owner or self._doer_named(stream, at) or self._announcer(stream, at)
        if not agents:
            return None
        event = self._made(stream, at, end, kind, list(agents), "noun/deed", 0.6)
        event.recipients = self._sufferer(stream, end, kind, agents)
        judged = owner and event.recipients and self._judged(stream, at)
        if event.status == "occurred" and not (day or self._befell(stream, end) or judged):
            return None
        # A day before what is said of it is the day on which it was said.
        said = [c.end for c in stream.clauses
                if c.at < at and c.kind != "Announce" and stream.says(c)]  # fmt: skip
        days = [d for d in stream.days if d.first >= max(said, default=0)]
        self._date(event, stream, at, days, noun=True)
        return event

    def _doer_named(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """As in "Israeli air strikes": the state or body named before a noun."""
        for n in range(at - 1, max(at - 8, -1), -1):
            entity = stream.entities.get(n)
            if (
                isinstance(entity, Mention)
                and entity.actors[0].kind in {"State", "Organization"}
                and entity.how in {"demonym", "name"}
            ):
                return entity.actors
            word = stream.words[n]
            if word.lower in self.english["preposition"] or word.text in ",.;":
                return ()
        return ()

    def _announcer(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """As in "announced strikes": who says so does it."""
        telling = [c for c in stream.clauses if c.kind == "Announce" and c.end <= at <= c.end + 3]
        return telling[0].subjects if telling and not telling[0].passive else ()

    def _sufferer(
        self, stream: Stream, end: int, kind: str, agent: tuple[Actor, ...]
    ) -> list[Actor]:
        """As in "a strike against the group", "the intervention in Haiti": whom it falls on."""
        if end + 1 >= len(stream.words):
            return []
        before = stream.words[end].lower
        within = before == "in" and kind == "Intervention"
        if before not in self.english["falls_on"] and not within:
            return []
        n = end + 1
        while n < len(stream.words) and n not in stream.entities and n < end + 3:
            n += 1  # "against drug cartels in Mexico"
        entity = stream.entity_at(n)
        found = stream.actors_of(entity, None) if entity else ()
        return [a for a in found if a not in agent]

    def _judged(self, stream: Stream, at: int) -> bool:
        """Whether somebody asks about a deed, condemns it or accuses somebody of it."""
        kinds = ("Ask", "Accuse", "Condemn")
        return any(c.at < at < c.stop and self.vocabulary.is_a(c.kind, kind)
                   for c in stream.clauses for kind in kinds)  # fmt: skip

    def _befell(self, stream: Stream, at: int) -> bool:
        """As in "a strike that killed ten": more is told of it."""
        return at < len(stream.words) and stream.words[at].lower in self.english["befell"]
