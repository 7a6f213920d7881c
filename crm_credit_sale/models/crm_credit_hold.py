from odoo import fields, models


class CrmCreditHold(models.Model):
    _inherit = "crm.credit.hold"

    checkpoint = fields.Selection(
        selection_add=[("order", "Confirming an order")],
        ondelete={"order": "cascade"},
    )
