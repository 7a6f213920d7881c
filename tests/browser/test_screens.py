"""The screens of the suite open without an error, for those who may see them."""

import pytest

CUSTOMERS = "/odoo/action-crm_value.crm_customer_action"
RECORD = ".o_kanban_record:not(.o_kanban_ghost)"


@pytest.mark.parametrize("login", ["admin", "salesperson"])
def test_customers_are_listed_with_the_most_valuable_first(page_as, login):
    page = page_as(login)
    page.goto(CUSTOMERS)
    page.click("button.o_switch_view.o_list")
    page.wait_for_selector(".o_data_row")
    assert "Cedar Cafés" in page.inner_text(".o_data_row >> nth=0")


@pytest.mark.parametrize("login", ["admin", "salesperson"])
def test_customers_are_shown_by_tier(page_as, login):
    page = page_as(login)
    page.goto(CUSTOMERS)
    page.click("button.o_switch_view.o_kanban")
    page.wait_for_selector(RECORD)
    assert page.locator(".o_kanban_group").count() >= 3


@pytest.mark.parametrize("view,shown", [("pivot", ".o_pivot"), ("graph", "canvas")])
def test_customers_are_analysed(page_as, view, shown):
    page = page_as("salesperson")
    page.goto(CUSTOMERS)
    page.click(f"button.o_switch_view.o_{view}")
    page.wait_for_selector(shown)


def test_a_customer_opens_with_its_measures(page_as):
    page = page_as("salesperson")
    page.goto(CUSTOMERS)
    page.click("button.o_switch_view.o_list")
    page.click(".o_data_row .o_data_cell >> nth=0")
    page.wait_for_selector(".o_form_sheet")
    assert "Cedar Cafés" in page.inner_text(".o_form_view")
