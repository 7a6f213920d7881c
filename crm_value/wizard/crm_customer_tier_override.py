from odoo import api, fields, models


class CrmCustomerTierOverride(models.TransientModel):
    """A tier set by hand: which, why, and until when."""

    _name = "crm.customer.tier.override"
    _description = "Set Tier by Hand"

    customer_ids = fields.Many2many("crm.customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    computed_tier_id = fields.Many2one(
        "crm.value.tier", string="Tier by Rule", compute="_compute_company_id"
    )
    tier_id = fields.Many2one(
        "crm.value.tier",
        required=True,
        domain="[('company_id', '=', company_id), ('policy_id.active', '=', True)]",
    )
    reason = fields.Char(required=True)
    until = fields.Date(
        help="Last day of this tier; then the tier by rule holds again. Empty: until "
        "someone revokes it."
    )

    @api.depends("customer_ids")
    def _compute_company_id(self):
        for override in self:
            tiers = override.customer_ids.computed_tier_id
            override.company_id = override.customer_ids.company_id[:1]
            override.computed_tier_id = tiers if len(tiers) == 1 else False

    def action_apply(self):
        """Set the tier and close the dialog."""
        self.ensure_one()
        self.customer_ids._override_tier(self.tier_id, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
