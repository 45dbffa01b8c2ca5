"""The command `kg`: the only floor that knows click.

A command parses, calls one function and prints: data to stdout, words to stderr. What goes wrong
becomes one message and the exit code of its class, here and nowhere else.
"""

import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from kg.cli.group import CONTEXT, Unread, cli
from kg.errors import KgError

INTERRUPTED = 130
NO_SPACE_OR_FILE = 6
UNREADABLE = 3
OUT_OF_MEMORY = 5
UNREAD = 141
"""As of a process that SIGPIPE ended."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process with the documented exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    # Files and terminals with another encoding get replacement marks, not a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        # As PYTHONUNBUFFERED has it: what a full disk does not take of a write nobody would hear.
        encoding = sys.stdout.encoding
        sys.stdout = open(1, "w", encoding=encoding, errors="replace", closefd=False)  # noqa: SIM115
    code = run(arguments)
    _let_go()
    sys.exit(code)


def _interrupt(*_: object) -> None:
    """Ends the command; Ctrl-C once more does not cut short what it puts in order then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code of one command line; every failure has been put into words."""
    try:
        code = cli.main(args=arguments, prog_name="kg", standalone_mode=False, **CONTEXT)
        click.echo(nl=False)  # flushes stdout, where there is one
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as shown:
        shown.show()
        return shown.exit_code
    except click.ClickException as misuse:
        _say(_of_click(misuse))
        return misuse.exit_code
    except KgError as error:
        _say(str(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; nothing was left half done")
        return INTERRUPTED
    except MemoryError:
        _say("out of memory: take less at once, or run where there is more")
        return OUT_OF_MEMORY
    except (Unread, BrokenPipeError):
        # Not by the signal itself, which would also end what speaks to a server or a worker that is
        # gone. Other tools end as quietly: `| head` has what it wants.
        return UNREAD
    except OSError as error:
        return _operating_system(error)
    return code if isinstance(code, int) else 0


def _of_click(misuse: click.ClickException) -> str:
    """Returns click's words in the form of our own, with where to read on."""
    words = " ".join(misuse.format_message().split()).rstrip(".")
    first = words[:1] if words[1:2].isupper() else words[:1].lower()
    context = getattr(misuse, "ctx", None)
    more = f" (see `{context.command_path} --help`)" if context else ""
    return first + words[1:] + more


def _let_go() -> None:
    """Has stdout and stderr drop what was not taken, which exiting would try, and tell, again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _operating_system(error: OSError) -> int:
    from kg.store.files import cure

    where = f"{error.filename}: " if error.filename else ""
    what = cure(error) or error.strerror or str(error)
    _say(f"{where}{what[:1].lower()}{what[1:]}")
    return UNREADABLE if isinstance(error, FileNotFoundError) else NO_SPACE_OR_FILE


def _say(message: str) -> None:
    lines = message.splitlines() or [message]
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        # Where stderr is full as well, the exit code has to do.
        with suppress(OSError):
            click.echo(click.style("error: ", fg="red", bold=True) + line, err=True, color=colour)
