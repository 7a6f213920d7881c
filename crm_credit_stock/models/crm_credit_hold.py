from odoo import fields, models


class CrmCreditHold(models.Model):
    _inherit = "crm.credit.hold"

    checkpoint = fields.Selection(
        selection_add=[("delivery", "Delivering goods")],
        ondelete={"delivery": "cascade"},
    )

    def _decide(self, state, reason, **vals):
        """The deliveries of an order that is released need not wait any longer."""
        # EXTENDS 'crm_credit'
        res = super()._decide(state, reason, **vals)
        if self.checkpoint == "order" and state == "released":
            self._reevaluate_if_open(self.partner_id, self.company_id)
        return res
