from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Where a customer stands among all customers of the company."""

    _inherit = "crm.customer"

    value_amount = fields.Monetary(
        string="Value",
        readonly=True,
        default=0,
        help="The measure the policy judges by, in the window.",
    )
    abc_class = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        string="ABC Class",
        readonly=True,
        help="Customers sorted by value: A while the customers before them make up "
        "less than the first share of the policy, B while less than the second, else "
        "C.",
    )
    revenue_share = fields.Float(
        compute="_compute_revenue_share",
        search="_search_revenue_share",
        digits=(16, 6),
        help="Share of the company's revenue in the window, from 0 to 1.",
    )
    value_rank = fields.Integer(
        string="Rank",
        compute="_compute_value_rank",
        search="_search_value_rank",
        aggregator=None,
        help="Place among all customers of the company, the most valuable first.",
    )

    # Serves ranks, classes and the list's order without sorting everyone.
    _value_idx = models.Index("(company_id, value_amount DESC, partner_id)")

    @api.depends("revenue_window")
    def _compute_revenue_share(self):
        totals = self.env["crm.value.summary"]._revenue_by_company(self.company_id)
        for customer in self:
            total = totals.get(customer.company_id.id)
            customer.revenue_share = customer.revenue_window / total if total else 0.0

    @api.depends("value_amount")
    def _compute_value_rank(self):
        ranks = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, place FROM (%s) ranked WHERE id IN %s",
                    self._value_ranks(self.company_id.ids),
                    tuple(self.ids) or (0,),
                )
            )
        )
        for customer in self:
            customer.value_rank = ranks.get(customer.id, 0)

    @api.model
    def _value_ranks(self, company_ids) -> SQL:
        """Return the query of (id, place) of every customer of the companies."""
        self.flush_model(["company_id", "partner_id", "value_amount"])
        return SQL(
            """
            SELECT
                id,
                row_number() OVER (
                    PARTITION BY company_id ORDER BY value_amount DESC, partner_id
                ) AS place
            FROM crm_customer
            WHERE company_id = ANY(%s)
            """,
            list(company_ids),
        )

    @api.model
    def _search_revenue_share(self, operator, value):
        return self._domain_on_expression("revenue_share", operator, value)

    @api.model
    def _search_value_rank(self, operator, value):
        if operator not in ("=", "<", "<=", ">", ">=", "in"):
            return NotImplemented
        comparison = (
            SQL("place = ANY(%s)", list(value))
            if operator == "in"
            else SQL("place %s %s", SQL(operator), value)
        )
        ranked = self._value_ranks(self.env.companies.ids)
        return Domain(
            "id", "in", SQL("(SELECT id FROM (%s) ranked WHERE %s)", ranked, comparison)
        )

    def _expression_sql(self, alias, fname, query):
        if fname == "revenue_share":
            return SQL(
                "COALESCE(%s / NULLIF((SELECT summary.revenue_window"
                " FROM crm_value_summary summary"
                " WHERE summary.company_id = %s), 0), 0)",
                self._field_to_sql(alias, "revenue_window", query),
                self._field_to_sql(alias, "company_id", query),
            )
        return super()._expression_sql(alias, fname, query)
