from odoo import api, fields, models


class SaleOrder(models.Model):
    """The credit of the customer to be invoiced, in sight on its orders."""

    _inherit = "sale.order"

    credit_panel = fields.Json(
        string="Credit Position",
        compute="_compute_credit_panel",
        help="What the customer has used of its credit, and what is left.",
    )

    @api.depends("partner_invoice_id", "company_id", "state", "amount_total")
    def _compute_credit_panel(self):
        self.credit_panel = False
        orders = self.filtered("partner_invoice_id")
        for company, some in orders.grouped("company_id").items():
            panels = self.env["crm.customer"]._credit_panels(
                some.partner_invoice_id, company
            )
            for order in some:
                order.credit_panel = panels.get(
                    order.partner_invoice_id._origin.id, False
                )
