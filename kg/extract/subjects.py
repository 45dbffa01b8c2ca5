"""Who does what a verb says: the subject, found from the verb to the left."""

import itertools

from kg.extract.actors import Actor, Mention
from kg.extract.antecedents import Antecedents
from kg.extract.context import Clause, Group, Reference, Subject
from kg.extract.lexicon import Cue


class Subjects(Antecedents):
    """Finds subjects, and the clause of saying that a clause stands in."""

    def _unreal(self, first: int) -> bool:
        """As in "if Mexico asked", "what she said was": nobody is told to have said it."""
        entity = self.entities.get(first - 1)
        if entity is None:
            return False
        before = [w.lower for w in self.words[max(0, entity.first - 2) : entity.first]]
        return bool(before) and (
            before[-1] in {"if", "unless", "whether", "what"} or before[0] in {"if", "unless"}
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

    # A subject: who, by which way, the governing clause, near or far, what reference it is.
    def _subject(self, at: int, form: str) -> Subject | None:
        words, english = self.words, self.english
        n = at - 1
        near = "near"
        steps = 0
        while n >= 0 and steps < 12:
            steps += 1
            entity = self.entities.get(n)
            word = words[n]
            lower = word.lower
            if entity is not None and entity.last == n + 1:
                first = entity.first
                before = words[first - 1].lower if first else ""
                if before in {"the", "both"} and first > 1:
                    before = words[first - 2].lower
                    first -= 1
                if before in english["preposition"] - {
                    "after",
                    "before",
                    "since",
                    "as",
                    "than",
                    "until",
                    "like",
                    "including",
                }:
                    n = first - 2
                    near = "far"
                    # "the president of Mexico": the head is looked for before the preposition.
                    if (
                        n >= 0
                        and self.entities.get(n) is None
                        and before in {"of", "from", "between", "with", "for", "by", "in", "at"}
                    ):
                        return None
                    continue
                if isinstance(entity, Mention) and entity.how == "demonym":
                    return None
                clause = self._governs(first)
                if isinstance(entity, Reference) and entity.what == "it":
                    meant = clause.subjects if clause else self.context.subject
                    body = len(meant) == 1 and meant[0].kind != "Person"
                    return (meant, "it", clause, near, "it") if body else None
                actors = self.actors_of(entity, clause)
                what = entity.what if isinstance(entity, Reference) else ""
                return (actors, "subject", clause, near, what) if actors else None
            if (
                lower in english["adverb"]
                or lower in english["auxiliary"]
                or lower in english["negation"]
                or (lower.endswith("ly") and len(lower) > 3)
            ):
                n -= 1
                continue
            if (
                lower in english["weekdays"]
                or lower in english["months"]
                or word.text.isdigit()
                or lower
                in {"morning", "afternoon", "evening", "night", "on", "week", "month", "last"}
            ):
                n -= 1
                near = "far"
                continue
            if lower == "each":
                n -= 1
                continue
            if word.text in {",", "—", "–", "-"}:
                named = self._named_before(n, at)
                if named is not None:
                    actors = self.actors_of(named, self._governs(named.first))
                    return (
                        (actors, "subject", self._governs(named.first), "near", "")
                        if actors
                        else None
                    )
                back = self._parenthesis(n)
                if back is None:
                    # "Trump, and said" or a list: the comma belongs to what goes before.
                    return None
                n = back
                near = "far" if form in {"s", "base"} else near
                continue
            if word.text == ")":
                while n >= 0 and words[n].text != "(":
                    n -= 1
                n -= 1
                continue
            if lower in {"and", "but", "or", "then", "yet"}:
                return self._shared(n)
            if lower in {"who", "which", "that"}:
                n -= 1
                if n >= 0 and words[n].text == ",":
                    n -= 1
                entity = self.entities.get(n)
                if entity is not None and entity.last == n + 1:
                    actors = self.actors_of(entity, None)
                    return (actors, "relative", None, "near", "") if actors else None
                return None
            return None
        return None

    def _named_before(self, comma: int, verb: int) -> "Mention | Reference | Group | None":
        """As in "Dunn's mother, Charlotte Charles, said"; "Both he and Mold, urged"."""
        entity = self.entities.get(comma - 1)
        if entity is None or entity.last != comma or comma != verb - 1:
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
        words = self.words
        for n in range(comma - 1, max(comma - 45, -1), -1):
            if words[n].text in {",", "—", "–"}:
                head = words[n + 1].lower
                if (
                    head
                    in {
                        "who",
                        "which",
                        "whose",
                        "where",
                        "a",
                        "an",
                        "the",
                        "whom",
                        "himself",
                        "herself",
                        "together",
                        "accompanied",
                        "along",
                    }
                    or head in self.english["preposition"]
                    or head.endswith("ing")
                    or head in self.english["role"]
                    or (n + 1) in self.entities
                    or words[n + 1].capital
                    or head in {"now", "then", "former", "jr", "jr."}
                ):
                    entity = self.entities.get(n - 1)
                    if entity is not None and entity.last == n:
                        return n - 1
                    # One of several commas inside the parenthesis: look further left.
                    continue
                return None
        return None

    def _shared(self, conjunction: int) -> Subject | None:
        """The subject of the verb before an "and"."""
        n = conjunction
        before = [c for c in self.clauses if c.at < n]
        if n and self.words[n].lower == "and" and self.words[n - 1].text == ",":
            # "said that Canada agrees, and urged Norway": the comma leads back to the outer verb.
            outer = [c for c in before if c.governor is None and not c.passive and c.subjects]
            if outer:
                return outer[-1].subjects, "shared", None, "near", ""
        for at in range(n - 1, -1, -1):
            word = self.words[at]
            if word.text in {";", ":"}:
                break
            clause = next((c for c in before if c.at == at), None)
            if clause is not None and not clause.passive and clause.rule not in {"by", "purpose"}:
                return clause.subjects, "shared", clause.governor, "near", ""
            if (
                at not in self.entities
                and self.lexicon.is_verb(word)
                and word.lower not in self.english["auxiliary"]
            ):
                found = None
                # A plain verb: its own subject, if one stands right before it.
                _, _, first = self._auxiliaries(at)
                entity = self.entities.get(first - 1)
                if entity is not None and entity.last == first:
                    before_it = self.words[entity.first - 1].lower if entity.first else ""
                    if before_it not in self.english["preposition"]:
                        governor = self._governs(entity.first)
                        found = self.actors_of(entity, governor), "shared", governor, "near", ""
                if found and found[0]:
                    return found
        return None

    def _governs(self, at: int) -> Clause | None:
        """The clause of saying whose content a subject stands in."""
        for clause in reversed(self.clauses):
            if clause.end > at:
                continue
            if not self._says(clause):
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

    def _says(self, clause: Clause) -> bool:
        vocabulary = self.lexicon.vocabulary
        return vocabulary.is_a(clause.kind, "SpeechAct") or vocabulary.is_a(
            clause.kind, "Communication"
        )

    def _participle(self, at: int) -> tuple[tuple[Actor, ...], Clause | None, str] | None:
        before = self.words[at - 1] if at else None
        if before is None:
            # "Addressing the press, he said": the subject comes later.
            return None
        n = at - 1
        while n > 0 and (
            self.words[n].lower.endswith("ly") or self.words[n].lower in self.english["adverb"]
        ):
            n -= 1
        before = self.words[n]
        entity = self.entities.get(n)
        if (
            entity is not None
            and entity.last == n + 1
            and not (isinstance(entity, Mention) and entity.how == "demonym")
        ):
            actors = self.actors_of(entity, None)
            for clause in reversed(self.clauses):
                # "wrote to the embassy asking": the writer asks.
                if clause.objects and clause.objects == actors and not clause.passive:
                    return clause.subjects, clause.governor, "participle"
            return (actors, self._governs(entity.first), "reduced") if actors else None
        if before.text in {",", "—"} or before.lower in {"while", "and"}:
            for clause in reversed(self.clauses):
                if clause.rule == "by" or clause.rule == "reduced":
                    continue
                return clause.subjects or clause.objects, clause.governor, "participle"
            if before.text == "," and not self.clauses:
                found = self._first_subject(n)
                if found:
                    return found, None, "participle"
        if (
            before.lower in {"after", "before", "while", "when", "since", "upon", "by", "in"}
            and not self.clauses
        ):
            # "After speaking with him, the president said": whose verb follows the comma.
            comma = next((c for c in range(at, len(self.words)) if self.words[c].text == ","), None)
            found = self._first_subject(len(self.words), comma) if comma else ()
            return (found, None, "participle") if found else None
        return None

    def _first_subject(self, stop: int, start: int = 0) -> tuple[Actor, ...]:
        for at in range(start, stop):
            if self.lexicon.is_verb(self.words[at]) and at not in self.entities:
                _, _, first = self._auxiliaries(at)
                entity = self.entities.get(first - 1)
                if entity is not None and entity.last == first:
                    return self.actors_of(entity, None)
        return ()

    def _purpose(self, to: int) -> tuple[tuple[Actor, ...], Clause | None, str] | None:
        """As in "called him to condemn": the subject of the contact before."""
        for clause in reversed(self.clauses):
            if self.lexicon.vocabulary.is_a(clause.kind, "Interaction") or clause.kind in {
                "Letter"
            }:
                between = [w.text for w in self.words[clause.end : to]]
                if "," in between or len(between) > 40 or self._says_between(clause, to):
                    return None
                return clause.subjects[:1], clause.governor, "purpose"
            if self._says(clause):
                return None
        return None

    def _says_between(self, clause: Clause, to: int) -> bool:
        return any(c.at > clause.at and c.at < to for c in self.clauses)

    def _listed(self, at: int, end: int, cue: Cue) -> Subject | None:
        """As in "stressed the urgency, reiterated their concern and ...": one subject for all."""
        words = self.words
        if cue.form != "past" or not at or words[at - 1].text != "," or end >= len(words):
            return None
        follows = words[end].lower in self.english["determiner"] | {"that"}
        before = [c for c in self.clauses if c.governor is None and c.rule in {"subject", "shared"}]
        if not follows or not before or before[-1].cue.form != "past" or before[-1].passive:
            return None
        says = self.lexicon.vocabulary.is_a(cue.kind, "SpeechAct") and self._says(before[-1])
        return (before[-1].subjects, "shared", None, "near", "") if says else None

    def _inverted(self, at: int, end: int, cue: Cue) -> Subject | None:
        """As in "..., said Sheinbaum": the subject after the verb."""
        if cue.form not in {"past", "s"} or (at == 0 and self.quote >= 0):
            return None
        previous = (
            self.sentence.words[self.sentence.words.index(self.words[at]) - 1]
            if self.words[at] is not self.sentence.words[0]
            else None
        )
        opens = previous is not None and previous.text in {",", '"', "”", "?", "!", "'", "’"}
        if not opens:
            return None
        entity = self.entity_at(end)
        if entity is not None:
            if isinstance(entity, Reference) and entity.what not in {"role", "he", "she", "body"}:
                return None
            actors = self.actors_of(entity, None)
            return (actors, "inverted", None, "near", "") if actors else None
        # "said a statement issued by the ministry": who issued it speaks.
        for n in range(end, min(end + 10, len(self.words))):
            if self.words[n].lower == "by":
                entity = self.entity_at(n + 1)
                if entity is not None:
                    actors = self.actors_of(entity, None)
                    return (actors, "statement", None, "near", "") if actors else None
        return None
