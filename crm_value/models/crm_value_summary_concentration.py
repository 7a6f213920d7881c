from odoo import api, fields, models
from odoo.tools import SQL

from .. import analytics


class CrmValueSummary(models.Model):
    """How much the company depends on few customers."""

    _inherit = "crm.value.summary"

    alerted_month = fields.Date(
        readonly=True, help="The last month whose revenue was compared with habit."
    )
    hhi_points = fields.Float(
        string="Concentration (HHI)",
        readonly=True,
        digits=(16, 0),
        aggregator=None,
        help="Sum of the squared revenue shares, from 0 (many equal customers) to "
        "10,000 (one customer). Above 2,500 a market counts as highly concentrated.",
    )
    effective_customers = fields.Float(
        readonly=True,
        digits=(16, 1),
        aggregator=None,
        help="As many customers of equal size would be as concentrated.",
    )
    top_1_share = fields.Float(
        string="Largest Customer", readonly=True, digits=(5, 4), aggregator=None
    )
    top_5_share = fields.Float(
        string="Five Largest", readonly=True, digits=(5, 4), aggregator=None
    )
    top_10_share = fields.Float(
        string="Ten Largest", readonly=True, digits=(5, 4), aggregator=None
    )
    gini = fields.Float(
        readonly=True,
        digits=(5, 4),
        aggregator=None,
        help="Inequality of the customers' revenue: 0 all equal, 1 one has everything.",
    )
    large_count = fields.Integer(
        string="Customers with 10 % or more", readonly=True, aggregator=None
    )

    @api.model
    def _record_concentration(self, scope):
        """Measure the revenue of the window of all customers of the company."""
        values = self.env.execute_query(
            SQL(
                "SELECT revenue_window FROM crm_customer"
                " WHERE company_id = %s AND revenue_window > 0",
                scope.company.id,
            )
        )
        digits = scope.company.currency_id.decimal_places
        found = analytics.measure_concentration(
            [row[0] for row in values], digits=digits
        )
        self._of(scope.company).write(
            {
                "hhi_points": found.hhi_points,
                "effective_customers": found.effective_customers,
                "top_1_share": found.top_1_share,
                "top_5_share": found.top_5_share,
                "top_10_share": found.top_10_share,
                "gini": found.gini,
                "large_count": int(found.large.sum()),
            }
        )

    def action_open_large(self):
        """Open the customers that make a tenth of the revenue or more."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_customer_action"
        )
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("is_large", "=", True),
        ]
        action["context"] = {}
        return action
