"""Who takes part in a text: people, states and bodies, each once, by the register or by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.extract.english import English
from kg.extract.gazetteer import Gazetteer, Hit, Known
from kg.extract.sentences import Told, Word
from kg.facts.names import folded, slug_of


@dataclass(eq=False, slots=True)
class Actor:
    """An actor of the text; what is learned of it on the way is added.

    Attributes:
        slug: Of the register, or proposed.
        kind: `Person`, `Organization` or `State`.
        name: The fullest form in the text, without a title.
        known: Whether the register has it.
        state: Slug of the state it acts for, or empty.
        office: Its title as the text gives it, or empty.
        gender: `he`, `she` or empty.
        forms: The forms that the text gives, each with its first place.
        office_at: Where the office stands.
        office_by: The rule that found the office, and its confidence.
    """

    slug: str
    kind: str
    name: str
    known: bool
    state: str = ""
    office: str = ""
    gender: str = ""
    forms: dict[str, tuple[int, int]] = field(default_factory=dict)
    office_at: tuple[int, int] | None = None
    office_by: tuple[str, float] = ("office/title", 0.85)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a sentence that stand for actors.

    Attributes:
        first: Index of its first word in the sentence.
        last: The one after its last.
        how: `name`, `demonym`, `place`, `part` of a compound, or what a description is.
        actors: Whom it means; several for a group.
    """

    first: int
    last: int
    how: str
    actors: tuple[Actor, ...]


