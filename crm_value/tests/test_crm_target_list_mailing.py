from unittest import SkipTest

from odoo.exceptions import UserError
from odoo.tests import tagged

from .decision_common import DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmTargetListMailing(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.Customer.browse(
            cls._customer(f"M{i}", 100 + i).id for i in range(10)
        )
        for position, customer in enumerate(cls.customers):
            customer.partner_id.email = f"m{position}@example.com"
        cls.target = (
            cls.env["crm.target.list"]
            .with_user(cls.seller)
            .create({"name": "Mail them", "company_id": cls.company.id})
        )
        cls.target.holdout_pct = 20

    def _allow(self):
        if "mailing.mailing" not in self.env:
            raise SkipTest("the app for mailings is not installed")
        self.seller.group_ids |= self.env.ref("mass_mailing.group_mass_mailing_user")

    def _mailing(self):
        """Return the mailing that the button opens."""
        action = self.target.action_send_mailing()["params"]["next"]
        model = self.env[action["res_model"]].with_user(self.seller)
        return model.browse(action["res_id"])

    def test_mailing_goes_to_those_who_are_not_held_out(self):
        self._allow()
        self.target.action_freeze()
        mailing = self._mailing()
        held_out = self.target.member_ids.filtered("is_holdout").customer_id
        self.assertEqual(len(held_out), 2)
        self.assertEqual(mailing.mailing_model_real, "res.partner")
        self.assertEqual(mailing.subject, "Mail them")
        self.assertEqual(
            self.env["res.partner"].browse(mailing._get_recipients()),
            (self.customers - held_out).partner_id.sorted("id"),
        )

    def test_contact_is_written_to_where_the_customer_has_no_address(self):
        self._allow()
        self.target.holdout_pct = 0
        house, silent = self.customers[0].partner_id, self.customers[1].partner_id
        (house | silent).email = False
        second, third = self.env["res.partner"].create(
            [
                {"name": n, "parent_id": house.id, "email": f"{n}@example.com"}
                for n in ("second", "third")
            ]
        )
        self.target.action_freeze()
        recipients = self._mailing()._get_recipients()
        self.assertIn(second.id, recipients)
        self.assertNotIn(third.id, recipients)
        self.assertEqual(len(recipients), 9, "one each, and nobody for the silent one")

    def _note_sent(self, mailing, sent_date):
        """Let a mailing be sent, and the scheduled action look."""
        mailing.sudo().write({"state": "done", "sent_date": sent_date})
        self.target.sudo()._cron_follow_mailings()

    def test_list_is_contacted_on_the_day_its_mailing_is_sent(self):
        self._allow()
        self.target.action_freeze()
        mailing = self._mailing()
        self.target.sudo()._cron_follow_mailings()
        self.assertFalse(self.target.contacted_on, "it is not sent yet")
        self.seller.tz = "Asia/Shanghai"
        self._note_sent(mailing, "2024-01-15 20:00:00")
        self.assertEqual(str(self.target.contacted_on), "2024-01-16")

    def test_day_entered_by_a_person_stays_whatever_is_sent(self):
        self._allow()
        self.target.action_freeze()
        mailing = self._mailing()
        self.target.contacted_on = "2024-01-10"
        self._note_sent(mailing, "2024-01-15 20:00:00")
        self.assertEqual(str(self.target.contacted_on), "2024-01-10")

    def test_button_returns_to_the_draft_and_begins_anew_after_it_is_sent(self):
        self._allow()
        self.target.action_freeze()
        first = self._mailing()
        self.assertEqual(self._mailing(), first)
        self._note_sent(first, "2024-01-15 20:00:00")
        self.assertNotEqual(self._mailing(), first)

    def test_who_has_no_address_sends_from_that_of_the_company(self):
        self._allow()
        self.target.action_freeze()
        self.seller.email = self.company.email = False
        with self.assertRaisesRegex(UserError, "to send from"):
            self.target.action_send_mailing()
        self.company.email = "office@example.com"
        self.assertIn("office@example.com", self._mailing().email_from)

    def test_deleted_mailing_is_forgotten(self):
        self._allow()
        self.target.action_freeze()
        self._mailing().sudo().unlink()
        self.target.sudo()._cron_follow_mailings()
        self.assertFalse(self.target.contacted_on)
        self.assertTrue(self._mailing().exists())

    def test_live_list_is_frozen_before_it_is_mailed(self):
        self._allow()
        with self.assertRaisesRegex(UserError, "Freeze"):
            self.target.action_send_mailing()

    def test_list_without_addresses_is_refused_and_not_contacted(self):
        self._allow()
        self.customers.partner_id.email = False
        self.target.action_freeze()
        with self.assertRaisesRegex(UserError, "“Mail them” has an e-mail address"):
            self.target.action_send_mailing()
        self.assertFalse(self.target.contacted_on)

    def test_button_needs_the_rights_of_the_app(self):
        self.target.action_freeze()
        self.assertFalse(self.target.can_send_mailing)
        with self.assertRaisesRegex(UserError, "cannot send mailings"):
            self.target.action_send_mailing()
        self._allow()
        self.target.invalidate_recordset()
        self.assertTrue(self.target.can_send_mailing)
