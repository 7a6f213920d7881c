from odoo import api, models
from odoo.fields import Domain


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    @api.model
    def _credit_part_labels(self):
        # EXTENDS 'crm_credit'
        labels = super()._credit_part_labels()
        return {
            "receivable": labels.pop("receivable"),
            "orders": self.env._("Orders to invoice"),
            **labels,
        }

    @api.model
    def _credit_document_openers(self):
        # EXTENDS 'crm_credit'
        confirmed = (
            Domain("state", "=", "sale")
            & Domain("is_credit_closed", "=", False)
            & Domain("invoice_status", "!=", "invoiced")
        )
        return {
            **super()._credit_document_openers(),
            "orders": (
                "sale.order",
                "partner_invoice_id.commercial_partner_id",
                confirmed,
                "sale.view_order_tree",
            ),
        }
