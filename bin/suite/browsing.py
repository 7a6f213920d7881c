"""An Odoo server on a database, and a browser that is logged in to it."""

import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from .errors import SuiteError
from .server import free_port

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE = {"width": 1440, "height": 900}
PATIENCE_SECONDS = 180


def find_browser():
    """The path of a Chromium on this machine, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@contextmanager
def served(command, environment, database, log):
    """The address of a server on the database, up while the block runs."""
    port = free_port()
    with open(log, "w", encoding="utf-8") as handle:
        child = subprocess.Popen(
            [
                *(*command, "server", "-d", database, "--db-filter", f"^{database}$"),
                *("--http-port", str(port), "--gevent-port", str(free_port())),
                "--max-cron-threads=0",
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, child, log)
        yield address
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(address, child, log):
    """Return once the login page is answered."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=60):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise SuiteError(f"The Odoo server does not answer; its log is {log}.")


@contextmanager
def browser(path=None):
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path or find_browser(), args=list(ARGUMENTS)
        )
        try:
            yield running
        finally:
            running.close()


def log_in(running, address, login, password=None, **context_options):
    """A page of a fresh browser context, logged in as that user."""
    options = {"viewport": WIDE, **context_options}
    page = running.new_context(base_url=address, **options).new_page()
    page.set_default_timeout(30_000)
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password or login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    return page


def call(page, model, method, *args, **kwargs):
    """Call a public method as the user of the page."""
    response = page.request.post(
        f"/web/dataset/call_kw/{model}/{method}",
        data={
            "jsonrpc": "2.0",
            "params": {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": kwargs,
            },
        },
    )
    answer = response.json()
    assert "error" not in answer, answer["error"]["data"]["message"]
    return answer.get("result")  # a method that returns nothing has none
