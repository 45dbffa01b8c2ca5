"""Looks up the names that a visitor gives to a question, once for each state of the store."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from kg.queries import Question, prepare
from kg.rdf import Result
from kg.store.foreign import request, result_of
from kg.web.pool import Pool

LONGEST = 300
"""Characters of a parameter."""


_KEPT = 100
"""Answers about names that are kept."""


@dataclass(slots=True)
class Names:
    """What was looked up, as of one commit."""

    pool: Pool
    commit: int = -1
    known: dict[str, Result] = field(default_factory=dict)

    async def prepare(
        self, client: str, question: Question, chosen: Sequence[tuple[str, str]]
    ) -> str:
        """Returns the SPARQL of a question with a visitor's words in its slots.

        Raises:
            Misuse: A parameter or a name is unknown; the nearest known one is said.
        """
        if self.commit != self.pool.manifest.commit:
            self.commit, self.known = self.pool.manifest.commit, {}
        asked = _Asked(self, client, asyncio.get_running_loop())
        # To find the nearest name takes a while.
        return await self.pool.shares.aside(client, partial(prepare, question, asked, chosen))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The store, as a thread asks it on behalf of a client."""

    names: Names
    client: str
    loop: asyncio.AbstractEventLoop

    def query(self, text: str) -> Result:
        known = self.names.known
        found = known.pop(text, None)
        if found is None:
            told = request(text, rows="json", triples=None)
            answer = asyncio.run_coroutine_threadsafe(
                self.names.pool.ask(self.client, told), self.loop
            ).result()
            found = result_of(answer.kind, answer.body)
        # What is asked again and again, as the names of a whole class, is the last to go.
        known[text] = found
        while len(known) > _KEPT:
            known.pop(next(iter(known)), None)
        return found
