"""Who takes part: the actors that a row's cells name, of the register or of the table alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias
from urllib.parse import quote

from kg.imports.lexical import escaped
from kg.imports.mapping import Actor, Mapping, Parties
from kg.imports.memory import MAX_SEEN, Columns, Memory, Tell
from kg.namespaces import ACTOR, DERIVED, DIP, RDF, RDFS, graph_of


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """The actors that some cells name, as what follows an event; those that the register lacks."""

    agents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    label: str = ""
    own: tuple[str, ...] = ()


Key: TypeAlias = tuple[str, str, str, str]
"""Name, country, group and role, as cells say them."""


class Participants:
    """Finds the actors that cells name, and describes those that the register lacks.

    Attributes:
        described: N-Quads, asserted and derived, on each actor that the register lacks, by IRI.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.described: dict[str, tuple[str, str]] = {}
        self._m = mapping
        self._g = f" <{graph_of(mapping.source)}> .\n"
        self._d = f" <{graph_of(mapping.source)}{DERIVED}> .\n"
        self._label = f' <{RDFS}label> "'
        self.memories = tuple(
            Memory(partial(self._named, who)) for who in (mapping.agent, mapping.recipient)
        )

    def cells(self, columns: Columns) -> tuple[list[Key], list[Key]]:
        """Returns the cells of each row that say who does it, and to whom."""
        agents, recipients = (
            list(zip(*(columns[at] for at in who.columns), strict=True))
            for who in (self._m.agent, self._m.recipient)
        )
        return agents, recipients

    def rest(self) -> None:
        """Empties its memory if it is full; what is named again is described again."""
        if len(self.described) >= MAX_SEEN:
            self.described = {}
            for memory in self.memories:
                memory.forget()

    def _named(self, who: Parties, cells: Key, tell: Tell) -> Named:
        silent = self._m.missing
        name, country, group, role = cells
        countries = self._parts(who, country)
        if name not in silent:
            names = self._parts(who, name)
            states = [self._state(who, one, tell) for one in countries]
            homes = states if len(states) == len(names) else [None] * len(names)
            return self._together(list(map(self._by_name, names, homes)))
        if group not in silent:
            if group in who.groups:
                return self._together([who.groups[group]])
            tell(self._m.head(who.group), group)
        told = [(one, self._state(who, one, tell)) for one in countries] or [("", None)]
        known = [state for _, state in told if state is not None]
        if role in silent or (known and role in who.government):
            return self._together(known)
        if role not in who.roles:
            tell(self._m.head(who.role), role)
            return self._together(known)
        return self._together([self._with_role(who, role, state, one) for one, state in told])

    def _parts(self, who: Parties, cell: str) -> list[str]:
        """Returns what a cell names, in order; nothing where it says nothing."""
        parts = cell.split(who.separator) if who.separator else [cell]
        return [one for part in parts if (one := part.strip()) not in self._m.missing]

    def _together(self, actors: Sequence[Actor]) -> Named:
        different = {actor.iri: actor for actor in actors}
        own = tuple(iri for iri in different if iri in self.described)
        label = ", ".join(sorted(actor.label for actor in different.values()))
        agents, recipients = (
            tuple(f" <{DIP}{role}> <{iri}>{self._g}" for iri in different)
            for role in ("agent", "recipient")
        )
        return Named(agents, recipients, escaped(label), own)

    def _state(self, who: Parties, code: str, tell: Tell) -> Actor | None:
        found = who.countries.get(code) or self._m.countries.get(code.casefold())
        if found is None and code in who.regions:
            return self._mint(code, f"actors from {who.regions[code]}", "Organization", None)
        if found is None:
            tell(self._m.head(who.country), code)
        return found

    def _by_name(self, name: str, home: Actor | None) -> Actor:
        return self._m.names.get(name.casefold()) or self._mint(name, name, "Actor", home)

    def _with_role(self, who: Parties, role: str, state: Actor | None, country: str) -> Actor:
        what = who.roles[role]
        if state is None:
            return self._mint(role, f"{what}, country unstated", "Organization", None)
        return self._mint(f"{country} {role}", f"{what} of {state.label}", "Organization", state)

    def _mint(self, key: str, label: str, kind: str, state: Actor | None) -> Actor:
        slug = re.sub(r"[\W_]+", "-", key.casefold()).strip("-")
        iri = f"{ACTOR}{self._m.name}/{quote(slug, safe='-') or quote(key, safe='')}"
        if iri not in self.described:
            node, g = f"<{iri}>", self._g
            told = f'{node} <{RDF}type> <{DIP}{kind}>{g}{node}{self._label}{escaped(label)}"{g}'
            if state is not None and not state.iri.startswith(f"{ACTOR}{self._m.name}/"):
                told += f"{node} <{DIP}state> <{state.iri}>{g}"
            above = self._m.above[DIP + kind]
            derived = "".join(f"{node} <{RDF}type> <{one}>{self._d}" for one in above)
            self.described[iri] = (told, derived)
        return Actor(iri, label)
