"""The words of the vocabulary that announce a kind of event or act, ready to be looked up."""

from dataclasses import dataclass

from kg.extract.english import English
from kg.extract.sentences import Word
from kg.vocabulary import Kind, Vocabulary

SOMEONE = "someone"
"""In a cue, stands for an actor: `ask someone to`."""
_DASHES = str.maketrans("-‐‑", "   ")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue word as it may stand in a text.

    Attributes:
        kind: The kind it announces.
        lemma: As the vocabulary writes it.
        form: `base`, `s`, `past`, `participle` or `ing`; `noun` or `nouns`.
        rest: The words that must follow the first.
    """

    kind: str
    lemma: str
    form: str
    rest: tuple[str, ...]


class Lexicon:
    """Cues by their first word, those with most words first."""

    def __init__(self, vocabulary: Vocabulary, english: English) -> None:
        self.vocabulary = vocabulary
        self.english = english
        self.verbs: dict[str, list[Cue]] = {}
        self.nouns: dict[str, list[Cue]] = {}
        for kind in vocabulary.kinds.values():
            for lemma in kind.verbs:
                self._verb(kind, lemma)
            for lemma in kind.nouns:
                self._noun(kind, lemma)
        for cues in (*self.verbs.values(), *self.nouns.values()):
            cues.sort(key=lambda cue: -len(cue.rest))
        self.talks = kinds_below(vocabulary, "Interaction")
        self.tellings = kinds_below(vocabulary, "Communication")
        past = (form for forms in english.irregular.values() for form in forms)
        self._finite = frozenset((*past, *self.verbs, *english["auxiliary"]))
        self.aspect = frozenset(
            form for lemma in english["aspect"] for form, _ in english.forms(lemma)
        )
        self._leads = [
            (frozenset(form for form, _ in english.forms(verb)), tuple(rest))
            for verb, *rest in (phrase.split() for phrase in sorted(english["leads_to"]))
        ]
        self.light: dict[str, list[tuple[str, str]]] = {}
        for lemma in english["light"]:
            for form, name in english.forms(lemma):
                self.light.setdefault(form, []).append((lemma, name))

    def leads(self, words: tuple[Word, ...], to: int) -> int | None:
        """Returns where the verb stands that leads up to another: "went on" before "to thank"."""
        for verbs, rest in self._leads:
            at = to - len(rest) - 1
            led = at >= 0 and words[at].lower in verbs
            if led and tuple(w.lower for w in words[at + 1 : to]) == rest:
                return at
        return None

    def _verb(self, kind: Kind, lemma: str) -> None:
        # An article in a cue stands for any: "hold a meeting", "held the first meeting".
        head, *rest = (word for word in lemma.lower().split() if word not in {"a", "an", "the"})
        forms = [(head, "base")] if head in {"will", "would"} else self.english.forms(head)
        for form, name in forms:
            # "was" and "were", "is" and "are": all forms of be.
            for written in _BE if head == "be" and name == "base" else (form,):
                self.verbs.setdefault(written, []).append(Cue(kind.name, lemma, name, tuple(rest)))

    def _noun(self, kind: Kind, lemma: str) -> None:
        *front, head = lemma.lower().translate(_DASHES).split()
        plural = head[:-1] + "ies" if head.endswith("y") and head[-2] not in "aeiou" else head + "s"
        for form, name in ((head, "noun"), (plural, "nouns")):
            words = [*front, form]
            self.nouns.setdefault(words[0], []).append(
                Cue(kind.name, lemma, name, tuple(words[1:]))
            )

    def noun_at(self, words: tuple[Word, ...], at: int) -> tuple[Cue, int] | None:
        """Returns the longest cue noun that begins at a word, and where it ends."""
        for cue in self.nouns.get(words[at].lower, ()):
            end = at + 1 + len(cue.rest)
            if tuple(w.lower for w in words[at + 1 : end]) == cue.rest:
                return cue, end
        return None

    def is_verb(self, word: Word) -> bool:
        """Whether a word looks like a finite verb in the past, or is a cue or an auxiliary."""
        lower = word.lower
        return lower in self._finite or (lower.endswith("ed") and len(lower) > 4)


_BE = ("am", "are", "be", "is", "was", "were", "been")


def kinds_below(vocabulary: Vocabulary, *roots: str) -> frozenset[str]:
    """Returns the names of kinds that are one of the roots or a kind of it."""
    return frozenset(
        name for name in vocabulary.kinds if any(vocabulary.is_a(name, root) for root in roots)
    )
