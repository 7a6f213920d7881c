from odoo import fields, models


class CrmCreditHoldDecide(models.TransientModel):
    """Asks for the reason of a decision on held documents."""

    _name = "crm.credit.hold.decide"
    _description = "Decide on Held Documents"

    hold_ids = fields.Many2many("crm.credit.hold", string="Documents", required=True)
    decision = fields.Selection(
        [("release", "Release"), ("reject", "Reject")], required=True
    )
    reason = fields.Text(required=True)

    def action_decide(self):
        self.ensure_one()
        if self.decision == "release":
            self.hold_ids.action_release(self.reason)
        else:
            self.hold_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
