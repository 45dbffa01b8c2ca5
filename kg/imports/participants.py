"""Who takes part: the actors that a row's cells name, of the register or of the table alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from kg.imports.lexical import escaped
from kg.imports.mapping import Actor, Mapping, Parties
from kg.imports.memory import keep
from kg.namespaces import ACTOR, DERIVED, DIP, RDF, RDFS, graph_of


@dataclass(frozen=True, slots=True)
class Named:
    """The actors that some cells name, as what follows an event; unknown codes among the cells."""

    agents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    label: str = ""
    own: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


NOBODY = Named()


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
        self._told: list[tuple[str, str]] = []
        self._agents: dict[tuple[str, ...], Named] = {}
        self._recipients: dict[tuple[str, ...], Named] = {}

    def agents(self, cells: Sequence[str]) -> Named:
        """Returns those who do it."""
        return self._seen(self._m.agent, cells, self._agents)

    def recipients(self, cells: Sequence[str]) -> Named:
        """Returns those to whom it is done; nobody where the table has no column of them."""
        if self._m.recipient is None:
            return NOBODY
        return self._seen(self._m.recipient, cells, self._recipients)

    def forget(self) -> None:
        """Empties what may not grow without end; what is named again is described again."""
        self.described = {}
        self._agents = {}
        self._recipients = {}

    def _seen(
        self, who: Parties, cells: Sequence[str], seen: dict[tuple[str, ...], Named]
    ) -> Named:
        at = (who.name, who.country, who.group, who.role)
        key = tuple(["" if i is None else cells[i] for i in at])
        found = seen.get(key)
        if found is None:
            self._told = []
            named = self._named(who, *key)
            found = replace(named, unknown=tuple(self._told))
            keep(seen, key, found)
        return found

    def _named(self, who: Parties, name: str, country: str, group: str, role: str) -> Named:
        silent = self._m.missing
        if name not in silent:
            names = name.split(who.separator) if who.separator else [name]
            wanted = [one.strip() for one in names if one.strip() not in silent]
            home = self._state(who, country) if country not in silent else None
            return self._together([self._by_name(one, home, len(wanted)) for one in wanted])
        if group not in silent:
            if group in who.groups:
                return self._together([who.groups[group]])
            self._tell(self._m.head(who.group), group)
        state = None if country in silent else self._state(who, country)
        if role in silent or (state is not None and role in who.government):
            return self._together([] if state is None else [state])
        if role not in who.roles:
            self._tell(self._m.head(who.role), role)
            return self._together([] if state is None else [state])
        return self._together([self._with_role(who, role, state, country)])

    def _together(self, actors: Sequence[Actor]) -> Named:
        different = {actor.iri: actor for actor in actors}
        own = tuple(iri for iri in different if iri in self.described)
        label = ", ".join(sorted(actor.label for actor in different.values()))
        agents, recipients = (
            tuple(f" <{DIP}{role}> <{iri}>{self._g}" for iri in different)
            for role in ("agent", "recipient")
        )
        return Named(agents, recipients, escaped(label), own)

    def _state(self, who: Parties, code: str) -> Actor | None:
        found = who.countries.get(code) or self._m.names.get(code.casefold())
        if found is None and code in who.regions:
            return self._mint(code, f"actors from {who.regions[code]}", "Organization", None)
        if found is None:
            self._tell(self._m.head(who.country), code)
        return found

    def _by_name(self, name: str, home: Actor | None, of: int) -> Actor:
        known = self._m.names.get(name.casefold())
        return known or self._mint(name, name, "Actor", home if of == 1 else None)

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

    def _tell(self, column: str, code: str) -> None:
        self._told.append((column, code))
