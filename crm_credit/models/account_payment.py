from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # the payments of a customer the bank has not confirmed
    _credit_in_process_idx = models.Index(
        "(partner_id) WHERE state = 'in_process' AND is_matched IS NOT TRUE"
    )
