from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # the drafts of a customer, without reading all it was ever invoiced
    _credit_draft_idx = models.Index(
        "(partner_id) WHERE state = 'draft'"
        " AND move_type IN ('out_invoice', 'out_receipt')"
    )
