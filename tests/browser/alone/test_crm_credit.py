"""Invoices over the limit where nothing is sold in Odoo: from the hold to the money."""

import pytest
from suite.browsing import call

from tests.browser import credit

REASON = "Insured since this morning"


@pytest.fixture
def manager(page_as):
    """The credit manager, who decides but does not post."""
    return page_as("admin")


@pytest.fixture
def customer(manager):
    return credit.new_customer(manager)


@pytest.fixture
def accountant(page_as):
    return page_as("accountant")


@pytest.fixture
def invoice_of(accountant, customer):
    """Call it with an amount for a draft invoice of the accountant."""

    def make(amount):
        line = {"name": "Advice", "price_unit": amount, "tax_ids": [[5]]}
        return call(
            accountant,
            "account.move",
            "create",
            {
                "move_type": "out_invoice",
                "partner_id": customer["id"],
                "invoice_line_ids": [[0, 0, line]],
            },
        )

    return make


def state_of(page, invoice):
    [found] = call(page, "account.move", "read", [invoice], ["state", "credit_state"])
    return found["state"], found["credit_state"]


def hold_of(page, invoice):
    [found] = call(
        page,
        "crm.credit.hold",
        "search_read",
        [["res_model", "=", "account.move"], ["res_id", "=", invoice]],
        ["document_name"],
    )
    return found


def test_an_invoice_over_the_limit_from_the_hold_to_the_money(
    manager, accountant, customer, invoice_of
):
    big, small = invoice_of(1200), invoice_of(200)

    credit.post(accountant, big)
    text = credit.banner(accountant).inner_text()
    assert "1,200.00" in text and "credit team has been told" in text
    assert state_of(accountant, big) == ("draft", "held")
    panel = accountant.locator("[name=credit_panel]").inner_text()
    assert "Draft invoices" in panel and "rder" not in panel

    credit.release(manager, customer, REASON)
    assert state_of(manager, big) == ("draft", "released")

    accountant.reload()
    assert REASON in credit.banner(accountant).inner_text()
    credit.post(accountant, big)
    credit.current_state(accountant, "Posted")
    assert not credit.banner(accountant).is_visible()
    assert hold_of(manager, big)["document_name"].startswith("INV/")

    credit.post(accountant, small)
    assert "1,400.00" in credit.banner(accountant).inner_text()
    credit.pay(accountant, big)
    assert state_of(accountant, small) == ("draft", "released")
    credit.post(accountant, small)
    credit.current_state(accountant, "Posted")

    credit.told_in_the_log(manager, customer, "Anna Accountant", REASON)
