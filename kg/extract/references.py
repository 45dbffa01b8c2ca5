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
        """Finds what points back, and what stands for a state, from left to right."""
        at, begins = 0, self.english.points_back
        while at < len(self.words):
            entity = self.entities.get(at)
            if entity is not None:
                of_state = self._of_state(at, entity) if isinstance(entity, Mention) else None
                at = (of_state or entity).last
                continue
            found = self._reference(at) if self.words[at].lower in begins else None
            if found is None:
                at += 1
                continue
            for n in range(found.first, found.last):
                self._starts.pop(n, None)
            named = self._named(found)
            self._add(named)
            at = named.last

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

    def _of_state(self, at: int, entity: Mention) -> Mention | None:
        """As in "U.S. officials", "the Ortega regime": the state itself."""
        words, after = self.words, entity.last
        if entity.first != at:
            return None
        office = self._office_of(entity)
        if office:
            return office
        if after < len(words) and words[after].lower == "counterpart":
            state = entity.actors[0].state
            named = self._named(Reference(at, after + 1, "counterpart", "counterpart", state))
            self._add(named)
            return named if isinstance(named, Mention) else None
        if after < len(words) and words[after].lower == "'s":
            after += 1
        if after < len(words) and words[after].lower in self.english["modifier"]:
            after += 1
        noun = words[after].lower if after < len(words) else ""
        slug = self._acting_state(entity.actors[0], noun)
        return self._officials(entity, after, noun, slug) if slug else None

    def _acting_state(self, actor: Actor, noun: str) -> str:
        """Slug of the state, or of the body spoken for, that the people of a noun act for."""
        if noun not in self.english["people_of_state"]:
            return ""
        if actor.kind == "Person" and actor.state and noun in self.english["rule_of_person"]:
            return actor.state
        return actor.slug if actor.kind == "State" or noun.startswith("spokes") else ""

    def _officials(self, entity: Mention, after: int, noun: str, slug: str) -> Mention | None:
        """Puts down a state's people as the state, which so goes by their name as well."""
        cast, start = self.cast, self.words[entity.first].start
        place = (start, self.words[after].end)
        state = cast.actors.get(slug) or cast.known(slug, cast.gazetteer.known[slug].label, place)
        if noun in self.english["armed"]:
            return None
        mention = Mention(entity.first, after + 1, "officials", (state,))
        self._add(mention)
        actor = entity.actors[0]
        if actor.kind == "Person":
            named = (start, self.words[entity.last - 1].end)
            actor.forms = {form: where for form, where in actor.forms.items() if where != named}
        if not noun.startswith("spokes"):
            cast._form(state, cast.told.text[slice(*place)], place)
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
        """What points back and begins at a word, if it is that."""
        english, word = self.english, self.words[at]
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
        if lower in english["determiner"]:
            return self._description(at)
        if lower in english["officials_from"] and self._officials_from(at):
            return None
        if lower == "police":
            return Reference(at, at + 1, "body", lower)
        if lower in english["sides"] and word.capital and at == 0:
            return Reference(at, at + 1, "sides", lower)
        return None

    def _officials_from(self, at: int) -> bool:
        """Puts down, as in "officials from the ministry", the ministry itself, if it is that."""
        words = self.words
        if at + 2 >= len(words) or words[at + 1].lower not in {"from", "of"}:
            return False
        entity = self.entities.get(at + 2 + (words[at + 2].lower == "the"))
        if not isinstance(entity, Mention) or entity.actors[0].kind == "Person":
            return False
        self._add(Mention(at, entity.last, "officials", entity.actors))
        return True

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
        """As in "the two leaders", "his Iranian counterpart", "the foreign minister"."""
        n = self._past_counts(at + 1)
        if self._alone(at, n):
            return Reference(at, n, "sides", "two")
        state = ""
        entity = self.entities.get(n)
        if isinstance(entity, Mention) and entity.actors[0].kind == "State":
            state, n = entity.actors[0].slug, entity.last
        found = self._noun(n)
        if found is None:
            return None
        noun, last = found
        following = self._starts.get(last + 1)
        if isinstance(following, Mention) and following.actors[0].kind == "Person":
            return None  # the title of who is named
        inside = self.entities.get(last)
        if inside is not None and not (state and last >= inside.last):
            return None
        return self._described(at, last + 1, noun, state)

    def _past_counts(self, at: int) -> int:
        """Index of the first word after "the", "of the", "two", "other", "senior"."""
        words, english = self.words, self.english
        if at < len(words) and words[at].lower in {"the", "of"}:
            at += 1
            if at < len(words) and words[at].lower == "the":
                at += 1
        skipped = english.any_of("numbers", "before_people")
        while at < len(words) and words[at].lower in skipped:
            at += 1
        return at

    def _noun(self, at: int) -> tuple[str, int] | None:
        """The noun of a description, past its modifiers, and the index of its last word."""
        words, english = self.words, self.english
        nouns = english.any_of("role", "sides", "modifier", "body")
        while (
            at + 1 < len(words)
            and words[at].lower in english["modifier"]
            and words[at + 1].lower in nouns
        ):
            at += 1
        if at >= len(words):
            return None
        noun = words[at].lower
        after = [word.lower for word in words[at + 1 : at + 3]]
        if after and f"{noun} {after[0]}" in english.any_of("sides", "role"):
            return f"{noun} {after[0]}", at + 1
        if noun == "head" and after[:1] == ["of"] and f"head {' '.join(after)}" in english["role"]:
            return f"head {' '.join(after)}", at + 2
        return noun, at

    def _described(self, at: int, end: int, noun: str, state: str) -> Reference | None:
        """What a description is, by its noun and the word that it begins with."""
        english, article = self.english, self.words[at].lower
        after = self.words[end].lower if end < len(self.words) else ""
        if not state and article in english["of_all"] and self._are_sides(noun):
            # "the leaders of the G7" are no sides of a talk.
            return None if after in {"of", "from"} else Reference(at, end, "sides", noun)
        some = article in {"a", "an", "another"} and noun in english["some_official"]
        if state and (some or (noun in english["people_of_state"] and noun != "side's")):
            self._people_of(at, end, noun, state)
            return None
        if noun == "counterpart" or (state and noun in english["like_counterpart"]):
            return Reference(at, end, "counterpart", noun, state)
        noun = english.short.get(noun, noun)
        if noun in english["role"] and article in english["of_one"]:
            if after == "of" and not state:
                return self._role_of(at, end, noun)
            return Reference(at, end, "role", noun, state)
        if article == "the" and noun in english.any_of("body", "seat"):
            return Reference(at, end, "body", noun, state)
        return None

    def _are_sides(self, noun: str) -> bool:
        many = noun.endswith("s") or noun in {"two", "pair"}
        return many and noun in self.english["sides"]

    def _people_of(self, at: int, end: int, noun: str, slug: str) -> None:
        """As in "the Russian delegation": the state; "the Kremlin spokesman": who that is."""
        state = self.cast.actors.get(slug)
        spokesperson = noun.startswith("spokes") and self.words[at].lower == "the"
        actor = (self._spokesperson(state) if state and spokesperson else None) or state
        if actor:
            self._add(Mention(at, end, "officials", (actor,)))

    def _role_of(self, at: int, end: int, noun: str) -> Reference:
        """As in "the president of Mexico", "the head of the agency"."""
        words = self.words
        whose = self.entities.get(
            end + 1 + (end + 1 < len(words) and words[end + 1].lower == "the")
        )
        if isinstance(whose, Mention) and whose.actors[0].kind != "Person":
            return Reference(at, whose.last, "role", noun, whose.actors[0].slug)
        return Reference(at, end, "role", noun)

    def _alone(self, at: int, n: int) -> bool:
        """As in "The two reiterated", "Both support": no noun follows."""
        counted = [w.lower for w in self.words[at:n]]
        if counted not in (["the", "two"], ["both"]) or n >= len(self.words) or n in self.entities:
            return False
        verb = self.words[n].lower
        adverb = verb in self.english["adverb"] or verb.endswith("ly")
        return adverb or (self.lexicon.is_verb(self.words[n]) and verb not in self.english["sides"])
