"""Who says or does what to whom in a sentence: verbs with their subjects, objects and contents.

A light grammar, not a parser: it looks from a cue verb to the left for a subject and to the right
for an object, and holds a clause to stand inside another's content where a verb of saying governs
it. What it cannot tell it leaves out.
"""

from kg.extract.attribution import Attribution
from kg.extract.context import Clause, Entity, Reference, Subject
from kg.extract.lexicon import SOMEONE, Cue
from kg.extract.sentences import Sentence

_BETWEEN = 7
"""Words in which the next one of a cue is looked for."""
_TO_PARTNER = 14
"""Words after the verb of a talk in which "with" is looked for."""


class Stream(Attribution):
    """Reads the clauses of the words of one level of a sentence."""

    def read(self) -> list[Clause]:
        """Returns the clauses of the stream, from left to right."""
        before = self.context.subject
        verbs, light, free = self.lexicon.verbs, self.lexicon.light, 0
        for at, word in enumerate(self.words):
            if at < free or (word.lower not in verbs and word.lower not in light):
                continue
            found = self._clause(at)
            if found:
                self.clauses.append(found)
                free = found.end
                self._after(found)
        if (
            self.quote < 0
            and self.context.subject is before
            and not any(c.governor is None and c.subjects for c in self.clauses)
        ):
            # No verb of the vocabulary: the sentence still has a subject, whom "he" may mean next.
            self.context.subject = self._first_subject(len(self.words)) or before
        for clause in self.clauses:
            later = [c for c in self.clauses if c.at > clause.at and not self._inside(c, clause)]
            clause.stop = min((c.at for c in later), default=len(self.words))
        self._trailing()
        self._according()
        self._retold()
        return self.clauses

    def _after(self, clause: Clause) -> None:
        if clause.governor is None and not self.quote >= 0:
            if not clause.passive and clause.subjects and clause.rule != "by":
                self.context.subject = clause.subjects
            if len(clause.subjects) > 1:
                self.context.group = clause.subjects

    def _clause(self, at: int) -> Clause | None:
        word = self.words[at]
        entity = self.entities.get(at)
        if entity is not None and not (isinstance(entity, Reference) and entity.what == "we"):
            return None
        cues = self.lexicon.verbs.get(word.lower, ())
        near = {w.lower for w in self.words[at + 1 : at + 10]} if len(cues) > 1 else set()
        for cue in cues:
            first = cue.rest[0] if cue.rest else SOMEONE
            if near and first not in near and first != SOMEONE and first + "s" not in near:
                continue
            end = self._rest(cue.rest, at + 1)
            if end is None:
                continue
            found = self._with_subject(cue, at, end)
            if found:
                return found
        return self._light(at)

    def _light(self, at: int) -> Clause | None:
        """As in "gave its sympathies": a verb that says nothing, and the noun that does."""
        for lemma, form in self.lexicon.light.get(self.words[at].lower, ()):
            found = self._noun_of_act(at + 1)
            if found:
                cue = Cue(found[0].kind, lemma, form, ())
                clause = self._with_subject(cue, at, found[1])
                if clause:
                    return clause
        return None

    def _noun_of_act(self, at: int) -> tuple[Cue, int] | None:
        vocabulary = self.lexicon.vocabulary
        for n in range(at, min(at + 9, len(self.words))):
            word = self.words[n]
            if (
                word.text in ",.;:"
                or word.lower in {"that", "which"}
                or word.lower in self.english["preposition"]
            ):
                return None
            found = self.lexicon.noun_at(self.words, n)
            if (
                found
                and vocabulary.is_a(found[0].kind, "SpeechAct")
                and found[0].kind not in {"Assert", "Report"}
            ):
                return found
        return None

    def _rest(self, rest: tuple[str, ...], at: int) -> int | None:
        """Where the further words of a cue end, with little between them."""
        for number, wanted in enumerate(rest):
            if wanted != SOMEONE:
                found = self._further(wanted, at, after_someone=number > 0)
                if found is None:
                    return None
                at = found
                continue
            entity = self.entity_at(at)
            if rest[number + 1 :] == ("to",) and not self._followed_by_to(entity):
                # "asked the top official in the country to leave": nobody that is known.
                return self._to(at)
            if entity is None or (isinstance(entity, Reference) and entity.what == "it"):
                return None
            at = entity.last
        return at

    def _further(self, wanted: str, at: int, *, after_someone: bool) -> int | None:
        """Where a further word of a cue ends, if it comes before what parts it from the verb."""
        small = len(wanted) <= 4 and (wanted in self.english["preposition"] or wanted == "that")
        parting = self.english.any_of("negation", "auxiliary")
        for n in range(at, min(at + _BETWEEN, len(self.words))):
            word = self.words[n]
            if word.lower == wanted or (len(wanted) > 4 and word.lower == wanted + "s"):
                return n + 1
            if word.text in ',.;:"“”' or word.lower in parting:
                return None
            if small:
                if not (self._is_adverb(word) or (after_someone and n in self.entities)):
                    return None
            elif word.lower in self.english["preposition"] or word.lower in {"that", "and", "to"}:
                return None
        return None

    def _followed_by_to(self, entity: Entity | None) -> bool:
        if entity is None or entity.last >= len(self.words):
            return False
        return self.words[entity.last].lower in self.english["adverb"] | {"to", "not"}

    def _to(self, at: int) -> int | None:
        """Where "to" ends that follows a noun phrase."""
        if at >= len(self.words) or self.words[at].lower not in self.english["determiner"] | {
            "the"
        }:
            return None
        for n in range(at + 1, min(at + 11, len(self.words))):
            word = self.words[n]
            if word.lower == "to":
                return n + 1
            if word.text in ',.;:"“”' or (
                n not in self.entities
                and word.lower in self.english["auxiliary"] | {"that", "whether"}
            ):
                return None
        return None

    def _with_subject(self, cue: Cue, at: int, end: int) -> Clause | None:
        """Returns the clause of a cue, if somebody does it or suffers it."""
        auxiliaries, negated, first = self._auxiliaries(at)
        found = self._voice(cue, at, end, auxiliaries, first)
        if found is None or not found.actors:
            return None
        passive = found.rule == "passive"
        clause = Clause(
            sentence=self.sentence,
            words=self.words,
            cue=cue,
            kind=cue.kind,
            at=at,
            end=end,
            subjects=() if passive else found.actors,
            objects=found.actors if passive else (),
            object_at=end if passive else 0,
            passive=passive,
            negated=negated,
            modal=self._modal(found.rule, auxiliaries, first),
            governor=found.governor,
            rule=found.rule,
            quote=self.quote,
        )
        if found.rule in {"inverted", "statement"} and at > 2 and self.words[at - 1].text == ",":
            clause.before = at - 1  # 'It "is groundless," said Rubio.'
        if not passive:
            self._object(clause)
            self._by_noun(clause)
        return clause

    def _modal(self, rule: str, auxiliaries: list[str], first: int) -> str:
        """What says that it is not so yet: an auxiliary, "if", or the way to the subject."""
        if rule == "ahead":
            return "will"
        modal = next((one for one in auxiliaries if one in self.english["modal"]), "")
        supposed = not modal and rule in {"subject", "it"} and self._unreal(first)
        return "if" if supposed else modal

    def _voice(
        self, cue: Cue, at: int, end: int, auxiliaries: list[str], first: int
    ) -> Subject | None:
        """Who does it, or in the passive who suffers it, as the form of the verb tells."""
        form = cue.form
        bent = form in {"past", "participle"}
        be = bool(auxiliaries) and auxiliaries[-1] in self.english["be"]
        by = self._by(end) if bent else None
        if by is not None:
            agent = self.entity_at(by + 1)
            actors = self.actors_of(agent, None) if agent else ()
            if actors or not be:
                return Subject(actors, "by", None)
        if bent and be and self._is_participle(cue, at):
            sufferer = self._subject(first, form)
            return sufferer._replace(rule="passive") if sufferer else None
        if form == "base" and not auxiliaries and not cue.lemma.startswith("will "):
            return self._of_base(first)
        if form == "ing" and not be:
            return self._of_ing(cue, at)
        subject = (
            self._subject(first, form) or self._listed(at, end, cue) or self._inverted(at, end, cue)
        )
        return None if form == "s" and subject and not subject.near else subject

    def _by(self, end: int) -> int | None:
        """Index of "by" after a verb: "was condemned by", "was called for by"."""
        after = [word.lower for word in self.words[end : end + 2]]
        if after[:1] == ["by"]:
            return end
        return end + 1 if after in (["for", "by"], ["on", "by"]) else None

    def _is_participle(self, cue: Cue, at: int) -> bool:
        bent = cue.form == "participle" or self.words[at].lower not in self.english.irregular
        return bent and not cue.lemma.startswith("be ")

    def _of_base(self, first: int) -> Subject | None:
        """Who does what a bare verb says: "are due to hold", "went on to thank", "we condemn"."""
        before = self.words[first - 1].lower if first > 0 else ""
        if first > 1 and self.words[first - 2].lower in self.english["ahead"]:
            # "are due to hold": still to come, whoever are due.
            return _ahead(self._subject(first - 2, "past"))
        if before == "to":
            leads = self.lexicon.leads(self.words, first - 1)
            return self._purpose(first - 1) if leads is None else self.subject_of(leads)
        found = self._subject(first, "base")
        if found is None or not found.near:
            return None
        plural = len(found.actors) > 1 or found.what in {"we", "i", "they", "sides"}
        fits = found.rule == "subject" and plural
        return found if fits or (found.rule == "shared" and self._is_like_the_last()) else None

    def _is_like_the_last(self) -> bool:
        """As in "We condemn it and call on them": the second verb is bare as the first."""
        last = self.clauses[-1] if self.clauses else None
        return last is not None and last.cue.form == "base" and last.rule in {"subject", "shared"}

    def _of_ing(self, cue: Cue, at: int) -> Subject | None:
        """Who does what a verb in -ing says: "began by thanking", "look forward to meeting"."""
        before = [word.lower for word in self.words[max(0, at - 2) : at]]
        if before[1:] == ["by"] and before[0] in self.lexicon.aspect:
            return self.subject_of(at - 2)
        if before == ["forward", "to"]:
            return _ahead(self.subject_of(at - 3)) if at > 2 else None
        opens = at == 0 and not self._says_kind(cue.kind)
        return self._after_comma(0) if opens else self._participle(at)

    def _says_kind(self, kind: str) -> bool:
        return self.lexicon.vocabulary.is_a(kind, "SpeechAct") or kind == "Speech"

    def _object(self, clause: Clause) -> None:
        """Puts down to whom something is done or said."""
        if SOMEONE in clause.cue.rest:
            between = map(self.entity_at, range(clause.at + 1, clause.end))
            someone = next((entity for entity in between if entity is not None), None)
            if someone is not None:
                clause.objects = self.actors_of(someone, clause.governor, is_object=clause.subjects)
                clause.object_at = clause.end
                return
        if clause.rule in {"inverted", "statement"} or clause.cue.rest[-1:] == ("that",):
            return
        entity = self._object_after(clause, self._before_object(clause.end))
        if entity is None or (isinstance(entity, Reference) and entity.what == "it"):
            return
        if clause.kind == "Promise" and self.words[entity.first - 1].lower == "to":
            return  # "commitment to NATO": what it is about
        found = self.actors_of(entity, clause.governor, is_object=clause.subjects)
        clause.objects = tuple(a for a in found if a not in clause.subjects)
        clause.object_at = entity.last

    def _before_object(self, end: int) -> int:
        """Where to look for an object, past "on Monday", "by phone", "briefly"."""
        words, weekdays = self.words, self.english["weekdays"]
        at = end
        while at < len(words) and at - end < 4 and at not in self.entities:
            lower = words[at].lower
            after = words[at + 1].lower if at + 1 < len(words) else ""
            if lower not in self.english["before_object"]:
                break
            if lower in {"on", "by"} and after not in self.english.any_of("weekdays", "by_phone"):
                break
            at += 1 + (after in weekdays)
        return at

    def _object_after(self, clause: Clause, at: int) -> Entity | None:
        """Whom a verb has as its object, at a word, after "to" and the like, or further on."""
        words = self.words
        # What follows "said" is the subject of what is said, unless "to" stands before it.
        plain = clause.cue.lemma in self.english["general"] and clause.cue.lemma != "tell"
        entity = None if plain else self.entity_at(at)
        if entity is None and at < len(words) and words[at].lower in self.english["to_object"]:
            entity = self.entity_at(at + 1)
        if entity is None and self.lexicon.vocabulary.is_a(clause.kind, "Interaction"):
            for n in range(at, min(at + _TO_PARTNER, len(words))):
                if words[n].lower in {"with", "to"}:
                    entity = self.entity_at(n + 1)
                if entity is not None or words[n].text in ".;":
                    break
        return entity

    def _by_noun(self, clause: Clause) -> None:
        """As in "expressed concern": the noun tells what the verb does not."""
        lemma = clause.cue.lemma.split()[0]
        if lemma not in self.english["light"] or (not self.says(clause) and clause.kind != "Event"):
            return
        if clause.cue.rest or (
            clause.end < len(self.words) and self.words[clause.end].lower == "that"
        ):
            return
        found = self._noun_of_act(clause.end)
        if found:
            clause.kind = found[0].kind
            clause.end = max(clause.end, found[1])


def _ahead(subject: Subject | None) -> Subject | None:
    """Of what is still to come."""
    return subject._replace(rule="ahead") if subject else None


def outside(sentence: Sentence, full: set[int]) -> list[int]:
    """Returns the indexes of the words that stand in none of some quotations, without the marks.

    Args:
        sentence: It may hold part of a quotation only.
        full: Numbers of the quotations that are speech of their own, not words in marks.
    """
    return [
        n
        for n, word in enumerate(sentence.words)
        if word.quote not in full and word.text not in '"“”«»'
    ]


def quoted(sentence: Sentence, full: set[int]) -> list[tuple[int, list[int]]]:
    """Returns the indexes of the words in each of some quotations, with its number."""
    found: dict[int, list[int]] = {}
    for n, word in enumerate(sentence.words if full else ()):
        if word.quote in full:
            found.setdefault(word.quote, []).append(n)
    return sorted(found.items())
