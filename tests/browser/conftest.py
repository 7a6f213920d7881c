"""A server on a database with users and sales, and pages logged in to it.

    def test_salesperson_sees_the_tiers(page_as):
        page = page_as("salesperson")
        page.goto("/odoo/action-crm_value.crm_customer_action")

The users are admin, accountant and salesperson, each its own password. bin/test names
the browser and the database; by hand, with ODOO_RC set:

    CRM_SUITE_BROWSER_DATABASE=demo pytest tests/browser

"""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from suite import browsing

BROWSER = os.environ.get("CRM_SUITE_BROWSER") or browsing.find_browser()
DATABASE = os.environ.get("CRM_SUITE_BROWSER_DATABASE")


def pytest_collection_modifyitems(items):
    reason = None
    if not BROWSER:
        reason = "NO BROWSER: install chromium to run these"
    elif not DATABASE:
        reason = "no database named: run bin/test"
    if reason:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def server():
    """The address of the server."""
    log = Path(tempfile.gettempdir()) / f"crm-suite-browser-{os.getpid()}.log"
    command = [sys.executable, "-m", "odoo"]
    with browsing.served(command, dict(os.environ), DATABASE, log) as address:
        yield address
    log.unlink()


@pytest.fixture(scope="session")
def running_browser():
    with browsing.browser(BROWSER) as running:
        yield running


@pytest.fixture
def page_as(server, running_browser):
    """Call it with a login for a page; errors in the console fail the test."""
    contexts, errors = [], []

    def open_page(login, **options):
        page = browsing.log_in(running_browser, server, login, **options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                errors.append(message.text) if message.type == "error" else None
            ),
        )
        contexts.append(page.context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, "the browser's console has errors: " + "; ".join(errors)
