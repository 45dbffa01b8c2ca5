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
