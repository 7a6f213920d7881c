"""The nightly refresh meets people at work, with real commits.

The refresh runs in a process of its own, as the scheduled action does. The database
is a copy, dropped afterwards.
"""

from datetime import date

import pytest

from odoo.fields import Command

from odoo.addons.crm_value.refresh_scope import RefreshScope

from tests.databases import copied, environment
from tests.races import PATIENCE, start

AMOUNT = 400.0
DAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def database():
    with copied("refresh") as copy:
        with environment(copy) as env:
            company = env.ref("base.main_company")
            if not company.chart_template:
                env["account.chart.template"].try_loading("generic_coa", company)
            env["crm.value.policy"]._for_company(company)
        yield copy


def make_customer(database, name):
    """Return the id of a measured customer that has bought once more since."""
    with environment(database) as env:
        partner = env["res.partner"].create({"name": name, "is_company": True})
        invoice(env, partner)
        env["crm.customer"]._cron_refresh()
        invoice(env, partner)
        return env["crm.customer"]._for_partner(partner).id


def invoice(env, partner):
    line = {"name": "Planks", "price_unit": AMOUNT, "tax_ids": False}
    env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": DAY,
            "invoice_line_ids": [Command.create(line)],
        }
    ).action_post()


def refresh(env):
    env["crm.customer"]._cron_refresh()
    return "done"


def change(env, customer_id):
    """Do what a person does who has the card open, without saving it yet."""
    customer = env["crm.customer"].browse(customer_id)
    customer.write({"account_manager_id": env.ref("base.user_admin").id})
    env.flush_all()
    return customer


def check(database, customer_id):
    """Both are there: what the person wrote and what the documents say."""
    with environment(database) as env:
        customer = env["crm.customer"].browse(customer_id)
        assert customer.account_manager_id == env.ref("base.user_admin")
        assert customer.revenue_total == 2 * AMOUNT


def test_refresh_that_loses_against_a_person_tries_again_and_both_stay(database):
    customer_id = make_customer(database, "Busy")
    with environment(database) as env:
        change(env, customer_id)
        worker, answers = start(database, refresh)
        worker.join(timeout=3)
        assert worker.is_alive(), answers.get(timeout=PATIENCE)
    assert answers.get(timeout=PATIENCE) == "done"
    check(database, customer_id)


def test_refresh_that_was_killed_is_finished_by_the_next_one(database):
    customer_id = make_customer(database, "Interrupted")
    with environment(database) as env:
        change(env, customer_id)
        worker, _answers = start(database, refresh)
        worker.join(timeout=3)
        assert worker.is_alive()
        worker.kill()
        worker.join(timeout=PATIENCE)
    _worker, answers = start(database, refresh)
    assert answers.get(timeout=PATIENCE) == "done"
    check(database, customer_id)


def test_person_never_waits_for_a_refresh_that_only_reads(database):
    customer_id = make_customer(database, "Quick")
    with environment(database) as env:
        company = env.ref("base.main_company")
        policy = env["crm.value.policy"]._for_company(company)
        env["crm.customer"]._fetch_changed_measures(
            RefreshScope(company=company, policy=policy, as_of=DAY)
        )
        _worker, answers = start(
            database, lambda other: bool(change(other, customer_id))
        )
        assert answers.get(timeout=PATIENCE) is True
