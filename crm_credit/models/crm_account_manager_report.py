from odoo import fields, models
from odoo.tools import SQL


class CrmAccountManagerReport(models.Model):
    """What the customers of an account manager owe too long."""

    _inherit = "crm.account.manager.report"

    overdue_amount = fields.Monetary(
        string="Overdue",
        readonly=True,
        help="What the customers have not paid in time, at the last refresh.",
    )
    overdue_count = fields.Integer(
        string="Customers Overdue",
        readonly=True,
        help="Customers with something overdue at the last refresh.",
    )

    def _more_columns(self):
        # EXTENDS 'crm_value'
        return {
            **super()._more_columns(),
            "overdue_amount": SQL("COALESCE(SUM(customer.measured_overdue), 0)"),
            "overdue_count": SQL(
                "COUNT(*) FILTER (WHERE customer.measured_overdue > 0)"
            ),
        }
