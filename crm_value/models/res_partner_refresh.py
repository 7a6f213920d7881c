from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # EXTENDS 'base': documents follow a partner that gets another company
        if not {"parent_id", "is_company"} & set(vals):
            return super().write(vals)
        before = self.commercial_partner_id
        result = super().write(vals)
        after = self.commercial_partner_id
        if before != after:
            self.env["crm.customer.pending"]._add(before | after)
        return result
