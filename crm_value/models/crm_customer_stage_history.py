from odoo import fields, models


class CrmCustomerStageHistory(models.Model):
    """One stay of a customer in a stage. Written by the moves, read by reports."""

    _name = "crm.customer.stage.history"
    _description = "Customer Stage History"
    _order = "entered_on desc, id desc"
    _rec_name = "stage_id"
    _log_access = False

    customer_id = fields.Many2one(
        "crm.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    from_stage_id = fields.Many2one(
        "crm.lifecycle.stage", readonly=True, ondelete="set null"
    )
    entered_on = fields.Date(required=True, readonly=True)
    left_on = fields.Date(readonly=True)
    days = fields.Integer(
        readonly=True, help="Days from the entry until the customer left the stage."
    )
    entry_done_at = fields.Datetime(
        readonly=True, help="When what happens on entry was done, once for each entry."
    )
    alerted_on = fields.Date(
        readonly=True, help="When the longest stay was exceeded and reported."
    )

    _one_open = models.UniqueIndex(
        "(customer_id) WHERE left_on IS NULL",
        "A customer is in one stage at a time.",
    )
    _entry_todo = models.Index("(company_id) WHERE entry_done_at IS NULL")
