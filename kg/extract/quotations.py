"""Quotations: who speaks in them, and what is done by their words."""

import re
from dataclasses import dataclass

from kg.extract.actors import Actor
from kg.extract.clauses import Stream, streams
from kg.extract.context import Clause, Reference
from kg.extract.facts import Act
from kg.extract.gazetteer import Gazetteer
from kg.extract.lexicon import Cue, Lexicon
from kg.extract.questions import Questions
from kg.extract.sentences import Sentence, Told


@dataclass
class _Run:
    """A quotation, perhaps over several paragraphs, and who speaks in it."""

    speaker: tuple[Actor, ...]
    act: Act | None
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
        full = set()
        text = self.told.text
        for number, quote in enumerate(self.told.quotes):
            inside = text[quote.start : quote.end].lstrip(" …[.'‘")
            before = text[max(0, quote.start - 4) : quote.start - 1].rstrip(" ")
            words = len(inside.split())
            if (
                (
                    words >= 3
                    and inside[:1].isupper()
                    and (not before or before[-1] in ",:.!?;\n" or quote.start < 3 or words > 7)
                )
                or (
                    words >= 3
                    and before[-1:] in {",", ":"}
                    and re.match(r"(I|we|it|that|they|he|she|you|there)\b", inside, re.I)
                )
                or re.search(r"[.!?] [A-Z“]", inside)
                or (number and self.told.quotes[number - 1].run == quote.run and number - 1 in full)
            ):
                full.add(number)
        return full

    def _quotations(self, number: int, stream: Stream, made: dict[int, list[Act]]) -> None:
        sentence = self.told.sentences[number]
        for quote, indexes in streams(sentence, self.full):
            if quote < 0 or not indexes:
                continue
            run = self.told.quotes[quote].run
            clause = self._cue_of(stream, quote, sentence)
            if (
                clause
                and self.vocabulary.is_a(clause.kind, "Communication")
                and not made.get(id(clause))
            ):
                clause.kind = "Assert"
                made[id(clause)] = self._acts(stream, clause, made)
            elif clause and id(clause) not in made:
                made[id(clause)] = self._acts(stream, clause, made)
            acts = made.get(id(clause), []) if clause else []
            if clause and clause.subjects and not clause.passive:
                self.runs[run] = _Run(clause.subjects, acts[0] if acts else None)
            known = self.runs.get(run)
            if known is None:
                known = self._later(run, number) or self._alone(quote, number)
                if known is None:
                    continue
                self.runs[run] = known
            inner = self._stream(number, quote, indexes, self.context, known.speaker)
            clauses = inner.read()
            text = " ".join(w.lower for w in inner.words)
            outer = acts[0] if acts else None
            for act in acts:
                act.quoted = True
                act.content = (inner.words[0].start, inner.words[-1].end)
                act.span = (min(act.span[0], act.content[0]), max(act.span[1], act.content[1]))
                if act.kind in self.general_kinds:
                    act.kind = self._by_content(act.kind, text, inner, known.speaker)
            nested: dict[int, list[Act]] = {}
            for clause in clauses:
                nested[id(clause)] = self._quoted_acts(inner, clause, nested, known, outer)
            if not acts and not any(nested.values()):
                # A further sentence of one speech is an act of its own where it does another thing.
                kind = self._by_content("Assert", text, inner, known.speaker)
                if known.alone:
                    known.alone = False
                    self._said(known.speaker[0], kind, sentence, inner, known)
                elif kind != "Assert" and (known.act is None or known.act.kind != kind):
                    self._said(known.speaker[0], kind, sentence, inner, known)
            self.events.read(inner, clauses)

    def _said(
        self, speaker: Actor, kind: str, sentence: Sentence, inner: Stream, run: _Run
    ) -> None:
        span = (inner.words[0].start, inner.words[-1].end)
        self.acts.append(
            Act(
                kind,
                speaker,
                None,
                sentence,
                span,
                span,
                "quotation/further",
                0.6,
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
            (_, indexes), *_ = streams(sentence, self.full)
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
            c for c in stream.clauses if self._speaks(c) and not c.passive and c.governor is None
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

    def _speaks(self, clause: Clause) -> bool:
        return self.vocabulary.is_a(clause.kind, "SpeechAct") or self.vocabulary.is_a(
            clause.kind, "Communication"
        )

    def _quoted_acts(
        self,
        stream: Stream,
        clause: Clause,
        made: dict[int, list[Act]],
        run: _Run,
        outer: Act | None,
    ) -> list[Act]:
        """Acts that a quotation tells of: "We told him ...", "He said, 'OK'"."""
        if not self._is_act(clause) or clause.negated or clause.modal:
            return []
        governor = next(iter(made.get(id(clause.governor), [])), None) if clause.governor else None
        words = stream.words
        form = clause.cue.form
        entity = stream.entities.get(stream._auxiliaries(clause.at)[2] - 1)
        own = (isinstance(entity, Reference) and entity.what in {"i", "we"}) or self._is_of(
            run.speaker[0], clause
        )
        # "We condemn", in the present: the act itself, and the words of the speaker's own.
        performed = own and form in {"base", "s"}
        start, stop = words[clause.at].start, words[clause.stop - 1].end
        first = min(max(clause.end, clause.object_at), len(words) - 1)
        content = self._content(words, first, start, stop)
        if performed and clause.kind == "Assert" and governor and own:
            return []
        if performed and not governor:
            if outer is not None and outer.sentence is stream.sentence:
                if outer.kind in self.general_kinds and clause.kind not in {"Assert"}:
                    outer.kind = clause.kind
                    outer.addressee = outer.addressee or (
                        clause.objects[0] if clause.objects else None
                    )
                return [outer]
            if clause.kind == "Assert":
                return []
        if words[clause.at].deep and governor and own:
            if governor.kind in self.general_kinds:
                governor.kind = clause.kind
            return [governor]
        kind = clause.kind
        if clause.cue.lemma.split()[0] in self.english["general"] and kind in self.general_kinds:
            kind = self._by_content(
                kind,
                " ".join(w.lower for w in words[first : clause.stop]),
                stream,
                clause.subjects,
                first,
            )
        reporter = governor.speaker if governor else None
        if not performed:
            reporter = reporter or run.speaker[0]
            governor = governor or outer or run.act
        found = []
        speakers = clause.subjects
        partner = self.context.partner(speakers[0])
        if own and partner and not clause.objects and words[clause.at - 1].lower == "we":
            # "In the end we said": both of those who talked.
            speakers = (speakers[0], partner)
        for speaker in speakers[:4]:
            addressee = clause.objects[0] if clause.objects else self.context.partner(speaker)
            act = Act(
                kind=kind,
                speaker=speaker,
                addressee=addressee,
                sentence=stream.sentence,
                span=(start, stop),
                content=content,
                rule=f"quotation/{clause.rule}",
                confidence=0.75,
                governor=governor,
                reporter=None if performed and reporter is speaker else reporter,
                quoted=True,
            )
            act.during = (
                self._told_in(act, governor)
                if not performed
                else (run.act.during if run.act else None)
            )
            found.append(act)
        self.acts += found
        return found
