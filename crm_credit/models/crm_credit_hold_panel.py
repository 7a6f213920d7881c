from odoo import api, fields, models


class CrmCreditHold(models.Model):
    """The position of the customer as of now, beside the figures of the hold."""

    _inherit = "crm.credit.hold"

    credit_panel = fields.Json(
        string="Credit Position", compute="_compute_credit_panel"
    )

    @api.depends("partner_id", "company_id")
    def _compute_credit_panel(self):
        Customer = self.env["crm.customer"]
        for company, holds in self.grouped("company_id").items():
            panels = Customer._credit_panels(holds.partner_id, company)
            for hold in holds:
                hold.credit_panel = panels.get(hold.partner_id.id, False)
