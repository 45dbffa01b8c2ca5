"""Who does what a verb says: the subject, found from the verb to the left."""

import itertools

from kg.extract.actors import Actor, Mention
from kg.extract.antecedents import Antecedents
from kg.extract.context import Clause, Entity, Group, Reference, Subject
from kg.extract.lexicon import Cue
from kg.extract.sentences import Word

_STEPS = 12
"""That a subject is looked for; further left stands that of another verb."""
_ASIDE = 45
"""Words of the longest parenthesis between a subject and its verb."""
_PARTING = {",", "—", "–", "-"}
_OPENS_INVERTED = {",", '"', "”", "?", "!", "'", "’"}


class Subjects(Antecedents):
    """Finds subjects, and the clause of saying that a clause stands in."""

    def _unreal(self, first: int) -> bool:
        """As in "if Mexico asked", "what she said was": nobody is told to have said it."""
        entity = self.entities.get(first - 1)
        if entity is None:
            return False
        before = [w.lower for w in self.words[max(0, entity.first - 2) : entity.first]]
        return bool(before) and (
            before[-1] in self.english["supposes"] or before[0] in {"if", "unless"}
        )

    def _auxiliaries(self, at: int) -> tuple[list[str], bool, int]:
        found: list[str] = []
        negated = False
        n = at - 1
        while n >= 0:
            lower = self.words[n].lower
            if lower in self.english["auxiliary"] and n not in self.entities:
                found.insert(0, lower)
            elif lower in self.english["negation"]:
                negated = True
            elif lower in self.english["adverb"] or (
                lower.endswith("ly") and len(lower) > 3 and n not in self.entities
            ):
                pass
            else:
                break
            n -= 1
        return found, negated, n + 1

    def subject_of(self, verb: int) -> Subject | None:
        """Returns who does what a verb in the past says, left of its auxiliaries."""
        return self._subject(self._auxiliaries(verb)[2], "past")

    def _subject(self, at: int, form: str) -> Subject | None:
        """Who does it, on a walk to the left over what may stand before a verb.

        Args:
            at: Index of the verb, or of the first of its auxiliaries.
            form: Of the verb; in the present a parenthesis makes a subject a far one.
        """
        n, near = at - 1, True
        for _ in range(_STEPS):
            if n < 0:
                return None
            entity = self.entity_before(n + 1)
            if entity is not None:
                first, preposition = self._begins(entity)
                if preposition not in self.english.phrase_prepositions:
                    return self._subject_by(entity, first, near=near)
                n, near = first - 2, False
                if n not in self.entities and preposition in self.english["belongs"]:
                    return None  # "the president of Mexico": the head stands further left
                continue
            word = self.words[n]
            if self._is_passed_over(n):
                n -= 1
            elif self._tells_time(word):
                n, near = n - 1, False
            elif word.text in _PARTING:
                named = self._named_before(n, at)
                if named is not None:
                    return self._subject_named(named, "subject", self._governs(named.first))
                back = self._parenthesis(n)
                if back is None:
                    return (
                        None  # "Trump, and said" or a list: the comma belongs to what goes before
                    )
                n, near = back, near and form not in {"s", "base"}
            elif word.text == ")":
                n = next((left for left in range(n, -1, -1) if self.words[left].text == "("), 0) - 1
            elif word.lower in self.english["joins"]:
                return self._shared(n)
            elif word.lower in self.english["relative"]:
                entity = self.entity_before(n - (n > 0 and self.words[n - 1].text == ","))
                return self._subject_named(entity, "relative", None) if entity else None
            else:
                return None
        return None

    def _begins(self, entity: Entity) -> tuple[int, str]:
        """Where an entity begins with its article, and the word before it."""
        first = entity.first
        before = self.words[first - 1].lower if first else ""
        if before in {"the", "both"} and first > 1:
            return first - 1, self.words[first - 2].lower
        return first, before

    def _is_passed_over(self, at: int) -> bool:
        lower, english = self.words[at].lower, self.english
        return (
            lower in english["adverb"]
            or lower in english["auxiliary"]
            or lower in english["negation"]
            or (lower.endswith("ly") and len(lower) > 3)
        )

    def _tells_time(self, word: Word) -> bool:
        lower, english = word.lower, self.english
        return (
            lower in english["weekdays"]
            or lower in english["months"]
            or lower in english["time"]
            or lower.isdigit()
        )

    def _subject_by(self, entity: Entity, first: int, *, near: bool) -> Subject | None:
        """The subject that an entity is, where it begins with its article."""
        if isinstance(entity, Mention) and entity.how == "demonym":
            return None
        clause = self._governs(first)
        if isinstance(entity, Reference) and entity.what == "it":
            meant = clause.subjects if clause else self.context.subject
            body = len(meant) == 1 and meant[0].kind != "Person"
            return Subject(meant, "it", clause, near, "it") if body else None
        found = self._subject_named(entity, "subject", clause)
        what = entity.what if isinstance(entity, Reference) else ""
        return found._replace(near=near, what=what) if found else None

    def _subject_named(self, entity: Entity, rule: str, clause: Clause | None) -> Subject | None:
        actors = self.actors_of(entity, clause)
        return Subject(actors, rule, clause) if actors else None

    def _named_before(self, comma: int, verb: int) -> Entity | None:
        """As in "Dunn's mother, Charlotte Charles, said"; "Both he and Mold, urged"."""
        entity = self.entity_before(comma)
        if entity is None or comma != verb - 1:
            return None
        before = self.words[entity.first - 1] if entity.first else None
        if (
            isinstance(entity, Mention)
            and entity.actors[0].kind == "Person"
            and before is not None
            and before.text == ","
        ):
            noun = self.words[entity.first - 2] if entity.first > 1 else None
            ends = self.entities.get(entity.first - 2)
            described = ends is None or isinstance(ends, Reference)
            return entity if noun is not None and described and noun.text[0].isalpha() else None
        earlier = any(w.text == "," for w in self.words[: entity.first])
        if (
            isinstance(entity, Group)
            and not earlier
            and (before is None or before.lower in {"both", "the"})
        ):
            return entity
        return None

    def _parenthesis(self, comma: int) -> int | None:
        """Where to go on left of what stands between two commas before a verb."""
        for n in range(comma - 1, max(comma - _ASIDE, -1), -1):
            if self.words[n].text in {",", "—", "–"}:
                if not self._opens_aside(n + 1):
                    return None
                if self.entity_before(n) is not None:
                    return n - 1
                # One of several commas inside the parenthesis: look further left.
        return None

    def _opens_aside(self, at: int) -> bool:
        """Whether a parenthesis may begin with a word: "who", "a", a name, an office."""
        head = self.words[at]
        return (
            head.capital
            or at in self.entities
            or head.lower in self.english.any_of("opens_aside", "preposition", "role")
            or head.lower.endswith("ing")
        )

    def _shared(self, conjunction: int) -> Subject | None:
        """The subject of the verb before an "and"."""
        words = self.words
        before = [c for c in self.clauses if c.at < conjunction]
        if conjunction and words[conjunction].lower == "and" and words[conjunction - 1].text == ",":
            # "said that Canada agrees, and urged Norway": the comma leads back to the outer verb.
            outer = [c for c in before if c.governor is None and not c.passive and c.subjects]
            if outer:
                return Subject(outer[-1].subjects, "shared", None)
        for at in range(conjunction - 1, -1, -1):
            if words[at].text in {";", ":"}:
                return None
            clause = next((c for c in before if c.at == at), None)
            if clause is not None and not clause.passive and clause.rule not in {"by", "purpose"}:
                return Subject(clause.subjects, "shared", clause.governor)
            found = self._of_plain_verb(at)
            if found:
                return found
        return None

    def _of_plain_verb(self, at: int) -> Subject | None:
        """The subject right before a verb of no kind, as that of a verb which "and" joins to it."""
        entity = self._right_before(at) if self._is_plain_verb(at) else None
        if entity is None or self._follows_preposition(entity):
            return None
        governor = self._governs(entity.first)
        actors = self.actors_of(entity, governor)
        return Subject(actors, "shared", governor) if actors else None

    def _is_plain_verb(self, at: int) -> bool:
        word = self.words[at]
        return (
            at not in self.entities
            and self.lexicon.is_verb(word)
            and word.lower not in self.english["auxiliary"]
        )

    def _right_before(self, verb: int) -> Entity | None:
        return self.entity_before(self._auxiliaries(verb)[2])

    def _follows_preposition(self, entity: Entity) -> bool:
        before = self.words[entity.first - 1].lower if entity.first else ""
        return before in self.english["preposition"]

    def _governs(self, at: int) -> Clause | None:
        """The clause of saying whose content a subject stands in."""
        for clause in reversed(self.clauses):
            if clause.end > at:
                continue
            if not self.says(clause):
                continue
            between = [w.lower for w in self.words[clause.end : at]]
            if ";" in between:
                return None
            apart = itertools.pairwise(between)
            if any(a == "," and b in {"and", "but", "while"} for a, b in apart):
                return clause.governor
            if between[:1] == ["to"] and "that" not in between:
                continue  # "offered to mediate": no clause with a subject follows
            if clause.rule == "relative" and "," in between:
                continue
            # ", and X said": a clause of its own, beside the first.
            if between[-2:] in ([",", "and"], [",", "but"], [",", "while"]) or between[-1:] in (
                ["while"],
                ["after"],
                ["before"],
            ):
                return clause.governor
            if between[-1:] == ["and"] and "that" not in between:
                return clause.governor
            return clause
        return None

    def says(self, clause: Clause) -> bool:
        """Whether a clause is one of saying, writing or speaking."""
        vocabulary = self.lexicon.vocabulary
        return vocabulary.is_a(clause.kind, "SpeechAct") or vocabulary.is_a(
            clause.kind, "Communication"
        )

    def _participle(self, at: int) -> Subject | None:
        """Who does what a word in -ing says, by what stands before it."""
        if at == 0:
            return None  # "Addressing the press, he said": the subject comes later
        n = at - 1
        while n > 0 and self._is_adverb(self.words[n]):
            n -= 1
        before = self.words[n]
        entity = self.entity_before(n + 1)
        if entity and not (isinstance(entity, Mention) and entity.how == "demonym"):
            return self._reduced(entity)
        if before.text in {",", "—"} or before.lower in {"while", "and"}:
            main = [c for c in self.clauses if c.rule not in {"by", "reduced"}]
            if main:
                actors = main[-1].subjects or main[-1].objects
                return Subject(actors, "participle", main[-1].governor)
            if before.text == "," and not self.clauses:
                found = self._first_subject(n)
                if found:
                    return Subject(found, "participle", None)
        if before.lower in self.english["before_participle"] and not self.clauses:
            # "After speaking with him, the president said": whose verb follows the comma.
            return self._after_comma(at)
        return None

    def _is_adverb(self, word: Word) -> bool:
        return word.lower.endswith("ly") or word.lower in self.english["adverb"]

    def _reduced(self, entity: Entity) -> Subject | None:
        """As in "the ministry, a spokesman representing it": whom a participle describes."""
        actors = self.actors_of(entity, None)
        for clause in reversed(self.clauses):
            # "wrote to the embassy asking": the writer asks.
            if clause.objects and clause.objects == actors and not clause.passive:
                return Subject(clause.subjects, "participle", clause.governor)
        return Subject(actors, "reduced", self._governs(entity.first)) if actors else None

    def _after_comma(self, at: int) -> Subject | None:
        """As in "Speaking to reporters, the minister said": the subject follows the comma."""
        words = self.words
        comma = next((n for n in range(at, len(words)) if words[n].text == ","), None)
        found = self._first_subject(len(words), comma) if comma else ()
        return Subject(found, "participle", None) if found else None

    def _first_subject(self, stop: int, start: int = 0) -> tuple[Actor, ...]:
        for at in range(start, stop):
            if self.lexicon.is_verb(self.words[at]) and at not in self.entities:
                entity = self._right_before(at)
                if entity is not None:
                    return self.actors_of(entity, None)
        return ()

    def _purpose(self, to: int) -> Subject | None:
        """As in "called him to condemn": the subject of the contact before."""
        for clause in reversed(self.clauses):
            if self.lexicon.vocabulary.is_a(clause.kind, "Interaction") or clause.kind == "Letter":
                between = [w.text for w in self.words[clause.end : to]]
                if "," in between or len(between) > 40 or self._is_clause_between(clause, to):
                    return None
                return Subject(clause.subjects[:1], "purpose", clause.governor)
            if self.says(clause):
                return None
        return None

    def _is_clause_between(self, clause: Clause, to: int) -> bool:
        return any(clause.at < c.at < to for c in self.clauses)

    def _listed(self, at: int, end: int, cue: Cue) -> Subject | None:
        """As in "stressed the urgency, reiterated their concern and ...": one subject for all."""
        words = self.words
        if cue.form != "past" or not at or words[at - 1].text != "," or end >= len(words):
            return None
        follows = words[end].lower in self.english["determiner"] | {"that"}
        before = [c for c in self.clauses if c.governor is None and c.rule in {"subject", "shared"}]
        if not follows or not before or before[-1].cue.form != "past" or before[-1].passive:
            return None
        says = self.lexicon.vocabulary.is_a(cue.kind, "SpeechAct") and self.says(before[-1])
        return Subject(before[-1].subjects, "shared", None) if says else None

    def _inverted(self, at: int, end: int, cue: Cue) -> Subject | None:
        """As in "..., said Sheinbaum": the subject after the verb."""
        if cue.form not in {"past", "s"} or (at == 0 and self.quote >= 0):
            return None
        whole = self.sentence.words
        number = whole.index(self.words[at])
        if number == 0 or whole[number - 1].text not in _OPENS_INVERTED:
            return None
        entity = self.entity_at(end)
        if entity is None:
            return self._issued(end)
        if isinstance(entity, Reference) and entity.what not in {"role", "he", "she", "body"}:
            return None
        return self._subject_named(entity, "inverted", None)

    def _issued(self, at: int) -> Subject | None:
        """As in "said a statement issued by the ministry": who issued it speaks."""
        for n in range(at, min(at + 10, len(self.words))):
            entity = self.entity_at(n + 1) if self.words[n].lower == "by" else None
            if entity is not None:
                return self._subject_named(entity, "statement", None)
        return None
