"""Tests in a real browser, against a server on a database of their own."""

import json
import os
import shutil
import subprocess
from datetime import date

from ..browsing import find_browser
from ..errors import SuiteError
from .pytest_runs import places, run_pytest
from .stages import Stage, run_to_log

PACKAGES = ("chromium", "fonts-noto-cjk")
DATABASE = "test_browser"
ABSENT = (
    "BROWSER TESTS WERE SKIPPED: no Chromium here and it could not be installed. "
    "Install it (Debian: apt-get install chromium) and run the same command again."
)


def require_browser(context):
    """A browser's path; installed by Debian's package manager where that may be."""
    found = find_browser()
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
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


def prepare(context):
    """The users and some sales, so that the screens have something to show."""
    sales = context.paths.checkout / "tests" / "browser" / "sales.csv"
    jobs = {
        "prepare_company": {},
        "load_sales": {
            "source": "csv",
            "file": str(sales),
            "step": 1,
            "today": str(date.today()),
        },
        "refresh": {"addons": list(context.addons), "new": []},
    }
    for program, job in jobs.items():
        path = context.log(f"browser-{program}.json")
        log = context.log(f"browser-{program}.log")
        path.write_text(json.dumps({**job, "log": str(log)}), encoding="utf-8")
        command = context.odoo.inside(program, DATABASE, path)
        if run_to_log(context, command, context.log(f"browser-{program}.out")):
            raise SuiteError(f"{program} failed on the browser database (see {log}).")


def run(context, template):
    folders = places(context, "browser")
    if not folders:
        return
    browser = require_browser(context)
    if not browser:
        context.tally.note(ABSENT)
    with Stage(context, "browser tests") as stage:
        context.databases.copy(template, DATABASE)
        prepare(context)
        run_pytest(
            context,
            stage,
            "browser",
            ["-p", "no:odoo", *folders],
            CRM_SUITE_BROWSER=browser or "",
            CRM_SUITE_BROWSER_DATABASE=DATABASE,
        )
        context.databases.drop(DATABASE)
