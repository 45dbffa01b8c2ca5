"""Acts of speech: what a clause of saying does, to whom, by whose word, on which occasion."""

from datetime import date

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Clause, Context
from kg.extract.events import Events
from kg.extract.facts import Act, Event, Span
from kg.extract.gazetteer import Gazetteer
from kg.extract.lexicon import Lexicon
from kg.extract.names import Cast
from kg.extract.sentences import Sentence, Told, Word
from kg.extract.wording import Wording

_MOST_SPEAKERS = 6
_SHORTEST = 5
"""Words of a sentence that does something."""
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
        self.wording = Wording(lexicon, self.cast)
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
    def general_kinds(self) -> frozenset[str]:
        """Kinds whose verb leaves it to the words what is done by them."""
        return self.english.kinds["general_kind"]

    def _acts(self, stream: Stream, clause: Clause, made: dict[int, list[Act]]) -> list[Act]:
        """Makes the acts of a clause, one for each speaker, or gives its kind to the one above.

        Args:
            stream: Where the clause stands.
            clause: Perhaps none of an act.
            made: The acts of the clauses before, by the identity of these.
        """
        if not self._is_act(clause) or not self._is_done(clause):
            return []
        span, content, words = self._parts(stream, clause)
        kind = self._kind(stream, clause, words)
        governor = self._governor(clause, made)
        present = clause.cue.form in {"s", "base"}
        if governor and present and self._is_of(governor.speaker, clause):
            # "told him that the United States intends to ...": what is told, not another act.
            if governor.kind in self.general_kinds:
                announced = kind == "Promise" and governor.kind == "Report"
                governor.kind = "Announce" if announced else kind
            return [governor]
        speakers = clause.subjects
        author = self.context.author
        if author and present and self._is_announced_by(author, kind, speakers):
            speakers, kind = (author,), "Announce"
        in_quotes = any(w.quote >= 0 for w in stream.words[clause.at : clause.stop])
        found: list[Act] = []
        for speaker in speakers[:_MOST_SPEAKERS]:
            act = Act(
                kind=kind,
                speaker=speaker,
                addressee=self._addressee(clause, speaker, governor),
                sentence=stream.sentence,
                span=span,
                content=content,
                rule=f"verb/{clause.rule}",
                confidence=_SURE.get(clause.rule, 0.7),
                governor=governor,
                reporter=self._reporter_of(clause, speaker, governor),
                quoted=in_quotes or self.context.own_voice,
                joint=found[0] if found else None,
                verb=clause.cue.lemma,
            )
            act.during = self._told_in(act, governor)
            found.append(act)
        self.acts += found
        return found

    def _governor(self, clause: Clause, made: dict[int, list[Act]]) -> Act | None:
        """The act in whose content a clause stands, the first of several speakers'."""
        return next(iter(made.get(id(clause.governor), [])), None) if clause.governor else None

    def _is_done(self, clause: Clause) -> bool:
        """Whether it is said to have been done: not "may condemn", not "did not condemn"."""
        if clause.negated and clause.kind != "Accept":
            return False
        return not clause.modal or clause.cue.lemma.startswith("will")

    def _parts(self, stream: Stream, clause: Clause) -> tuple[Span, Span, range]:
        """Characters of verb and content, and of the content; indexes of the words of this."""
        words, at = stream.words, clause.at
        if clause.before:
            span = (words[0].start, words[clause.end - 1].end)
            content = (words[0].start, words[clause.before - 1].end)
            return span, content, range(clause.before)
        last = (clause.stop if clause.stop > at else clause.end) - 1
        span = (words[at].start, words[last].end)
        first = min(max(clause.end, clause.object_at), len(words) - 1)
        return span, self._content(words, first, *span), range(first, clause.stop)

    def _kind(self, stream: Stream, clause: Clause, words: range) -> str:
        """The kind of an act, by its verb, or by its words where that is too general."""
        if clause.negated:
            return "Reject"
        kind = clause.kind if self.vocabulary.is_a(clause.kind, "SpeechAct") else "Assert"
        return self._by_words(kind, stream, clause, words)

    def _by_words(self, kind: str, stream: Stream, clause: Clause, words: range) -> str:
        general = clause.cue.lemma.split()[0] in self.english["general"]
        if not general or kind not in self.general_kinds:
            return kind
        text = " ".join(w.lower for w in stream.words[words.start : words.stop])
        return self.wording.act_of(kind, text, stream, clause.subjects, words.start)

    def _is_announced_by(self, author: Actor, kind: str, speakers: tuple[Actor, ...]) -> bool:
        """As in a minister's "Canada will send aid", of another state: the author announces it."""
        commits = kind == "Announce" or self.vocabulary.is_a(kind, "Commissive")
        own = any(s is author or s.slug == author.state for s in speakers)
        return self.context.own_voice and commits and not own

    def _content(self, words: tuple[Word, ...], first: int, start: int, stop: int) -> Span:
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

    def _reporter_of(self, clause: Clause, speaker: Actor, governor: Act | None) -> Actor | None:
        """Whose word it goes by: "according to" goes before the one who tells of it."""
        if clause.source and clause.source[0] is not speaker:
            return clause.source[0]
        return governor.speaker if governor else self._reporter(speaker)

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
        """The talk that an act was performed in, or the author's own statement."""
        talk = self.events.talk_of(self.context.parties)
        if talk and act.speaker in talk.actors:
            aside = governor is None and self._told_the_press(act.speaker, act.sentence)
            told = governor and governor.speaker in talk.actors and act.kind != "Announce"
            if not aside and (self.readout or told):
                return talk
        return self._own_occasion() if self.context.own_voice else None

    def _occasion(self, act: Act) -> Event | None:
        """The press conference, interview, post … at which a speaker says it."""
        if act.governor is not None:
            return None
        held = (
            event
            for event in self.events.found
            if event.agents and event.agents[0] is act.speaker and event.status == "occurred"
        )
        return next((event for event in held if self._is_at(act, event)), None)

    def _is_at(self, act: Act, event: Event) -> bool:
        """Whether an act of its speaker belongs to an event, from its sentence on or only in it."""
        if event.kind in {"PressConference", "Speech"}:
            return act.sentence.start >= event.sentence.start
        if event.kind == "SocialMediaPost" and act.verb == "write":
            return True
        once = event.kind in {"Interview", "PressStatement", "SocialMediaPost", "Letter"}
        return once and act.sentence.start == event.sentence.start

    def _own_occasion(self) -> Event | None:
        author = self.context.author
        own = (e for e in self.events.found if e.kind in {"PressStatement", "SocialMediaPost"})
        return next((event for event in own if author in event.agents), None)

    def _announced(self, acts: list[Act], sentence: Sentence) -> None:
        """As in "noting that a meeting will take place": who says so announces it."""
        for event in reversed(self.events.found):
            if event.sentence.end < sentence.start:
                return
            if event.sentence is not sentence or event.status != "scheduled" or event.teller:
                continue
            start, end = event.spans[0]
            for act in acts:
                inside = act.content[0] <= start and end <= act.content[1]
                if inside and act.kind in self.general_kinds:
                    event.teller = act
                    act.kind = "Announce" if act.kind == "Assert" else act.kind

    def _own(self, stream: Stream, sentence: Sentence) -> None:
        """A sentence of a statement without a verb of saying: what it does, its words tell."""
        author = self.context.author
        if author is None or len(stream.words) < _SHORTEST:
            return
        text = " ".join(w.lower for w in stream.words)
        state = self.cast.actors.get(author.state)
        kind = self.wording.act_of("", text, stream, (author, state) if state else (author,))
        if not kind and self.english.says("resolved", text):
            kind = "Announce"
        if not kind:
            return
        speaker = author
        if state and kind in {"Promise", "Announce"} and self._is_subject(stream, state):
            speaker = author if self.english.says("own", text) else state
        span = (stream.words[0].start, stream.words[-1].end)
        self.acts.append(
            Act(
                kind=kind,
                speaker=speaker,
                addressee=None,
                sentence=sentence,
                span=span,
                content=span,
                rule="statement/own",
                confidence=0.7,
                quoted=True,
                reporter=author if speaker is not author else None,
                during=self._own_occasion(),
            )
        )

    def _is_subject(self, stream: Stream, state: Actor) -> bool:
        """Whether a state comes first in a sentence, and is named there by more than a demonym."""
        mentions = [m for _, m in sorted(stream.entities.items()) if isinstance(m, Mention)]
        named = (m for m in mentions if m.how not in {"demonym", "part"})
        return (
            bool(mentions) and state in mentions[0].actors and any(state in m.actors for m in named)
        )