class People:
    """The actors of one text; what each sentence calls them is put down beside."""

    def __init__(self, told: Told, gazetteer: Gazetteer, english: English, published: str) -> None:
        self.told = told
        self.gazetteer = gazetteer
        self.english = english
        self.published = published
        self.actors: dict[str, Actor] = {}
        self.media: set[str] = set()
        self._surnames: dict[str, list[Actor]] = {}
        self._short: dict[str, Actor] = {}
        self._found: list[dict[tuple[int, int], Mention]] = [{} for _ in told.sentences]
        self._by_word: list[dict[int, Mention]] = [{} for _ in told.sentences]

    def holder(self, office: str, state: str, at: tuple[int, int]) -> Actor:
        """Returns the one whom the text knows only by an office."""
        slug = slug_of(f"{state} {office}")
        actor = self.actors.get(slug)
        if actor is None:
            known = self.gazetteer.known.get(state)
            of_state = state if known and known.kind == "State" else ""
            actor = self.actors[slug] = Actor(slug, "Person", office, False, of_state, office)
            actor.office_at = at
        self._form(actor, office, at)
        return actor

    def known(self, slug: str, name: str, at: tuple[int, int], *, told: bool = True) -> Actor:
        """Returns the actor of the register, as one of this text.

        Args:
            slug: The end of its IRI.
            name: The form that stands at `at`.
            at: Characters.
            told: Whether the text itself gives the name.
        """
        entry = self.gazetteer.known[slug]
        actor = self.actors.get(slug)
        if actor is None:
            kind = entry.kind if entry.kind != "Place" else "Organization"
            actor = Actor(slug, kind, name, True, entry.state)
            self.actors[slug] = actor
            if kind == "Person":
                actor.gender = self._gender(entry.label)
                for form in entry.names:
                    self._learn_surnames(actor, form)
        if not told:
            name = self.told.text[slice(*at)]
            actor.office, actor.office_at = actor.office or name, actor.office_at or at
            actor.forms.setdefault(name, at)
            return actor
        self._form(actor, name, at)
        return actor

    def person(self, name: str, at: tuple[int, int], title: str = "", state: str = "") -> Actor:
        """Returns the person of that name: of the text, of the register, or a new one."""
        words = name.replace(",", "").split()
        if len(words) > 1 and words[0].isupper() and len(words[0]) > 2 and not words[1].isupper():
            words = [*words[1:], words[0].title()]  # as Japanese texts write them: KONO Taro
        actor = self._same_person(words, state)
        if actor is None:
            slug = slug_of(name)
            entry = self._in_register(words, state) or self._named_in_register(words)
            if entry is not None:
                actor = self.known(entry.slug, name, at)
            else:
                actor = self.actors.get(slug) or Actor(slug, "Person", name, False, state)
                self.actors[slug] = actor
                actor.gender = self._gender(name)
            self._learn_surnames(actor, name)
        self._form(actor, name, at)
        if title and _gender_of_title(title, self.english):
            actor.gender = _gender_of_title(title, self.english)
        actor.state = actor.state or state
        return actor

    def body(self, name: str, at: tuple[int, int], state: str = "") -> Actor:
        """Returns the body of that name that the register lacks."""
        slug = slug_of(name)
        actor = self.actors.get(slug)
        if actor is None:
            actor = self.actors[slug] = Actor(slug, "Organization", name, False, state)
        self._form(actor, name, at)
        return actor

    def _form(self, actor: Actor, name: str, at: tuple[int, int]) -> None:
        actor.forms.setdefault(name, at)
        if len(name) > len(actor.name) and (actor.kind != "State" or not actor.name):
            actor.name = name

    def _learn_surnames(self, actor: Actor, name: str) -> None:
        words = [
            w for w in name.replace(",", "").split() if w.lower() not in self.english["suffix"]
        ]
        for tail in range(len(words)):
            if tail == 0 and len(words) > 1:
                # Where the family name stands first, as in Chinese: Director Yang.
                if words[0].lower() not in self.english.any_of("male", "female") and len(words) < 4:
                    self._surname(words[0], actor)
                continue
            if len(words[tail]) > 2 and not words[tail].endswith("."):
                self._surname(" ".join(words[tail:]), actor)
                if words[tail].lower().startswith(("al-", "el-")) and tail == len(words) - 1:
                    self._surname(words[tail][3:], actor)

    def _surname(self, surname: str, actor: Actor) -> None:
        having = self._surnames.setdefault(folded(surname), [])
        if actor not in having:
            having.append(actor)

    def _same_person(self, words: list[str], state: str) -> Actor | None:
        words = [w for w in words if w.lower() not in self.english["suffix"]]
        having = self._surnames.get(folded(" ".join(words)), []) if len(words) == 1 else []
        if len(words) == 1:
            return (
                having[0]
                if len(having) == 1
                else next((a for a in having if a.state == state), None)
            )
        whole = folded(" ".join(words))
        found = self._surnames.get(whole) or self._surnames.get(folded(words[-1]), [])
        for actor in found:
            theirs = [folded(w) for w in actor.name.replace(",", "").split()]
            if len(theirs) == 1 or whole == " ".join(theirs):
                return actor
            if whole in self._surnames and actor in self._surnames[whole]:
                return actor
            if (
                theirs[0][0] == whole[0]
                and theirs[-1] == folded(words[-1])
                and (
                    len(words) == 2 or len(theirs) == 2 or _initial(words[0]) or _initial(theirs[0])
                )
                and (theirs[0] == folded(words[0]) or _short(theirs[0], folded(words[0])))
            ):
                return actor
        return None

    def _in_register(self, words: list[str], state: str) -> Known | None:
        """The one person of the register whom a fuller or shorter form of the name can mean."""
        words = [w for w in words if w.lower() not in self.english["suffix"]]
        found: set[str] = set()
        tails = (
            (" ".join(words[n:]) for n in range(1, len(words))) if len(words) > 1 else (words[0],)
        )
        for tail in tails:
            for hit in self.gazetteer.find(tail):
                if hit.start == 0 and hit.end == len(tail):
                    found.update(s for s in hit.slugs if self.gazetteer.known[s].kind == "Person")
        fits = [
            entry
            for entry in (self.gazetteer.known[slug] for slug in sorted(found))
            if (not state or not entry.state or entry.state == state)
            and (
                len(words) == 1
                or any(
                    _short(folded(n.split()[0]), folded(words[0])) for n in entry.names if " " in n
                )
            )
        ]
        return fits[0] if len(fits) == 1 else None

    def _named_in_register(self, words: list[str]) -> Known | None:
        name = " ".join(words)
        whole = [h for h in self.gazetteer.find(name) if h.end - h.start == len(name)]
        entries = [self.gazetteer.known[slug] for hit in whole for slug in hit.slugs]
        return next((e for e in entries if e.kind == "Person"), None)

    def _gender(self, name: str) -> str:
        first = name.split()[0].lower()
        female, male = first in self.english["female"], first in self.english["male"]
        return "" if female == male else "she" if female else "he"

    def _put(self, number: int, first: int, last: int, how: str, *actors: Actor) -> Mention:
        found, by_word = self._found[number], self._by_word[number]
        for a, b in {(m.first, m.last) for n in range(first, last) if (m := by_word.get(n))}:
            if a <= first and last <= b and (b - a) > (last - first):
                return found[a, b]
            self._drop(number, (a, b))
        mention = Mention(first, last, how, actors)
        found[first, last] = mention
        by_word.update(dict.fromkeys(range(first, last), mention))
        return mention

    def _drop(self, number: int, key: tuple[int, int]) -> None:
        del self._found[number][key]
        for at in range(*key):
            del self._by_word[number][at]

    def _hit_at(self, number: int, at: int) -> Mention | None:
        return self._by_word[number].get(at)

    def _silent(self, slug: str) -> Actor:
        """An actor that only a demonym or a city has pointed to so far."""
        entry = self.gazetteer.known[slug]
        kind = entry.kind if entry.kind != "Place" else "Organization"
        actor = self.actors[slug] = Actor(slug, kind, entry.label, True, entry.state)
        return actor

    def _meant(self, hit: Hit) -> str:
        """The one that the text has named already, else the first."""
        return next((slug for slug in hit.slugs if slug in self.actors), hit.slugs[0])

    def _learn_office(self, actor: Actor, at: tuple[int, int]) -> None:
        """Notes an office, the fuller one where one word of it was told: Secretary of State."""
        told = self.told.text[slice(*at)].strip(" ,")
        if not actor.office or (
            " " not in actor.office and " " in told and actor.office.lower() in told.lower().split()
        ):
            actor.office, actor.office_at = told, at

    def _same_office(self, actor: Actor, others: Iterable[Mention]) -> None:
        """A counterpart holds the office of the one named before."""
        if actor.office.lower() in {"", "counterpart"}:
            holders = [m.actors[0] for m in others if m.actors[0].office]
            actor.office = next((a.office for a in reversed(holders) if a is not actor), "")

    def _is_role(self, word: Word) -> bool:
        return word.lower in self.english.offices


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1


def _short(one: str, other: str) -> bool:
    """Whether two given names may be one: Joe and Joseph, J. and Joseph."""
    one, other = one.rstrip("."), other.rstrip(".")
    return (
        one == other
        or one[:2] == other[:2]
        or (min(len(one), len(other)) == 1 and one[0] == other[0])
    )


def _gender_of_title(title: str, english: English) -> str:
    words = [w.lower().strip(".,") for w in title.split()]
    if any(w in english["female_title"] for w in words) or "first lady" in title.lower():
        return "she"
    return "he" if any(w in english["male_title"] for w in words) else ""
