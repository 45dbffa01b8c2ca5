"""Reads vocabulary files, knows what they say about each term, and says where they go wrong."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.errors import InputError, Place
from kg.namespaces import DIP, VOCABULARY_GRAPH, shorten
from kg.rdf import Literal, NamedNode, Quad, Term, parse


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Returns the known name most like a word that nobody knows, if one is near."""
    from difflib import get_close_matches

    names = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


class Told:
    """What the files say, by subject and predicate, and which file said it."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self.hash = hashlib.sha256()
        self.about: dict[str, dict[str, list[Term]]] = {}
        self._file: dict[str, Path] = {}

    def read(self, path: Path) -> None:
        """Adds what a file says."""
        data = path.read_bytes()
        self.hash.update(data)
        graph = NamedNode(VOCABULARY_GRAPH)
        for quad in parse(data, "ttl", file=str(path)):
            s, p, o = quad.subject, quad.predicate, quad.object
            self.quads.append(Quad(s, p, o, graph))
            if isinstance(s, NamedNode):
                self.about.setdefault(s.value, {}).setdefault(p.value, []).append(o)
                self._file[s.value] = path

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Returns the IRIs that a subject is joined to, each once, in the order of the files."""
        found = self.about.get(subject, {}).get(predicate, ())
        return list(dict.fromkeys(o.value for o in found if isinstance(o, NamedNode)))

    def literals(self, subject: str, predicate: str) -> list[Literal]:
        """Returns the literals that a subject is described with."""
        found = self.about.get(subject, {}).get(predicate, ())
        return [o for o in found if isinstance(o, Literal)]

    def texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Returns the literals as sorted plain text."""
        return tuple(sorted({o.value for o in self.literals(subject, predicate)}))

    def one(self, subject: str, predicate: str) -> str:
        """Returns the only text there is; none or several are an error."""
        found = self.texts(subject, predicate)
        if len(found) != 1:
            said = " and ".join(repr(text) for text in found) or "none"
            raise self.wrong(subject, f"needs exactly one {shorten(predicate)}, and has {said}")
        return found[0]

    def codes(self, subject: str, predicate: str) -> Iterator[tuple[str, str]]:
        """Yields the scheme and the text of each code."""
        for literal in self.literals(subject, predicate):
            if literal.datatype.value.startswith(DIP):
                yield literal.datatype.value.removeprefix(DIP), literal.value

    def code_by_scheme(self, subject: str, predicate: str) -> dict[str, str]:
        """Returns the one code that a subject has in each scheme."""
        codes: dict[str, str] = {}
        for scheme, code in self.codes(subject, predicate):
            if codes.setdefault(scheme, code) != code:
                both = f"{codes[scheme]} and {code}"
                raise self.wrong(subject, f"has {both} as {shorten(predicate)}: keep one")
        return codes

    def parent(self, subject: str, predicate: str, namespace: str) -> str | None:
        """Returns the one IRI of a namespace that stands above a subject."""
        above = [iri for iri in self.iris(subject, predicate) if iri.startswith(namespace)]
        if len(above) > 1:
            both = " and ".join(shorten(iri) for iri in above)
            raise self.wrong(subject, f"is below {both}: keep one")
        return above[0] if above else None

    def wrong(self, subject: str, what: str) -> InputError:
        """Returns the error, placed where the subject was described last."""
        return InputError(f"{shorten(subject)} {what}", self._place(subject))

    def _place(self, subject: str) -> Place | None:
        path = self._file.get(subject)
        if path is None:
            return None
        ending = re.escape(re.split("[/#]", subject)[-1])
        starts = re.compile(rf"^\S*[:/#]{ending}>?\s", re.MULTILINE)
        text = path.read_text(encoding="utf-8")
        found = starts.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else None
        return Place(str(path), line)


def tree(told: Told, subjects: Iterable[str], predicate: str, namespace: str) -> dict[str, str]:
    """Returns what each subject stands directly below, having checked that nothing is amiss."""
    above: dict[str, str] = {}
    for subject in subjects:
        parent = told.parent(subject, predicate, namespace)
        if parent is None:
            continue
        if parent not in told.about:
            hint = nearest(parent, told.about)
            ending = f"; did you mean {shorten(hint)}?" if hint else ""
            raise told.wrong(
                subject, f"is below {shorten(parent)}, which nothing describes{ending}"
            )
        above[subject] = parent
    for subject in above:
        climb(told, above, subject)
    return above


def climb(told: Told, above: Mapping[str, str], subject: str) -> str:
    """Returns the topmost subject above one."""
    here, seen = subject, {subject}
    while here in above:
        here = above[here]
        if here in seen:
            raise told.wrong(subject, f"is below itself, by way of {shorten(above[subject])}")
        seen.add(here)
    return here
