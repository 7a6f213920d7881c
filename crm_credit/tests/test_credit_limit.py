from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditLimit(CreditCommon):
    """How much credit a customer is allowed."""

    def _temporary(self, amount, date_from, date_to, partner=None):
        return self.env["crm.credit.temporary.limit"].create(
            {
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "date_from": date_from,
                "date_to": date_to,
                "reason": "Season",
            }
        )

    def _guarantee(self, amount, **vals):
        return self.env["crm.credit.guarantee"].create(
            {
                "partner_id": self.customer.id,
                "reference": "Policy 1",
                "amount": amount,
                "date_from": "2026-01-01",
                **vals,
            }
        )

    def _group(self, amount, *partners):
        return self.env["crm.credit.group"].create(
            {
                "name": "Wood Holding",
                "amount": amount,
                "member_ids": [
                    Command.create({"partner_id": partner.id}) for partner in partners
                ],
            }
        )

    # modes

    def test_limit_of_odoo_limits_when_no_mode_was_chosen(self):
        self.assertEqual(self.customer.credit_mode, "unlimited")
        self.customer.credit_limit = 800
        self.assertEqual(self.customer.credit_mode, "limited")
        self.assertPosition(limit=800.0, available=800.0, mode="limited")

    def test_limit_of_the_company_holds_for_who_has_none(self):
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 500, company_id=self.company.id
        )
        self.assertPosition(limit=500.0)
        self.customer.credit_limit = 900
        self.assertPosition(limit=900.0)

    def test_no_credit_is_zero_and_unlimited_is_none(self):
        self.customer.credit_mode = "none"
        self.assertPosition(limit=0.0, available=0.0)
        self.customer.credit_mode = "unlimited"
        self.assertPosition(limit=None, available=None)
        self.customer.write({"credit_mode": "limited", "credit_limit": 0})
        self.assertPosition(limit=0.0, available=0.0)

    def test_modes_can_be_searched(self):
        Partner = self.env["res.partner"]
        both = self.customer | self.other
        self.customer.credit_limit = 10
        for mode, expected in (
            ("limited", self.customer),
            ("unlimited", self.other),
            ("none", Partner),
        ):
            found = Partner.search([("credit_mode", "=", mode), ("id", "in", both.ids)])
            self.assertEqual(found, expected)

    def test_available_is_limit_less_exposure(self):
        self._invoice(1200)
        self.customer.sudo().credit_limit = 1000
        self.assertPosition(limit=1000.0, exposure=1200.0, available=-200.0)

    def test_limit_of_a_contact_cannot_differ_from_its_company(self):
        with self.assertRaisesRegex(UserError, "belongs to Lumber Inc as a whole"):
            self.contact.credit_limit = 10

    def test_contact_that_becomes_a_customer_starts_from_the_default(self):
        self.customer.write({"credit_limit": 5000, "credit_mode": "limited"})
        self.assertEqual(self.contact.credit_limit, 5000)
        self.contact.parent_id = False
        self.assertEqual(self.contact.credit_limit, 0)
        self.assertPosition(self.contact, limit=None)

    # temporary limits

    def test_temporary_limit_replaces_the_permanent_one_on_its_days_only(self):
        self.customer.credit_limit = 1000
        self._temporary(3000, "2026-06-30", "2026-06-30")
        self._temporary(9000, "2026-07-01", "2026-07-31")
        self.assertPosition(limit=3000.0)

    def test_temporary_limit_may_be_lower_and_holds_over_unlimited(self):
        self._temporary(100, "2026-06-01", "2026-07-31")
        self.assertPosition(limit=100.0)

    def test_two_temporary_limits_on_one_day_are_refused(self):
        self._temporary(100, "2026-06-01", "2026-06-30")
        with self.assertRaisesRegex(ValidationError, "already has a temporary limit"):
            self._temporary(200, "2026-06-30", "2026-07-31")

    # guarantees

    def test_guarantee_raises_the_limit_by_its_covered_share_while_valid(self):
        self.customer.credit_limit = 1000
        self._guarantee(1000, covered_pct=80)
        self._guarantee(500, date_to="2026-06-29")
        self._guarantee(700, date_from="2026-07-01")
        self.assertPosition(limit=1800.0, guaranteed=800.0)

    def test_guarantee_grants_nothing_to_a_customer_without_credit(self):
        self.customer.credit_mode = "none"
        self._guarantee(1000)
        self.assertPosition(limit=0.0)

    def test_guarantee_does_not_limit_the_unlimited(self):
        self._guarantee(1000)
        self.assertPosition(limit=None)

    # groups

    def test_group_limit_is_shared_and_own_limit_stays_below(self):
        self.customer.credit_limit = 1000
        self._group(1500, self.customer, self.other)
        self._invoice(400)
        self._invoice(900, partner=self.other)
        self.assertPosition(
            exposure=400.0, limit=600.0, available=200.0, group_exposure=1300.0
        )
        self.assertPosition(self.other, limit=1100.0, available=200.0)

    def test_group_over_its_limit_leaves_nothing_to_its_members(self):
        self._invoice(1200, partner=self.other)
        self._group(1000, self.customer, self.other)
        self.assertPosition(limit=0.0, available=-200.0)

    def test_archived_group_limits_nobody(self):
        self._group(1000, self.customer, self.other).active = False
        self.assertPosition(limit=None)

    @mute_logger("odoo.sql_db")
    def test_customer_shares_one_group_only(self):
        self._group(1000, self.customer)
        with self.assertRaisesRegex(IntegrityError, "partner_company_uniq"):
            self._group(2000, self.customer)

    # validity and history

    def test_limit_past_its_last_day_is_told(self):
        self.customer.write(
            {"credit_limit": 100, "credit_limit_valid_until": "2026-06-29"}
        )
        self.assertPosition(limit=100.0, is_expired=True)
        self.customer.credit_limit_valid_until = "2026-06-30"
        self.assertPosition(limit=100.0, is_expired=False)

    def test_each_change_is_told_to_the_history_once(self):
        Event = self.env["crm.customer.event"]
        domain = [("partner_id", "=", self.customer.id), ("kind", "=", "limit")]
        self.customer.write({"credit_limit": 800, "credit_mode": "limited"})
        self.customer.credit_limit = 800
        event = Event.search(domain)
        self.assertEqual(len(event), 1)
        self.assertEqual(event.old_value, "Unlimited")
        self.assertIn("800.00", event.new_value)
        self.assertEqual(event.user_id, self.env.user)
        self._guarantee(200)
        self.assertEqual(Event.search_count(domain), 2)

    def test_review_follows_from_rating_and_amount(self):
        self.env["crm.credit.review.rule"].search([]).unlink()
        self.env["crm.credit.review.rule"].create(
            [
                {"sequence": 1, "trust": "bad", "months": 1},
                {"sequence": 2, "amount_from": 1000, "months": 3},
                {"sequence": 3, "months": 12},
            ]
        )
        rules = self.env["crm.credit.review.rule"]._for_company(self.company)
        today = TODAY.replace(day=15)
        months = [
            (day.year - today.year) * 12 + day.month - today.month
            for day in (
                rules._next_review("bad", 5000, today),
                rules._next_review("normal", 1000, today),
                rules._next_review("normal", 999, today),
                rules._next_review(False, None, today),
            )
        ]
        self.assertEqual(months, [1, 3, 12, 3])

    def test_due_review_asks_the_credit_team_once(self):
        Partner = self.env["res.partner"].sudo()
        self.customer.sudo().credit_review_date = "2020-01-01"
        Partner._cron_review_credit_limits()
        Partner._cron_review_credit_limits()
        row = self.env["crm.customer"].sudo()._for_partner(self.customer)
        review = self.env.ref("crm_credit.mail_activity_type_review")
        self.assertEqual(len(row.activity_ids), 1)
        self.assertEqual(row.activity_ids.activity_type_id, review)
