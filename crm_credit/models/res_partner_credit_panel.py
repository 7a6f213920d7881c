from odoo import api, fields, models


class ResPartner(models.Model):
    """The credit tab of a customer."""

    _inherit = "res.partner"

    credit_panel = fields.Json(
        string="Credit Position",
        compute="_compute_credit_panel",
        help="What the customer has used of its credit, and what is left.",
    )
    credit_temporary_limit_ids = fields.One2many(
        "crm.credit.temporary.limit",
        "partner_id",
        string="Temporary Limits",
        groups="crm_credit.group_user",
    )
    credit_guarantee_ids = fields.One2many(
        "crm.credit.guarantee",
        "partner_id",
        string="Guarantees",
        groups="crm_credit.group_user",
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id", "credit_limit", "credit_mode_store")
    def _compute_credit_panel(self):
        panels = self.env["crm.customer"]._credit_panels(self, self.env.company)
        for partner in self:
            partner.credit_panel = panels.get(partner._origin.id, False)

    def action_change_credit_limit(self):
        """Open a new request for the limit of this customer."""
        self.ensure_one()
        root = self.env.company.root_id
        # sudo: whoever asks for a limit sees the present one
        customer = self.commercial_partner_id.sudo().with_company(root)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Credit Limit"),
            "res_model": "crm.credit.limit.request",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": customer.id,
                "default_company_id": root.id,
                "default_mode": customer.credit_mode,
                "default_amount": customer._credit_terms(root)[customer.id][1],
                "default_valid_until": customer.credit_limit_valid_until,
            },
        }
