from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """How a customer moves: against the window before, and against its own habit."""

    _inherit = "crm.customer"

    revenue_change_pct = fields.Float(
        string="Change (%)",
        compute="_compute_revenue_change_pct",
        search="_search_revenue_change_pct",
        digits=(16, 1),
        aggregator=None,
        help="Revenue of the window against the window before, in percent. 0 where "
        "there was none before.",
    )
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

    @api.depends("revenue_window", "revenue_previous")
    def _compute_revenue_change_pct(self):
        for customer in self:
            before = customer.revenue_previous
            customer.revenue_change_pct = (
                100 * (customer.revenue_window - before) / before if before > 0 else 0
            )

    @api.depends("revenue_share")
    def _compute_is_large(self):
        for customer in self:
            customer.is_large = customer.revenue_share >= 0.1

    @api.model
    def _search_revenue_change_pct(self, operator, value):
        return self._domain_on_expression("revenue_change_pct", operator, value)

    @api.model
    def _search_is_large(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("revenue_share", ">=" if True in value else "<", 0.1)]

    def _expression_sql(self, alias, fname, query):
        if fname == "revenue_change_pct":
            return SQL(
                "CASE WHEN %(before)s > 0"
                " THEN 100 * (%(now)s - %(before)s) / %(before)s ELSE 0 END",
                now=self._field_to_sql(alias, "revenue_window", query),
                before=self._field_to_sql(alias, "revenue_previous", query),
            )
        return super()._expression_sql(alias, fname, query)
