"""bin/bench: how long the refresh of customer values takes, as data grows."""

import argparse
import json
import subprocess
from datetime import date

from . import addons as addon_files
from .benchmarks import markdown
from .console import say, step
from .environment import prepared
from .errors import SuiteError
from .process import run_logged

BASE = "bench_base"
# partners and invoices at size 1: a sixteenth of what the targets are stated for
PARTNERS, INVOICES = 14_000, 62_500
SIZES = (1, 4, 16)
REPORT = "docs/benchmarks.md"


def main(args):
    options = parse(args)
    runs = []
    with prepared() as environment:
        bench = Benchmark(environment)
        with step("Make a database with crm_value"):
            bench.make_base()
        for size in options.sizes:
            with step(f"Measure at size {size}: {INVOICES * size:,} invoices"):
                runs.append(bench.measure(size, verify=size == min(options.sizes)))
        bench.environment.databases.drop(BASE)
    table = markdown(runs)
    say()
    say(table)
    if options.write:
        report = bench.environment.paths.checkout / REPORT
        text = report.read_text(encoding="utf-8")
        report.write_text(replaced(text, table), encoding="utf-8")
    return 0


def parse(args):
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Fill databases of growing size and time the refresh of crm_value.",
        epilog="Size 16 is 1,000,000 invoices; it needs about 8 GB of disk.",
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        default=list(SIZES),
        metavar="1,4,16",
        help="multiples of 62,500 invoices",
    )
    parser.add_argument(
        "--write", action="store_true", help=f"put the table into {REPORT}"
    )
    options = parser.parse_args(args)
    if min(options.sizes) < 1:
        parser.error("a size is 1 or more")
    return options


def replaced(text, table):
    """Put the table between its two marks.

    >>> replaced("a <!-- table --> old <!-- end --> b", "new")
    'a <!-- table -->\\n\\nnew\\n\\n<!-- end --> b'
    """
    before, mark, rest = text.partition("<!-- table -->")
    _old, end, after = rest.partition("<!-- end -->")
    if not mark or not end:
        raise SuiteError(f"{REPORT} has lost the marks around its table.")
    return f"{before}{mark}\n\n{table}\n\n{end}{after}"


class Benchmark:
    """Databases are made, filled, measured and dropped."""

    def __init__(self, environment):
        self.environment = environment
        self.odoo = environment.odoo
        self.programs = environment.paths.checkout / "tests" / "bench"
        self.log = environment.paths.logs / "bench.log"
        self.today = date.today().isoformat()

    def make_base(self):
        addons = addon_files.discover(self.environment.paths.checkout)
        template = self.environment.templates.get(addons["crm_value"].depends)
        self.environment.databases.copy(template, BASE)
        self.log.unlink(missing_ok=True)
        run_logged(
            self.odoo.command(
                *("server", "-d", BASE, "-i", "crm_value", "--stop-after-init"),
                *("--no-http", "--max-cron-threads=0"),
            ),
            self.log,
            "Odoo could not install crm_value.",
            env=self.odoo.environment(),
        )
        self._program("prepare.py", BASE)

    def measure(self, size, verify):
        database = f"bench_{size}"
        self.environment.databases.copy(BASE, database)
        run_logged(
            [
                *(self.odoo.programs / "psql", "-Xq", "-d", database),
                *("-v", f"n_partners={PARTNERS * size}"),
                *("-v", f"n_invoices={INVOICES * size}"),
                *("-v", f"anchor={self.today}"),
                *("-f", self.programs / "fill.sql"),
            ],
            self.log,
            "The database could not be filled.",
            env={
                **self.odoo.environment(),
                **self.odoo.database_server.administrator(),
            },
        )
        if verify:
            self._program("verify.py", database)
        output = self._program("measure.py", database, self.today)
        self.environment.databases.drop(database)
        return {"size": size, **json.loads(output.splitlines()[-1])}

    def _program(self, name, *args):
        """Run a program of tests/bench; return what it prints."""
        done = subprocess.run(
            [str(self.odoo.python), str(self.programs / name), *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=self.odoo.environment(),
        )
        if done.returncode:
            words = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise SuiteError(f"{name} failed: {' '.join(words)}")
        return done.stdout
