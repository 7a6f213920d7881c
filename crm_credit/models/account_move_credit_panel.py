from odoo import api, fields, models


class AccountMove(models.Model):
    """The credit of the customer, in sight while its invoice is handled."""

    _inherit = "account.move"

    credit_panel = fields.Json(
        string="Credit Position",
        compute="_compute_credit_panel",
        help="What the customer has used of its credit, and what is left.",
    )

    @api.depends("partner_id", "company_id", "move_type", "state", "amount_total")
    def _compute_credit_panel(self):
        self.credit_panel = False
        invoices = self.filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True) and move.partner_id
            )
        )
        for company, moves in invoices.grouped("company_id").items():
            panels = self.env["crm.customer"]._credit_panels(moves.partner_id, company)
            for move in moves:
                move.credit_panel = panels.get(move.partner_id._origin.id, False)
