"""Events: what took place, is to take place or might, told by verbs and by nouns, each once."""

from collections.abc import Iterator

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Clause
from kg.extract.facts import Event
from kg.extract.occasions import Occasions
from kg.extract.when import read_when


class Events(Occasions):
    """Finds the events of one text."""

    def read(self, stream: Stream, clauses: list[Clause]) -> list[Event]:
        """Returns the events that a stream of words tells of, by its verbs and then its nouns."""
        self.days = read_when(stream.words, self.english, self.published)
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
        told = self.english["accompanied"]
        for at in [n for n, word in enumerate(stream.words) if word.lower in told]:
            word = stream.words[at]
            by = next(
                (
                    n
                    for n in range(at + 1, min(at + 8, len(stream.words)))
                    if stream.words[n].lower == "by"
                ),
                None,
            )
            entity = stream.entity_at(by + 1) if by else None
            subject = stream.subject_of(at)
            if entity is None or subject is None:
                continue
            there = stream.actors_of(entity, None)
            event = next(
                (
                    e
                    for e in reversed(self.found)
                    if e.kind in self.talks
                    and set(subject.actors) & set(e.actors)
                    and e.status == "occurred"
                ),
                None,
            )
            talk = self.talk_of(stream.context.parties) or event
            if talk and set(subject.actors) & set(talk.actors):
                talk.attendees += [a for a in there if a not in talk.actors]
                talk.spans.append((word.start, stream.words[entity.last - 1].end))

    def _by_verb(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        kind = clause.kind
        if clause.negated:
            return
        span = (
            stream.words[clause.at].start,
            stream.words[min(max(clause.end, clause.object_at), len(stream.words)) - 1].end,
        )
        if kind in self.talks:
            agents = list(dict.fromkeys([*clause.subjects, *clause.objects]))
            people = all(a.kind == "Person" for a in agents)
            if kind == "Visit":
                yield from self._visit(stream, clause, span)
                return
            if len(agents) < 2 and kind != "Hosting":
                return
            if clause.cue.lemma in {"speak to", "talk to", "speak with", "talk with"}:
                media = [a for a in clause.objects if self._is_medium(a)]
                if media:
                    event = Event(
                        "Interview",
                        [*clause.subjects],
                        stream.sentence,
                        [span],
                        "verb/medium",
                        0.8,
                        recipients=media,
                    )
                    self._date(event, stream, clause.at)
                    yield event
                if not all(a.kind == "Person" for a in clause.objects):
                    return
            if kind == "Hosting" and not people:
                return
            event = self._event(
                stream,
                clause,
                "Meeting" if kind == "Hosting" else kind,
                agents,
                span,
                f"verb/{clause.rule}",
            )
            if kind == "Hosting":
                event.hosts = list(clause.subjects)
            yield event
        elif kind == "PressConference" and clause.subjects:
            yield self._event(
                stream, clause, kind, list(clause.subjects), span, f"verb/{clause.rule}"
            )
        elif kind in {"SocialMediaPost", "Letter", "Interview"} and clause.subjects:
            event = self._event(
                stream, clause, kind, list(clause.subjects), span, f"verb/{clause.rule}"
            )
            event.recipients = [a for a in clause.objects if a not in clause.subjects]
            if kind == "Letter" and not event.recipients:
                return
            yield event
        elif kind == "Sanction" and clause.subjects and not clause.passive:
            targets = list(clause.objects) or self._targets(stream, clause)
            event = self._event(
                stream, clause, kind, list(clause.subjects), span, f"verb/{clause.rule}"
            )
            event.recipients = [a for a in targets if a not in event.agents]
            if event.recipients or event.status == "occurred":
                yield event
        elif (
            kind in self.english.kinds["deed"]
            and clause.subjects
            and (clause.objects or clause.cue.rest)
            and not clause.passive
        ):
            if not any(a.kind != "Person" for a in clause.subjects) or clause.rule == "purpose":
                return
            event = self._event(
                stream, clause, kind, list(clause.subjects), span, f"verb/{clause.rule}"
            )
            event.recipients = list(clause.objects)
            yield event

    def _by_phrase(self, stream: Stream, clause: Clause) -> Iterator[Event]:
        """As in "said in an interview with ...", "told the Daily Herald", "said in a statement"."""
        if (
            not clause.subjects
            or clause.passive
            or not self.vocabulary.is_a(clause.kind, "SpeechAct")
        ):
            return
        words = stream.words
        last = min(max(clause.end, clause.object_at), len(words) - 1)
        span = (words[clause.at].start, words[last].end)
        media = [a for a in clause.objects if a.kind == "Organization" and self._is_medium(a)]
        if media and clause.cue.lemma.startswith("tell"):
            event = Event(
                "Interview",
                [*clause.subjects],
                stream.sentence,
                [span],
                "phrase/medium",
                0.8,
                recipients=media,
            )
            self._date(event, stream, clause.at)
            yield event
            return
        if clause.rule == "statement":
            # "said a statement issued by the ministry".
            event = Event("PressStatement", [*clause.subjects], stream.sentence, [span],
                          "phrase/statement", 0.8)  # fmt: skip
            self._date(event, stream, clause.at)
            yield event
            return
        at = self._occasion_of(stream, clause)
        if at is None:
            if self._posted(stream, clause):
                post = Event(
                    "SocialMediaPost",
                    [*clause.subjects],
                    stream.sentence,
                    [span],
                    "phrase/network",
                    0.8,
                )
                self._date(post, stream, clause.at)
                yield post
            return
        found = self.lexicon.noun_at(words, at)
        broadcast = words[at].lower in self.english["broadcast"]
        kind = "Interview" if broadcast or found is None else found[0].kind
        low, high = sorted((clause.at, at))
        event = Event(
            kind=kind,
            agents=[*clause.subjects],
            sentence=stream.sentence,
            spans=[(words[low].start, words[high].end)],
            rule="phrase/occasion",
            confidence=0.8,
        )
        if at + 1 < len(words) and words[at + 1].lower in {"with", "to"}:
            entity = stream.entity_at(at + 2)
            if entity is not None:
                others = stream.actors_of(entity, None)
                event.recipients = [a for a in others if a not in event.agents]
        self._date(event, stream, clause.at)
        yield event

    def _posted(self, stream: Stream, clause: Clause) -> bool:
        """As in "announced this on his Telegram channel", "wrote on X"."""
        words = stream.words[clause.end : clause.end + 7]
        for at, word in enumerate(words[:-1]):
            if word.lower in {"on", "via"}:
                return any(
                    w.lower in self.english["network"] - {"media"} for w in words[at + 1 : at + 4]
                )
            if word.lower == "that" or word.text in ".;:":
                return False
        return False

    def _occasion_of(self, stream: Stream, clause: Clause) -> int | None:
        """Index of the noun of an occasion: "said in a statement", "told a news conference"."""
        words = stream.words
        starts = []
        if clause.cue.lemma.startswith("tell"):
            starts.append(clause.end)
        if words[0].lower in {"in", "at", "on", "during"} and clause.rule == "subject":
            starts.append(1)
        for n in range(clause.end, min(clause.end + 10, len(words) - 1)):
            if words[n].lower in {"in", "at", "on", "during", "via"}:
                starts.append(n + 1)
            if words[n].text in ".;" or words[n].lower == "that":
                break
        between = self.english.any_of("determiner", "adverb", "occasional")
        for at in (n for n in starts if n < len(words)):
            stop = min(at + 4, len(words) - 1)
            while at < stop and (
                words[at].lower in between or words[at].lower in self.english["weekdays"]
            ):
                at += 1
            found = self.lexicon.noun_at(words, at)
            told = found and self.vocabulary.is_a(found[0].kind, "Communication")
            if words[at].lower in self.english["broadcast"] or (
                told and found and found[0].form == "noun"
            ):
                return at
        return None

    def _is_medium(self, actor: Actor) -> bool:
        named = any(word.lower() in self.english["medium"] for word in actor.name.split())
        return named or actor.slug in self.cast.media

    def _visit(self, stream: Stream, clause: Clause, span: tuple[int, int]) -> Iterator[Event]:
        """As in "will travel to Israel on Wednesday": people, to a state or its capital."""
        people = [a for a in clause.subjects if a.kind == "Person"]
        states = [a for a in clause.objects if a.kind == "State"]
        if people and states and clause.rule != "purpose":
            event = self._event(stream, clause, "Visit", people, span, f"verb/{clause.rule}")
            event.hosts = states[:1]
            yield event

    def _targets(self, stream: Stream, clause: Clause) -> list[Actor]:
        """Those whom a measure names after its verb, not those they are told to be close to."""
        found = []
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
            if stream.words[at].lower in {"for", "because", "after"} and found:
                break
        return found

    def _event(
        self,
        stream: Stream,
        clause: Clause,
        kind: str,
        agents: list[Actor],
        span: tuple[int, int],
        rule: str,
    ) -> Event:
        event = Event(kind, agents, stream.sentence, [span], rule, 0.85)
        words = [w.lower for w in stream.words[max(0, clause.at - 6) : clause.at]]
        if clause.modal == "will" or (
            clause.modal == "" and any(w in {"plans", "plan", "scheduled"} for w in words[-2:])
        ):
            event.status = "scheduled"
        elif clause.modal == "would" and clause.governor is not None:
            event.status = "scheduled"  # "said that he would visit"
        elif (
            clause.modal in {"would", "could", "might", "may", "should", "can"}
            or clause.rule == "purpose"
        ):
            event.status = "hypothetical"
        if kind in self.tellings:
            # A day in what is told is not the day of telling.
            told = self.days
            self.days = [d for d in told if d.first <= clause.end + 2]
            self._date(event, stream, clause.at)
            self.days = told
        else:
            self._date(event, stream, clause.at)
        now = clause.cue.form == "ing" and stream.words[clause.at - 1].lower in {"is", "are", "am"}
        if now and not event.dated and stream.context.own_voice and self.published:
            # "The United States is imposing sanctions": by this very statement.
            event.since = event.until = self.published.isoformat()
            event.dated = True
        return event
