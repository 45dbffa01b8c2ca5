"""Who says or does what to whom in a sentence: verbs with their subjects, objects and contents.

A light grammar, not a parser: it looks from a cue verb to the left for a subject and to the right
for an object, and holds a clause to stand inside another's content where a verb of saying governs
it. What it cannot tell it leaves out.
"""

from collections.abc import Iterator

from kg.extract.actors import Actor, Mention
from kg.extract.attribution import Attribution
from kg.extract.context import Clause, Group, Reference
from kg.extract.lexicon import SOMEONE, Cue
from kg.extract.sentences import Sentence


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
            if wanted == SOMEONE:
                entity = self.entity_at(at)
                if rest[number + 1 :] == ("to",) and not self._followed_by_to(entity):
                    # "asked the top official in the country to leave": nobody that is known.
                    return self._to(at)
                if entity is None or (isinstance(entity, Reference) and entity.what == "it"):
                    return None
                at = entity.last
                continue
            for skipped in range(7):
                n = at + skipped
                if n >= len(self.words):
                    return None
                word = self.words[n]
                if word.lower == wanted or (len(wanted) > 4 and word.lower == wanted + "s"):
                    at = n + 1
                    break
                small = (
                    len(wanted) <= 4
                    and wanted.isalpha()
                    and (wanted in self.english["preposition"] or wanted == "that")
                )
                denied = word.lower in self.english.any_of("negation", "auxiliary")
                if (
                    word.text in ',.;:"“”'
                    or denied
                    or (
                        small
                        and not (
                            word.lower in self.english["adverb"]
                            or word.lower.endswith("ly")
                            or (number and n in self.entities)
                        )
                    )
                ):
                    return None
                if not small and (
                    word.lower in self.english["preposition"] or word.lower in {"that", "and", "to"}
                ):
                    return None
            else:
                return None
        return at

    def _followed_by_to(self, entity: "Mention | Reference | Group | None") -> bool:
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
        if found is None or not found[0]:
            return None
        actors, rule, governor = found
        modal = next((a for a in auxiliaries if a in self.english["modal"]), "")
        if rule in {"subject", "it"} and self._unreal(first):
            modal = modal or "if"
        if rule == "ahead":
            modal = "will"
        passive = rule == "passive"
        clause = Clause(
            sentence=self.sentence,
            words=self.words,
            cue=cue,
            kind=cue.kind,
            at=at,
            end=end,
            subjects=() if passive else actors,
            objects=actors if passive else (),
            object_at=end if passive else 0,
            passive=passive,
            negated=negated,
            modal=modal,
            governor=governor,
            rule=rule,
            quote=self.quote,
        )
        if rule in {"inverted", "statement"} and at > 2 and self.words[at - 1].text == ",":
            clause.before = at - 1  # 'It "is groundless," said Rubio.'
        if not passive:
            self._object(clause)
            self._by_noun(clause)
        return clause

    def _voice(
        self, cue: Cue, at: int, end: int, auxiliaries: list[str], first: int
    ) -> tuple[tuple[Actor, ...], str, Clause | None] | None:
        """Who does it, or in the passive who suffers it; by which way; and who tells of it."""
        words, form = self.words, cue.form
        bent = form in {"past", "participle"}
        be = bool(auxiliaries) and auxiliaries[-1] in self.english["be"]
        after = [w.lower for w in words[end : end + 2]]
        by = after[:1] == ["by"] or (after[:1] in (["for"], ["on"]) and after[1:] == ["by"])
        if bent and by:
            agent = self.entity_at(end + 1 + (after[0] != "by"))
            actors = self.actors_of(agent, None) if agent else ()
            if actors:
                return actors, "by", None
            if not be:
                return None
        participle = form == "participle" or (
            form == "past" and words[at].lower not in self.english.irregular
        )
        if bent and be and participle and not cue.lemma.startswith("be "):
            sufferer = self._subject(first, form)
            return (sufferer[0], "passive", sufferer[2]) if sufferer else None
        if form == "base" and not auxiliaries and not cue.lemma.startswith("will "):
            if first > 1 and words[first - 2].lower in self.english["ahead"]:
                # "are due to hold": still to come, whoever are due.
                ahead = self._subject(first - 2, "past")
                return (ahead[0], "ahead", ahead[2]) if ahead else None
            if first > 0 and words[first - 1].lower == "to":
                leads = self.lexicon.leads(words, first - 1)
                if leads is not None:
                    does = self._subject(self._auxiliaries(leads)[2], "past")
                    return (does[0], does[1], does[2]) if does else None
                purpose = self._purpose(first - 1)
                return (purpose[0], purpose[2], purpose[1]) if purpose else None
            found = self._subject(first, form)
            plural = found and (len(found[0]) > 1 or found[4] in {"we", "i", "they", "sides"})
            # "We condemn it and call on them": the second is like the first.
            like = (
                found
                and found[1] == "shared"
                and self.clauses[-1:]
                and (
                    self.clauses[-1].cue.form == "base"
                    and self.clauses[-1].rule in {"subject", "shared"}
                )
            )
            if not found or found[3] != "near":
                return None
            if not like and not (plural and found[1] == "subject"):
                return None
            return found[0], found[1], found[2]
        if form == "ing" and not be:
            if (
                at > 1
                and words[at - 1].lower == "by"
                and words[at - 2].lower in self.lexicon.aspect
            ):
                does = self._subject(self._auxiliaries(at - 2)[2], "past")
                return (does[0], does[1], does[2]) if does else None
            if words[max(0, at - 2) : at] and [w.lower for w in words[max(0, at - 2) : at]] == [
                "forward",
                "to",
            ]:
                looks = self._subject(self._auxiliaries(at - 3)[2], "past") if at > 2 else None
                return (looks[0], "ahead", looks[2]) if looks else None
            opens = at == 0 and not self._says_kind(cue.kind)
            participle_of = self._opening() if opens else self._participle(at)
            return (participle_of[0], participle_of[2], participle_of[1]) if participle_of else None
        subject = (
            self._subject(first, form) or self._listed(at, end, cue) or self._inverted(at, end, cue)
        )
        if not subject or (form == "s" and subject[3] != "near"):
            return None
        return subject[0], subject[1], subject[2]

    def _says_kind(self, kind: str) -> bool:
        return self.lexicon.vocabulary.is_a(kind, "SpeechAct") or kind == "Speech"

    def _opening(self) -> tuple[tuple[Actor, ...], Clause | None, str] | None:
        """As in "Speaking to reporters, the minister said": the subject follows the comma."""
        comma = next((n for n, w in enumerate(self.words) if w.text == ","), None)
        found = self._first_subject(len(self.words), comma) if comma else ()
        return (found, None, "participle") if found else None

    def _object(self, clause: Clause) -> None:
        at = clause.end
        words = self.words
        if SOMEONE in clause.cue.rest:
            for n in range(clause.at + 1, clause.end):
                entity = self.entity_at(n)
                if entity is not None:
                    clause.objects = self.actors_of(
                        entity, clause.governor, is_object=clause.subjects
                    )
                    clause.object_at = clause.end
                    return
        if clause.rule in {"inverted", "statement"} or clause.cue.rest[-1:] == ("that",):
            return
        while (
            at < len(words)
            and words[at].lower
            in {
                "today",
                "yesterday",
                "also",
                "again",
                "directly",
                "earlier",
                "on",
                "by",
                "phone",
                "separately",
                "briefly",
            }
            and at not in self.entities
            and at - clause.end < 4
        ):
            if words[at].lower in {"on", "by"} and not (
                at + 1 < len(words)
                and (
                    words[at + 1].lower in self.english["weekdays"]
                    or words[at + 1].lower in {"phone", "telephone"}
                )
            ):
                break
            at += 1
            if at < len(words) and words[at].lower in self.english["weekdays"]:
                at += 1
        # What follows "said" is the subject of what is said, unless "to" stands before it.
        lemma = clause.cue.lemma
        plain = lemma in self.english["general"] and lemma != "tell"
        entity = None if plain else self.entity_at(at)
        if (
            entity is None
            and at < len(words)
            and words[at].lower in {"to", "with", "of", "upon", "on", "from"}
        ):
            entity = self.entity_at(at + 1)
        if entity is None and self.lexicon.vocabulary.is_a(clause.kind, "Interaction"):
            for n in range(at, min(at + 14, len(words))):
                if words[n].lower in {"with", "to"}:
                    entity = self.entity_at(n + 1)
                    if entity is not None:
                        break
                if words[n].text in ".;":
                    break
        if entity is None or (isinstance(entity, Reference) and entity.what == "it"):
            return
        if clause.kind == "Promise" and words[entity.first - 1].lower == "to":
            return  # "commitment to NATO": what it is about
        clause.objects = tuple(
            a
            for a in self.actors_of(entity, clause.governor, is_object=clause.subjects)
            if a not in clause.subjects
        )
        clause.object_at = entity.last

    def _by_noun(self, clause: Clause) -> None:
        """As in "expressed concern": the noun tells what the verb does not."""
        lemma = clause.cue.lemma.split()[0]
        if lemma not in self.english["light"] or (
            not self._says(clause) and clause.kind != "Event"
        ):
            return
        if clause.cue.rest or (
            clause.end < len(self.words) and self.words[clause.end].lower == "that"
        ):
            return
        found = self._noun_of_act(clause.end)
        if found:
            clause.kind = found[0].kind
            clause.end = max(clause.end, found[1])


def streams(sentence: Sentence, full: set[int]) -> Iterator[tuple[int, list[int]]]:
    """Yields the word indexes outside full quotations, then those of each of them.

    Args:
        sentence: It may hold part of a quotation only.
        full: Numbers of the quotations that are speech of their own, not words in marks.
    """
    outside: list[int] = []
    inside: dict[int, list[int]] = {}
    for n, word in enumerate(sentence.words):
        if word.quote in full:
            inside.setdefault(word.quote, []).append(n)
        elif word.text not in '"“”«»':
            outside.append(n)
    yield -1, outside
    yield from sorted(inside.items())
