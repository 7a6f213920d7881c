"""bin/test: everything that says whether the addons are in order."""

import argparse
import threading
import time

from . import addons as addon_files
from .console import clock, say
from .environment import prepared
from .errors import SuiteError
from .testing import addon_stages, browser, lint, pytest_runs
from .testing.stages import Context, Stage, depends_of
from .testing.tally import Tally


def main(args):
    options = parse(args)
    begun = time.monotonic()
    with prepared() as environment:
        context = Context(
            environment,
            Tally(),
            addon_files.discover(environment.paths.checkout),
            options.k,
        )
        chosen = choose(context, options.addon)
        lint.run(context, chosen)
        pytest_runs.run_pure(context, [addon.name for addon in chosen])
        if not options.quick:
            run_odoo_stages(context, chosen, everything=not options.addon)
    return report(context.tally, time.monotonic() - begun)


def parse(args):
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Check and test the addons; install what that needs first.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="only what needs no database: seconds"
    )
    parser.add_argument("--addon", metavar="NAME", help="only this addon, alone")
    parser.add_argument(
        "-k", metavar="EXPR", help='only tests named so, as in "limit and not portal"'
    )
    return parser.parse_args(args)


def choose(context, name):
    if not name:
        return list(context.addons.values())
    if name not in context.addons:
        raise SuiteError(
            f"There is no addon {name} here; there are {', '.join(context.addons)}."
        )
    return [context.addons[name]]


def run_odoo_stages(context, chosen, everything):
    """Two lanes: each addon alone, and all of them together."""
    lanes = [lambda: [addon_stages.test_alone(context, addon) for addon in chosen]]
    if everything:
        lanes.append(lambda: run_together(context))
    threads = [threading.Thread(target=guarded, args=(context, lane)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def guarded(context, lane):
    with Stage(context, "a lane of stages") as stage:
        lane()
        stage.counts = "all of them"


def run_together(context):
    modules = {*depends_of(context, context.addons), *addon_files.COMPANIONS}
    addon_stages.test_together(context, modules)
    if not context.expression:
        addon_stages.test_upgrade(context)
        addon_stages.test_uninstall(context)
        addon_stages.test_odoo_lint(context)
    browser.run(context, addon_stages.ALL)
    pytest_runs.run_inside_odoo(context, addon_stages.ALL)
    context.databases.drop(addon_stages.ALL)


def report(tally, seconds):
    for note in tally.notes:
        say(f"\nNOTE {note}")
    for problem in tally.problems:
        say(f"\nFAILED {problem}")
    if not tally.passed:
        say("\nFAILED no test ran")
    say(f"\nAll of it took {clock(seconds)}.")
    say(tally.closing_line())
    return 0 if tally.succeeded else 1
