from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_value_policy_id = fields.Many2one(
        "crm.value.policy", compute="_compute_crm_value_policy_id"
    )
    crm_value_window_months = fields.Integer(
        related="crm_value_policy_id.window_months", readonly=False
    )
    crm_value_minimum_history_days = fields.Integer(
        related="crm_value_policy_id.minimum_history_days", readonly=False
    )

    @api.depends("company_id")
    def _compute_crm_value_policy_id(self):
        Policy = self.env["crm.value.policy"]
        for settings in self:
            settings.crm_value_policy_id = Policy._for_company(settings.company_id)

    def action_open_crm_value_policy(self):
        """Open the active value policy of the company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.value.policy",
            "res_id": self.crm_value_policy_id.id,
            "views": [(False, "form")],
        }
