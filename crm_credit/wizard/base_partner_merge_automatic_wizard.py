from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # EXTENDS 'base': the debts are one customer's now
        res = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = self.env["res.partner"].browse(partner_ids).exists() | (
            dst_partner or self.env["res.partner"]
        )
        kept._credit_recheck_moved()
        return res
