"""`kg completion`: the script that teaches a shell to complete."""

import click
from click.shell_completion import get_completion_class


@click.command(epilog='Example: eval "$(kg completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell."""
    from kg.cli.group import cli

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(cli, {}, "kg", "_KG_COMPLETE").source())
