"""Quotations: who speaks in them, and what is done by their words."""

import re
from dataclasses import dataclass

from kg.extract.actors import Actor
from kg.extract.clauses import Stream, outside, quoted
from kg.extract.context import Clause, Reference
from kg.extract.facts import Act
from kg.extract.gazetteer import Gazetteer
from kg.extract.lexicon import Cue, Lexicon
from kg.extract.questions import Questions
from kg.extract.sentences import Sentence, Told

_MOST_SPEAKERS = 4
_PHRASE = 7
"""Words of the longest phrase in marks that begins with a capital and is no speech."""


@dataclass
class _Run:
    """A quotation, perhaps over several paragraphs.

    Attributes:
        speaker: Who speaks in it.
        act: Of the verb at its beginning.
        outer: Of the verb at the part that is being read.
        alone: Whether no verb stands at it, and nothing was read of it yet.
    """

    speaker: tuple[Actor, ...]
    act: Act | None
    outer: Act | None = None
    alone: bool = False


class Quotations(Questions):
    """Reads what stands between marks."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer, told: Told, published: str) -> None:
        super().__init__(lexicon, gazetteer, told, published)
        self.runs: dict[int, _Run] = {}
        self.questioners = []
        self.full = self._full_quotes()

    def _full_quotes(self) -> set[int]:
        """Quotations that are speech of their own; others are words of the clause."""
        full: set[int] = set()
        text = self.told.text
        for number, quote in enumerate(self.told.quotes):
            inside = text[quote.start : quote.end].lstrip(" …[.'‘")
            before = text[max(0, quote.start - 4) : quote.start - 1].rstrip(" ")
            goes_on = number - 1 in full and self.told.quotes[number - 1].run == quote.run
            if goes_on or self._is_speech(inside, before, opens=quote.start < 3):
                full.add(number)
        return full

    def _is_speech(self, inside: str, before: str, *, opens: bool) -> bool:
        """Whether words in marks are a sentence, or what a sentence may begin with.

        Args:
            inside: The words.
            before: What stands before them, without blanks at its end.
            opens: Whether they open the text.
        """
        words = len(inside.split())
        if re.search(r"[.!?] [A-Z“]", inside):
            return True
        if words < 3:
            return False
        if inside[:1].isupper() and (
            not before or before[-1] in ",:.!?;\n" or opens or words > _PHRASE
        ):
            return True
        begins = re.match(r"[^\W\d]+", inside)
        said = begins is not None and begins[0].lower() in self.english["begins_speech"]
        return before[-1:] in {",", ":"} and said

    def _quotations(self, number: int, stream: Stream, made: dict[int, list[Act]]) -> None:
        """Reads the quotations of a sentence: who speaks in each, and what is done by its words."""
        sentence = self.told.sentences[number]
        for quote, indexes in quoted(sentence, self.full):
            clause = self._cue_of(stream, quote, sentence)
            acts = self._acts_at(stream, clause, made) if clause else []
            run = self._run(quote, number, clause, acts)
            if run is None:
                continue
            inner = self._stream(number, quote, indexes, self.context, run.speaker)
            clauses = inner.read()
            self._quote(acts, inner, run)
            run.outer = acts[0] if acts else None
            nested: dict[int, list[Act]] = {}
            for one in clauses:
                nested[id(one)] = self._quoted_acts(inner, one, nested, run)
            if not acts and not any(nested.values()):
                self._further(inner, run)
            self.events.read(inner, clauses)

    def _acts_at(self, stream: Stream, clause: Clause, made: dict[int, list[Act]]) -> list[Act]:
        """The acts of the verb at a quotation; one of writing or speaking says what is quoted."""
        if not made.get(id(clause)) and self.vocabulary.is_a(clause.kind, "Communication"):
            clause.kind = "Assert"
            made[id(clause)] = self._acts(stream, clause, made)
        elif id(clause) not in made:
            made[id(clause)] = self._acts(stream, clause, made)
        return made[id(clause)]

    def _run(self, quote: int, number: int, clause: Clause | None, acts: list[Act]) -> _Run | None:
        """Who speaks in a quotation: by its verb, by the run it belongs to, or by what is near."""
        run = self.told.quotes[quote].run
        if clause and clause.subjects and not clause.passive:
            self.runs[run] = _Run(clause.subjects, acts[0] if acts else None)
        known = self.runs.get(run) or self._later(run, number) or self._alone(quote, number)
        if known is not None:
            self.runs[run] = known
        return known

    def _quote(self, acts: list[Act], inner: Stream, run: _Run) -> None:
        """Makes the words of a quotation the content of its acts."""
        text = " ".join(w.lower for w in inner.words)
        start, end = inner.words[0].start, inner.words[-1].end
        for act in acts:
            act.quoted = True
            act.content = (start, end)
            act.span = (min(act.span[0], start), max(act.span[1], end))
            if act.kind in self.general_kinds:
                act.kind = self.wording.act_of(act.kind, text, inner, run.speaker)

    def _further(self, inner: Stream, run: _Run) -> None:
        """A further sentence of one speech is an act of its own where it does another thing."""
        text = " ".join(w.lower for w in inner.words)
        kind = self.wording.act_of("Assert", text, inner, run.speaker)
        another = kind != "Assert" and (run.act is None or run.act.kind != kind)
        if not run.alone and not another:
            return
        run.alone = False
        span = (inner.words[0].start, inner.words[-1].end)
        self.acts.append(
            Act(
                kind=kind,
                speaker=run.speaker[0],
                addressee=None,
                sentence=inner.sentence,
                span=span,
                content=span,
                rule="quotation/further",
                confidence=0.6,
                quoted=True,
                during=run.act.during if run.act else None,
            )
        )

    def _alone(self, quote: int, number: int) -> _Run | None:
        """A paragraph of nothing but a quotation: whoever spoke in the one before speaks on."""
        block = self.told.sentences[number].block
        span = self.told.quotes[quote]
        if quote and self.told.quotes[quote - 1].start >= block.start:
            before = self.runs.get(self.told.quotes[quote - 1].run)
            if before is not None:
                return _Run(before.speaker, before.act)
        whole = span.start - block.start <= 1 and block.end - span.end <= 1
        speaker = self.context.subject
        told = any(a.speaker in speaker for a in self.acts[-3:])
        return _Run(speaker, None, alone=True) if whole and len(speaker) == 1 and told else None

    def _later(self, run: int, number: int) -> _Run | None:
        """The speaker of a quotation whose verb stands after it, in a later sentence."""
        for later in range(number + 1, min(number + 12, len(self.told.sentences))):
            sentence = self.told.sentences[later]
            quotes = [
                q
                for q in {w.quote for w in sentence.words} & self.full
                if self.told.quotes[q].run == run
            ]
            if not quotes:
                if not any(
                    w.quote >= 0 and self.told.quotes[w.quote].run == run for w in sentence.words
                ):
                    break
                continue
            indexes = outside(sentence, self.full)
            if not indexes:
                continue
            stream = self._stream(later, -1, indexes, self.context)
            subject = self.context.subject
            stream.read()
            self.context.subject = subject
            clause = self._cue_of(stream, quotes[0], sentence)
            if clause and clause.subjects:
                return _Run(clause.subjects, None)
        return None

    def _cue_of(self, stream: Stream, quote: int, sentence: Sentence) -> Clause | None:
        """The verb of saying that stands at a quotation."""
        inside = [w for w in sentence.words if w.quote == quote]
        if not inside:
            return None
        start, end = inside[0].start, inside[-1].end
        saying = [
            c for c in stream.clauses if stream.says(c) and not c.passive and c.governor is None
        ]
        after = [
            c for c in saying if stream.words[c.at].start >= end and c.rule not in {"participle"}
        ]
        if after and (
            after[0].rule in {"inverted", "statement"}
            or after[0].at <= 8 + sum(w.start < end for w in stream.words)
        ):
            text = self.told.text[end : stream.words[after[0].at].start]
            if len(text) < 90 and "." not in text.strip(" .\"”'’"):
                return after[0]
        before = [c for c in saying if stream.words[c.at].start < start]
        return before[-1] if before else self._plain_cue(stream, start)

    def _plain_cue(self, stream: Stream, start: int) -> Clause | None:
        """As in "Johnson continued, '...'": any verb right before a quotation says it."""
        place = sum(w.start < start for w in stream.words) - 1
        while place >= 0 and not stream.words[place].text[0].isalnum():
            place -= 1
        if place < 1 or not self.lexicon.is_verb(stream.words[place]) or place in stream.entities:
            return None
        clause = stream._with_subject(Cue("Assert", "say", "past", ()), place, place + 1)
        if clause:
            clause.stop = place + 1
            stream.clauses.append(clause)
        return clause

    def _quoted_acts(
        self, stream: Stream, clause: Clause, made: dict[int, list[Act]], run: _Run
    ) -> list[Act]:
        """Acts that a quotation tells of: "We told him ...", "He said, 'OK'".

        Args:
            stream: Of the quotation.
            clause: In it.
            made: The acts of the clauses before, by the identity of these.
            run: The quotation.
        """
        if not self._is_act(clause) or clause.negated or clause.modal:
            return []
        governor = self._governor(clause, made)
        own = self._is_own(stream, clause, run.speaker[0])
        # "We condemn", in the present: the act itself, and the words of the speaker's own.
        performed = own and clause.cue.form in {"base", "s"}
        known = self._known_act(stream, clause, governor, run.outer, own=own, performed=performed)
        if known is not None:
            return known
        words = stream.words
        span = (words[clause.at].start, words[clause.stop - 1].end)
        first = min(max(clause.end, clause.object_at), len(words) - 1)
        reporter = governor.speaker if governor else None
        if not performed:
            reporter = reporter or run.speaker[0]
            governor = governor or run.outer or run.act
        kind = self._by_words(clause.kind, stream, clause, range(first, clause.stop))
        content = self._content(words, first, *span)
        found = []
        for speaker in self._speakers(stream, clause, own=own)[:_MOST_SPEAKERS]:
            partner = self.context.partner(speaker)
            act = Act(
                kind=kind,
                speaker=speaker,
                addressee=clause.objects[0] if clause.objects else partner,
                sentence=stream.sentence,
                span=span,
                content=content,
                rule=f"quotation/{clause.rule}",
                confidence=0.75,
                governor=governor,
                reporter=None if performed and reporter is speaker else reporter,
                quoted=True,
                during=run.act.during if performed and run.act else None,
            )
            if not performed:
                act.during = self._told_in(act, governor)
            found.append(act)
        self.acts += found
        return found

    def _is_own(self, stream: Stream, clause: Clause, speaker: Actor) -> bool:
        """Whether who speaks does it: "we", "I", or the speaker's own state."""
        entity = stream.entities.get(stream._auxiliaries(clause.at)[2] - 1)
        first = isinstance(entity, Reference) and entity.what in {"i", "we"}
        return first or self._is_of(speaker, clause)

    def _known_act(
        self,
        stream: Stream,
        clause: Clause,
        governor: Act | None,
        outer: Act | None,
        *,
        own: bool,
        performed: bool,
    ) -> list[Act] | None:
        """The act found already that a clause only tells the kind of; empty where it is none."""
        kind = clause.kind
        if performed and governor is None and outer and outer.sentence is stream.sentence:
            if outer.kind in self.general_kinds and kind != "Assert":
                outer.kind = kind
                objects = clause.objects
                outer.addressee = outer.addressee or (objects[0] if objects else None)
            return [outer]
        if performed and kind == "Assert":
            return []
        if stream.words[clause.at].deep and governor and own:
            if governor.kind in self.general_kinds:
                governor.kind = kind
            return [governor]
        return None

    def _speakers(self, stream: Stream, clause: Clause, *, own: bool) -> tuple[Actor, ...]:
        """As in "In the end we said": both of those who talked."""
        partner = self.context.partner(clause.subjects[0])
        we = own and stream.words[clause.at - 1].lower == "we"
        return (
            (clause.subjects[0], partner)
            if we and partner and not clause.objects
            else clause.subjects
        )
