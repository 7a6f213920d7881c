from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Orders of which the rest will never be invoiced."""

    _inherit = "sale.order"

    def write(self, vals):
        # EXTENDS 'crm_credit_sale'
        if "is_credit_closed" not in vals:
            return super().write(vals)
        changing = self.filtered(
            lambda order: order.is_credit_closed != bool(vals["is_credit_closed"])
        )
        done = super().write(vals)
        changing._credit_log_closing()
        return done

    def action_credit_close(self):
        """Give the credit back that confirmed orders will never use."""
        if pending := self.filtered(lambda order: order.state != "sale"):
            raise UserError(
                self.env._(
                    "Only a confirmed order uses credit. %(orders)s: confirm or cancel "
                    "instead.",
                    orders=", ".join(pending.mapped("display_name")),
                )
            )
        self.write({"is_credit_closed": True})

    def _credit_log_closing(self):
        """Tell the history of the customers which orders were closed or reopened."""
        Customer = self.env["crm.customer"]
        events = []
        for company, orders in self.grouped(
            lambda order: order.company_id.root_id
        ).items():
            partners = orders.partner_invoice_id.commercial_partner_id
            rows = {
                row.partner_id: row for row in Customer._for_partner(partners, company)
            }
            events += [
                {
                    "customer_id": rows[order._credit_partner()].id,
                    "company_id": company.id,
                    "kind": "order_closed",
                    "new_value": order.name,
                    "reason": self.env._(
                        "Nothing more will be invoiced: the order uses no credit."
                    )
                    if order.is_credit_closed
                    else self.env._(
                        "More will be invoiced: the order uses credit again."
                    ),
                    "user_id": self.env.uid,
                }
                for order in orders
            ]
        self.env["crm.customer.event"]._log(events)
