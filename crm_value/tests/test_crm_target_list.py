from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .decision_common import TODAY, DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmTargetList(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.Customer.browse(
            cls._customer(f"T{i}", 10 * i).id for i in range(20)
        )
        cls.target = (
            cls.env["crm.target.list"]
            .with_user(cls.seller)
            .create(
                {
                    "name": "Valuable",
                    "domain": "[('value_amount', '>=', 100)]",
                    "company_id": cls.company.id,
                    "holdout_pct": 20,
                }
            )
        )

    def test_live_list_follows_its_conditions(self):
        self.assertEqual(self.target.customer_count, 10)
        self.customers[0].value_amount = 500
        self.target.invalidate_recordset()
        self.assertEqual(self.target.customer_count, 11)

    def test_frozen_list_keeps_its_customers_and_holds_some_out(self):
        self.target.action_freeze()
        self.customers[-1].value_amount = 0
        members = self.target.member_ids
        self.assertEqual((len(members), self.target.customer_count), (10, 10))
        self.assertEqual(len(members.filtered("is_holdout")), 2)
        self.assertTrue(self.target.seed)
        plan = self.target.action_schedule_plan()
        self.assertEqual(plan["context"]["default_res_ids"].count(",") + 1, 8)

    def test_list_is_frozen_once_and_not_empty(self):
        self.target.action_freeze()
        with self.assertRaisesRegex(UserError, "already frozen"):
            self.target.action_freeze()
        empty = self.target.copy({"domain": "[('value_amount', '>', 99999)]"})
        with self.assertRaisesRegex(UserError, "No customer"):
            empty.action_freeze()

    def test_live_list_cannot_be_marked_contacted(self):
        with self.assertRaisesRegex(UserError, "Freeze"):
            self.target.action_mark_contacted()

    def test_response_says_that_nothing_is_proven(self):
        self.target.action_freeze()
        self.assertEqual(self.target.response_text, "Not contacted yet.")
        self.target.contacted_on = TODAY
        self.assertIn("no difference is proven", self.target.response_text)
        self.assertEqual(
            (self.target.contacted_count, self.target.holdout_count), (8, 2)
        )

    def test_live_lists_are_counted_once_a_day(self):
        for _run in range(2):
            self.env["crm.target.list"]._count_lists(self._scope(TODAY))
        self.env["crm.target.list"]._count_lists(self._scope(TODAY + timedelta(days=1)))
        self.assertEqual(self.target.count_ids.mapped("customer_count"), [10, 10])

    def test_conditions_that_mean_nothing_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Valuable"):
            self.target.domain = "[('nonsense', '=', 1)]"

    def test_users_change_only_their_own_lists(self):
        with self.assertRaises(AccessError):
            self.target.with_user(self.other_seller).name = "Mine"
        self.target.with_user(self.manager).name = "Ours"
