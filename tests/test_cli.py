"""The command as a user meets it: words, exit codes, speed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_verb_and_exit_code() -> None:
    from kg.cli.group import VERBS

    shown = kg("--help")
    assert shown.returncode == 0
    assert all(verb in shown.stdout for verb in VERBS)
    assert "130 interrupted" in shown.stdout


def test_every_verb_has_help() -> None:
    from kg.cli.group import VERBS

    for verb in VERBS:
        assert kg(verb, "--help").returncode == 0


def test_unknown_verb_names_the_nearest() -> None:
    shown = kg("completoin", "bash")
    assert shown.returncode == 2
    assert "Did you mean 'completion'?" in shown.stderr
    assert shown.stdout == ""


def test_completion_script_is_written() -> None:
    shown = kg("completion", "bash")
    assert shown.returncode == 0
    assert "_KG_COMPLETE" in shown.stdout


def test_help_imports_none_of_the_heavy_libraries() -> None:
    code = "import sys, kg.cli; kg.cli.run(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "kg.cli.group" in loaded
    assert not loaded & {"rdflib", "pyoxigraph", "pyshacl", "pydantic", "networkx", "rich"}
