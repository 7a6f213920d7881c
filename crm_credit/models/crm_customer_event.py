from odoo import fields, models


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[("limit", "Credit Limit"), ("hold", "Credit Hold")],
        ondelete={
            "limit": lambda events: events._demote_kind(),
            "hold": lambda events: events._demote_kind(),
        },
    )
