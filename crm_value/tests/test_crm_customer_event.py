from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged

from ..models.crm_customer_event import BULK
from .decision_common import DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerEvent(DecisionCommon):
    """The log takes one event or a whole night's, and both look the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Logged")

    def _vals(self, number, **values):
        return {
            "customer_id": self.customer.id,
            "company_id": self.company.id,
            "kind": "tier",
            "old_value": False,
            "new_value": f"Tier {number}",
            "reason": f"Reason “{number}”, 100 %s",
            "policy_id": self.policy.id,
            **values,
        }

    def _rows(self, events):
        names = [
            name
            for name in events._fields
            if name not in ("id", "display_name", "occurred_at")
        ]
        return [tuple(event[name] for name in names) for event in events]

    def test_many_events_are_logged_like_few(self):
        many = [
            self._vals(number, user_id=self.seller.id if number % 2 else False)
            for number in range(BULK)
        ]
        few = self.Event._log(many[: BULK - 1]) + self.Event._log(many[-1:])
        bulk = self.Event._log(many)
        self.assertEqual(len(bulk), BULK)
        self.assertEqual(self._rows(bulk), self._rows(few))

    def test_many_events_need_one_statement(self):
        many = [self._vals(number) for number in range(BULK)]
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Event._log(many)

    def test_events_keep_their_moment_or_take_that_of_now(self):
        moment = datetime(2024, 3, 1, 12, 30)
        many = [
            self._vals(number, **({"occurred_at": moment} if number else {}))
            for number in range(BULK)
        ]
        bulk = self.Event._log(many)
        self.assertEqual(set(bulk[1:].mapped("occurred_at")), {moment})
        self.assertGreater(bulk[0].occurred_at, moment)

    def test_events_of_more_than_one_piece_are_all_logged(self):
        path = "odoo.addons.crm_value.models.crm_customer_event.CHUNK"
        before = self.Event.search_count([("customer_id", "=", self.customer.id)])
        with patch(path, 200):
            bulk = self.Event._log([self._vals(number) for number in range(BULK + 1)])
        self.assertEqual(
            bulk.mapped("new_value"), [f"Tier {number}" for number in range(BULK + 1)]
        )
        after = self.Event.search_count([("customer_id", "=", self.customer.id)])
        self.assertEqual(after - before, BULK + 1)
