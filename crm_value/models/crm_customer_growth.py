from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """How the revenue of a customer changed from one window to the next."""

    _inherit = "crm.customer"

    revenue_change_pct = fields.Float(
        string="Revenue Change (%)",
        compute="_compute_revenue_change_pct",
        search="_search_revenue_change_pct",
        digits=(16, 1),
        aggregator=None,
        help="Revenue in the window against the window before, in percent. 100 where "
        "there was none before, 0 where there was none at all.",
    )

    @api.depends("revenue_window", "revenue_previous")
    def _compute_revenue_change_pct(self):
        for customer in self:
            before, now = customer.revenue_previous, customer.revenue_window
            if before > 0:
                customer.revenue_change_pct = round(100 * (now - before) / before, 1)
            else:
                customer.revenue_change_pct = 100.0 if now > 0 else 0.0

    @api.model
    def _search_revenue_change_pct(self, operator, value):
        return self._domain_on_expression("revenue_change_pct", operator, value)

    def _expression_sql(self, alias, fname, query):
        if fname == "revenue_change_pct":
            return SQL(
                "CASE WHEN %(before)s > 0"
                " THEN ROUND(100 * (%(now)s - %(before)s) / %(before)s, 1)"
                " WHEN %(now)s > 0 THEN 100 ELSE 0 END",
                before=self._field_to_sql(alias, "revenue_previous", query),
                now=self._field_to_sql(alias, "revenue_window", query),
            )
        return super()._expression_sql(alias, fname, query)
