from odoo import api, fields, models


class CrmCustomerStageMove(models.TransientModel):
    """A move to another stage by hand: where to, why, and until when it holds."""

    _name = "crm.customer.stage.move"
    _description = "Move to Stage"

    customer_ids = fields.Many2many("crm.customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    from_stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        readonly=True,
        help="The stage the customer was in when this was opened.",
    )
    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="To Stage",
        required=True,
        domain="[('is_manual_allowed', '=', True), ('id', '!=', from_stage_id),"
        " ('company_id', 'in', [False, company_id])]",
    )
    description = fields.Text(related="stage_id.description")
    reason = fields.Char(required=True)
    pinned_until = fields.Date(
        string="Keep until",
        help="Until this day no rule moves the customer on. Empty: the rules may move "
        "it again as soon as they hold.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        command = values.get("customer_ids") or []
        ids = [i for c in command for i in (c[2] if c[0] == 6 else c[1:2])]
        customers = self.env["crm.customer"].browse(ids)
        if len(customers) == 1:
            values["from_stage_id"] = customers.stage_id.id
        return values

    @api.depends("customer_ids")
    def _compute_company_id(self):
        for move in self:
            move.company_id = move.customer_ids.company_id[:1]

    def action_move(self):
        """Move the customers and close the dialog."""
        self.ensure_one()
        seen = self.from_stage_id if self.from_stage_id else None
        self.customer_ids._move_stage_by_hand(
            self.stage_id, self.reason, self.pinned_until, seen
        )
        return {"type": "ir.actions.act_window_close", "infos": {"moved": True}}
