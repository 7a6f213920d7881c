from odoo import fields, models


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[("order_closed", "Order Closed")],
        ondelete={"order_closed": lambda events: events._demote_kind()},
    )
