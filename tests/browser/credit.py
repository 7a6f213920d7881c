"""What people do in stories about credit, whatever document they begin with."""

import uuid

from suite.browsing import call

HOLDS = "/odoo/action-crm_credit.crm_credit_hold_action"
EVENTS = "/odoo/action-crm_value.crm_customer_event_action"
ROW = ".o_data_row"
LIMIT = 1000


def new_customer(page):
    """A customer with a limit, made by the person of the page."""
    name = f"Story {uuid.uuid4().hex[:8]}"
    values = {"name": name, "is_company": True, "credit_limit": LIMIT}
    return {"id": call(page, "res.partner", "create", values), "name": name}


def banner(page):
    """The line above a document that says how it stands with its credit."""
    return page.locator(".alert", has=page.locator("[name=credit_message]"))


def current_state(page, label):
    """Wait until the document of the page is in a state."""
    page.wait_for_selector(f".o_arrow_button_current:has-text('{label}')")


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


def post(page, invoice):
    """Open an invoice and press Confirm."""
    page.goto(f"/odoo/account.move/{invoice}")
    page.click("button[name=action_post]:visible")


def pay(page, invoice):
    """Register the payment of an invoice on its form."""
    page.goto(f"/odoo/account.move/{invoice}")
    page.click("button[name=action_register_payment]:visible")
    page.click(".modal button[name=action_create_payments]:visible")
    page.wait_for_selector(".modal", state="detached")


def told_in_the_log(page, customer, requester, reason):
    """Two holds: a person decided the first, a payment made the system release one."""
    events = call(
        page,
        "crm.customer.event",
        "search_read",
        [["customer_id.partner_id", "=", customer["id"]], ["kind", "=", "hold"]],
        ["new_value", "reason", "user_id"],
        order="id",
    )
    # nobody stands for the system
    people = [event["user_id"] and event["user_id"][1] for event in events]
    values = [event["new_value"].partition(": ")[2] for event in events]
    assert values == ["To Decide", "Released"] * 2
    assert people[0] == people[2] == requester
    assert people[1] and not people[3]
    assert reason in events[1]["reason"]
    page.goto(EVENTS)
    page.locator(ROW, has_text=reason).first.wait_for()
