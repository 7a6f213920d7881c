from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_customer_id = fields.Many2one(
        "crm.customer",
        string="Customer Record",
        compute="_compute_crm_customer_id",
        search="_search_crm_customer_id",
        compute_sudo=True,
        groups="crm_value.group_user",
        help="The row that holds the measures of this customer in the current company.",
    )
    crm_value_tier_id = fields.Many2one(
        related="crm_customer_id.tier_id",
        string="Value Tier",
        related_sudo=True,
        groups="crm_value.group_user",
    )
    crm_value_tier_color = fields.Integer(
        related="crm_customer_id.tier_id.color",
        related_sudo=True,
        groups="crm_value.group_user",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_crm_customer_id(self):
        rows = self.env["crm.customer"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = {row.partner_id.id: row for row in rows}
        for partner in self:
            partner.crm_customer_id = by_partner.get(
                partner.commercial_partner_id.id, False
            )

    @api.model
    def _search_crm_customer_id(self, operator, value):
        rows = self.env["crm.customer"].search(
            [("id", operator, value), ("company_id", "=", self.env.company.id)]
        )
        return [("commercial_partner_id", "in", rows.partner_id.ids)]

    @api.ondelete(at_uninstall=False)
    def _unlink_customer_rows(self):
        """Remove the rows one by one, so that nobody counts on them any more."""
        # sudo: whoever may remove a contact need not see its value in all companies
        rows = self.env["crm.customer"].sudo().with_context(active_test=False)
        rows.search([("partner_id", "in", self.ids)]).unlink()

    def action_open_crm_customer(self):
        """Open the customer picture of this partner in the current company."""
        self.ensure_one()
        customer = self.env["crm.customer"]._for_partner(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.customer",
            "res_id": customer.id,
            "views": [(False, "form")],
            "name": customer.display_name,
        }
