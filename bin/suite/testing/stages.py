"""What every stage shares: the environment, the tally, a log of its own."""

import subprocess
import time
from dataclasses import dataclass

from ..addons import foreign_depends
from ..console import clock, say
from ..server import free_port
from . import odoo_log

LIMIT_SECONDS = 1500


@dataclass
class Context:
    """One run of bin/test."""

    environment: object
    tally: object
    addons: dict
    expression: str | None = None

    @property
    def paths(self):
        return self.environment.paths

    @property
    def databases(self):
        return self.environment.databases

    @property
    def odoo(self):
        return self.environment.odoo

    def log(self, name):
        folder = self.paths.logs / "test"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


class Stage:
    """Says how it began and ended; a failure in it does not stop the others."""

    def __init__(self, context, title):
        self.context = context
        self.title = title

    def __enter__(self):
        say(f"- {self.title} ...")
        self.begun = time.monotonic()
        self.before = len(self.context.tally.problems)
        self.counts = ""
        return self

    def __exit__(self, kind, error, _traceback):
        taken = clock(time.monotonic() - self.begun)
        if isinstance(error, Exception):
            self.context.tally.problem(f"{self.title}: {error}")
        say(f"  {self.title}: {self.counts or 'done'} in {taken}")
        return isinstance(error, Exception)

    def count(self, passed, failed, skipped):
        self.counts = f"{passed} passed, {failed} failed, {skipped} skipped,"


def run_odoo(context, database, log_name, *args, http=False):
    """Run Odoo on a database to its end; its exit status and its log file."""
    log = context.log(log_name)
    command = context.odoo.command(
        *("server", "-d", database, "--stop-after-init", "--max-cron-threads=0"),
        *(("--http-port", free_port()) if http else ("--no-http",)),
        *("--gevent-port", free_port()),
        *args,
    )
    return run_to_log(context, command, log), log


def run_to_log(context, command, log, **variables):
    with open(log, "w", encoding="utf-8") as handle:
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env=context.odoo.environment(**variables),
                cwd=context.paths.checkout,
                timeout=LIMIT_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            handle.write(f"\nStopped after {LIMIT_SECONDS} seconds.\n")
            return 1


def judge(context, stage, status, log, tests_expected):
    """Count the tests of an Odoo log and report what should not be in it."""
    with open(log, encoding="utf-8", errors="replace") as handle:
        report = odoo_log.read(handle, tests_expected)
    context.tally.add(report.passed, report.bad_tests, report.skipped)
    if report.tests:
        stage.count(report.passed, report.bad_tests, report.skipped)
    for finding in report.findings:
        context.tally.problem(f"{stage.title}: {finding}\n  ({log})")
    if tests_expected and not report.tests:
        context.tally.problem(f"{stage.title}: no test ran ({log})")
    if status and not report.findings and not report.bad_tests:
        context.tally.problem(f"{stage.title}: Odoo ended with status {status} ({log})")
    return report


def template_for(context, modules):
    """A database with exactly these addons of Odoo, made once and kept."""
    return context.environment.templates.get(modules)


def depends_of(context, names):
    return foreign_depends(context.addons, names)
