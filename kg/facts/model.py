"""The structure of fact documents: the one place that knows every key.

The JSON Schema for editors is written from here, and so are the words of messages about keys.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic.alias_generators import to_camel

from kg.facts import dates

CLAIM_TYPES = ("Claim", "Quantity", "Legislation")
ACTOR_TYPES = ("Person", "Organization", "State", "Place")
SOURCE_TYPES = (
    "NewsArticle",
    "Readout",
    "Statement",
    "Transcript",
    "SocialPost",
    "Dataset",
    "Source",
)


def _listed(value: object) -> object:
    """Lets one value stand for a list of one."""
    return value if isinstance(value, list) else [value]


def _checked(check: Callable[[str], object]) -> AfterValidator:
    """Returns a validator that keeps the text as it was written."""

    def keep(text: str) -> str:
        check(text)
        return text

    return AfterValidator(keep)


def _one_of(words: tuple[str, ...]) -> Callable[[str], object]:
    def check(text: str) -> None:
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")

    return check


def _fits(pattern: str, words: str) -> Callable[[str], object]:
    compiled = re.compile(pattern)

    def check(text: str) -> None:
        if not compiled.fullmatch(text):
            raise ValueError(f"{text!r} is not {words}")

    return check


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[
    str,
    _checked(_fits(r"[a-z0-9]+(-[a-z0-9]+)*", "a slug: small letters, digits, single hyphens")),
]
Id = Annotated[
    str,
    _checked(
        _fits(
            r"(event/)?[a-z0-9]+(-[a-z0-9]+)*",
            "an id: small letters, digits, single hyphens, perhaps after event/",
        )
    ),
]
Texts = Annotated[list[Text], BeforeValidator(_listed, json_schema_input_type=Text | list[Text])]
Date = Annotated[str, _checked(dates.window)]
Day = Annotated[str, _checked(dates.day)]
Time = Annotated[
    str,
    _checked(
        _fits(
            r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[-+][0-9]{2}:[0-9]{2})?",
            "a time of day: write 09:00",
        )
    ),
]
Duration = Annotated[
    str,
    _checked(
        _fits(
            r"P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?",
            "a duration: write PT15M for fifteen minutes, P2D for two days",
        )
    ),
]
Iri = Annotated[
    str,
    _checked(
        _fits(
            r"(https?://|urn:|mailto:)[^\s<>\"{}|\\^`]+", "an address: http, https, urn or mailto"
        )
    ),
]
Confidence = Annotated[
    str, _checked(_fits(r"0(\.[0-9]+)?|1(\.0+)?|\.[0-9]+", "a number from 0 to 1"))
]
Offset = Annotated[int, Field(ge=0)]
Span = tuple[Offset, Offset]


class Node(BaseModel):
    """Anything with keys; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class PassagePart(Node):
    """A part of a passage, by offsets of the document in code points."""

    passage: Text
    chars: Span


def _evidence_tag(value: object) -> str:
    return "passage" if isinstance(value, str) else "part"


Evidence = Annotated[
    Annotated[Text, Tag("passage")] | Annotated[PassagePart, Tag("part")],
    Discriminator(_evidence_tag),
]


class Reported(Node):
    """What a source reports: where it stands, how sure it is."""

    label: Text | None = Field(None, description="In your own words; left out, one is composed.")
    quote: Text | None = Field(None, description="A few words verbatim.")
    confidence: Confidence | None = Field(None, description="0 to 1; left out, plainly stated.")
    rule: Text | None = Field(
        None, description="The rule that found it, in a draft; not part of the graph."
    )
    evidence: Annotated[
        list[Evidence],
        BeforeValidator(_listed, json_schema_input_type=Evidence | list[Evidence]),
    ] = Field(
        default=[],
        description="Passages: p1, or {passage: p4, chars: [717, 790]} for a part of one.",
    )


class TextOf(Node):
    """The text that offsets count in; it is not itself part of the graph."""

    digest: Annotated[
        str, _checked(_fits(r"sha256:[0-9a-f]{64}", "a digest: sha256: and 64 hexadecimal digits"))
    ] = Field(description="Of the UTF-8 text, as `kg passages` writes it.")
    length: Offset = Field(description="In code points.")


