"""bin/demo: real customers in Odoo, in a browser."""

import argparse
import subprocess
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

from . import summary
from .console import clock, say, step
from .demo_database import DEMO, DemoDatabase
from .environment import prepared
from .errors import SuiteError
from .process import last_words
from .server import require_port

PATIENCE_SECONDS = 180
LANGUAGES = ("en_US", "zh_CN")
USERS = ("admin", "accountant", "salesperson")


def main(args):
    options = parse(args)
    begun = time.monotonic()
    if options.serve:
        require_port(options.port)
    with prepared() as environment:
        DemoDatabase(environment, options, date.today()).prepare()
        say()
        say(summary.of(environment.databases, DEMO))
        say(f"\nReady after {clock(time.monotonic() - begun)}.")
        if options.serve:
            return serve(environment, options.port)
    say("Serve it with bin/demo.")
    return 0


def parse(args):
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Show the addons with real customers, in Odoo and in a browser.",
        epilog="The first start takes minutes, later ones seconds.",
    )
    parser.add_argument(
        "--reset", action="store_true", help="forget what was done in the demo database"
    )
    parser.add_argument("--port", type=int, default=8069, help="8069 unless told")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the users")
    parser.add_argument(
        "--no-serve",
        dest="serve",
        action="store_false",
        help="only make it ready",
    )
    data = parser.add_mutually_exclusive_group()
    data.add_argument(
        "--full",
        action="store_true",
        help="all 2,357 customers of the sample instead of every fourth",
    )
    data.add_argument(
        "--transactions",
        type=Path,
        metavar="FILE",
        help="your own sales: a CSV with the header customer,date,amount; "
        "dates as 2024-12-31, amounts as 1234.56, refunds negative",
    )
    options = parser.parse_args(args)
    if not 1 <= options.port <= 65535:
        raise SuiteError(f"{options.port} is not a port: it is 1 to 65535.")
    return options


def serve(environment, port):
    """Serve until interrupted."""
    odoo = environment.odoo
    log = environment.paths.logs / "server.log"
    log.unlink(missing_ok=True)
    command = odoo.command(
        *("server", "-d", DEMO, "--db-filter", f"^{DEMO}$", "--no-database-list"),
        *("--http-port", port, "--logfile", log),
    )
    child = subprocess.Popen(command, env=odoo.environment(), start_new_session=True)
    try:
        with step("Start the web server"):
            wait_until_it_answers(child, port, log)
        say(f"\n  http://localhost:{port}")
        for user in USERS:
            say(f"  {user} / {user}")
        say(f"\nStop it with Ctrl-C. Its log is {log}")
        return child.wait()
    except KeyboardInterrupt:
        say("\nStopping ...")
        return 0
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_until_it_answers(child, port, log):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise SuiteError(f"Odoo stopped. Its log says: {last_words(log)}")
        try:
            url = f"http://127.0.0.1:{port}/web/login"
            with urllib.request.urlopen(url, timeout=30) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise SuiteError(f"Odoo does not answer after {PATIENCE_SECONDS} s; see {log}.")
