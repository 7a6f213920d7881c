"""Several processes use the credit of one customer at once, with real commits.

Each worker is a process of its own that calls business methods the way a request
does, through ``retrying``. The database is a copy, dropped afterwards.
"""

from functools import partial

import pytest

from odoo.fields import Command
from odoo.service.model import retrying

from tests.databases import copied, environment
from tests.races import PATIENCE, race, start

LIMIT, AMOUNT = 1000.0, 300.0
FITTING = 3  # how many documents of AMOUNT the limit has room for
ADMIN = 2


@pytest.fixture(scope="module")
def database():
    with copied("race") as copy:
        with environment(copy) as env:
            _prepare(env)
        yield copy


def _prepare(env):
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company)
    admin = env["res.users"].browse(ADMIN)
    admin.write(
        {
            "company_ids": [Command.link(company.id)],
            "company_id": company.id,
            "group_ids": [
                Command.link(env.ref("account.group_account_manager").id),
                Command.link(env.ref("crm_credit.group_manager").id),
            ],
        }
    )
    # other rules may have been configured on the database that was copied
    rules = env["crm.credit.rule"].search([("kind", "!=", "over_limit")])
    rules.active = False


# What a worker does


def _by_request(env, what):
    return retrying(partial(_call, env, *what), env)


def _job(*what):
    return partial(_by_request, what=what)


def _call(env, model, record_id, method, dirty=False):
    """Do what a request does; ``dirty``: one that has written before."""
    record = env[model].browse(record_id)
    if dirty:
        record.message_post(body="About to try")
        env.flush_all()
    getattr(record, method)()
    return record.credit_state


def _jobs(env, partner, count, dirty=False):
    """Return jobs that post invoices and confirm orders of one customer."""
    jobs = []
    for number in range(count):
        if "sale.order" in env and number % 2:
            order = _order(env, partner)
            jobs.append(_job("sale.order", order.id, "action_confirm", dirty))
        else:
            invoice = _invoice(env, partner)
            jobs.append(_job("account.move", invoice.id, "action_post", dirty))
    return jobs


def _customer(env, name):
    return env["res.partner"].create(
        {"name": name, "is_company": True, "credit_limit": LIMIT}
    )


def _invoice(env, partner):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_line_ids": [
                Command.create(
                    {"name": "Planks", "price_unit": AMOUNT, "tax_ids": False}
                )
            ],
        }
    )


def _order(env, partner):
    product = env["product.product"].search([("default_code", "=", "RACE")], limit=1)
    product = product or env["product.product"].create(
        {"name": "Planks", "default_code": "RACE", "type": "service"}
    )
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "price_unit": AMOUNT,
                        "tax_ids": False,
                    }
                )
            ],
        }
    )


def _set_mode(env, mode):
    policy = env["crm.credit.policy"]._for_company(env.company)
    policy.write({name: mode for name in _modes(policy)})


def _modes(policy):
    return [name for name in ("invoice_mode", "order_mode") if name in policy._fields]


def _check_never_over(env, partner, jobs, answers, mode):
    """The limit held, what did not fit is on hold with its reason and in the log."""
    assert not [answer for answer in answers if answer.startswith("error")], answers
    position = env["crm.customer"].credit_position(partner)[partner.id]
    committed = position["exposure"] - position["drafts"]
    assert committed == FITTING * AMOUNT
    assert answers.count("clear") == FITTING
    stopped = len(jobs) - FITTING
    holds = env["crm.credit.hold"].search([("partner_id", "=", partner.id)])
    if mode == "block":
        assert sum(answer.startswith("refused") for answer in answers) == stopped
        assert not holds
        return
    assert answers.count("held") == stopped
    assert len(holds) == stopped and set(holds.mapped("state")) == {"open"}
    assert all(hold.reason_ids.threshold == LIMIT for hold in holds)
    events = env["crm.customer.event"].search(
        [("partner_id", "=", partner.id), ("kind", "=", "hold")]
    )
    assert len(events) == stopped


@pytest.mark.parametrize("mode", ["hold", "block"])
@pytest.mark.parametrize("count", [2, 8, 16])
def test_simultaneous_documents_never_exceed_the_limit(database, count, mode):
    with environment(database, ADMIN) as env:
        _set_mode(env, mode)
        partner = _customer(env, f"Race {mode} {count}")
        if count == 2:  # leave room for one
            _invoice(env, partner).action_post()
            _invoice(env, partner).action_post()
        jobs = _jobs(env, partner, count)
    answers = race(database, jobs, uid=ADMIN)
    with environment(database, ADMIN) as env:
        partner = env["res.partner"].browse(partner.id)
        if count == 2:
            answers += ["clear", "clear"]
            jobs += [None, None]
        _check_never_over(env, partner, jobs, answers, mode)


def test_requests_that_wrote_before_are_replayed_once_and_succeed(database):
    with environment(database, ADMIN) as env:
        _set_mode(env, "hold")
        partner = _customer(env, "Race dirty")
        jobs = _jobs(env, partner, 5, dirty=True)
    answers = race(database, jobs, uid=ADMIN)
    with environment(database, ADMIN) as env:
        partner = env["res.partner"].browse(partner.id)
        _check_never_over(env, partner, jobs, answers, "hold")


def test_lower_limit_waits_for_the_document_being_posted(database):
    with environment(database, ADMIN) as env:
        _set_mode(env, "hold")
        partner = _customer(env, "Race limit")
        invoice = _invoice(env, partner)
    with environment(database, ADMIN) as env:
        env["account.move"].browse(invoice.id).action_post()
        env.flush_all()
        worker, answers = start(
            database, partial(_lower, partner_id=partner.id), uid=ADMIN
        )
        worker.join(timeout=2)
        assert worker.is_alive()
    assert answers.get(timeout=PATIENCE) == "lowered"
    with environment(database, ADMIN) as env:
        events = env["crm.customer.event"].search(
            [("partner_id", "=", partner.id), ("kind", "=", "hold")]
        )
        assert "300.00" in events.reason


def test_other_customers_do_not_wait(database):
    with environment(database, ADMIN) as env:
        _set_mode(env, "hold")
        busy, free = _customer(env, "Busy"), _customer(env, "Free")
        waiting, passing = _invoice(env, busy), _invoice(env, free)
    with environment(database, ADMIN) as env:
        partner = env["res.partner"].browse(busy.id)
        env["crm.customer"]._credit_take_ticket(partner, env.company)
        stuck = start(
            database, _job("account.move", waiting.id, "action_post"), uid=ADMIN
        )
        quick = start(
            database, _job("account.move", passing.id, "action_post"), uid=ADMIN
        )
        assert quick[1].get(timeout=PATIENCE) == "clear"
        assert stuck[0].is_alive()
    assert stuck[1].get(timeout=PATIENCE) == "clear"


def _lower(env, partner_id):
    partner = env["res.partner"].browse(partner_id).sudo()
    change = {"credit_mode": "limited", "credit_limit": 100}
    retrying(partial(partner.write, change), env)
    return "lowered"
