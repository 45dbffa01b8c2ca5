"""Who says what stands elsewhere in a sentence: "according to ...", "..., Rubio said"."""

from kg.extract.context import Clause
from kg.extract.lexicon import Cue
from kg.extract.subjects import Subjects


class Attribution(Subjects):
    """Attributes clauses to those who tell of them, once all clauses of a sentence are read."""

    @property
    def question(self) -> int:
        """Index of the comma after "Asked whether ...", with which a sentence opens, or 0."""
        cues = self.lexicon.verbs.get(self.words[0].lower, ()) if self.words else ()
        if not any(c.kind == "Ask" and c.form == "participle" for c in cues):
            return 0
        return next((n for n, word in enumerate(self.words) if word.text == ","), 0)

    def _according(self) -> None:
        """As in "according to the ministry", "according to a statement from the embassy"."""
        words = self.words
        for at, word in enumerate(words[:-2]):
            if word.lower != "according" or words[at + 1].lower != "to":
                continue
            entity = self.entity_at(at + 2)
            for n in range(at + 2, min(at + 9, len(words))):
                if entity is None and words[n].lower in {"from", "by"}:
                    entity = self.entity_at(n + 1)
            told = self.actors_of(entity, None) if entity else ()
            if not told or entity is None:
                continue
            tops = [c for c in self.clauses if c.governor is None and self.says(c)]
            for clause in tops:
                clause.source = told
                if clause.at < at:
                    clause.stop = min(clause.stop, at - (words[at - 1].text == ","))
            if tops:
                return
            cue = Cue("Assert", "according to", "past", ())
            clause = Clause(self.sentence, words, cue, "Assert", at, entity.last, told)
            clause.rule, clause.stop = "according", len(words)
            clause.before = at - (words[at - 1].text == ",") if at else 0
            self.clauses.insert(0, clause)
            return

    def _trailing(self) -> None:
        """As in "the talks failed, Rubio said on Monday": who says all that goes before."""
        words = self.words
        last = next((c for c in reversed(self.clauses) if self.says(c)), None)
        if (
            self.question
            or last is None
            or last.passive
            or last.cue.lemma not in self.english["general"]
        ):
            return
        _, _, first = self._auxiliaries(last.at)
        entity = self.entities.get(first - 1)
        rest = [w for w in words[last.end :] if w.text[0].isalnum()]
        if entity is None or len(rest) > 8 or any(w.lower in {"that", "it"} for w in rest):
            return
        if len(rest) > 4 and any(self.lexicon.is_verb(w) for w in rest):
            return
        comma = entity.first - 1
        if comma < 3 or words[comma].text != ",":
            return
        last.governor = None
        last.before = comma
        self.context.subject = last.subjects
        for clause in self.clauses:
            if clause is not last and clause.governor is None:
                clause.governor = last
                clause.stop = min(clause.stop, comma)
        self.clauses.remove(last)
        self.clauses.insert(0, last)

    def _inside(self, clause: Clause, other: Clause) -> bool:
        governor = clause.governor
        while governor is not None:
            if governor is other:
                return True
            governor = governor.governor
        return False

    def _retold(self) -> None:
        """As in "commented on the plan, saying that": what was said tells it."""
        said = [c for c in self.clauses if c.rule == "participle" and self.says(c)]
        if said:
            self.clauses = [
                c
                for c in self.clauses
                if not (
                    c.cue.lemma in self.english["comments"]
                    and said[0].at > c.at
                    and said[0].subjects == c.subjects
                    and said[0].cue.lemma in self.english["general"]
                )
            ]
