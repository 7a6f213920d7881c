"""Tests in a real browser, against a server on a database of their own."""

import os
import shutil
import subprocess

from .pytest_runs import places, run_pytest
from .stages import Stage

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
DATABASE = "test_browser"
ABSENT = (
    "BROWSER TESTS WERE SKIPPED: no Chromium here and it could not be installed. "
    "Install it (Debian: apt-get install chromium) and run the same command again."
)


def find_browser():
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


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


def run(context, template):
    folders = places(context, "browser")
    if not folders:
        return
    browser = require_browser(context)
    if not browser:
        context.tally.note(ABSENT)
    with Stage(context, "browser tests") as stage:
        context.databases.copy(template, DATABASE)
        run_pytest(
            context,
            stage,
            "browser",
            ["-p", "no:odoo", *folders],
            CRM_SUITE_BROWSER=browser or "",
            CRM_SUITE_BROWSER_DATABASE=DATABASE,
        )
        context.databases.drop(DATABASE)
