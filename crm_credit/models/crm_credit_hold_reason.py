from odoo import fields, models


class CrmCreditHoldReason(models.Model):
    """One rule a held document failed, with the figure found and the one allowed."""

    _name = "crm.credit.hold.reason"
    _description = "Reason of a Credit Hold"
    _order = "hold_id, id"
    _rec_name = "message"

    hold_id = fields.Many2one(
        "crm.credit.hold", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="hold_id.company_id", store=True, index=True)
    rule_id = fields.Many2one(
        "crm.credit.rule", readonly=True, index="btree_not_null", ondelete="set null"
    )
    kind = fields.Char(required=True, readonly=True)
    rule_name = fields.Char(readonly=True)
    figure = fields.Float(readonly=True, digits=(16, 2))
    threshold = fields.Float(string="Allowed", readonly=True, digits=(16, 2))
    message = fields.Char(string="Reason", required=True, readonly=True)
