"""The command as a user runs it: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def kg(
    *arguments: str, folder: Path = ROOT, keys: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs `kg` in a folder, with what is typed and with variables of the environment."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **environment},
        input=keys,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def limited(
    limit: str, *arguments: str, folder: Path, output: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs `kg` under a limit of `ulimit`, its stdout into a file if that is named.

    Under `-f` no file may grow larger: to whoever writes, that is a disk that is full.
    """
    within = f'ulimit {limit}; exec "$@"' + (f' > "{output}"' if output else "")
    told = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(
        ["bash", "-c", within, "bash", sys.executable, "-m", "kg", *arguments],
        cwd=folder,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
