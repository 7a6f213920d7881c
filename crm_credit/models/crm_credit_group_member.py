from odoo import api, fields, models


class CrmCreditGroupMember(models.Model):
    """One customer in the one credit group it has in a company."""

    _name = "crm.credit.group.member"
    _inherit = "crm.credit.limit.mixin"
    _description = "Member of a Credit Group"
    _rec_name = "partner_id"

    group_id = fields.Many2one(
        "crm.credit.group", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="group_id.company_id", store=True, precompute=True, default=None
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    exposure = fields.Monetary(string="Used", compute="_compute_exposure")
    overdue = fields.Monetary(compute="_compute_exposure")

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer can share the limit of one credit group only.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_exposure(self):
        Customer = self.env["crm.customer"]
        for company, members in self.grouped("company_id").items():
            positions = (
                Customer.credit_position(members.partner_id, company) if company else {}
            )
            for member in members:
                position = positions.get(member.partner_id.id, {})
                member.exposure = position.get("exposure", 0.0)
                member.overdue = position.get("overdue", 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._credit_commercial_vals(vals_list))

    def _credit_grant_amount(self):
        return self.group_id.amount

    def _credit_partners(self):
        return self.partner_id

    def _credit_new_values(self):
        return {
            member.id: self.env._("Shares the limit of %s", member.group_id.name)
            for member in self
        }

    def _credit_event_reason(self):
        return self.group_id.name
