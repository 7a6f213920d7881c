from odoo import Command
from odoo.tests import tagged

from .common import CreditOrderCommon


@tagged("post_install", "-at_install")
class TestOrderLoyalty(CreditOrderCommon):
    """A held order neither spends nor earns points; sale_loyalty may be absent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        if "coupon_point_ids" not in cls.env["sale.order"]._fields:
            cls.skipTest(cls, "sale_loyalty is not installed")
        cls.customer.credit_limit = 1000
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [
                    Command.create(
                        {"reward_point_mode": "order", "reward_point_amount": 7}
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            "required_points": 5,
                        }
                    )
                ],
            }
        )
        cls.card = cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "partner_id": cls.customer.id, "points": 20}
        )

    def _rewarded(self, quantity):
        order = self._order(quantity=quantity)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, self.card)
        return order

    def _history(self, order):
        return self.env["loyalty.history"].search_count(
            [("order_model", "=", "sale.order"), ("order_id", "=", order.id)]
        )

    def test_held_order_leaves_the_points_alone_until_it_is_confirmed(self):
        order = self._rewarded(12)
        self.assertEqual(order.amount_total, 1080)
        order.action_confirm()
        self.assertEqual((order.state, order.credit_state), ("draft", "held"))
        self.assertEqual(self.card.points, 20)
        self.assertEqual(self._history(order), 0)
        self.customer.credit_limit = 2000
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.card.points, 22)
        self.assertEqual(self._history(order), 1)

    def test_of_two_orders_only_the_one_that_passes_moves_points(self):
        orders = self._rewarded(12) | self._rewarded(5)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["draft", "sale"])
        self.assertEqual(self.card.points, 22)

    def test_order_whose_discount_lapses_when_confirmed_is_held(self):
        order = self._rewarded(11)
        self.assertEqual(order.amount_total, 990)
        self.program.active = False
        order.action_confirm()
        self.assertEqual(order.amount_total, 1100)
        self.assertEqual((order.state, order.credit_state), ("sale", "held"))
