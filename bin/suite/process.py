"""Run other programs: output into a log file, failures as one sentence."""

import collections
import os
import re
import shutil
import subprocess

from .errors import SuiteError

ERROR_LINE = re.compile(r"^(E: |error: |[\w.]*(Error|Exception|Undefined\w*): )")


def run_logged(command, log, failure, **options):
    """Run a program with its output in `log`; raise `failure` if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as handle:
        status = subprocess.call(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            **options,
        )
    if status:
        raise SuiteError(f"{failure} The program said: {last_words(log)}")


def last_words(log):
    """The last line that says something, and where the rest is."""
    with open(log, encoding="utf-8", errors="replace") as handle:
        lines = collections.deque((line.strip() for line in handle), maxlen=40)
    telling = [line for line in lines if line]
    errors = [line for line in telling if ERROR_LINE.match(line)]
    word = (errors or telling or ["nothing"])[-1]
    return f"{word[:300]} (all of it is in {log})"


def output_of(command, **options):
    """The program's output, or None if it failed or is not there."""
    if not shutil.which(str(command[0])):
        return None
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    return done.stdout if done.returncode == 0 else None


def clean_environment(**changes):
    """This environment without what would lead a Python of ours astray."""
    environment = dict(os.environ, **changes)
    for name in (
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "ODOO_RC",
        "OPENERP_SERVER",
    ):
        if name not in changes:
            environment.pop(name, None)
    return environment
