"""Events that nouns tell of: "her call with Trump", "the talks between X and Y"."""

from dataclasses import replace

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Reference
from kg.extract.facts import Event
from kg.extract.gathering import Gathering
from kg.extract.when import When, read_when

_FALLS_ON = {"against", "of", "on"}


class Occasions(Gathering):
    """Finds events by nouns, and whose they are."""

    def nouns(self, stream: Stream, *, peek: bool = False) -> list[Event]:
        """Returns the events that nouns tell of: "her call with Trump", "talks between X and Y"."""
        if peek:
            self.days = read_when(stream.words, self.english, self.published)
        found: list[Event] = []
        words = stream.words
        free, nouns = 0, self.lexicon.nouns
        for at, word in enumerate(words):
            if at < free or word.lower not in nouns:
                continue
            cue = (
                None
                if at in stream.entities and not isinstance(stream.entities[at], Reference)
                else self.lexicon.noun_at(words, at)
            )
            if cue is None or not self._counts(cue[0].kind) or self._is_verb(stream, at):
                continue
            free = cue[1]
            denied = any(c.negated and c.at <= at < c.end for c in stream.clauses)
            if denied or self._none(stream, at):
                continue
            event = self._by_noun(stream, at, cue[1], cue[0].kind, cue[0].form == "nouns")
            if event:
                found.append(event)
                found += self._again(event, at, plural=cue[0].form == "nouns")
        return found

    def _none(self, stream: Stream, at: int) -> bool:
        """As in "no phone call", "no agreement for a specific meeting": there was none."""
        for n in range(at - 1, max(at - 9, -1), -1):
            lower = stream.words[n].lower
            if lower in {"no", "without", "never", "any"}:
                return True
            if (
                lower in self.english["auxiliary"]
                or stream.words[n].text in ",.;:"
                or lower == "and"
            ):
                return False
        return False

    def _again(self, event: Event, at: int, *, plural: bool) -> list[Event]:
        """As in "the February 26 and March 4 launches": one for each day."""
        if not plural or not event.dated:
            return []
        days = [
            d
            for d in self.days
            if d.last <= at and at - d.last <= 8 and d.start.isoformat() != event.since
        ]
        return [
            replace(
                event,
                since=d.start.isoformat(),
                until=d.end.isoformat(),
                spans=list(event.spans),
                agents=list(event.agents),
            )
            for d in days
        ]

    def _is_verb(self, stream: Stream, at: int) -> bool:
        """Whether the word is a verb here, as "calls on", "will call"."""
        before = stream.words[at - 1].lower if at else ""
        after = stream.words[at + 1].lower if at + 1 < len(stream.words) else ""
        if (
            before
            in {"to", "will", "would", "can", "could", "must", "should", "may", "might", "and"}
            and stream.words[at].lower in self.lexicon.verbs
        ):
            return True
        if stream.words[at].lower == "bilateral" and after[:1].isalpha():
            return after not in self.english["preposition"]  # an adjective
        return after in {"on", "upon", "for"} and stream.words[at].lower in {"call", "calls"}

    def _by_noun(self, stream: Stream, at: int, end: int, kind: str, plural: bool) -> Event | None:
        words = stream.words
        agents: list[Actor] = []
        others: list[Actor] = []
        rule = "noun"
        owner = self._owner(stream, at)
        n = end
        after = words[n].lower if n < len(words) else ""
        parted = self._between(stream, n)
        if parted:
            entity = stream.entity_at(parted + 1)
            if entity is not None:
                agents = list(stream.actors_of(entity, None))
                rule = "noun/between"
        elif after in {"with"}:
            entity = stream.entity_at(n + 1)
            if entity is not None:
                others = list(stream.actors_of(entity, None))
                rule = "noun/with"
        elif after == "by" and kind not in self.talks:
            entity = stream.entity_at(n + 1)
            if entity is not None:
                owner = owner or stream.actors_of(entity, None)
                rule = "noun/by"
        if owner:
            agents = [*owner, *agents]
            rule = rule if rule != "noun" else "noun/of"
        day = self._near(stream, at)
        if kind == "Visit":
            return self._visit_by_noun(stream, at, end, owner)
        if kind in self.english.kinds["deed_by_noun"]:
            return self._deed(stream, at, end, kind, owner, day)
        if kind in {"PressConference", "PressStatement", "SocialMediaPost", "Interview"}:
            if not owner or (kind == "PressStatement" and rule != "noun/by"):
                return None
            if kind == "SocialMediaPost" and not self._on_a_network(stream, at, end):
                return None
            agents = list(owner)
        elif others and not agents:
            agents = [a for a in self._doer(stream, at) if a not in others]
            if not agents:
                return None
        agents = list(dict.fromkeys([*agents, *others]))
        if not agents and kind in self.talks:
            agents = self._of_subjects(stream, at)
        if kind in self.talks and len(agents) < 2 and self._bilateral(stream, at, end):
            agents = self._states(list(stream.context.parties))
        if kind in self.talks and len(agents) < 2:
            agents = self._implied(stream, at, agents, day)
            if len(agents) < 2:
                return None
            if kind == "Negotiation":
                agents = self._states(agents)
            rule = "noun/implied"
        if kind == "Negotiation" and words[at].lower == "talks":
            # What leaders' talks are about is not said: they meet.
            kind = "Meeting" if all(a.kind == "Person" for a in agents) else kind
        series = kind == "Negotiation" or words[at].lower == "talks"
        if plural and kind in self.talks and not series and not day:
            return None
        event = Event(
            kind, agents, stream.sentence, [(words[at].start, words[end - 1].end)], rule, 0.75
        )
        self._status(event, stream, at)
        self._date(event, stream, at, noun=True)
        return event

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
        span = (stream.words[at].start, stream.words[end - 1].end)
        event = Event("Visit", people, stream.sentence, [span], "noun/visit", 0.75, hosts=hosts[:1])
        self._status(event, stream, at)
        self._date(event, stream, at, noun=True)
        return event

    def _doer(self, stream: Stream, at: int) -> tuple[Actor, ...]:
        """Who has the talk that a verb leads up to: "he make contact with"."""
        for n in range(at - 1, -1, -1):
            entity = stream.entities.get(n)
            if (
                entity is None
                or entity.last != n + 1
                or (isinstance(entity, Mention) and entity.how == "demonym")
            ):
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
            if words[n].lower == "'s" or (
                words[n].text in "'’" and n and words[n - 1].lower.endswith("s")
            ):
                entity = stream.entities.get(n - 1)
                if entity is not None and entity.last == n:
                    return stream.actors_of(entity, None)
                return ()
            if words[n].lower in {"her", "his"}:
                subject = [c.subjects for c in stream.clauses if c.at < n and not c.passive]
                what = "she" if words[n].lower == "her" else "he"
                following = [c.subjects for c in stream.clauses if c.at > n]
                for actors in [*reversed(subject), *following, stream.context.subject]:
                    if actors and actors[0].kind == "Person" and actors[0].gender in {what, ""}:
                        return actors[:1]
                return ()
            if words[n].lower in {"their", "our"}:
                several = [c.subjects for c in stream.clauses if c.at < n and len(c.subjects) > 1]
                return several[-1] if several else stream.context.parties
            if n not in stream.entities and self.lexicon.is_verb(words[n]):
                return ()
            dated = any(d.first <= n <= d.last for d in self.days) or (
                words[n].lower == "and" and any(d.first == n + 1 for d in self.days)
            )
            if dated:
                continue
            if words[n].text in ",.;:" or words[n].lower in self.english.any_of(
                "preposition", "auxiliary", "subordinate", "conjunction"
            ):
                return ()
        return ()

    def _implied(
        self, stream: Stream, at: int, agents: list[Actor], day: When | None
    ) -> list[Actor]:
        """A dated talk or summit of those whom the sentence speaks of."""
        context = stream.context
        named = {w.lower for w in stream.words[max(0, at - 5) : at]} & {"upcoming", "forthcoming"}
        if (day is None and not named) or len(context.parties) < 2:
            return agents
        clause = next((c for c in reversed(stream.clauses) if c.at < at), None)
        subjects = clause.subjects if clause else ()
        if len(subjects) > 1:
            return list(subjects)
        between = {w.lower for w in stream.words}
        if between & {"they", "leaders", "presidents", "ministers"} or not subjects:
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

    def _deed(
        self,
        stream: Stream,
        at: int,
        end: int,
        kind: str,
        owner: tuple[Actor, ...],
        day: When | None,
    ) -> Event | None:
        words = stream.words
        agent = owner
        if not agent:
            for n in range(at - 1, max(at - 8, -1), -1):
                entity = stream.entities.get(n)
                if (
                    isinstance(entity, Mention)
                    and entity.actors[0].kind in {"State", "Organization"}
                    and entity.how in {"demonym", "name"}
                ):
                    agent = entity.actors
                    break
                if words[n].lower in self.english["preposition"] or words[n].text in ",.;":
                    break
        if not agent:
            telling = [
                c for c in stream.clauses if c.kind == "Announce" and c.end <= at <= c.end + 3
            ]
            agent = telling[0].subjects if telling and not telling[0].passive else ()
        if not agent:
            return None
        event = Event(
            kind,
            list(agent),
            stream.sentence,
            [(words[at].start, words[end - 1].end)],
            "noun/deed",
            0.6,
            recipients=self._sufferer(stream, end, kind, agent),
        )
        self._status(event, stream, at)
        judged = owner and event.recipients and self._judged(stream, at)
        known = day or self._killed(stream, end) or judged
        if event.status == "occurred" and not known:
            return None
        told, said = (
            self.days,
            [
                c.end
                for c in stream.clauses
                if c.at < at and c.kind != "Announce" and stream._says(c)
            ],
        )
        self.days = [d for d in told if d.first >= max(said, default=0)]
        self._date(event, stream, at, noun=True)
        self.days = told
        return event

    def _sufferer(
        self, stream: Stream, end: int, kind: str, agent: tuple[Actor, ...]
    ) -> list[Actor]:
        """As in "a strike against the group", "the intervention in Haiti": whom it falls on."""
        falls_on = _FALLS_ON | ({"in"} if kind == "Intervention" else set())
        if end + 1 >= len(stream.words) or stream.words[end].lower not in falls_on:
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

    def _killed(self, stream: Stream, at: int) -> bool:
        return at < len(stream.words) and stream.words[at].lower in {"that", "which", "killed"}