class Source(Node):
    """Where the facts of the document come from."""

    id: Slug = Field(description="Names the source in the graph: source/{id}.")
    type: Annotated[str, _checked(_one_of(SOURCE_TYPES))] = Field(
        description=f"One of {', '.join(SOURCE_TYPES)}.",
        json_schema_extra={"enum": list(SOURCE_TYPES)},
    )
    label: Text | None = Field(None, description="Left out, the headline.")
    headline: Text | None = None
    published: Day | None = Field(None, description="The day it was published.")
    text: TextOf | None = None
    passages: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*$")], Span] = (
        Field(default={}, description="Name of each passage and its start and end, as [26, 91].")
    )
    credited: Texts = Field(default=[], description="Actors whose reporting it credits.")
    publisher: Text | None = Field(None, description="The actor who published it.")
    state: Text | None = Field(None, description="The state it speaks for.")
    url: Iri | None = None
    language: (
        Annotated[
            str,
            _checked(_fits(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", "a language: write en or es-MX")),
        ]
        | None
    ) = None
    recorded_by: Text | None = Field(None, description="Who wrote this document.")
    draft: bool = Field(False, description="Not yet reviewed by a person.")


class ActorEntry(Node):
    """An actor; in a fact document only one that the register lacks."""

    id: Slug
    type: Annotated[str, _checked(_one_of(ACTOR_TYPES))] = Field(
        json_schema_extra={"enum": list(ACTOR_TYPES)}
    )
    label: Text
    alt_label: Texts = Field(default=[], description="Other names.")
    state: Text | None = Field(None, description="The state it belongs to.")
    part_of: Text | None = Field(None, description="The body that it is part of.")
    identifier: Text | None = Field(None, description="ISO 3166-1 alpha-3 of a state.")
    same_as: Annotated[
        list[Iri], BeforeValidator(_listed, json_schema_input_type=Iri | list[Iri])
    ] = Field(default=[], description="The same actor elsewhere.")
    demonym: Texts = Field(default=[], description="Adjectives and names of its people.")
    capital: Texts = Field(default=[], description="The city that stands for its government.")
    seat: Texts = Field(default=[], description="Other places that stand for its government.")


class IssueEntry(Node):
    """An issue that the vocabulary lacks, proposed by the document."""

    id: Slug
    label: Text
    broader: Text | None = Field(None, description="The issue it belongs under.")


class Tenure(Reported):
    """A person in an office."""

    id: Slug | None = None
    person: Text
    organization: Texts = Field(min_length=1)
    office: Text = Field(description="Its title, as Foreign Minister.")
    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    as_of: Day | None = None


class Claim(Reported):
    """What is claimed, a number, or a law that is invoked."""

    id: Id | None = None
    type: Annotated[str, _checked(_one_of(CLAIM_TYPES))] = Field(
        "Claim", json_schema_extra={"enum": list(CLAIM_TYPES)}
    )
    label: Text = Field(description="What is claimed, in your own words.")
    value: Text | None = None
    unit: Text | None = None
    direction: Annotated[str, _checked(_one_of(("up", "down")))] | None = Field(
        None, json_schema_extra={"enum": ["up", "down"]}
    )
    period: Text | None = None
    baseline: Text | None = None
    about: Texts = []
    ground: Texts = []


class Position(Reported):
    """How a holder stands to an issue."""

    id: Id | None = None
    type: Annotated[str, _checked(_one_of(("Position",)))] = Field(
        "Position", json_schema_extra={"enum": ["Position"]}
    )
    holder: Text
    issue: Text
    stance: Text
    on_behalf_of: Text | None = None
    ground: Texts = []
    conditional_on: Texts = []
    as_of: Day | None = None


class Event(Reported):
    """What happened, or is said to; an act of speech puts something forward as `content`."""

    id: Id | None = None
    type: Text = Field(description="A kind of the vocabulary, as PhoneCall.")
    date: Date | None = Field(None, description="A day, a month or a year.")
    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    time: Time | None = None
    duration: Duration | None = None
    status: Text | None = Field(None, description="occurred, unless said.")
    agent: Texts = Field(default=[], description="Who does it; all parties where it is mutual.")
    recipient: Texts = []
    attendee: Texts = []
    on_behalf_of: Text | None = None
    place: Texts = []
    during: Texts = Field(default=[], description="The occasion, which also dates it.")
    about: Texts = []
    before: Texts = []
    in_response_to: Texts = []
    conditional_on: Texts = []
    content: "Contents" = []


def _content_tag(value: object) -> str:
    if isinstance(value, str):
        return "reference"
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    if kind in CLAIM_TYPES:
        return "claim"
    return "position" if kind == "Position" else "event"


Content = Annotated[
    Annotated[Text, Tag("reference")]
    | Annotated[Claim, Tag("claim")]
    | Annotated[Position, Tag("position")]
    | Annotated[Event, Tag("event")],
    Discriminator(_content_tag),
]
Contents = Annotated[
    list[Content], BeforeValidator(_listed, json_schema_input_type=Content | list[Content])
]


class FactDocument(Node):
    """What one source says."""

    source: Source
    actors: list[ActorEntry] = []
    issues: list[IssueEntry] = []
    tenures: list[Tenure] = []
    claims: list[Claim] = []
    positions: list[Position] = []
    events: list[Event] = []


Event.model_rebuild()
FactDocument.model_rebuild()

MODELS: dict[str, type[Node]] = {
    "source": Source,
    "text": TextOf,
    "actors": ActorEntry,
    "issues": IssueEntry,
    "tenures": Tenure,
    "claims": Claim,
    "claim": Claim,
    "positions": Position,
    "position": Position,
    "events": Event,
    "event": Event,
    "part": PassagePart,
}
"""The model behind a key or a tag, as validation errors name them."""


def keys_of(model: type[Node]) -> list[str]:
    """Returns the keys that a model knows, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def json_schema() -> dict[str, Any]:
    """Returns the JSON Schema (2020-12) of fact documents, for editors."""
    schema = FactDocument.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
