"""Events: what took place, is to take place or might, told by verbs and by nouns, each once."""

from collections.abc import Iterator, Sequence

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Clause
from kg.extract.facts import Event, Span
from kg.extract.occasions import Occasions


class Events(Occasions):
    """Finds the events of one text."""

    def read(self, stream: Stream, clauses: list[Clause]) -> list[Event]:
        """Returns the events that a stream of words tells of, by its verbs and then its nouns."""
        events = [
            self.add(e)
            for clause in clauses
            for e in (*self._by_verb(stream, clause), *self._by_phrase(stream, clause))
        ]
        events += [self.add(e) for e in self.nouns(stream)]
        self._accompanied(stream)
        planned = [e for e in events if e.kind in self.talks and e.status == "scheduled"]
        if planned and self.english.says("not_held", " ".join(w.lower for w in stream.words)):
            for event in planned:
                event.status = "cancelled"
        return events

    def _accompanied(self, stream: Stream) -> None:
        """As in "was accompanied during the call by ...": those who were there besides."""
        words, told = stream.words, self.english["accompanied"]
        for at in [n for n, word in enumerate(words) if word.lower in told]:
            near = range(at + 1, min(at + 8, len(words)))
            by = next((n for n in near if words[n].lower == "by"), None)
            entity = stream.entity_at(by + 1) if by else None
            subject = stream.subject_of(at)
            if entity is None or subject is None:
                continue
            there = stream.actors_of(entity, None)
            talk = self.talk_of(stream.context.parties) or self._last_talk(subject.actors)
            if talk and set(subject.actors) & set(talk.actors):
                talk.attendees += [a for a in there if a not in talk.actors]
                talk.spans.append((words[at].start, words[entity.last - 1].end))

    def _last_talk(self, actors: tuple[Actor, ...]) -> Event | None:
        """The talk found last that took place with one of some actors."""
        talks = (e for e in reversed(self.found) if e.kind in self.talks)
        return next(
            (e for e in talks if set(actors) & set(e.actors) and e.status == "occurred"), None
        )

    # ── By verbs ─────────────────────────────────────────────────────────────────────────────────

    def _by_verb(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        """As in "met in Oslo", "wrote to the minister", "sanctioned two officials"."""
        kind = clause.kind
        if clause.negated:
            return
        if kind == "Visit":
            yield from self._visit(stream, clause)
        elif kind in self.talks:
            yield from self._talk(stream, clause)
        elif not clause.subjects:
            return
        elif kind == "PressConference":
            yield self._event(stream, clause, kind, clause.subjects)
        elif kind in {"SocialMediaPost", "Letter", "Interview"}:
            event = self._event(stream, clause, kind, clause.subjects)
            event.recipients = [a for a in clause.objects if a not in clause.subjects]
            if kind != "Letter" or event.recipients:
                yield event
        elif kind == "Sanction":
            yield from self._sanction(stream, clause)
        elif kind in self.english.kinds["deed"] and self._is_deed(clause):
            event = self._event(stream, clause, kind, clause.subjects)
            event.recipients = list(clause.objects)
            yield event

    def _is_deed(self, clause: Clause) -> bool:
        """Whether a state or body does it, to somebody, and not in order to do something else."""
        to_somebody = bool(clause.objects or clause.cue.rest)
        of_body = any(a.kind != "Person" for a in clause.subjects)
        return to_somebody and of_body and clause.rule != "purpose"

    def _visit(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        """As in "will travel to Israel on Wednesday": people, to a state or its capital."""
        people = [a for a in clause.subjects if a.kind == "Person"]
        states = [a for a in clause.objects if a.kind == "State"]
        if people and states and clause.rule != "purpose":
            event = self._event(stream, clause, "Visit", people)
            event.hosts = states[:1]
            yield event

    def _talk(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        """As in "spoke with", "hosted": a meeting, and perhaps an interview."""
        agents = list(dict.fromkeys([*clause.subjects, *clause.objects]))
        if clause.kind == "Hosting":
            if all(a.kind == "Person" for a in agents):
                event = self._event(stream, clause, "Meeting", agents)
                event.hosts = list(clause.subjects)
                yield event
            return
        if len(agents) < 2:
            return
        if clause.cue.lemma in self.english["speaks_with"]:
            media = [a for a in clause.objects if self._is_medium(a)]
            if media:
                yield self._telling(stream, clause, "Interview", "verb/medium", media)
            if not all(a.kind == "Person" for a in clause.objects):
                return
        yield self._event(stream, clause, clause.kind, agents)

    def _sanction(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        targets = list(clause.objects) or self._targets(stream, clause)
        event = self._event(stream, clause, "Sanction", clause.subjects)
        event.recipients = [a for a in targets if a not in event.agents]
        if event.recipients or event.status == "occurred":
            yield event

    def _targets(self, stream: Stream, clause: Clause) -> list[Actor]:
        """Those whom a measure names after its verb, not those they are told to be close to."""
        found: list[Actor] = []
        for at in range(clause.end, len(stream.words)):
            entity = stream.entities.get(at)
            if (
                isinstance(entity, Mention)
                and entity.first == at
                and entity.actors[0].kind == "Person"
            ):
                before = stream.words[at - 1].lower
                if before in {",", ";", ":"} or before in self.english["role"]:
                    found.append(entity.actors[0])
            if stream.words[at].lower in self.english["reason"] and found:
                break
        return found

    def _event(self, stream: Stream, clause: Clause, kind: str, agents: Sequence[Actor]) -> Event:
        """The event that a clause tells of, with status and day."""
        span, rule = self._span(stream, clause), f"verb/{clause.rule}"
        event = Event(kind, list(agents), stream.sentence, [span], rule, 0.85)
        event.status = self._status_by_verb(stream, clause)
        # A day in what is told is not the day of telling.
        days = [d for d in stream.days if kind not in self.tellings or d.first <= clause.end + 2]
        self._date(event, stream, clause.at, days)
        before = stream.words[clause.at - 1].lower
        now = clause.cue.form == "ing" and before in {"is", "are", "am"}
        if now and not event.dated and stream.context.own_voice and self.published:
            # "The United States is imposing sanctions": by this very statement.
            event.since = event.until = self.published.isoformat()
            event.dated = True
        return event

    def _span(self, stream: Stream, clause: Clause, further: int = 0) -> Span:
        """Characters of a verb and its object, and of so many words further on."""
        last = min(max(clause.end, clause.object_at) + further, len(stream.words)) - 1
        return stream.words[clause.at].start, stream.words[last].end

    def _status_by_verb(self, stream: Stream, clause: Clause) -> str:
        before = {w.lower for w in stream.words[max(0, clause.at - 2) : clause.at]}
        if clause.modal == "will" or (not clause.modal and before & self.english["plans"]):
            return "scheduled"
        if clause.modal == "would" and clause.governor is not None:
            return "scheduled"  # "said that he would visit"
        unreal = clause.modal in self.english["unreal_modal"] or clause.rule == "purpose"
        return "hypothetical" if unreal else "occurred"

    # ── By phrases beside a verb of saying ───────────────────────────────────────────────────────

    def _by_phrase(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        """As in "said in an interview with ...", "told the Daily Herald", "said in a statement"."""
        if not clause.subjects or not self.vocabulary.is_a(clause.kind, "SpeechAct"):
            return
        media = [a for a in clause.objects if a.kind == "Organization" and self._is_medium(a)]
        if media and clause.cue.lemma.startswith("tell"):
            yield self._telling(stream, clause, "Interview", "phrase/medium", media)
        elif clause.rule == "statement":
            yield self._telling(stream, clause, "PressStatement", "phrase/statement")
        elif (at := self._occasion_of(stream, clause)) is not None:
            yield self._on_occasion(stream, clause, at)
        elif self._posted(stream, clause):
            yield self._telling(stream, clause, "SocialMediaPost", "phrase/network")

    def _telling(
        self, stream: Stream, clause: Clause, kind: str, rule: str, media: Sequence[Actor] = ()
    ) -> Event:
        """The event that somebody's telling is itself, with its day."""
        agents, span = [*clause.subjects], self._span(stream, clause, rule.startswith("phrase"))
        event = Event(kind, agents, stream.sentence, [span], rule, 0.8, recipients=[*media])
        self._date(event, stream, clause.at, stream.days)
        return event

    def _on_occasion(self, stream: Stream, clause: Clause, at: int) -> Event:
        """As in "told a news conference", "said in an interview with ...": by its noun."""
        words = stream.words
        found = self.lexicon.noun_at(words, at)
        broadcast = words[at].lower in self.english["broadcast"]
        low, high = sorted((clause.at, at))
        event = Event(
            kind="Interview" if broadcast or found is None else found[0].kind,
            agents=[*clause.subjects],
            sentence=stream.sentence,
            spans=[(words[low].start, words[high].end)],
            rule="phrase/occasion",
            confidence=0.8,
        )
        if at + 1 < len(words) and words[at + 1].lower in {"with", "to"}:
            entity = stream.entity_at(at + 2)
            others = stream.actors_of(entity, None) if entity is not None else ()
            event.recipients = [a for a in others if a not in event.agents]
        self._date(event, stream, clause.at, stream.days)
        return event

    def _posted(self, stream: Stream, clause: Clause) -> bool:
        """As in "announced this on his Telegram channel", "wrote on X"."""
        words = stream.words[clause.end : clause.end + 7]
        for at, word in enumerate(words[:-1]):
            if word.lower in {"on", "via"}:
                near = {after.lower for after in words[at + 1 : at + 4]} - {"media"}
                return bool(near & self.english["network"])
            if word.lower == "that" or word.text in ".;:":
                return False
        return False

    def _occasion_of(self, stream: Stream, clause: Clause) -> int | None:
        """Index of the noun of an occasion: "said in a statement", "told a news conference"."""
        words = stream.words
        between = self.english.any_of("determiner", "adverb", "occasional", "weekdays")
        for start in self._phrases(stream, clause):
            stop = min(start + 4, len(words) - 1)
            at = next((n for n in range(start, stop) if words[n].lower not in between), stop)
            at = max(at, start)
            found = self.lexicon.noun_at(words, at)
            told = found is not None and found[0].form == "noun"
            if words[at].lower in self.english["broadcast"] or (
                found and told and self.vocabulary.is_a(found[0].kind, "Communication")
            ):
                return at
        return None

    def _phrases(self, stream: Stream, clause: Clause) -> Iterator[int]:
        """Where phrases begin that may tell the occasion on which something is said."""
        words, prepositions = stream.words, self.english["on_occasion"]
        if clause.cue.lemma.startswith("tell") and clause.end < len(words):
            yield clause.end
        if words[0].lower in prepositions and clause.rule == "subject" and len(words) > 1:
            yield 1
        for n in range(clause.end, min(clause.end + 10, len(words) - 1)):
            if words[n].lower in prepositions or words[n].lower == "via":
                yield n + 1
            if words[n].text in ".;" or words[n].lower == "that":
                return

    def _is_medium(self, actor: Actor) -> bool:
        named = any(word.lower() in self.english["medium"] for word in actor.name.split())
        return named or actor.slug in self.cast.media
