from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditTierLimit(CreditCommon):
    """Without a limit of its own a customer gets that of its tier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        cls.env.user.sudo().group_ids |= cls.env.ref("crm_value.group_manager")
        cls.tier = cls._tier(cls.company, 1000)
        cls.row = cls._join(cls.tier, cls.customer)

    @classmethod
    def _tier(cls, company, limit):
        """Return a tier of a policy that is not in force: rules do not matter here."""
        policy = cls.env["crm.value.policy"].create(
            {"name": "Credit", "company_id": company.id, "active": False}
        )
        return cls.env["crm.value.tier"].create(
            {
                "name": "Key",
                "policy_id": policy.id,
                "lower_bound": 10,
                "credit_limit": limit,
            }
        )

    @classmethod
    def _join(cls, tier, partner):
        row = cls.env["crm.customer"]._for_partner(partner, tier.company_id)
        row.sudo().tier_id = tier
        return row

    def test_own_limit_comes_before_tier_and_tier_before_company(self):
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 300.0, company_id=self.company.id
        )
        self.assertPosition(limit=1000, limit_tier_id=self.tier.id, mode="limited")
        self.assertPosition(self.other, limit=300, limit_tier_id=None)
        self.customer.credit_limit = 400
        self.assertPosition(limit=400, limit_tier_id=None)

    def test_mode_is_the_same_read_searched_and_computed(self):
        self.assertEqual(self.customer.credit_mode, "limited")
        self.assertEqual(self.contact.credit_mode, "limited")
        both = self.customer | self.other
        for mode, expected in (("limited", self.customer), ("unlimited", self.other)):
            found = both.search([("credit_mode", "=", mode), ("id", "in", both.ids)])
            self.assertEqual(found, expected)

    def test_mode_of_the_customer_overrules_the_tier(self):
        self.customer.credit_mode = "unlimited"
        self.assertPosition(limit=None, limit_tier_id=None)
        self.customer.credit_mode = "none"
        self.assertPosition(limit=0, limit_tier_id=None)

    def test_each_company_has_its_own_tiers_and_currency(self):
        second = self.setup_other_company(
            name="Second Ltd", currency_id=self.env.ref("base.CHF").id
        )["company"]
        self.assertNotEqual(second.currency_id, self.company.currency_id)
        self._join(self._tier(second, 70), self.customer)
        self.assertPosition(limit=1000)
        self.assertPosition(company=second, limit=70)
        self.assertPosition(self.other, company=second, limit=None)

    def test_invoice_over_the_limit_of_the_tier_is_held(self):
        self.assertEqual(self._invoice(1000).state, "posted")
        over = self._invoice(1)
        self.assertEqual((over.state, over.credit_state), ("draft", "held"))

    def test_raised_limit_of_the_tier_releases_and_is_logged(self):
        over = self._invoice(1500)
        self.assertEqual(over.credit_state, "held")
        self.tier.credit_limit = 2000
        self.assertEqual(over.credit_state, "released")
        event = self.env["crm.customer.event"].search(
            [("customer_id", "=", self.row.id), ("kind", "=", "limit")]
        )
        self.assertIn("2,000.00", event.new_value)
        self.assertIn("Key", event.reason)

    def test_default_limit_needs_authority(self):
        clerk = self._new_user("clerk", "crm_value.group_manager")
        copied = self.tier.with_user(clerk).copy(
            {"name": "Copy", "sequence": 20, "lower_bound": 20}
        )
        self.assertEqual(copied.credit_limit, 1000)
        with self.assertRaisesRegex(UserError, "may not decide credit limits"):
            self.tier.with_user(clerk).credit_limit = 5000

    def test_panel_tells_where_the_limit_comes_from(self):
        panel = self.env["crm.customer"]._credit_panels(self.customer, self.company)
        [note] = panel[self.customer.id]["notes"]
        self.assertIn("default of tier “Key”", note)
