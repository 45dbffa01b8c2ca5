"""What is found in a text, before it is written down."""

from dataclasses import dataclass, field

from kg.extract.actors import Actor
from kg.extract.sentences import Sentence

Span = tuple[int, int]


@dataclass(eq=False, slots=True)
class Event:
    """An occasion or a deed.

    Attributes:
        kind: Name of its kind.
        agents: Its parties, or who does it.
        recipients: To or against whom.
        attendees: Who was there besides.
        hosts: Who receives.
        status: `occurred`, `scheduled`, `cancelled` or `hypothetical`.
        since: First day it can be, YYYY-MM-DD, or empty.
        until: Last day, likewise.
        spans: Characters that it rests on, the best first.
        sentence: Which shows best that it happened.
        rule: What found it.
        confidence: 0 to 1.
        dated: Whether a date was told, not inferred.
    """

    kind: str
    agents: list[Actor]
    sentence: Sentence
    spans: list[Span]
    rule: str
    confidence: float
    recipients: list[Actor] = field(default_factory=list)
    attendees: list[Actor] = field(default_factory=list)
    hosts: list[Actor] = field(default_factory=list)
    status: str = "occurred"
    since: str = ""
    until: str = ""
    dated: bool = False
    teller: "Act | None" = None

    @property
    def actors(self) -> list[Actor]:
        """Everybody who takes part."""
        return list(dict.fromkeys([*self.agents, *self.recipients, *self.attendees, *self.hosts]))


@dataclass(eq=False, slots=True)
class Act:
    """An act of speech.

    Attributes:
        kind: Name of its kind.
        speaker: Who performs it.
        addressee: To whom, or none.
        sentence: In which it is told.
        span: Characters of verb and content.
        content: Characters of the content.
        governor: The act that tells of it.
        reporter: Who passes it on, where the text does not by itself.
        quoted: Whether the speaker's own words stand in it.
        during: The occasion.
        rule: What found it.
        confidence: 0 to 1.
        events: What it tells of that only it vouches for.
    """

    kind: str
    speaker: Actor
    addressee: Actor | None
    sentence: Sentence
    span: Span
    content: Span
    rule: str
    confidence: float
    governor: "Act | None" = None
    reporter: Actor | None = None
    quoted: bool = False
    during: Event | None = None
    joint: "Act | None" = None
    verb: str = ""
    events: list[Event] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Position:
    """What a holder is for or against.

    Attributes:
        holder: Who.
        stance: Slug of the stance.
        issue: Characters of what it is about.
        act: In which it shows, or none where the text itself tells it.
        slug: Of the vocabulary's issue, where that is known.
        sentence: In which it is told, where there is no act.
    """

    holder: Actor
    stance: str
    issue: Span
    act: Act | None
    rule: str
    confidence: float
    slug: str = ""
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was found in one text.

    Attributes:
        dropped: Why facts of a model's answer were left out, and how many.
    """

    actors: list[Actor]
    events: list[Event]
    acts: list[Act]
    positions: list[Position]
    readout: bool = False
    dropped: tuple[tuple[str, int], ...] = ()
