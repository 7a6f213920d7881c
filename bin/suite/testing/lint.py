"""Checks that need neither Odoo nor a database."""

import subprocess
from xml.etree import ElementTree

from .stages import Stage

PYTHON_PLACES = ("bin", "tests")


def run(context, addons):
    """ruff, its formatter, pylint-odoo's mandatory list, well-formed XML."""
    folders = [addon.name for addon in addons]
    places = folders + [
        name for name in PYTHON_PLACES if (context.paths.checkout / name).is_dir()
    ]
    checks = {
        "ruff check": ["ruff", "check", *places],
        "ruff format": ["ruff", "format", "--check", *places],
    }
    if folders:
        checks["pylint-odoo"] = ["pylint", "--rcfile=.pylintrc-mandatory", *folders]
    for title, command in checks.items():
        with Stage(context, title):
            _run_tool(context, title, command)
    with Stage(context, "well-formed XML"):
        for addon in addons:
            _parse_xml(context, addon)


def _run_tool(context, title, command):
    program, *args = command
    done = subprocess.run(
        [context.odoo.python.parent / program, *args],
        cwd=context.paths.checkout,
        env=context.odoo.environment(PYTHONPATH=""),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        context.tally.add(failed=1)
        context.tally.problem(f"{title}:\n{done.stdout.strip()}{done.stderr.strip()}")
    else:
        context.tally.add(passed=1)


def _parse_xml(context, addon):
    for path in sorted(addon.path.rglob("*.xml")):
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            context.tally.add(failed=1)
            context.tally.problem(f"well-formed XML: {path}: {error}")
