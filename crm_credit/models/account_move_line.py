from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # what each partner owes, answered from the index alone: settled lines and lines
    # of accounts that are never settled have no residual and stay out of it
    _credit_open_idx = models.Index(
        "(account_id, partner_id)"
        " INCLUDE (company_id, amount_residual, date_maturity, date)"
        " WHERE amount_residual != 0 AND parent_state = 'posted'"
    )
