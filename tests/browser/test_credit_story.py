"""From an order over the limit to the money: what each person sees and does."""

import pytest
from suite.browsing import call

from tests.browser import credit

REASON = "Pays on Friday, said so in writing"


@pytest.fixture
def manager(page_as):
    """The credit manager, who decides but neither sells nor posts."""
    page = page_as("admin")
    installed = call(
        page,
        "ir.module.module",
        "search_count",
        [["name", "=", "crm_credit_sale"], ["state", "=", "installed"]],
    )
    if not installed:
        pytest.skip("crm_credit_sale is not installed")
    return page


@pytest.fixture
def customer(manager):
    return credit.new_customer(manager)


@pytest.fixture
def order_of(manager, customer):
    """Call it with an amount for a quotation of the salesperson."""
    [seller] = call(
        manager, "res.users", "search", [["login", "=", "salesperson"]], limit=1
    )
    product = call(
        manager,
        "product.product",
        "create",
        {
            "name": "Crate of records",
            "type": "service",
            "invoice_policy": "order",
            "taxes_id": [[5]],
        },
    )

    def make(amount):
        line = {"product_id": product, "product_uom_qty": 1, "price_unit": amount}
        return call(
            manager,
            "sale.order",
            "create",
            {
                "partner_id": customer["id"],
                "user_id": seller,
                "order_line": [[0, 0, {**line, "tax_ids": [[5]]}]],
            },
        )

    return make


def confirm(page, order):
    """Open an order and press Confirm."""
    page.goto(f"/odoo/sale.order/{order}")
    page.click(".o_statusbar_buttons button[name=action_confirm]:visible")


def invoice_of(page, order):
    """Make the invoice of an order as the person of the page; return its id."""
    context = {"active_model": "sale.order", "active_ids": [order]}
    wizard = call(
        page,
        "sale.advance.payment.inv",
        "create",
        {"advance_payment_method": "delivered"},
        context=context,
    )
    call(page, "sale.advance.payment.inv", "create_invoices", [wizard], context=context)
    [found] = call(page, "sale.order", "read", [order], ["invoice_ids"])
    return found["invoice_ids"][0]


def state_of(page, order):
    [found] = call(page, "sale.order", "read", [order], ["state", "credit_state"])
    return found["state"], found["credit_state"]


def test_an_order_over_the_limit_from_the_hold_to_the_money(
    manager, page_as, customer, order_of
):
    big, small = order_of(1200), order_of(200)
    seller, accountant = page_as("salesperson"), page_as("accountant")

    confirm(seller, big)
    text = credit.banner(seller).inner_text()
    assert "1,200.00" in text and "credit team has been told" in text
    assert state_of(seller, big) == ("draft", "held")

    credit.release(manager, customer, REASON)
    assert state_of(manager, big) == ("draft", "released")

    seller.reload()
    assert REASON in credit.banner(seller).inner_text()
    confirm(seller, big)
    credit.current_state(seller, "Sales Order")
    assert not credit.banner(seller).is_visible()

    invoice = invoice_of(seller, big)
    credit.post(accountant, invoice)
    credit.current_state(accountant, "Posted")

    confirm(seller, small)
    assert "1,400.00" in credit.banner(seller).inner_text()

    credit.pay(accountant, invoice)
    assert state_of(seller, small) == ("draft", "released")
    seller.reload()
    seller.wait_for_selector(".o_form_view .o_form_sheet")
    assert not credit.banner(seller).is_visible()
    confirm(seller, small)
    credit.current_state(seller, "Sales Order")

    credit.told_in_the_log(manager, customer, "Sam Salesperson", REASON)
