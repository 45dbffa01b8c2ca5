"""Acts of speech: what a clause of saying does, to whom, by whose word, on which occasion."""

import re
from datetime import date

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Clause, Context, Reference
from kg.extract.events import Events
from kg.extract.facts import Act, Event
from kg.extract.gazetteer import Gazetteer
from kg.extract.lexicon import Lexicon
from kg.extract.names import Cast
from kg.extract.sentences import Sentence, Told, Word

_SKIPPED_MODALS = {"if", "would", "could", "can", "may", "might", "should", "must", "shall", "will"}

# By the way that the subject was found; judged by hand, not measured.
_SURE = {
    "subject": 0.9,
    "inverted": 0.9,
    "statement": 0.85,
    "shared": 0.85,
    "relative": 0.8,
    "participle": 0.8,
    "according": 0.75,
    "by": 0.75,
    "purpose": 0.75,
    "reduced": 0.7,
    "it": 0.6,
}


class Acts:
    """Makes acts from clauses, with what the text as a whole says of them."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer, told: Told, published: str) -> None:
        self.vocabulary = lexicon.vocabulary
        self.english = lexicon.english
        self.lexicon = lexicon
        self.told = told
        self.published = date.fromisoformat(published) if published else None
        self.cast = Cast(told, gazetteer, self.english, published)
        self.context = Context(published=published)
        self.events = Events(self.lexicon, self.cast, self.english, self.published, told.text)
        self.acts: list[Act] = []
        self.readout = False

    def _stream(
        self,
        number: int,
        quote: int,
        indexes: list[int],
        context: Context,
        speaker: tuple[Actor, ...] = (),
    ) -> Stream:
        return Stream(
            self.told.sentences[number],
            indexes,
            self.cast.mentions[number],
            self.lexicon,
            self.cast,
            context,
            speaker,
            quote,
        )

    @property
    def general_kinds(self) -> set[str]:
        """Kinds whose verb leaves it to the words what is done by them."""
        return {"Assert", "Report", "Announce", "Speech", "Interview", "Letter"}

    def _acts(self, stream: Stream, clause: Clause, made: dict[int, list[Act]]) -> list[Act]:
        if not self._is_act(clause) or (clause.negated and clause.kind not in {"Accept"}):
            return []
        kind = clause.kind if self.vocabulary.is_a(clause.kind, "SpeechAct") else "Assert"
        if clause.negated:
            kind = "Reject"
        if clause.modal in _SKIPPED_MODALS and not clause.cue.lemma.startswith("will"):
            return []
        words = stream.words
        start, stop = (
            words[clause.at].start,
            words[clause.stop - 1].end if clause.stop > clause.at else words[clause.end - 1].end,
        )
        first = min(max(clause.end, clause.object_at), len(words) - 1)
        content = self._content(words, first, start, stop)
        if clause.before:
            content = (words[0].start, words[clause.before - 1].end)
            start, stop = words[0].start, words[clause.end - 1].end
            first = 0
        if clause.cue.lemma.split()[0] in self.english["general"] and kind in self.general_kinds:
            text = " ".join(w.lower for w in words[first : clause.before or clause.stop])
            kind = self._by_content(kind, text, stream, clause.subjects, first)
        governor = next(iter(made.get(id(clause.governor), [])), None) if clause.governor else None
        speakers = clause.subjects
        if governor and self._is_of(governor.speaker, clause) and clause.cue.form in {"s", "base"}:
            # "told him that the United States intends to ...": what is told, not another act.
            if governor.kind in self.general_kinds:
                governor.kind = (
                    kind if kind != "Promise" or governor.kind != "Report" else "Announce"
                )
            return [governor]
        if (
            self.context.own_voice
            and clause.cue.form in {"s", "base"}
            and self.vocabulary.is_a(kind, "Commissive") | (kind == "Announce")
        ):
            author = self.context.author
            if author and not any(s is author or s.slug == author.state for s in speakers):
                speakers, kind = (author,), "Announce"
        found: list[Act] = []
        for speaker in speakers[:6]:
            addressee = self._addressee(clause, speaker, governor)
            quoted = (
                any(w.quote >= 0 for w in words[clause.at : clause.stop]) or self.context.own_voice
            )
            reporter = governor.speaker if governor else self._reporter(speaker)
            if clause.source and clause.source[0] is not speaker:
                reporter = clause.source[0]
            act = Act(
                kind=kind,
                speaker=speaker,
                addressee=addressee,
                sentence=stream.sentence,
                span=(start, stop),
                content=content,
                rule=f"verb/{clause.rule}",
                confidence=_SURE.get(clause.rule, 0.7),
                governor=governor,
                reporter=reporter,
                quoted=quoted,
                verb=clause.cue.lemma,
            )
            act.during = self._told_in(act, governor)
            if found:
                act.joint = found[0]
            found.append(act)
        self.acts += found
        return found

    def _content(
        self, words: tuple[Word, ...], first: int, start: int, stop: int
    ) -> tuple[int, int]:
        """What is said, without the marks around it."""
        for at in range(first, min(first + 9, len(words) - 1)):
            # "said in a statement on Monday that ...": what follows is said.
            if words[at].lower == "that" and words[at + 1].start < stop:
                first = at + 1
                break
            if words[at].text in ",;:" or self.lexicon.is_verb(words[at]):
                break
        while first < len(words) - 1 and not words[first].text[0].isalnum():
            first += 1
        # What parts it from the next clause is not of it.
        kept = [w for w in words[first:] if w.end <= stop]
        while len(kept) > 1 and kept[-1].lower in {"and", "but", ","}:
            kept.pop()
            stop = kept[-1].end
        return (words[first].start, stop) if words[first].start < stop else (start, stop)

    def _is_act(self, clause: Clause) -> bool:
        if not clause.subjects or clause.passive or clause.rule == "ahead":
            return False
        if self.vocabulary.is_a(clause.kind, "Communication"):
            # "wrote on social media that": the post is an event, what is written in it an act.
            after = clause.words[clause.end : clause.end + 6]
            return any(w.lower in {"that", ":"} for w in after)
        if clause.kind == "Accuse" and not clause.objects:
            return False
        if clause.cue.lemma.startswith("speak ") and clause.governor and clause.objects:
            # "said that she spoke to him about it": what was said in a talk, told second hand.
            after = clause.words[clause.object_at : clause.object_at + 1]
            return bool(after) and after[0].lower == "about"
        return self.vocabulary.is_a(clause.kind, "SpeechAct")

    def _is_of(self, speaker: Actor, clause: Clause) -> bool:
        """Whether a clause speaks of the speaker's own state."""
        return any(s.kind == "State" and s.slug == speaker.state for s in clause.subjects)

    def _reporter(self, speaker: Actor) -> Actor | None:
        author = self.context.author
        return author if author is not None and author is not speaker else None

    def _addressee(self, clause: Clause, speaker: Actor, governor: Act | None) -> Actor | None:
        if clause.objects:
            return clause.objects[0]
        partner = self.context.partner(speaker)
        if partner and self._told_the_press(speaker, clause.sentence):
            return None
        if partner and (self.readout or (governor and governor.speaker in self.context.parties)):
            return partner
        if len(clause.subjects) == 2:
            return next(a for a in clause.subjects if a is not speaker)
        return None

    def _told_the_press(self, speaker: Actor, sentence: Sentence) -> bool:
        """Whether from an earlier sentence on a speaker speaks to the press, not to the other."""
        kinds = {"PressConference", "Interview"}
        return any(
            e.kind in kinds and speaker in e.agents and e.sentence.start <= sentence.start
            for e in self.events.found
        )

    def _told_in(self, act: Act, governor: Act | None) -> Event | None:
        talk = self.events.talk_of(self.context.parties)
        if (
            talk
            and not (governor is None and self._told_the_press(act.speaker, act.sentence))
            and act.speaker in talk.actors
            and (
                self.readout
                or (governor and governor.speaker in talk.actors and act.kind not in {"Announce"})
            )
        ):
            return talk
        if self.context.own_voice:
            return self._own_occasion()
        return None

    def _occasion(self, act: Act) -> Event | None:
        if act.governor is not None:
            return None
        for event in self.events.found:
            if not (event.agents and event.agents[0] is act.speaker and event.status == "occurred"):
                continue
            if (
                event.kind in {"PressConference", "Speech"}
                and act.sentence.start >= event.sentence.start
            ):
                return event
            if (
                event.kind in {"Interview", "PressStatement", "SocialMediaPost", "Letter"}
                and act.sentence.start == event.sentence.start
            ):
                return event
            if event.kind == "SocialMediaPost" and act.verb == "write":
                return event
        return None

    def _own_occasion(self) -> Event | None:
        author = self.context.author
        return next(
            (
                e
                for e in self.events.found
                if e.kind in {"PressStatement", "SocialMediaPost"} and author in e.agents
            ),
            None,
        )

    def _announced(self, acts: list[Act], sentence: Sentence) -> None:
        """As in "noting that a meeting will take place": who says so announces it."""
        for event in reversed(self.events.found):
            if event.sentence.end < sentence.start:
                break
            if event.sentence is sentence and event.status == "scheduled" and event.teller is None:
                for act in acts:
                    start, end = event.spans[0]
                    if (
                        act.content[0] <= start
                        and end <= act.content[1]
                        and act.kind in self.general_kinds
                    ):
                        event.teller = act
                        act.kind = "Announce" if act.kind == "Assert" else act.kind

    def _own(self, stream: Stream, sentence: Sentence) -> None:
        """A sentence of a statement without a verb of saying: what it does, its words tell."""
        author = self.context.author
        if author is None or len(stream.words) < 5:
            return
        text = " ".join(w.lower for w in stream.words)
        state = self.cast.actors.get(author.state)
        own = re.search(r"\b(we|our|i)\b", text) is not None
        named = any(
            isinstance(m, Mention) and state in m.actors and m.how not in {"demonym", "part"}
            for m in stream.entities.values()
        )
        kind = self._by_content("", text, stream, (author, *((state,) if state else ())))
        if not kind and re.search(r"\b(will|plans? to|is to|are to)\b", text):
            kind = "Announce"
        if not kind:
            return
        speaker = (
            state
            if state
            and named
            and not own
            and kind in {"Promise", "Announce"}
            and self._subject_is(stream, state)
            else author
        )
        span = (stream.words[0].start, stream.words[-1].end)
        act = Act(kind, speaker, None, sentence, span, span, "statement/own", 0.7, quoted=True,
                  reporter=author if speaker is not author else None)  # fmt: skip
        act.during = self._own_occasion()
        self.acts.append(act)

    def _subject_is(self, stream: Stream, state: Actor) -> bool:
        first = next(
            (m for _, m in sorted(stream.entities.items()) if isinstance(m, Mention)), None
        )
        return first is not None and state in first.actors

    def _by_content(
        self, kind: str, text: str, stream: Stream, speakers: tuple[Actor, ...], first: int = 0
    ) -> str:
        """The act that the words show where the verb is too general to tell."""
        told = text.split()
        found = list(self.english.acts_in(told))
        if not found and kind != "Assert":
            return kind
        own_names = {w.lower() for s in speakers for w in s.name.split()}
        states = [self.cast.actors.get(s.state) for s in speakers]
        own_names |= {form.lower() for s in states if s for form in s.forms}
        own_names |= {"i", "we", "our", "my", "he", "she", "they", "i'm", "we're"}
        best = ""
        for at, act, own in found:
            before = [w for word in told[max(0, at - 7) : at] for w in (word, *word.split("-"))]
            mine = not own or any(w in own_names for w in before)
            if mine or any(s and self._named_before(stream, s, first + at) for s in states):
                best = act
                break
        if not best and kind == "Assert" and self._doing(stream, speakers, states):
            return "Announce"
        if not best:
            return kind
        # "is going to hit": a promise of harm is a threat.
        return next(
            (
                act
                for act, instead, words in self.english.instead
                if instead == best and re.search(words, text)
            ),
            best,
        )

    def _doing(
        self, stream: Stream, speakers: tuple[Actor, ...], states: list[Actor | None]
    ) -> bool:
        """As in "said that it is expelling two diplomats": a step of one's own, made known."""
        own = {id(a) for a in (*speakers, *states) if a is not None}
        words = stream.words
        for at in range(2, len(words)):
            if not words[at].lower.endswith("ing") or words[at - 1].lower not in {
                "is",
                "are",
                "was",
            }:
                continue
            entity = stream.entities.get(at - 2)
            told = isinstance(entity, Mention) and {id(a) for a in entity.actors} & own
            itself = isinstance(entity, Reference) and entity.what in {"it", "we", "he", "she"}
            cues = self.lexicon.verbs.get(words[at].lower, ())
            if (told or itself) and any(self.vocabulary.is_a(c.kind, "Action") for c in cues):
                return True
        return False

    def _named_before(self, stream: Stream, actor: Actor, at: int) -> bool:
        return any(
            isinstance(m, Mention)
            and actor in m.actors
            and m.how != "demonym"
            and at - 6 <= m.last <= at
            for m in stream.entities.values()
        )
