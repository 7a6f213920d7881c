"""From an order over the limit to the money: what each person sees and does."""

import uuid

import pytest
from suite.browsing import call

HOLDS = "/odoo/action-crm_credit.crm_credit_hold_action"
EVENTS = "/odoo/action-crm_value.crm_customer_event_action"
ROW = ".o_data_row"


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
    name = f"Story {uuid.uuid4().hex[:8]}"
    values = {"name": name, "is_company": True, "credit_limit": 1000}
    return {"id": call(manager, "res.partner", "create", values), "name": name}


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


def banner(page):
    return page.locator(".alert", has=page.locator("[name=credit_message]"))


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


def release(page, customer, reason):
    """Find the hold of a customer in the queue, read it and release it."""
    page.goto(f"{HOLDS}?view_type=list")
    page.wait_for_selector(".o_list_view, .o_kanban_view")
    page.click("button.o_switch_view.o_list")
    page.locator(f"{ROW} .o_data_cell", has_text=customer["name"]).first.click()
    page.wait_for_selector(".o_form_view .o_form_sheet")
    reasons = page.locator("[name=reason_ids]").inner_text()
    assert "1,200.00" in reasons and "1,000.00" in reasons
    panel = page.locator("[name=credit_panel]")
    panel.get_by_text("1,000.00").first.wait_for()
    page.click("button[name=action_ask_release]")
    page.fill(".modal [name=reason] textarea, .modal [name=reason] input", reason)
    page.click(".modal button[name=action_decide]:visible")
    page.wait_for_selector(".modal", state="detached")


def pay(page, invoice):
    """Register the payment of an invoice on its form."""
    page.goto(f"/odoo/account.move/{invoice}")
    page.click("button[name=action_register_payment]:visible")
    page.click(".modal button[name=action_create_payments]:visible")
    page.wait_for_selector(".modal", state="detached")


def test_an_order_over_the_limit_from_the_hold_to_the_money(
    manager, page_as, customer, order_of
):
    big, small = order_of(1200), order_of(200)
    seller, accountant = page_as("salesperson"), page_as("accountant")

    confirm(seller, big)
    text = banner(seller).inner_text()
    assert "1,200.00" in text and "credit team has been told" in text
    assert state_of(seller, big) == ("draft", "held")

    release(manager, customer, "Pays on Friday, said so in writing")
    assert state_of(manager, big) == ("draft", "released")

    confirm(seller, big)
    seller.wait_for_selector(".o_arrow_button_current:has-text('Sales Order')")
    assert not banner(seller).is_visible()

    invoice = invoice_of(seller, big)
    accountant.goto(f"/odoo/account.move/{invoice}")
    accountant.click("button[name=action_post]:visible")
    accountant.wait_for_selector(".o_arrow_button_current:has-text('Posted')")

    confirm(seller, small)
    assert "1,400.00" in banner(seller).inner_text()

    pay(accountant, invoice)
    assert state_of(seller, small) == ("draft", "released")
    seller.reload()
    seller.wait_for_selector(".o_form_view .o_form_sheet")
    assert not banner(seller).is_visible()
    confirm(seller, small)
    seller.wait_for_selector(".o_arrow_button_current:has-text('Sales Order')")

    events = call(
        manager,
        "crm.customer.event",
        "search_read",
        [["customer_id.partner_id", "=", customer["id"]], ["kind", "=", "hold"]],
        ["new_value", "reason", "user_id"],
        order="id",
    )
    # nobody stands for the system, which the payment made release the second order
    people = [event["user_id"] and event["user_id"][1] for event in events]
    values = [event["new_value"].partition(": ")[2] for event in events]
    assert values == ["To Decide", "Released"] * 2
    assert people[0] == people[2] == "Sam Salesperson"
    assert people[1] and not people[3]
    assert "Pays on Friday" in events[1]["reason"]
    manager.goto(EVENTS)
    manager.locator(ROW, has_text="Pays on Friday").first.wait_for()
