from odoo import api, fields, models


class CrmCustomer(models.Model):
    """How a customer moves: against the window before, and against its own habit."""

    _inherit = "crm.customer"

    trend = fields.Selection(
        [
            ("new", "New"),
            ("up", "Growing"),
            ("steady", "Steady"),
            ("down", "Falling"),
            ("gone", "Gone"),
            ("none", "No Revenue"),
        ],
        readonly=True,
        help="Revenue of the window against the window before; up to 10 % more or less "
        "is steady.",
    )
    alert_direction = fields.Selection(
        [("up", "Unusually high"), ("down", "Unusually low")],
        string="Unusual Month",
        readonly=True,
        help="The last full month does not fit the customer's own history.",
    )
    alert_month = fields.Date(string="Month of the Alert", readonly=True)
    alert_expected = fields.Monetary(string="Expected Revenue", readonly=True)
    alert_actual = fields.Monetary(string="Actual Revenue", readonly=True)
    alert_z = fields.Float(
        string="Robust z",
        readonly=True,
        digits=(16, 1),
        aggregator=None,
        help="Distance from the usual month, in usual deviations.",
    )
    is_large = fields.Boolean(
        string="Concentration Risk",
        compute="_compute_is_large",
        search="_search_is_large",
        help="The customer makes 10 % or more of the company's revenue.",
    )

    @api.depends("revenue_share")
    def _compute_is_large(self):
        for customer in self:
            customer.is_large = customer.revenue_share >= 0.1

    @api.model
    def _search_is_large(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("revenue_share", ">=" if True in value else "<", 0.1)]
