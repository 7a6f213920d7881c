from odoo import api, fields, models
from odoo.tools import SQL


class CrmValueSummary(models.Model):
    """All customers of one company together, as of the last refresh.

    Written by the refresh only. Holds what every customer would else repeat: the day
    the measures look at, and the totals shares are made of.
    """

    _name = "crm.value.summary"
    _description = "Value Summary"
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    measured_on = fields.Date(
        readonly=True, help="The last day the measures of the company look at."
    )
    completed_on = fields.Date(
        readonly=True,
        help="The day of the last refresh of all customers that reached its end.",
    )
    refreshed_at = fields.Datetime(string="Last Full Refresh", readonly=True)
    seen_until = fields.Datetime(
        readonly=True,
        help="Documents changed before this moment are in the measures.",
    )
    cuts = fields.Json(
        readonly=True,
        help="Where classes and scores end, and what lies ahead: customers between an "
        "old and a new cut are those a refresh of some customers must move.",
    )
    tier_cuts = fields.Json(
        readonly=True,
        help="Where the bounds of the tiers were when all tiers were last decided.",
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )
    revenue_window = fields.Monetary(string="Revenue", readonly=True)
    revenue_total = fields.Monetary(string="Revenue Ever", readonly=True)

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "A company has one summary of its customers."
    )

    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.customer"]._read_group(
                [("company_id", "in", self.company_id.ids)], ["company_id"], ["__count"]
            )
        )
        for summary in self:
            summary.customer_count = counts.get(summary.company_id, 0)

    @api.model
    def _measured_on_by_company(self, companies):
        """Return the day the measures look at, by company id."""
        # sudo: the day of a refresh is no secret of the company
        return {
            row.company_id.id: row.measured_on for row in self.sudo()._of(companies)
        }

    @api.model
    def _revenue_by_company(self, companies):
        """Return the revenue of the window of all customers, by company id."""
        # sudo: read to divide by; the callers see only rows of their companies
        return {
            row.company_id.id: row.revenue_window for row in self.sudo()._of(companies)
        }

    @api.model
    def _of(self, companies):
        """Return the summaries of ``companies``, as far as they were measured."""
        return self.search([("company_id", "in", companies.ids)])

    @api.model
    def _record_totals(self, scope):
        """Add up the customers of the company after their rows are written."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_value_summary AS summary (
                    company_id, measured_on, revenue_window, revenue_total
                )
                SELECT
                    %(company)s,
                    %(as_of)s,
                    COALESCE(SUM(revenue_window), 0),
                    COALESCE(SUM(revenue_total), 0)
                FROM crm_customer
                WHERE company_id = %(company)s
                ON CONFLICT (company_id) DO UPDATE SET
                    measured_on = EXCLUDED.measured_on,
                    revenue_window = EXCLUDED.revenue_window,
                    revenue_total = EXCLUDED.revenue_total
                WHERE (
                    summary.measured_on, summary.revenue_window, summary.revenue_total
                ) IS DISTINCT FROM (
                    EXCLUDED.measured_on, EXCLUDED.revenue_window,
                    EXCLUDED.revenue_total
                )
                """,
                company=scope.company.id,
                as_of=scope.as_of,
            )
        )
        self.invalidate_model()

    @api.model
    def _add_totals(self, scope, revenue_window, revenue_total):
        """Add to the revenue of all customers what some of them changed."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_value_summary
                SET revenue_window = revenue_window + %s,
                    revenue_total = revenue_total + %s
                WHERE company_id = %s
                """,
                revenue_window,
                revenue_total,
                scope.company.id,
            )
        )
        self.invalidate_model(["revenue_window", "revenue_total"])
