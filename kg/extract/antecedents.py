"""Whom a pronoun or a description means."""

from collections.abc import Iterator

from kg.extract.actors import Actor, Mention
from kg.extract.context import Clause, Entity, Group, Reference
from kg.extract.references import Words


class Antecedents(Words):
    """Resolves what points back, from left to right."""

    def actors_of(
        self,
        entity: Entity,
        clause: Clause | None,
        *,
        is_object: tuple[Actor, ...] = (),
    ) -> tuple[Actor, ...]:
        """Returns whom an entity means.

        Args:
            entity: A mention, a reference or a group of them.
            clause: The clause of saying that governs it.
            is_object: Of an object, the subject of the same verb, which it cannot be.
        """
        if isinstance(entity, Group):
            found = [a for member in entity.members for a in self.actors_of(member, clause)]
            return tuple(dict.fromkeys(found))
        if isinstance(entity, Mention):
            return entity.actors
        match entity.what:
            case "he" | "she":
                one = self._pronoun(entity, clause, is_object)
                return (one,) if one else ()
            case "they":
                return self._they(is_object)
            case "sides":
                return self._sides(entity.noun)
            case "i" | "we":
                return self._first_person(entity)
            case "counterpart":
                return self._counterpart(entity, clause)
            case "role":
                return self._by_role(entity, is_object)
            case "body":
                return self._by_body(entity, clause)
        return ()

    def _they(self, is_object: tuple[Actor, ...]) -> tuple[Actor, ...]:
        """Several of whom the sentence before spoke, a body, or all sides."""
        context = self.context
        subject, parties = context.subject, context.parties
        if is_object:
            return ()
        if len(subject) > 1:
            people = all(a.kind == "Person" for a in parties)
            leaders = context.readout and people and subject[0].kind != "Person"
            return parties if leaders else subject
        if len(subject) == 1 and subject[0].kind != "Person":
            return subject
        return self._sides("")

    def _sides(self, noun: str) -> tuple[Actor, ...]:
        """All sides of the talk, those who act as one, or those named together last."""
        if len(self.context.parties) > 1:
            return self.context.parties
        many = (self.cast.collective,) if self.cast.collective else ()
        if many and noun not in {"two", "pair", ""}:
            return many
        return self.context.group or self._two() or many

    def _first_person(self, entity: Reference) -> tuple[Actor, ...]:
        """Who speaks: in a quotation inside a quotation, the one who is quoted there."""
        if self.words[entity.first].deep:
            outside = (c for c in reversed(self.clauses) if not self.words[c.at].deep)
            return next((clause.subjects for clause in outside), ())
        author = self.context.author
        return self.speaker or ((author,) if author else ())

    def _two(self) -> tuple[Actor, ...]:
        """The two who hold office in different states, where the text has named just two so far."""
        heads = [a for a in self.context.recent if a.office and a.state]
        return tuple(heads) if len(heads) == 2 and heads[0].state != heads[1].state else ()

    def _pronoun(
        self, entity: Reference, clause: Clause | None, is_object: tuple[Actor, ...]
    ) -> Actor | None:
        """The likeliest whom "he" or "she" may mean, one whose gender is known before all."""
        order = [
            actor
            for actor in self._likeliest(entity, clause, is_object)
            if actor.kind == "Person"
            and actor.gender in {entity.what, ""}
            and actor not in is_object
        ]
        if order and order[0] in self.context.subject:
            return order[0]  # of whom the sentence before spoke, though no name tells the gender
        exact = (actor for actor in order if actor.gender == entity.what)
        return next(exact, order[0] if order else None)

    def _likeliest(
        self, entity: Reference, clause: Clause | None, is_object: tuple[Actor, ...]
    ) -> Iterator[Actor]:
        """Yields whom a pronoun may mean, the likeliest first."""
        main, recent = self.context.subject, self.context.recent
        governing, told = (clause.subjects, clause.objects) if clause else ((), ())
        earlier = [
            actor
            for mention in self.entities.values()
            if isinstance(mention, Mention) and mention.last <= entity.first
            for actor in mention.actors
        ]
        talking = (*governing, *is_object, *self.speaker)
        partners = [p for one in talking if (p := self.context.partner(one))]
        if self.speaker and not clause:
            # In a quotation, "he" is the one spoken of or with, hardly ever the speaker.
            yield from partners
            yield from (actor for actor in (*earlier, *recent) if actor not in self.speaker)
        elif is_object:
            yield from (*governing, *partners, *told, *earlier, *main, *recent)
        elif clause:
            yield from (*governing, *told)
            yield from (a for c in self.clauses if c.governor is not clause for a in c.subjects)
            yield from (*reversed(earlier), *partners, *main, *earlier, *recent)
        else:
            yield from (*main, *partners, *main, *earlier, *recent)

    def _counterpart(self, entity: Reference, clause: Clause | None) -> tuple[Actor, ...]:
        context = self.context
        subject = (
            clause.subjects[0]
            if clause and clause.subjects
            else context.subject[0]
            if context.subject
            else None
        )
        people = [
            p
            for p in (*context.parties, *context.recent)
            if (p is not subject or entity.noun == "diplomat") and p.kind == "Person"
        ]
        if entity.state:
            people = [p for p in people if p.state == entity.state]
            inside = [
                m.actors[0]
                for m in self.entities.values()
                if isinstance(m, Mention)
                and m.last <= entity.first
                and m.actors[0].kind == "Person"
                and m.actors[0].state == entity.state
                and m.actors[0] is not subject
            ]
            if entity.noun != "counterpart" and inside:
                return (inside[0],)
        elif entity.noun != "counterpart":
            return ()
        return (people[0],) if people else ()

    def _by_role(self, entity: Reference, is_object: tuple[Actor, ...]) -> tuple[Actor, ...]:
        context = self.context
        noun = entity.noun
        having = [
            a
            for a in self.cast.actors.values()
            if a.kind == "Person"
            and a not in is_object
            and (not entity.state or a.state == entity.state or self._holds_in(a, entity.state))
            and (self._has_role(a, noun))
        ]
        if context.home and not entity.state:
            # On a government's page "the President" is its own, if it has one.
            own = [a for a in having if a.state == context.home or self._at(a, context.home)]
            if len(own) == 1:
                return (own[0],)
        # "The Prime Minister", before any is named: whose page it is need not say whose.
        named = [a for a in having if a in context.recent or self._earlier(a, entity)]
        if not named and context.home and not entity.state:
            holder = self._holder(entity, told=not having)
            if holder:
                context.named(holder)
                return (holder,)
        having = named or having
        if not having:
            return ()
        if len(having) == 1:
            if having[0] not in context.recent:
                context.recent.append(having[0])
            return (having[0],)
        # The one whom the text has been speaking of, before the one named last.
        for actor in (*context.subject, *context.recent):
            if actor in having:
                return (actor,)
        return ()

    def _at(self, actor: Actor, body: str) -> bool:
        known = self.cast.gazetteer.known.get(actor.slug)
        return known is not None and any(at == body for _, at, _, _ in known.offices)

    def _holds_in(self, actor: Actor, body: str) -> bool:
        """Whether a person's office names a body: "President of the European Council"."""
        known = self.cast.actors.get(body)
        if known is None or known.kind == "State":
            return False
        return any(form in actor.office for form in (*known.forms, known.name))

    def _earlier(self, actor: Actor, entity: Reference) -> bool:
        start = self.words[entity.first].start
        # Headlines shorten what the text then tells: only this sentence counts.
        return any(self.sentence.start <= at[0] < start for at in actor.forms.values())

    def _holder(self, entity: Reference, *, told: bool) -> Actor | None:
        """Who holds an office of the page's own state: of the register, or only by the office.

        Args:
            entity: The words of the office.
            told: Whether one whom the register lacks may be meant.
        """
        article = self.words[entity.first].lower in self.english["determiner"]
        words = self.words[entity.first + article : entity.last]
        if not words or not words[-1].capital:
            return None
        text = self.cast.told.text[words[0].start : words[-1].end]
        text = self.english.short.get(text.lower(), text)
        place = (words[0].start, words[-1].end)
        day, home = self.context.published, self.context.home
        holding = [
            (since, known)
            for known in self.cast.gazetteer.known.values()
            if known.kind == "Person"
            for office, body, since, until in known.offices
            if home in {known.state, body}
            and office.casefold() == text.casefold()
            and since
            and since <= day
            and (until >= day or not until)
        ]
        if holding:
            known = max(holding, key=lambda one: one[0])[1]
            return self.cast.known(known.slug, known.label, place, told=False)
        return self.cast.holder(text, home, place) if told else None

    def _has_role(self, actor: Actor, noun: str) -> bool:
        """Whether the text, or else the register on that day, gives a person an office."""
        if noun in self.english.heads:
            return any(self._has_role(actor, head) for head in self.english.heads[noun])
        if noun == "leader" and actor.state:
            return True  # the state, if one is named, tells which
        office = actor.office.lower()
        if office:
            return noun in office.replace("-", " ").split() or office.endswith(noun)
        known = self.cast.gazetteer.known.get(actor.slug) if actor.known else None
        day = self.context.published
        return known is not None and any(
            noun in title.lower().split()
            and (not since or since <= day)
            and (not until or until >= day)
            for title, _, since, until in known.offices
        )

    def _by_body(self, entity: Reference, clause: Clause | None) -> tuple[Actor, ...]:
        if entity.noun == "government" and not entity.state:
            speakers = (*(clause.subjects if clause else ()), *self.context.subject)
            states = [self.cast.actors.get(s.state) for s in speakers if s.state]
            return tuple(s for s in states if s is not None)[:1]
        words = self.words[entity.first + 1 : entity.last]  # without its article
        if words and not entity.state:
            span = (words[0].start, words[-1].end)
            name = self.cast.told.text[slice(*span)]
            if name.lower() in self.english["shared_name"]:
                slug = self.cast._shared(name)[1]
                return (self.cast.known(slug, name, span) if slug else self.cast.body(name, span),)
        having = [
            a
            for a in self.cast.actors.values()
            if a.kind == "Organization"
            and entity.noun in a.name.lower().split()
            and (not entity.state or a.state == entity.state)
        ]
        known = len(having) == 1 or (having and entity.noun in self.english["several_bodies"])
        return (having[-1],) if known else ()
