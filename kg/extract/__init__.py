"""From the text of an article to a draft fact document: rules over the vocabulary, or a model.

What has no span in the text is not a fact: every actor, verb and content of a draft stands at
characters of the text, and what cannot be told is left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.extract.article import Article, read_article
from kg.extract.draft import draft_of, written
from kg.extract.english import read_english
from kg.extract.explain import explained
from kg.extract.facts import Facts
from kg.extract.kept import open_gazetteer
from kg.extract.llm import Service, read_with, service_of
from kg.extract.reader import Reader
from kg.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "Article",
    "Extractor",
    "Facts",
    "Service",
    "explained",
    "open_extractor",
    "read_article",
    "service_of",
    "written",
]


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads articles; made once, as `open_extractor` does, with a service in the rules' place."""

    vocabulary: Vocabulary
    reader: Reader
    publishers: dict[str, str]
    service: Service | None = None

    def facts(self, article: Article) -> Facts:
        """Returns what an article tells, by the rules, or by the service where there is one."""
        if self.service is not None:
            return read_with(self.service, article, self.reader)
        return self.reader.read(
            article.text, published=article.published, publisher=article.publisher
        )

    def draft(self, article: Article) -> tuple[dict[str, Any], Facts]:
        """Returns the draft of an article as plain data, and what it was made from."""
        facts = self.facts(article)
        english = self.reader.english
        return draft_of(article, facts, self.vocabulary, self.publishers, english), facts


def open_extractor(project: Path | None = None, service: Service | None = None) -> Extractor:
    """Returns an extractor for the vocabulary, register and words shipped, a project's on top.

    Args:
        project: The folder whose own ones are read.
        service: A language model in the place of the rules, which is sent the text of each article.

    Raises:
        InputError: One of them cannot be read.
        Misuse: A library of the extra `extract` is not installed.
    """
    vocabulary = load_vocabulary(project)
    gazetteer = open_gazetteer(vocabulary, project)
    publishers = {
        name.casefold(): known.slug
        for known in gazetteer.known.values()
        if known.kind != "Person"
        for name in known.names
    }
    reader = Reader(vocabulary, gazetteer, read_english(project))
    return Extractor(vocabulary, reader, publishers, service)
