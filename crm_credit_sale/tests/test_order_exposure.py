from odoo.tests import tagged

from odoo.addons.crm_credit.tests.common import TODAY

from .common import CreditOrderCommon


@tagged("post_install", "-at_install")
class TestOrderExposure(CreditOrderCommon):
    """Each amount has one owner: the order until it is invoiced, then the ledger."""

    def test_quotation_uses_nothing_and_confirmed_order_all(self):
        order = self._order()
        self.assertPosition(orders=0.0, exposure=0.0)
        order.action_confirm()
        self.assertPosition(orders=1000.0, exposure=1000.0)

    def test_taxes_are_included(self):
        self._confirmed(taxes=self.percent_tax(10.0))
        self.assertPosition(orders=1100.0)

    def test_undelivered_order_counts_whatever_its_invoice_policy(self):
        self._confirmed(product=self.beam)
        self.assertPosition(orders=1000.0)

    def test_draft_invoice_is_counted_with_its_order(self):
        invoice = self._bill(self._confirmed())
        self.assertPosition(orders=1000.0, drafts=0.0, exposure=1000.0)
        invoice.action_post()
        self.assertPosition(orders=0.0, receivable=1000.0, exposure=1000.0)

    def test_partly_invoiced_order(self):
        self._bill(self._confirmed(), quantity=4).action_post()
        self.assertPosition(orders=600.0, receivable=400.0, exposure=1000.0)

    def test_invoice_in_another_unit_is_converted(self):
        order = self._confirmed()
        invoice = self._bill(order, quantity=0.5)
        line = invoice.invoice_line_ids
        line.write({"product_uom_id": self.env.ref("uom.product_uom_dozen").id})
        line.price_unit = 1200
        invoice.action_post()
        self.assertPosition(orders=400.0, receivable=600.0)

    def test_over_invoiced_line_takes_nothing_off_another(self):
        order = self._confirmed()
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.beam.id,
                "product_uom_qty": 3,
                "price_unit": 100,
                "tax_ids": False,
            }
        )
        self._bill(order, quantity=12).action_post()
        self.assertPosition(orders=300.0, receivable=1200.0)

    def test_draft_beyond_its_order_counts_with_the_excess(self):
        self._bill(self._confirmed(), quantity=12)
        self.assertPosition(orders=1000.0, drafts=200.0, exposure=1200.0)

    def test_draft_down_payment_is_in_its_order(self):
        self._down_payment(self._confirmed(), 50)
        self.assertPosition(orders=1000.0, drafts=0.0)

    def test_posted_down_payment_comes_off_its_order(self):
        order = self._confirmed()
        self._down_payment(order, 50).action_post()
        self.assertPosition(orders=500.0, receivable=500.0, exposure=1000.0)
        final = self._bill(order)
        self.assertPosition(orders=500.0, drafts=0.0, exposure=1000.0)
        final.action_post()
        self.assertPosition(orders=0.0, receivable=1000.0, exposure=1000.0)

    def test_delivered_more_than_ordered(self):
        order = self._confirmed(product=self.beam)
        order.order_line.qty_delivered = 12
        self.assertPosition(orders=1200.0)
        self._bill(order).action_post()
        self.assertPosition(orders=0.0, receivable=1200.0)

    def test_delivered_but_not_ordered_line_counts_with_its_tax(self):
        tax = self.percent_tax(10.0)
        order = self._confirmed(quantity=0, product=self.beam, taxes=tax)
        order.order_line.qty_delivered = 5
        self.assertPosition(orders=550.0)

    def test_cancelled_and_closed_orders_use_nothing(self):
        cancelled, closed = self._confirmed(), self._confirmed()
        cancelled._action_cancel()
        self.assertPosition(orders=1000.0)
        closed.is_credit_closed = True
        self.assertPosition(orders=0.0)

    def test_refund_lets_the_order_be_invoiced_again_until_it_is_closed(self):
        order = self._confirmed()
        invoice = self._bill(order)
        invoice.action_post()
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": TODAY})
        )
        refund = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        self.assertPosition(orders=0.0, drafts=0.0, receivable=1000.0)
        refund.action_post()
        self.assertPosition(orders=1000.0, receivable=0.0, exposure=1000.0)
        order.is_credit_closed = True
        self.assertPosition(exposure=0.0)

    def test_foreign_order_is_converted_once_at_the_rate_of_its_date(self):
        currency = self.setup_other_currency(
            "HRK", rates=[("2026-01-01", 2.0), ("2026-06-01", 4.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "HRK", "currency_id": currency.id}
        )
        order = self._order(pricelist_id=pricelist.id, date_order="2026-03-01")
        order.action_confirm()
        order.date_order = "2026-03-01"
        self.assertPosition(orders=500.0)
        order.date_order = TODAY
        self.assertPosition(orders=250.0)
        self._bill(order, quantity=4).action_post()
        self.assertPosition(orders=150.0, receivable=100.0)

    def test_order_belongs_to_whoever_is_invoiced(self):
        self._confirmed(partner_invoice_id=self.other.id)
        self.assertPosition(orders=0.0)
        self.assertPosition(self.other, orders=1000.0)

    def test_contact_orders_on_the_account_of_its_company(self):
        self._confirmed(partner_id=self.contact.id)
        self.assertPosition(orders=1000.0)

    def test_orders_of_another_company_do_not_count(self):
        other = self.setup_other_company()["company"]
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [
                        (0, 0, {"product_id": self.plank.id, "price_unit": 70})
                    ],
                }
            )
        )
        order.action_confirm()
        self.assertPosition(orders=0.0)
