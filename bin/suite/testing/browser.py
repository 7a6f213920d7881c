"""Tests in a real browser, against a server on a database of their own."""

import json
import os
import shutil
import subprocess
import threading
from datetime import date

from ..browsing import find_browser
from ..errors import SuiteError
from . import selection
from .pytest_runs import places, run_pytest
from .stages import Stage, run_to_log

PACKAGES = ("chromium", "fonts-noto-cjk")
DATABASE = "test_browser"
# Of two stages that find no browser one installs it.
INSTALLING = threading.Lock()
ABSENT = (
    "BROWSER TESTS WERE SKIPPED: no Chromium here and it could not be installed. "
    "Install it (Debian: apt-get install chromium) and run the same command again."
)


def require_browser(context):
    """A browser's path; where there is none, the report says so."""
    with INSTALLING:
        found = find_browser() or install_browser(context)
        if not found and ABSENT not in context.tally.notes:
            context.tally.note(ABSENT)
    return found


def install_browser(context):
    """A browser's path, by Debian's package manager where that may be."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    with Stage(context, "install Chromium"):
        with open(context.log("chromium.log"), "w", encoding="utf-8") as handle:
            for command in (["update"], ["install", "-y", *PACKAGES]):
                subprocess.call(
                    ["apt-get", "-q", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=handle,
                    stderr=handle,
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                )
    return find_browser()


def prepare(context, database, jobs):
    """Run the programs of the demo that fill a database, each with its job."""
    for program, job in jobs.items():
        name = f"{database}-{program}"
        path, log = context.log(f"{name}.json"), context.log(f"{name}.log")
        path.write_text(json.dumps({**job, "log": str(log)}), encoding="utf-8")
        command = context.odoo.inside(program, database, path)
        if run_to_log(context, command, context.log(f"{name}.out")):
            raise SuiteError(f"{program} failed on {database} (see {log}).")


def jobs_of(context):
    """The users and some sales, so that the screens have something to show."""
    sales = context.paths.checkout / "tests" / "browser" / "sales.csv"
    return {
        "prepare_company": {},
        "load_sales": {
            "source": "csv",
            "file": str(sales),
            "step": 1,
            "today": str(date.today()),
        },
        "refresh": {"addons": list(context.addons), "new": []},
    }


def run(context, template):
    """The tests of all addons together."""
    folders = places(context, "browser")
    if not folders:
        return
    browser = require_browser(context)
    with Stage(context, "browser tests") as stage:
        context.databases.copy(template, DATABASE)
        prepare(context, DATABASE, jobs_of(context))
        alone = context.paths.checkout / "tests" / "browser" / "alone"
        options = ("-p", "no:odoo", f"--ignore={alone}")
        _run_pytest(context, stage, "browser", browser, DATABASE, *options, *folders)
        context.databases.drop(DATABASE)


def tests_alone(context, addon):
    """The file of an addon's tests without the others; None if `-k` leaves none."""
    path = context.paths.checkout / "tests" / "browser" / "alone"
    path /= f"test_{addon.name}.py"
    chosen = selection.matcher(context.expression or "test")
    found = path.is_file() and any(map(chosen, selection.functions_of(path)))
    return path if found else None


def run_alone(context, addon, database):
    """The tests of an addon where nothing is installed but what it depends on."""
    path = tests_alone(context, addon)
    if not path:
        return
    browser = require_browser(context)
    with Stage(context, f"browser tests of {addon.name} alone") as stage:
        prepare(context, database, {"prepare_company": {}})
        name = f"browser-alone-{addon.name}"
        _run_pytest(context, stage, name, browser, database, "-p", "no:odoo", path)


def _run_pytest(context, stage, name, browser, database, *args):
    run_pytest(
        context,
        stage,
        name,
        args,
        CRM_SUITE_BROWSER=browser or "",
        CRM_SUITE_BROWSER_DATABASE=database,
    )
