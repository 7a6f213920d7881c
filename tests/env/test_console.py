"""A failure is one sentence on the error output, and never a traceback."""

import errno
import importlib
import subprocess
import sys
import types
from pathlib import Path

import pytest
from suite import console
from suite.errors import SuiteError

ROOT = Path(__file__).resolve().parents[2]
OLD_PYTHON = """
import sys
sys.version_info, sys.version = (3, 9, 2), "3.9.2 (main)"
sys.argv = [sys.argv[1]]
exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"))
"""


@pytest.fixture
def run_with(monkeypatch):
    """Run a command whose main raises this error."""

    def run(error):
        def main(_args):
            raise error

        module = types.SimpleNamespace(main=main)
        monkeypatch.setattr(importlib, "import_module", lambda _name: module)
        return console.run("odoo", [])

    return run


@pytest.mark.parametrize(
    "error,status,part",
    [
        (SuiteError("Say this."), 1, "Say this."),
        (KeyboardInterrupt(), 130, "carries on"),
        (OSError(errno.ENOSPC, "full", "/x"), 1, "The disk is full (/x)"),
        (OSError(errno.EDQUOT, "full", "/x"), 1, "The disk is full (/x)"),
        (OSError(errno.EACCES, "denied", "/x"), 1, "may not be written (/x)"),
        (OSError(errno.EIO, "Input/output error"), 1, "Input/output error"),
    ],
    ids=["known", "interrupted", "disk", "quota", "rights", "other"],
)
def test_failure_is_a_sentence(run_with, capsys, error, status, part):
    assert run_with(error) == status
    said = capsys.readouterr().err
    assert part in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["demo", "odoo", "test"])
def test_an_old_python_is_told_before_anything_else(command):
    done = subprocess.run(
        [sys.executable, "-c", OLD_PYTHON, str(ROOT / "bin" / command)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("This needs Python 3.10 or newer, but this is 3.9.2")
    assert "Traceback" not in done.stderr


def test_a_step_says_how_long_it_took(capsys):
    with console.step("Do it"):
        pass
    said = capsys.readouterr().out
    assert "Do it" in said
    assert "done in 0.0 s" in said


def test_progress_ends_with_everything(capsys):
    progress = console.Progress("rows", 3)
    for done in (1, 2, 3):
        progress.show(done)
    assert "100% 3 of 3" in capsys.readouterr().out


def test_the_output_of_odoo_is_kept_for_odoo(capsys, monkeypatch):
    monkeypatch.setattr(console.Output, "to_errors", True)
    console.say("set-up")
    assert capsys.readouterr() == ("", "set-up\n")
