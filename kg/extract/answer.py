"""What a language model is asked to answer: facts with the exact words that each rests on.

The keys are those of fact documents, less what is not for a model to say: ids, labels, passages.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

from kg.errors import InputError
from kg.facts.model import Text, Texts
from kg.vocabulary import Vocabulary

ACTOR_KINDS = ("Person", "Organization", "State")
MALFORMED = "not of the form asked for"

Quote = Annotated[str, StringConstraints(max_length=1_000)]


class _Told(BaseModel):
    # In the schema no other key is allowed, as strict servers demand; one that comes is not read.
    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, told: object) -> object:
        """Takes a key whose value is null for one left out, as many models mean it."""
        if not isinstance(told, dict):
            return told
        return {key: value for key, value in told.items() if value is not None}


class ToldActor(_Told):
    """Somebody of the text."""

    name: Text = Field(description="The fullest name in the text, without a title.")
    type: str = Field(json_schema_extra={"enum": list(ACTOR_KINDS)})
    state: str = Field(default_factory=str, description="The state it acts for, or empty.")
    also: Texts = Field(default_factory=list, description="Other names the text gives it.")


class ToldFact(_Told):
    """Anything that rests on words of the text."""

    quotes: list[Quote] = Field(description="Exact words of the text it rests on, best first.")
    confidence: float = Field(
        default_factory=lambda: 0.5, allow_inf_nan=False, description="0 to 1."
    )


class ToldTenure(ToldFact):
    """A person in an office of a state."""

    person: Text
    office: Text = Field(description="Its title, in words of the text.")
    state: Text


class ToldPosition(ToldFact):
    """How a holder stands to an issue."""

    holder: Text
    issue: Text = Field(description="One of the issues listed, or exact words of the text.")
    stance: str


class ToldEvent(ToldFact):
    """An occasion, a deed or an act of speech."""

    type: str
    status: str = Field(default_factory=str)
    date: str = Field(default_factory=str, description="As 2026-01-12, 2026-01, 2026, or empty.")
    to: str = Field(default_factory=str, description="The last day, where there are several.")
    agent: Texts = Field(description="Who does it; all parties where it is mutual.")
    recipient: Texts = Field(default_factory=list)
    attendee: Texts = Field(default_factory=list)
    says: str = Field(
        default_factory=str,
        description="Of an act of speech: the exact words of the text for what is said, or empty.",
    )
    content: list["ToldEvent"] = Field(
        default_factory=list,
        description="Of an act of speech, what it tells of; else the acts of speech made at it.",
    )
    positions: list[ToldPosition] = Field(
        default_factory=list, description="Positions that an act of speech shows."
    )


class Answer(_Told):
    """All that a text tells."""

    actors: list[ToldActor]
    tenures: list[ToldTenure]
    events: list[ToldEvent]
    positions: list[ToldPosition] = Field(description="Those that no act of speech shows.")


ToldEvent.model_rebuild()
T = TypeVar("T", bound=_Told)


def schema_of(vocabulary: Vocabulary) -> dict[str, Any]:
    """Returns the JSON Schema of an answer, with the words of the vocabulary."""
    schema = Answer.model_json_schema(mode="serialization")  # lists as lists only
    for told in (schema, *schema["$defs"].values()):
        told["required"] = list(told["properties"])  # as strict servers demand
    event = schema["$defs"]["ToldEvent"]["properties"]
    event["type"]["enum"] = kinds_of(vocabulary)
    event["status"]["enum"] = list(vocabulary.statuses)
    schema["$defs"]["ToldPosition"]["properties"]["stance"]["enum"] = list(vocabulary.stances)
    return schema


def kinds_of(vocabulary: Vocabulary) -> list[str]:
    """Returns the kinds that a text can tell of: those with words that announce them."""
    return [kind.name for kind in vocabulary.kinds.values() if kind.verbs or kind.nouns]


def read_answer(text: str) -> tuple[Answer, Counter[str]]:
    """Returns what a model answered, and how many of its facts were left out for what reason.

    Words around the JSON are passed over, and so is a fact that has not the form asked for.

    Raises:
        InputError: There is no whole JSON object in it.
    """
    start, end = text.find("{"), text.rfind("}")
    try:
        told = from_json(text[start : end + 1] if 0 <= start < end else "", allow_inf_nan=False)
    except ValueError as error:
        message = f"the model's answer is not whole JSON: {error}: ask again, or another model"
        raise InputError(message) from error
    dropped: Counter[str] = Counter()
    answer = Answer(
        actors=_read(ToldActor, told.get("actors"), dropped),
        tenures=_read(ToldTenure, told.get("tenures"), dropped),
        events=_read(ToldEvent, told.get("events"), dropped),
        positions=_read(ToldPosition, told.get("positions"), dropped),
    )
    return answer, dropped


def _read(model: type[T], told: object, dropped: Counter[str]) -> list[T]:
    found: list[T] = []
    items: Iterable[object] = told if isinstance(told, list) else []
    for item in items:
        try:
            found.append(TypeAdapter(model).validate_python(item))
        except ValidationError:
            dropped[MALFORMED] += 1
    return found
