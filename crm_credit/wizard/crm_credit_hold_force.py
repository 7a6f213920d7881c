from odoo import fields, models
from odoo.exceptions import UserError


class CrmCreditHoldForce(models.TransientModel):
    """Asks why documents are put on hold by hand."""

    _name = "crm.credit.hold.force"
    _description = "Put Documents on Credit Hold"

    document_model = fields.Char(required=True)
    document_ids = fields.Json(required=True)
    reason = fields.Char(required=True)

    def action_hold(self):
        self.ensure_one()
        documents = self.env.get(self.document_model)
        if documents is None or "credit_hold_ids" not in documents._fields:
            raise UserError(self.env._("These documents cannot be put on hold."))
        documents.browse(self.document_ids).credit_hold_by_hand(self.reason)
        return {"type": "ir.actions.act_window_close"}
