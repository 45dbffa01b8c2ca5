"""What a proposed issue is called: a noun phrase of the words that a position rests on."""

import re

from kg.extract.english import English
from kg.extract.facts import Position

LONGEST = 9
"""Words of a label."""
_MANNER = re.compile(r"\bin (?:the |no )?(?:[\w-]+ ){0,3}terms\b")
_OF_ITSELF = re.compile("(?:ism|ion|ment|ence|ance|ity|fire)$")
"""Nouns that name an issue alone: terrorism, aggression, ceasefire."""
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")


def label_of(position: Position, text: str, english: English) -> str:
    """Returns a noun phrase, or empty where the words are a clause or say nothing.

    What somebody is to do is told as a noun is: "urged them to cease fire" gives "ceasing fire".
    """
    start, end = position.issue
    words = _TOKEN.findall(_MANNER.sub("", text[start:end]))
    if text[:start].lower().rstrip().endswith(" to"):
        words.insert(0, "to")
    to_do = _to_do(words, position, english)
    if to_do is not None:
        to_do = _without(to_do, english["adverb"])
        if not to_do or not to_do[0].islower() or to_do[0] in english.function_words:
            return ""
        words = [_gerund(to_do[0], english), *to_do[1:]]
    else:
        words = _without(words, english.any_of("preposition", "determiner") | {"that"})
    chosen = not position.rule.startswith("position/")  # by a model, which names the issue itself
    return _bounded(_weightier(words, english), english, chosen=chosen)


def _to_do(words: list[str], position: Position, english: English) -> list[str] | None:
    """What follows "to" after the one who is called upon, or a modal after a pronoun."""
    lower = [word.lower() for word in words]
    if lower[:1] == ["to"]:
        return None if _is_noun(words, 0, english) else words[1:]
    for at in range(1, len(words)):
        if lower[at] == "to" and lower[at - 1] in english["ready"]:
            return words[at + 1 :]
    act = position.act
    if act is not None and act.addressee is not None and "to" in lower[:7]:
        forms = " ".join(words[: lower.index("to")])
        if any(form in forms for form in act.addressee.forms):
            return words[lower.index("to") + 1 :]
    at = 1
    while at < len(words) and lower[at] in english.any_of("modal", "negation"):
        at += 1
    own = bool(lower) and lower[0] in english.any_of("we", "i", "he", "she", "they")
    denied = any(word in english["negation"] for word in lower[1:at])
    if own and at > 1 and denied == (position.stance in {"rejects", "opposes"}):
        return words[at:]
    return None


def _without(words: list[str], small: frozenset[str]) -> list[str]:
    """Without small words, and adverbs, at the beginning."""
    at = 0
    while at < len(words) and (words[at].lower() in small or words[at].lower().endswith("ly")):
        at += 1
    return words[at:]


def _weightier(words: list[str], english: English) -> list[str]:
    """As in "the importance of free elections": what is important is the issue."""
    if len(words) > 2 and words[0].lower() in english["weight"] and words[1] in {"of", "for"}:
        return _without(words[2:], english["determiner"])
    return words


def _bounded(words: list[str], english: English, *, chosen: bool) -> str:
    """Cut where another clause begins; empty where what is left is a clause itself."""
    stops = english.any_of("subordinate", "conjunction", "asked") - {"and", "or", "about"}
    clause = _clause_words(english)
    end = 0
    while end < len(words) and words[end].lower() not in stops:
        plain = words[end][0].isalnum()
        if not plain or (words[end] in {"and", "or"} and _begins_anew(words[end + 1 :], english)):
            break
        if words[end] == "to" and not _is_noun(words, end, english):
            break
        if words[end].lower() in clause:
            return ""
        end += 1
    kept = words[:end]
    if len(kept) > LONGEST:
        # Not in the middle of what a preposition leads up to.
        small = english["preposition"] | {"and", "or"}
        last = [n for n in range(2, LONGEST + 1) if kept[n].lower() in small]
        kept = kept[: last[-1]] if last else []
    while kept and (
        kept[-1].lower() in english.function_words or re.fullmatch("[a-z]+ly", kept[-1])
    ):
        kept.pop()
    alone = len(kept) == 1 and (chosen or (len(kept[0]) > 6 and _OF_ITSELF.search(kept[0])))
    return " ".join(kept) if len(kept) > 1 or alone else ""


def _clause_words(english: English) -> frozenset[str]:
    own = frozenset({"her", "his", "my", "our", "their"})
    return english.any_of("auxiliary", "negation", "he", "she", "they", "we", "i") - own | {"it"}


def _begins_anew(after: list[str], english: English) -> bool:
    """Whether what follows "and" is no second noun: a clause, a phrase, a verb and its object."""
    if not after or not after[0].replace("-", "").isalpha():
        return True
    first, second = after[0].lower(), after[1] if len(after) > 1 else ""
    verb = after[0].endswith("ed") and second in english["determiner"] | {"that", "the", "to"}
    verb = verb or (after[0].endswith("s") and after[0].islower() and second[:1].isupper())
    return verb or first in _clause_words(english) | english["preposition"] | {"the"}


def _is_noun(words: list[str], to: int, english: English) -> bool:
    """Whether what "to" leads up to belongs to a noun, and is not what somebody is to do."""
    if to + 1 == len(words) or not words[to + 1][0].isalnum():
        return False
    word, before = words[to + 1], words[to - 1].lower() if to else ""
    small = word.lower() in english["determiner"] or before in english["takes_to"]
    return small or word[0].isupper() or word.endswith(("ing", "ion", "ions", "ence", "ment", "ed"))


def _gerund(verb: str, english: English) -> str:
    return next(form for form, name in english.forms(verb) if name == "ing")
