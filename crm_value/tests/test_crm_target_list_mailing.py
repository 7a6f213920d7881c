from unittest import SkipTest

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

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
        """Return the mailing somebody saves after pressing the button."""
        action = self.target.action_send_mailing()["params"]["next"]
        self.assertEqual(action["res_model"], "mailing.mailing")
        model = self.env["mailing.mailing"].with_user(self.seller)
        return Form(model.with_context(**action["context"])).save()

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

    def test_mailing_marks_the_list_as_contacted_once(self):
        self._allow()
        self.target.action_freeze()
        self._mailing()
        self.assertEqual(self.target.contacted_on, self.env.cr.now().date())
        self.target.contacted_on = "2024-01-15"
        self._mailing()
        self.assertEqual(str(self.target.contacted_on), "2024-01-15")

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
