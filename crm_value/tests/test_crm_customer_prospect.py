from datetime import datetime, timedelta
from unittest import SkipTest

from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerProspect(CustomerValueCommon):
    """Whom sales works on is a customer before the first invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "crm.lead" not in cls.env:
            raise SkipTest("the crm app is not installed")
        cls.house = cls._partner("House")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.house.id}
        )
        cls.contact.email = "contact@example.com"

    @classmethod
    def _opportunity(cls, partner=None, **values):
        return (
            cls.env["crm.lead"]
            .sudo()
            .create(
                {
                    "name": "Wants something",
                    "type": "opportunity",
                    "partner_id": (partner or cls.contact).id,
                    "company_id": cls.company.id,
                    "user_id": cls.env.user.id,
                    **values,
                }
            )
        )

    def test_open_opportunity_makes_its_customer_a_prospect(self):
        self._opportunity()
        self._refresh()
        customer = self._customer(self.house)
        self.assertEqual(customer.stage_id.kind, "prospect")
        self.assertEqual(customer.purchase_count, 0)
        self.assertFalse(self._customer(self.contact), "the house is the customer")

    def test_company_of_the_opportunity_alone_knows_the_prospect(self):
        self._opportunity()
        self._refresh(self.company | self.company_2)
        self.assertTrue(self._customer(self.house))
        self.assertFalse(self._customer(self.house, self.company_2))

    def test_opportunity_without_company_counts_where_its_salesperson_is(self):
        lead = self._opportunity()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL WHERE id = %s", [lead.id]
        )
        self.env.user.company_id = self.company_2
        self._refresh(self.company | self.company_2)
        self.assertFalse(self._customer(self.house))
        self.assertTrue(self._customer(self.house, self.company_2))

    def test_leads_and_closed_opportunities_make_no_prospect(self):
        for position, values in enumerate(
            [{"type": "lead"}, {"active": False}, {"partner_id": False}]
        ):
            house = self._partner(f"Closed {position}")
            self._opportunity(**{"partner_id": house.id, **values})
        won, lost = self._partner("Won"), self._partner("Lost")
        self._opportunity(won).action_set_won()
        self._opportunity(lost).action_set_lost()
        self._refresh()
        self.assertFalse(
            self.Customer.search([("company_id", "=", self.company.id)]),
            "nobody has an open opportunity or an invoice",
        )

    def test_prospect_of_a_lost_opportunity_keeps_its_row(self):
        lead = self._opportunity()
        self._refresh()
        lead.action_set_lost()
        self._refresh()
        self.assertEqual(self._customer(self.house).stage_id.kind, "prospect")

    def test_refresh_of_some_customers_leaves_other_prospects_out(self):
        self._refresh()
        other = self._partner("Other")
        self._opportunity()
        self._opportunity(other)
        self._refresh(partners=self.contact)
        self.assertTrue(self._customer(self.house))
        self.assertFalse(self._customer(other))

    def test_new_opportunity_is_found_without_a_full_refresh(self):
        since = datetime.combine(AS_OF, datetime.min.time())
        self.assertNotIn(
            self.house.id, self.Customer._changed_partner_ids(self.company, since)
        )
        lead = self._opportunity()
        self.env.flush_all()
        changed = self.Customer._changed_partner_ids(self.company, since)
        self.assertIn(self.house.id, changed)
        later = lead.write_date + timedelta(seconds=1)
        self.assertNotIn(
            self.house.id, self.Customer._changed_partner_ids(self.company, later)
        )
        self._refresh()
        self.assertNotIn(
            self.house.id,
            self.Customer._changed_partner_ids(self.company, since),
            "a prospect that has its row need not be measured again",
        )

    def test_scheduled_refresh_finds_a_prospect_between_two_nights(self):
        self.patch(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda model, *args, **kwargs: model.env.flush_all() or 60.0,
        )
        self.env["crm.value.policy"].sudo().search(
            [("company_id", "!=", self.company.id)]
        ).active = False
        self.Customer._cron_refresh()
        self.assertFalse(self._customer(self.house))
        self._opportunity()
        self.Customer._cron_refresh()
        self.assertEqual(self._customer(self.house).stage_id.kind, "prospect")
