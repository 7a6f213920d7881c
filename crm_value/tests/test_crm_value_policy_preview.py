from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmValuePolicyPreview(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = [cls._partner(f"P{i}") for i in range(3)]
        for partner, amount in zip(cls.partners, (800, 150, 50), strict=True):
            cls._invoice_for(partner, amount, "2023-09-01")
        cls._refresh()
        cls.customers = [cls._customer(partner) for partner in cls.partners]
        draft = cls.policy.action_open_draft()["res_id"]
        cls.draft = cls.policy.browse(draft)
        cls.draft.write(
            {
                "method": "threshold",
                "tier_ids": [
                    Command.update(tier.id, {"lower_bound": low, "keep_bound": 0})
                    for tier, low in zip(
                        cls.draft._rated_tiers(), (100, 20, 0), strict=True
                    )
                ],
            }
        )

    def _preview(self):
        preview_id = self.draft.action_preview()["res_id"]
        return self.draft.env["crm.value.policy.preview"].browse(preview_id)

    def _tiers(self):
        return [customer.tier_id.name for customer in self.customers]

    def test_preview_shows_who_would_move_and_changes_nothing(self):
        before = (self._tiers(), self._picture(), self._versions())
        preview = self._preview()
        moved = {line.customer_id: line for line in preview.line_ids}
        self.assertEqual(
            {customer.partner_id for customer in moved}, set(self.partners[1:])
        )
        line = moved[self.customers[1]]
        self.assertEqual(line.from_tier_id.name, "B Important")
        self.assertEqual(line.to_tier_id.name, "A Key")
        self.assertEqual(
            (preview.customer_count, preview.moved_count, preview.up_count), (3, 2, 2)
        )
        self.assertEqual(preview.moved_value, 200)
        self.assertIn("A Key", str(preview.matrix))
        self.assertEqual((self._tiers(), self._picture()), before[:2])
        self.assertEqual(self._versions(), before[2])

    def test_preview_measures_the_window_of_the_draft(self):
        self.draft.window_months = 1
        preview = self._preview()
        self.assertEqual(set(preview.line_ids.mapped("value_after")), {0.0})
        self.assertEqual(self.customers[0].value_amount, 800)

    def test_apply_moves_the_customers_and_logs_why(self):
        self._preview().action_apply()
        self.assertTrue(self.draft.active)
        self.assertFalse(self.policy.active)
        self.assertEqual(self._tiers(), ["A Key", "A Key", "B Important"])
        events = (
            self.env["crm.customer.event"]
            .sudo()
            .search(
                [("customer_id", "=", self.customers[1].id), ("kind", "=", "tier")],
                limit=1,
            )
        )
        self.assertEqual(
            (events.old_value, events.new_value, events.policy_id),
            ("B Important", "A Key", self.draft),
        )

    def test_customer_who_stays_gets_no_event(self):
        Event = self.env["crm.customer.event"].sudo()
        domain = [("customer_id", "=", self.customers[0].id)]
        count = Event.search_count(domain)
        self._preview().action_apply()
        self.assertEqual(Event.search_count(domain), count)

    def test_tier_set_by_hand_survives_the_new_policy(self):
        low = self.policy._rated_tiers()[-1]
        self.customers[0].sudo()._override_tier(low, "Test", today=AS_OF)
        self._preview().action_apply()
        self.assertEqual(self.customers[0].tier_id.name, low.name)
        self.assertEqual(self.customers[0].tier_id.policy_id, self.draft)

    def test_discard_leaves_the_policy_in_force(self):
        self._preview().action_discard()
        self.assertFalse(self.draft.exists())
        self.assertTrue(self.policy.active)

    def test_policy_in_force_is_not_previewed_and_users_may_not(self):
        with self.assertRaisesRegex(UserError, "in force"):
            self.policy.action_preview()
        user = self.env["res.users"].create(
            {
                "name": "Reader",
                "login": "preview_reader",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.link(self.env.ref("crm_value.group_user").id)],
            }
        )
        with self.assertRaises(AccessError):
            self.draft.with_user(user).action_preview()
