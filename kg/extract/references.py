"""Pronouns and descriptions in a sentence, and names that "and" joins; not yet who is meant."""

from dataclasses import replace
from datetime import date
from functools import cached_property

from kg.extract.actors import Actor, Mention
from kg.extract.context import Clause, Context, Entity, Reference
from kg.extract.groups import Groups
from kg.extract.lexicon import Lexicon
from kg.extract.names import Cast
from kg.extract.sentences import Sentence
from kg.extract.when import When, read_when


class Words(Groups):
    """The words of one level of a sentence: outside quotations, or inside one."""

    def __init__(
        self,
        sentence: Sentence,
        indexes: list[int],
        mentions: list[Mention],
        lexicon: Lexicon,
        cast: Cast,
        context: Context,
        speaker: tuple[Actor, ...] = (),
        quote: int = -1,
    ) -> None:
        self.sentence = sentence
        whole = len(indexes) == len(sentence.words)
        self.words = sentence.words if whole else tuple(sentence.words[i] for i in indexes)
        self.lexicon = lexicon
        self.english = lexicon.english
        self.cast = cast
        self.context = context
        self.speaker = speaker
        self.quote = quote
        place = range(len(indexes)) if whole else {index: n for n, index in enumerate(indexes)}
        self.entities: dict[int, Entity] = {}
        self._starts: dict[int, Mention | Reference] = {}
        for mention in mentions:
            if mention.first in place and mention.last - 1 in place and mention.how != "part":
                first, last = place[mention.first], place[mention.last - 1] + 1
                self._add(mention if whole else replace(mention, first=first, last=last))
        self._references()
        self._groups()
        self.clauses: list[Clause] = []
        self._memo: dict[int, tuple[Actor, ...]] = {}

    @cached_property
    def days(self) -> list[When]:
        """The days that the words tell, from left to right."""
        published = self.context.published
        return read_when(
            self.words, self.english, date.fromisoformat(published) if published else None
        )

    def _references(self) -> None:
        at, begins = 0, self.english.points_back
        while at < len(self.words):
            if at not in self.entities:
                found = self._reference(at) if self.words[at].lower in begins else None
                if found:
                    for n in range(found.first, found.last):
                        if n in self._starts:
                            del self._starts[n]
                    named = self._named(found)
                    self._add(named)
                    at = named.last
                    continue
            else:
                of_state = self._of_state(at)
                if of_state:
                    at = of_state.last
                    continue
                at = self.entities[at].last
                continue
            at += 1

    def _named(self, found: Reference) -> Mention | Reference:
        """As in "his Brazilian counterpart, Jane Roe,": the name says who is meant."""
        at = found.last
        if found.what not in {"counterpart", "role"} or at + 1 >= len(self.words):
            return found
        name = self._starts.get(at + (self.words[at].text == ","))
        if isinstance(name, Mention) and name.how in {"name", "surname"}:
            actor = name.actors[0]
            if actor.kind == "Person":
                actor.state = actor.state or found.state
                earlier = sorted(self._starts.items())
                self.cast._same_office(
                    actor,
                    [m for at, m in earlier if at < name.first and isinstance(m, Mention)],
                )
                return Mention(found.first, name.last, "name", name.actors)
        return found

    def _of_state(self, at: int) -> Mention | None:
        """As in "U.S. officials", "the Ortega regime": the state itself."""
        entity = self.entities[at]
        if not isinstance(entity, Mention) or entity.first != at:
            return None
        nxt = entity.last
        office = self._office_of(entity)
        if office:
            return office
        if nxt < len(self.words) and self.words[nxt].lower == "counterpart":
            named = self._named(
                Reference(at, nxt + 1, "counterpart", "counterpart", entity.actors[0].state)
            )
            self._add(named)
            return named if isinstance(named, Mention) else None
        if nxt < len(self.words) and self.words[nxt].lower in {"'s"}:
            nxt += 1
        if nxt < len(self.words) and self.words[nxt].lower in self.english["modifier"]:
            nxt += 1
        if nxt >= len(self.words) or self.words[nxt].lower not in self.english["people_of_state"]:
            return None
        actor = entity.actors[0]
        noun = self.words[nxt].lower
        if (
            actor.kind == "Person"
            and noun in {"regime", "government", "administration"}
            and actor.state
        ):
            slug = actor.state
        elif actor.kind == "State" or noun.startswith("spokes"):
            slug = actor.slug
        else:
            return None
        state = self.cast.actors.get(slug) or self.cast.known(
            slug, self.cast.gazetteer.known[slug].label, (self.words[at].start, self.words[nxt].end)
        )
        if noun in {"forces", "troops"}:
            return None
        mention = Mention(at, nxt + 1, "officials", (state,))
        self._add(mention)
        if actor.kind == "Person":
            place = (self.words[at].start, self.words[entity.last - 1].end)
            actor.forms = {form: where for form, where in actor.forms.items() if where != place}
        if not noun.startswith("spokes"):
            place = (self.words[at].start, self.words[nxt].end)
            self.cast._form(state, self.cast.told.text[slice(*place)], place)
        return mention

    def _office_of(self, entity: Mention) -> Mention | None:
        """As in "the office of President Jane Roe", "Roe's office": a body, not the person."""
        words, at, person = self.words, entity.first, entity.actors[0]
        if person.kind != "Person":
            return None
        after = [w.lower for w in words[entity.last : entity.last + 2]]
        before = [w.lower for w in words[max(0, at - 2) : at]]
        if after == ["'s", "office"]:
            first, last = at, entity.last + 2
        elif before == ["office", "of"]:
            first, last = at - 2, entity.last
        else:
            return None
        place = (words[first].start, words[last - 1].end)
        name = self.cast.told.text[slice(*place)]
        known = self.cast.actors.get(f"office-of-{person.slug}")
        if known is None:
            known = self.cast.actors[f"office-of-{person.slug}"] = Actor(
                f"office-of-{person.slug}", "Organization", name, False, person.state
            )
        known.forms.setdefault(name, place)
        mention = Mention(first, last, "body", (known,))
        self._add(mention)
        return mention

    def _spokesperson(self, body: Actor) -> Actor | None:
        """Who of the text speaks for a state, as in "the Kremlin spokesman"."""
        speaking = [
            a
            for a in self.cast.actors.values()
            if a.kind == "Person"
            and a.state == body.state
            and ("spokes" in a.office.lower() or "press secretary" in a.office.lower())
        ]
        return speaking[0] if len(speaking) == 1 else None

    def _reference(self, at: int) -> Reference | None:
        english = self.english
        word = self.words[at]
        lower = word.lower
        bare = self._bare_role(at) if word.capital else None
        if bare:
            return bare
        what = english.pronouns.get(lower)
        state = lower == "us" and word.text != "us"
        if what and not state and not (lower == "her" and self._noun_follows(at + 1)):
            return Reference(at, at + 1, what)
        if lower == "it":
            return Reference(at, at + 1, "it")
        possessor = lower in {"his", "her", "their", "its", "our"}
        if lower in english["determiner"] or lower in {"the", "both"} or possessor:
            return self._description(at)
        if (
            lower in {"officials", "representatives", "authorities"}
            and at + 2 < len(self.words)
            and self.words[at + 1].lower in {"from", "of"}
        ):
            n = at + 2 + (self.words[at + 2].lower == "the")
            entity = self.entities.get(n)
            if isinstance(entity, Mention) and entity.actors[0].kind in {"State", "Organization"}:
                self._add(Mention(at, entity.last, "officials", entity.actors))
                return None
        if lower == "police":
            return Reference(at, at + 1, "body", lower)
        if lower in english["sides"] and word.capital and at == 0:
            return Reference(at, at + 1, "sides", lower)
        return None

    def _bare_role(self, at: int) -> Reference | None:
        """As in "the President and Prime Minister agreed", "Prime Minister thanked him"."""
        last = at + 1
        while last < len(self.words) and self.words[last].capital and last not in self.entities:
            last += 1
        phrase = " ".join(w.lower for w in self.words[at:last])
        if phrase not in self.english["role"] and phrase not in self.english.short:
            return None
        joined = at and self.words[at - 1].lower in {"and", "&"}
        before = self.entities.get(at - 2) if joined else None
        if isinstance(before, Reference) and before.what == "role":
            return Reference(at, last, "role", phrase)
        follows = last < len(self.words) and (
            self.lexicon.is_verb(self.words[last])
            or self.words[last].lower in self.english["adverb"]
        )
        opens = at == 0 or self.words[at - 1].text in {",", ":"}
        return Reference(at, last, "role", phrase) if follows and opens else None

    def _noun_follows(self, at: int) -> bool:
        if at >= len(self.words):
            return False
        word = self.words[at]
        return (
            word.text[0].isalpha()
            and word.lower not in self.english.function_words
            and not word.lower.endswith("ly")
        )

    def _description(self, at: int) -> Reference | None:
        english, words = self.english, self.words
        modifiers, roles = english["modifier"], english["role"]
        n = at + 1
        if n < len(words) and words[n].lower in {"the", "of"}:
            n += 1
            if n < len(words) and words[n].lower == "the":
                n += 1
        while n < len(words) and (
            words[n].lower in english["numbers"]
            or words[n].lower in {"other", "respective", "senior", "top", "visiting"}
        ):
            n += 1
        if self._alone(at, n):
            return Reference(at, n, "sides", "two")
        state = ""
        entity = self.entities.get(n)
        if isinstance(entity, Mention) and entity.actors[0].kind in {"State"}:
            state = entity.actors[0].slug
            n = entity.last
        while (
            n < len(words)
            and words[n].lower in modifiers
            and n + 1 < len(words)
            and words[n + 1].lower in english.any_of("role", "sides", "modifier", "body")
        ):
            n += 1
        if n >= len(words):
            return None
        noun = words[n].lower
        phrase = noun
        if n + 1 < len(words) and f"{noun} {words[n + 1].lower}" in english.any_of("sides", "role"):
            phrase = f"{noun} {words[n + 1].lower}"
            n += 1
        if phrase == "head" and n + 2 < len(words) and words[n + 1].lower == "of":
            longer = f"head of {words[n + 2].lower}"
            phrase, n = (longer, n + 2) if longer in roles else (phrase, n)
        following = self.entities.get(n + 1)
        if (
            isinstance(following, Mention)
            and following.actors[0].kind == "Person"
            and following.first == n + 1
        ):
            return None
        if n in self.entities and not (state and n >= self.entities[n].last):
            return None
        plural = phrase in english["sides"] and (phrase.endswith("s") or phrase in {"two", "pair"})
        if plural and not state and words[at].lower in {"the", "both", "these"}:
            # "the leaders of the G7" are no sides of a talk.
            if n + 1 < len(words) and words[n + 1].lower in {"of", "from"}:
                return None
            return Reference(at, n + 1, "sides", phrase)
        some = words[at].lower in {"a", "an", "another"} and phrase in {
            "official",
            "diplomat",
            "envoy",
        }
        if state and (some or phrase in english["people_of_state"] - {"side's"}):
            actor = self.cast.actors.get(state)
            if actor and phrase.startswith("spokes") and words[at].lower == "the":
                actor = self._spokesperson(actor) or actor
            if actor:
                self._add(Mention(at, n + 1, "officials", (actor,)))
            return None
        if phrase == "counterpart" or (phrase in {"official", "diplomat"} and state):
            return Reference(at, n + 1, "counterpart", phrase, state)
        phrase = english.short.get(phrase, phrase)
        if phrase in roles and words[at].lower in {"the", "his", "her", "its", "our"}:
            if n + 1 < len(words) and words[n + 1].lower == "of" and not state:
                nxt = self.entities.get(
                    n + 2 + (n + 2 < len(words) and words[n + 2].lower == "the")
                )
                if isinstance(nxt, Mention) and nxt.actors[0].kind != "Person":
                    return Reference(at, nxt.last, "role", phrase, nxt.actors[0].slug)
            return Reference(at, n + 1, "role", phrase, state)
        if (phrase in english["body"] or phrase == "kremlin") and words[at].lower == "the":
            return Reference(at, n + 1, "body", phrase, state)
        return None

    def _alone(self, at: int, n: int) -> bool:
        """As in "The two reiterated", "Both support": no noun follows."""
        counted = [w.lower for w in self.words[at:n]]
        if counted not in (["the", "two"], ["both"]) or n >= len(self.words) or n in self.entities:
            return False
        verb = self.words[n].lower
        adverb = verb in self.english["adverb"] or verb.endswith("ly")
        return adverb or (self.lexicon.is_verb(self.words[n]) and verb not in self.english["sides"])
