"""Four hundred nights over real purchases: nobody flaps, some decline, some return."""

import unittest
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from odoo import Command

from tests.cases import TopLevelCase

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PURCHASES = DATA / "CDNOW_sample.txt"
EVERY = 12
FIRST_NIGHT = date(1997, 4, 1)
NIGHTS = 400


def purchases():
    """Amounts by (customer, day) of every twelfth customer of the sample."""
    amounts = defaultdict(float)
    for line in PURCHASES.read_text(encoding="ascii").splitlines():
        _master, customer, day, _count, amount = line.split()
        if not int(customer) % EVERY:
            when = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            amounts[int(customer), when] += float(amount)
    return {key: amount for key, amount in amounts.items() if amount > 0}


@unittest.skipUnless(PURCHASES.exists(), f"the purchases {PURCHASES} are not there")
class TestFlapping(TopLevelCase):
    """The nightly refresh, night after night, with the policy and stages as shipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create({"name": "CDNOW"})
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company)
        cls.policy = cls.env["crm.value.policy"]._for_company(cls.company)
        # months are more often than the shipped quarters: a harder test
        cls.policy.write({"review_period": "month", "window_months": 6})
        cls._post(purchases())
        cls._live()

    @classmethod
    def _post(cls, amounts):
        names = sorted({customer for customer, _day in amounts})
        partners = dict(
            zip(
                names,
                cls.env["res.partner"].create(
                    [{"name": f"Customer {name}"} for name in names]
                ),
                strict=True,
            )
        )
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partners[customer].id,
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

    @classmethod
    def _live(cls):
        """Run the nights; the rules are read after each, as people would."""
        Customer = cls.env["crm.customer"].sudo()
        for night in range(NIGHTS):
            Customer.refresh(cls.company, as_of=FIRST_NIGHT + timedelta(days=night))
        cls.customers = Customer.search([("company_id", "=", cls.company.id)])

    def _moves(self, kind):
        """Return the days and values of the moves of each customer, in order."""
        moves = defaultdict(list)
        for event in self.env["crm.customer.event"].search(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", kind),
                ("direction", "!=", "start"),
            ],
            order="id",
        ):
            moves[event.customer_id].append(event.occurred_at.date())
        return moves

    def test_no_tier_changes_twice_within_the_grace_period(self):
        moves = self._moves("tier")
        self.assertGreater(len(moves), 5)
        grace = timedelta(days=self.policy.grace_days)
        for customer, days in moves.items():
            for before, after in zip(days, days[1:], strict=False):
                self.assertGreaterEqual(after - before, grace, customer.display_name)

    def test_nobody_leaves_a_stage_before_its_hold_days(self):
        stays = self.env["crm.customer.stage.history"].search(
            [("company_id", "=", self.company.id), ("left_on", "!=", False)]
        )
        self.assertGreater(len(stays), 50)
        for stay in stays:
            self.assertGreaterEqual(
                stay.days, stay.stage_id.hold_days, stay.customer_id.display_name
            )

    def test_nobody_goes_back_and_forth_within_hold_days(self):
        for customer in self.customers:
            stays = customer.stage_history_ids.sorted("id")
            for first, between, again in zip(stays, stays[1:], stays[2:], strict=False):
                if first.stage_id == again.stage_id:
                    hold = max(first.stage_id.hold_days, between.stage_id.hold_days)
                    self.assertGreaterEqual(between.days, hold, customer.display_name)

    def test_customers_decline_and_come_back(self):
        kinds = [
            stay.stage_id.kind
            for stay in self.env["crm.customer.stage.history"].search(
                [("company_id", "=", self.company.id)]
            )
        ]
        self.assertIn("decline", kinds)
        returned = [
            customer
            for customer in self.customers
            for before, after in zip(
                customer.stage_history_ids.sorted("id"),
                customer.stage_history_ids.sorted("id")[1:],
                strict=False,
            )
            if before.stage_id.kind == "decline"
            and after.stage_id.kind in ("exploration", "formation", "stable")
        ]
        self.assertTrue(returned)

    def test_every_customer_has_one_open_stay_that_is_its_stage(self):
        for customer in self.customers:
            [stay] = customer.stage_history_ids.filtered(lambda s: not s.left_on)
            self.assertEqual(stay.stage_id, customer.stage_id)
            self.assertEqual(stay.entered_on, customer.stage_entered_on)
