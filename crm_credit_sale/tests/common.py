from odoo import Command

from odoo.addons.crm_credit.tests.common import TODAY, CreditCommon


class CreditOrderCommon(CreditCommon):
    """A product invoiced as ordered, one as delivered, and short ways to sell them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.env.user.group_ids += cls.env.ref("crm_credit.group_manager")
        cls.plank, cls.beam = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "invoice_policy": policy,
                    "list_price": 100,
                    "taxes_id": [Command.clear()],
                }
                for name, policy in (("Plank", "order"), ("Beam", "delivery"))
            ]
        )

    @classmethod
    def _order(cls, quantity=10, product=None, price=100, **vals):
        """Return a quotation of one line: 1,000 unless told otherwise."""
        taxes = vals.pop("taxes", cls.env["account.tax"])
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "date_order": TODAY,
                "user_id": cls.env.user.id,
                **vals,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.plank).id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(taxes.ids)],
                        }
                    )
                ],
            }
        )

    @classmethod
    def _confirmed(cls, *args, **vals):
        order = cls._order(*args, **vals)
        order.action_confirm()
        return order

    @classmethod
    def _down_payment(cls, order, percent):
        """Return the draft invoice of a down payment on an order."""
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": percent})
        )
        before = order.invoice_ids
        wizard.create_invoices()
        return cls._dated(order.invoice_ids - before)

    @classmethod
    def _bill(cls, order, quantity=None):
        """Return the draft invoice of what an order has to invoice."""
        invoice = cls._dated(order._create_invoices(final=True))
        if quantity is not None:
            line = invoice.invoice_line_ids.filtered("product_id")[:1]
            line.quantity = quantity
        return invoice

    @classmethod
    def _dated(cls, invoice):
        invoice.invoice_date = TODAY
        return invoice
