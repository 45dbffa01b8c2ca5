"""`kg schema`: what an editor needs to help with fact documents."""

import json

import click


@click.command(epilog="Example: kg schema > fact-document.schema.json")
def command() -> None:
    """Print the JSON Schema of fact documents, for editors that check while one types."""
    from kg.facts.model import json_schema

    click.echo(json.dumps(json_schema(), indent=1))
