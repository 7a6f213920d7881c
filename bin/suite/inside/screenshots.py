"""Take the pictures: screenshots DATABASE BROWSER TARGET LOG."""

import os
import sys
from pathlib import Path

from ..browsing import browser, log_in, served
from ..console import step

CUSTOMERS = "/odoo/action-crm_value.crm_customer_action"
SETTLE_MS = 2000
FIRST_CARD = ".o_kanban_record:not(.o_kanban_ghost)"


def main(database, path, target, log):
    command = [sys.executable, "-m", "odoo"]
    with (
        served(command, dict(os.environ), database, log) as address,
        browser(path) as running,
    ):
        page = log_in(running, address, "admin")
        take_board(page, Path(target))
        take_customer(page, Path(target))


def take_board(page, target):
    """All customers by tier."""
    with step("customers.png"):
        page.goto(CUSTOMERS)
        page.click("button.o_switch_view.o_kanban")
        page.wait_for_selector(FIRST_CARD)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=target / "customers.png")


def take_customer(page, target):
    """The one worth most."""
    with step("customer.png"):
        page.goto(CUSTOMERS)
        page.click("button.o_switch_view.o_list")
        page.click(".o_data_row .o_data_cell >> nth=0")
        page.wait_for_selector(".o_form_view .o_form_sheet")
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=target / "customer.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
