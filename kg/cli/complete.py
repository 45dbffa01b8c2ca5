"""What the shell completes: names of questions, their parameters, formats, sources' files."""

from pathlib import Path

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings


def _project(context: click.Context) -> Path:
    root = context.find_root().params
    return project_of(address_of(Settings(root.get("store"), quiet=True)))


def _begun(names: list[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def questions(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Returns the names of prepared questions and checks that begin so."""
    from kg.queries import read_questions

    project = _project(context)
    known = read_questions(project, bad={}) | read_questions(project, "check", bad={})
    return _begun([*known], incomplete)


def parameters(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Returns `name=` of each parameter of the question that stands before."""
    from kg.queries import read_questions

    project = _project(context)
    known = read_questions(project, "check", bad={}) | read_questions(project, bad={})
    # While an option has no value yet, the question is still among what is left.
    question = known.get(context.params.get("question") or "".join(context.args[:1]))
    return _begun([f"{name}=" for name in question.parameters] if question else [], incomplete)


def answers(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Returns the formats of answers that begin so."""
    from kg.rdf import FORMATS, RESULT_FORMATS

    return _begun(["table", *RESULT_FORMATS, *FORMATS], incomplete)


def exports(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Returns the formats of exports that begin so."""
    from kg.export import FORMATS
    from kg.rdf import FORMATS as RDF

    return _begun([*FORMATS, *RDF], incomplete)


def rdf(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Returns the formats of RDF that begin so."""
    from kg.rdf import FORMATS

    return _begun(list(FORMATS), incomplete)
