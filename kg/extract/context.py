"""What a clause is, what points back, and what the sentences so far leave behind."""

from dataclasses import dataclass, field
from typing import NamedTuple

from kg.extract.actors import Actor, Mention
from kg.extract.lexicon import Cue
from kg.extract.sentences import Sentence, Word


@dataclass(eq=False, slots=True)
class Clause:
    """A cue verb with what belongs to it.

    Attributes:
        cue: The verb as the vocabulary has it.
        kind: The kind it announces, perhaps by a noun that follows ("expressed concern").
        at: Index of the verb among the words of the stream.
        end: The one after its last word.
        subjects: Who does it.
        objects: To whom, where somebody follows.
        object_at: Index after the object.
        passive: Whether the subject is the one acted on.
        negated: Whether it is said not to be.
        modal: The auxiliary before it, as `will`.
        governor: The clause of saying that this one stands in.
        stop: Index after the last word of its content.
        source: Whose word the sentence says that it goes by ("according to").
        before: Where its content ends, if that stands before the verb; else 0.
        rule: Which way the subject was found.
    """

    sentence: Sentence
    words: tuple[Word, ...]
    cue: Cue
    kind: str
    at: int
    end: int
    subjects: tuple[Actor, ...]
    objects: tuple[Actor, ...] = ()
    object_at: int = 0
    passive: bool = False
    negated: bool = False
    modal: str = ""
    governor: "Clause | None" = None
    stop: int = 0
    rule: str = ""
    quote: int = -1
    before: int = 0
    source: tuple[Actor, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that point back: a pronoun or a description, not yet resolved.

    Attributes:
        first: Index of its first word.
        last: The one after its last.
        what: `he`, `she`, `they`, `we`, `i`, `it`, `sides`, `role`, `counterpart` or `body`.
        noun: The noun of a description.
        state: Slug of the state that a description names, or empty.
    """

    first: int
    last: int
    what: str
    noun: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Several mentions that "and" joins."""

    first: int
    last: int
    members: tuple[Mention | Reference, ...]


Entity = Mention | Reference | Group
"""What stands in a sentence for somebody."""


class Subject(NamedTuple):
    """Who does what a verb says.

    Attributes:
        actors: Those who do it, or in the passive suffer it.
        rule: Which way they were found.
        governor: The clause of saying in whose content they stand.
        near: Whether they stand beside the verb, with no phrase between.
        what: Of a reference, what it is.
    """

    actors: tuple[Actor, ...]
    rule: str
    governor: Clause | None
    near: bool = True
    what: str = ""


@dataclass
class Context:
    """What the sentences so far leave behind for pronouns and descriptions.

    Attributes:
        parties: The sides of the event that the text is about.
        readout: Whether the text tells of a talk from its first sentence on.
        own_voice: Whether the text is a statement in the words of its author.
        home: Slug of the state whose own page it is, or empty.
        author: Who speaks where the text says "we".
        subject: The subject of the last main clause.
        recent: People, the last named first.
        group: The last group of several.
    """

    parties: tuple[Actor, ...] = ()
    author: Actor | None = None
    subject: tuple[Actor, ...] = ()
    recent: list[Actor] = field(default_factory=list)
    group: tuple[Actor, ...] = ()
    published: str = ""
    readout: bool = False
    own_voice: bool = False
    home: str = ""

    def partner(self, actor: Actor) -> Actor | None:
        """Returns the other side of the conversation, if it has two."""
        others = [one for one in self.parties if one is not actor]
        return others[0] if actor in self.parties and len(others) == 1 else None

    def named(self, actor: Actor) -> None:
        """Notes that a person was named."""
        if actor.kind == "Person":
            if actor in self.recent:
                self.recent.remove(actor)
            self.recent.insert(0, actor)
