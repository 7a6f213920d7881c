from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_credit_sale.tests.common import CreditOrderCommon


@tagged("post_install", "-at_install")
class TestDeliveryCheckpoint(CreditOrderCommon):
    """Goods do not leave for a customer who got over the limit in the meantime."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        cls.env.user.group_ids += cls.env.ref("stock.group_stock_manager")
        cls.customer.credit_limit = 1000
        cls.policy = cls.env["crm.credit.policy"]._for_company(cls.company)
        cls.policy.delivery_mode = "hold"
        cls.plank.write({"type": "consu", "is_storable": False})
        cls.manager = cls._new_user("manager", "crm_credit.group_manager")

    def _delivery(self, **vals):
        picking = self._confirmed(**vals).picking_ids
        picking.move_ids.quantity = picking.move_ids.product_uom_qty
        return picking

    def _over(self):
        """Let the accountant book something that takes the customer over."""
        self._entry(100, self.customer)

    def _hold(self, document):
        return self.env["crm.credit.hold"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            limit=1,
        )

    def test_delivery_within_the_limit_leaves(self):
        picking = self._delivery()
        picking.button_validate()
        self.assertEqual((picking.state, picking.credit_state), ("done", "clear"))

    def test_delivery_over_the_limit_waits_and_is_released(self):
        picking = self._delivery()
        self._over()
        picking.button_validate()
        self.assertEqual(picking.credit_state, "held")
        self.assertNotEqual(picking.state, "done")
        hold = self._hold(picking)
        self.assertEqual((hold.checkpoint, hold.amount), ("delivery", 1000))
        self.assertEqual(hold.reason_ids.figure, 1100)
        hold.with_user(self.manager).action_release("Lorry is waiting")
        picking.button_validate()
        self.assertEqual((picking.state, picking.credit_state), ("done", "released"))

    def test_payment_cures_a_held_delivery(self):
        picking = self._delivery()
        self._over()
        picking.button_validate()
        self._payment(100)
        self.assertEqual(self._hold(picking).state, "released")
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_warn_delivers_and_block_refuses(self):
        picking, other = self._delivery(quantity=5), self._delivery(quantity=5)
        self._over()
        self.policy.delivery_mode = "warn"
        picking.button_validate()
        self.assertEqual((picking.state, picking.credit_state), ("done", "warned"))
        self.policy.delivery_mode = "block"
        with self.assertRaises(UserError):
            other.button_validate()

    def test_delivery_waits_with_an_order_that_grew(self):
        picking = self._delivery(quantity=10)
        order = picking.sale_id
        order.order_line.product_uom_qty = 11
        self.assertEqual(order.credit_state, "held")
        picking.button_validate()
        self.assertEqual(picking.credit_state, "held")
        self.assertIn(order.name, self._hold(picking).reason_summary)
        order.order_line.product_uom_qty = 10
        picking.move_ids.write({"product_uom_qty": 10, "quantity": 10})
        self.env["crm.credit.hold"]._reevaluate(self.customer, self.company)
        self.assertEqual(order.credit_state, "released")
        self.assertEqual(self._hold(picking).state, "released")

    def test_delivering_more_than_ordered_uses_more_credit(self):
        picking = self._delivery(quantity=10)
        picking.move_ids.quantity = 11
        picking.button_validate()
        self.assertEqual(picking.credit_state, "held")
        self.assertEqual(self._hold(picking).reason_ids.figure, 1100)

    def test_grace_spares_deliveries_of_orders_that_just_passed(self):
        self.policy.grace_days = 3
        picking = self._delivery()
        self._over()
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_receipts_and_deliveries_without_order_are_not_checked(self):
        self._over()
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": self.env["stock.warehouse"]
                .search([("company_id", "=", self.company.id)], limit=1)
                .in_type_id.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.plank.id,
                            "product_uom_qty": 1,
                            "quantity": 1,
                        },
                    )
                ],
            }
        )
        picking.button_validate()
        self.assertEqual((picking.state, picking.credit_state), ("done", "clear"))

    def test_warehouse_user_sees_why_and_needs_no_sales_rights(self):
        keeper = self._new_user("keeper", "stock.group_stock_user")
        picking = self._delivery()
        self._over()
        picking.with_user(keeper).button_validate()
        self.assertIn("1,100.00", picking.with_user(keeper).credit_message)

    def test_cancelled_delivery_closes_its_hold(self):
        picking = self._delivery()
        self._over()
        picking.button_validate()
        picking.action_cancel()
        self.assertEqual(self._hold(picking).state, "cancelled")
