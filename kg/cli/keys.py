"""Asking a person at a terminal, or a pipe in her place."""

import re
import sys

import click

# What would steer a terminal, turn the direction of text, or not be seen.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]"
)


def escaped(text: str) -> str:
    r"""Returns text on one line, with what would steer a terminal written out, as `\x1b`."""
    return _UNSEEN.sub(
        lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"),
        re.sub(r"[^\S\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+", " ", text),
    )


def pressed(question: str, keys: str) -> str | None:
    """Returns the key that was pressed, one of `keys` if any are given; nothing at the end of all.

    Where no terminal is, each line of stdin is a key.
    """
    while True:
        click.echo(f"{question} ", nl=False)
        key = _key()
        if key is None:
            click.echo()
            return None
        click.echo(escaped(key))
        if not keys or (key and key in keys):
            return key
        click.echo(f"press one of {', '.join(keys)}")


def _key() -> str | None:
    try:
        if not sys.stdin.isatty():
            line = sys.stdin.readline()
            return line.strip()[:1].lower() if line else None
        return (click.getchar() or "")[:1].lower() or None
    except (EOFError, OSError, RuntimeError):
        # The terminal was closed; click then may come to a RuntimeError or an empty key.
        return None
