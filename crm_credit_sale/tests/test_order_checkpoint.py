from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CreditOrderCommon

#: The smallest picture there is.
SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestOrderCheckpoint(CreditOrderCommon):
    """Orders are stopped before they use credit that is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        cls.customer.credit_limit = 1000
        cls.policy = cls.env["crm.credit.policy"]._for_company(cls.company)
        cls.seller = cls._new_user("seller", "sales_team.group_sale_salesman")
        cls.manager = cls._new_user(
            "manager", "crm_credit.group_manager", "sales_team.group_sale_manager"
        )

    def _hold(self, document):
        return self.env["crm.credit.hold"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            limit=1,
        )

    def test_equal_to_the_limit_passes_and_more_stays_a_quotation(self):
        order = self._confirmed()
        self.assertEqual((order.state, order.credit_state), ("sale", "clear"))
        more = self._confirmed(quantity=0.01)
        self.assertEqual((more.state, more.credit_state), ("draft", "held"))

    def test_hold_tells_the_salesperson_and_the_reasons(self):
        order = self._order(quantity=12, user_id=self.seller.id)
        order.with_user(self.seller).action_confirm()
        hold = self._hold(order)
        self.assertEqual(hold.requester_id, self.seller)
        self.assertEqual(hold.checkpoint, "order")
        self.assertEqual(hold.reason_ids.figure, 1200)
        self.assertIn("1,200.00", order.with_user(self.seller).credit_message)
        self.assertIn(self.seller.partner_id, hold.message_partner_ids)

    def test_batch_confirms_what_fits_one_after_the_other(self):
        orders = self.env["sale.order"].union(
            *(self._order(quantity=quantity) for quantity in (6, 5, 4))
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])

    def test_released_order_is_confirmed_and_its_invoice_posted(self):
        order = self._order(quantity=12)
        order.with_user(self.seller).sudo().action_confirm()
        self._hold(order).with_user(self.manager).action_release("Good customer")
        order.action_confirm()
        self.assertEqual((order.state, order.credit_state), ("sale", "released"))
        invoice = self._bill(order)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_order_uses_credit_drafts_have_claimed(self):
        self._invoice(600, post=False)
        self.assertEqual(self._confirmed(quantity=5).credit_state, "held")
        self.assertEqual(self._confirmed(quantity=4).state, "sale")

    def test_block_refuses_and_warn_marks(self):
        self.policy.order_mode = "block"
        with self.assertRaisesRegex(UserError, "1,200.00"):
            self._confirmed(quantity=12)
        self.policy.order_mode = "warn"
        order = self._confirmed(quantity=12)
        self.assertEqual((order.state, order.credit_state), ("sale", "warned"))

    def test_writing_the_state_is_no_way_around(self):
        order = self._order(quantity=12)
        with self.assertRaises(UserError):
            order.with_user(self.seller).sudo(False).write({"state": "sale"})

    def test_order_paid_in_advance_passes(self):
        self.customer.credit_mode = "none"
        self._payment(1000)
        self.assertEqual(self._confirmed().state, "sale")
        self.assertEqual(self._confirmed(quantity=1).credit_state, "held")

    def test_payment_cures_a_held_order(self):
        self._invoice(800)
        order = self._confirmed(quantity=5)
        self._payment(300)
        self.assertEqual(self._hold(order).state, "released")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_cancelled_order_makes_room_for_a_held_one(self):
        first = self._confirmed()
        second = self._confirmed(quantity=5)
        first._action_cancel()
        self.assertEqual(self._hold(second).state, "released")

    def test_cancelling_a_held_order_closes_its_hold(self):
        order = self._confirmed(quantity=12)
        order._action_cancel()
        self.assertEqual(self._hold(order).state, "cancelled")

    # Growth

    def test_confirmed_order_that_grows_over_the_limit_is_held(self):
        order = self._confirmed(quantity=9)
        order.order_line.product_uom_qty = 10
        self.assertEqual(order.credit_state, "clear")
        order.order_line.product_uom_qty = 11
        self.assertEqual((order.state, order.credit_state), ("sale", "held"))
        self.assertEqual(self._hold(order).reason_ids.figure, 1100)

    def test_price_and_new_line_are_growth_less_is_not(self):
        order = self._confirmed(quantity=10)
        order.order_line.price_unit = 101
        self.assertEqual(order.credit_state, "held")
        order.order_line.price_unit = 90
        self.env["crm.credit.hold"]._reevaluate(self.customer, self.company)
        self.assertEqual(order.credit_state, "released")
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.plank.id,
                            "product_uom_qty": 2,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ]
            }
        )
        self.assertEqual(order.credit_state, "held")

    def test_growth_is_refused_in_block_mode(self):
        self.policy.order_mode = "block"
        order = self._confirmed(quantity=10)
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 11

    def test_customer_taken_on_for_a_confirmed_order_is_checked(self):
        self.other.credit_limit = 500
        order = self._confirmed(quantity=10)
        order.partner_invoice_id = self.other
        self.assertEqual(order.credit_state, "held")
        self.assertEqual(self._hold(order).partner_id, self.other)

    # Invoices of orders

    def test_invoice_of_an_order_adds_nothing(self):
        order = self._confirmed(quantity=10)
        invoice = self._bill(order)
        invoice.action_post()
        self.assertEqual((invoice.state, invoice.credit_state), ("posted", "clear"))

    def test_batch_shares_what_the_order_still_has_to_invoice(self):
        order = self._confirmed(quantity=10)
        down = self._down_payment(order, 50)
        final = self._dated(order._create_invoices(final=False))
        (down | final).action_post()
        self.assertEqual((down.state, final.state), ("posted", "draft"))

    def test_invoice_for_delivered_goods_is_only_warned_of(self):
        rule = self.env["crm.credit.rule"].create(
            {"name": "Small", "kind": "document_size", "threshold": 100}
        )
        self.policy.order_mode = "off"
        order = self._confirmed(product=self.beam)
        order.order_line.qty_delivered = 10
        invoice = self._bill(order)
        invoice.action_post()
        self.assertEqual((invoice.state, invoice.credit_state), ("posted", "warned"))
        self.policy.is_delivered_warn_only = False
        order.order_line.qty_delivered = 20
        invoice = self._bill(order)
        invoice.action_post()
        self.assertEqual(invoice.credit_state, "held")
        self.assertTrue(rule)

    def test_grace_spares_invoices_of_orders_that_just_passed(self):
        self.policy.grace_days = 5
        order = self._confirmed(quantity=10)
        self.env["crm.credit.rule"].create(
            {"name": "Small", "kind": "document_size", "threshold": 100}
        )
        order.credit_passed_on = "2026-06-25"
        self.assertEqual(self._bill_posted(order, 4).credit_state, "held")
        order.credit_passed_on = "2026-06-26"
        self.assertEqual(self._bill_posted(order, 4).state, "posted")

    def _bill_posted(self, order, quantity):
        invoice = self._bill(order, quantity)
        invoice.action_post()
        return invoice

    # The customer at the portal

    def test_signed_order_on_hold_thanks_the_customer(self):
        order = self._order(quantity=12, user_id=self.seller.id)
        order.write({"signature": SIGNATURE, "signed_by": "Jane"})
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual((order.state, order.credit_state), ("draft", "held"))
        thanks = order.message_ids.filtered(
            lambda message: message.subtype_id == self.env.ref("mail.mt_comment")
        )
        self.assertIn("Thank you", thanks.body)
        self.assertIn(self.seller.partner_id, order.message_ids.notified_partner_ids)

    def test_held_order_does_not_send_a_confirmation(self):
        order = self._order(quantity=12)
        order.with_context(send_email=True).action_confirm()
        order._send_order_confirmation_mail()
        self.assertFalse(
            order.message_ids.filtered(lambda message: message.partner_ids)
        )

    def test_closed_order_gives_its_credit_back_and_is_checked_when_reopened(self):
        order = self._confirmed()
        self.assertEqual(self._confirmed(quantity=1).credit_state, "held")
        order.action_credit_close()
        self.assertPosition(orders=0, available=1000)
        other = self._confirmed(quantity=8)
        self.assertEqual(other.state, "sale")
        order.is_credit_closed = False
        self.assertEqual((order.state, order.credit_state), ("sale", "held"))
        row = self.env["crm.customer"]._for_partner(self.customer, self.company)
        events = self.env["crm.customer.event"].search(
            [("customer_id", "=", row.id), ("kind", "=", "order_closed")], order="id"
        )
        self.assertEqual(events.mapped("new_value"), [order.name] * 2)
        self.assertEqual(events.user_id, self.env.user)

    def test_only_confirmed_orders_can_be_closed(self):
        with self.assertRaisesRegex(UserError, "Only a confirmed order"):
            self._order().action_credit_close()
