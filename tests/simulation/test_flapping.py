"""Four hundred nights over real purchases: nobody flaps, some decline, some return.

The nights are committed one by one in a copy of the database, as they would be.
"""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from odoo import Command

from tests.databases import copied, environment, vacuum

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PURCHASES = DATA / "CDNOW_sample.txt"
COMPANY = "CDNOW"
EVERY = 12
FIRST_NIGHT = date(1997, 4, 1)
NIGHTS = 400
CLEANED_EVERY = 20
TABLES = ("crm_customer", "crm_customer_stage_history", "crm_value_summary")


def purchases():
    """Amounts by (customer, day) of every twelfth customer of the sample."""
    amounts = defaultdict(float)
    for line in PURCHASES.read_text(encoding="ascii").splitlines():
        _master, customer, day, _count, amount = line.split()
        if not int(customer) % EVERY:
            when = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            amounts[int(customer), when] += float(amount)
    return {key: amount for key, amount in amounts.items() if amount > 0}


@pytest.fixture(scope="module")
def database():
    """The nightly refresh, night after night, with the policy and stages as shipped."""
    if not PURCHASES.exists():
        pytest.skip(f"the purchases {PURCHASES} are not there")
    with copied("nights") as copy:
        with environment(copy) as env:
            company = make_company(env)
            post(env(context=quiet(company)), purchases())
        live(copy, company.id)
        yield copy


@pytest.fixture
def env(database):
    with environment(database) as env:
        company = env["res.company"].search([("name", "=", COMPANY)])
        yield env(context=quiet(company))


def quiet(company):
    return {"tracking_disable": True, "allowed_company_ids": company.ids}


def make_company(env):
    company = env["res.company"].create({"name": COMPANY})
    env.user.company_ids |= company
    env["account.chart.template"].try_loading("generic_coa", company)
    policy = env["crm.value.policy"]._for_company(company)
    # months are more often than the shipped quarters: a harder test
    policy.write({"review_period": "month", "window_months": 6})
    return company


def post(env, amounts):
    names = sorted({customer for customer, _day in amounts})
    partners = env["res.partner"].create(
        [{"name": f"Customer {name}"} for name in names]
    )
    partner_ids = dict(zip(names, partners.ids, strict=True))
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner_ids[customer],
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Music", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
            for (customer, day), amount in sorted(amounts.items())
        ]
    )
    moves.action_post()


def live(database, company_id):
    """Run the nights, each in a transaction of its own."""
    for night in range(NIGHTS):
        if not night % CLEANED_EVERY:
            vacuum(database, *TABLES)
        with environment(database) as env:
            company = env["res.company"].browse(company_id)
            env["crm.customer"].with_context(**quiet(company)).refresh(
                company, as_of=FIRST_NIGHT + timedelta(days=night)
            )


def customers_of(env):
    return env["crm.customer"].search([("company_id", "=", env.company.id)])


def moves_of(env, kind):
    """Return the days of the moves of each customer, in order."""
    moves = defaultdict(list)
    for event in env["crm.customer.event"].search(
        [
            ("company_id", "=", env.company.id),
            ("kind", "=", kind),
            ("direction", "!=", "start"),
        ],
        order="id",
    ):
        moves[event.customer_id].append(event.occurred_at.date())
    return moves


def test_no_tier_changes_twice_within_the_grace_period(env):
    moves = moves_of(env, "tier")
    assert len(moves) > 5
    grace = env["crm.value.policy"]._for_company(env.company).grace_days
    for customer, days in moves.items():
        for before, after in zip(days, days[1:], strict=False):
            assert after - before >= timedelta(days=grace), customer.display_name


def test_nobody_leaves_a_stage_before_its_hold_days(env):
    stays = env["crm.customer.stage.history"].search(
        [("company_id", "=", env.company.id), ("left_on", "!=", False)]
    )
    assert len(stays) > 50
    for stay in stays:
        assert stay.days >= stay.stage_id.hold_days, stay.customer_id.display_name


def test_nobody_goes_back_and_forth_within_hold_days(env):
    for customer in customers_of(env):
        stays = customer.stage_history_ids.sorted("id")
        for first, between, again in zip(stays, stays[1:], stays[2:], strict=False):
            if first.stage_id == again.stage_id:
                hold = max(first.stage_id.hold_days, between.stage_id.hold_days)
                assert between.days >= hold, customer.display_name


def test_customers_decline_and_come_back(env):
    returned = [
        customer
        for customer in customers_of(env)
        for before, after in zip(
            customer.stage_history_ids.sorted("id"),
            customer.stage_history_ids.sorted("id")[1:],
            strict=False,
        )
        if before.stage_id.kind == "decline"
        and after.stage_id.kind in ("exploration", "formation", "stable")
    ]
    assert returned


def test_every_customer_has_one_open_stay_that_is_its_stage(env):
    for customer in customers_of(env):
        [stay] = customer.stage_history_ids.filtered(lambda s: not s.left_on)
        assert stay.stage_id == customer.stage_id
        assert stay.entered_on == customer.stage_entered_on
