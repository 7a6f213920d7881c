from odoo import api, fields, models
from odoo.tools import SQL

DIMENSIONS = ("recency", "frequency", "monetary")


class CrmCustomer(models.Model):
    """How recently, how often and for how much a customer bought, as scores."""

    _inherit = "crm.customer"

    rfm_recency = fields.Integer(
        string="Recency Score",
        readonly=True,
        default=0,
        aggregator="avg",
        help="1 (bought long ago) up to the number of scores of the policy (bought "
        "lately). 0: no purchase in the window.",
    )
    rfm_frequency = fields.Integer(
        string="Frequency Score",
        readonly=True,
        default=0,
        aggregator="avg",
        help="1 (buys seldom) up to the number of scores of the policy (buys often). "
        "0: no purchase in the window.",
    )
    rfm_monetary = fields.Integer(
        string="Monetary Score",
        readonly=True,
        default=0,
        aggregator="avg",
        help="1 (spends little) up to the number of scores of the policy (spends "
        "much). 0: no purchase in the window.",
    )
    rfm_score = fields.Char(
        string="RFM",
        compute="_compute_rfm_score",
        help="Recency, frequency and monetary score side by side.",
    )
    rfm_segment_id = fields.Many2one(
        "crm.value.segment",
        string="Segment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        group_expand="_group_expand_rfm_segment_id",
    )

    # Serve the ranks behind the scores without sorting everyone.
    _rfm_idx = models.Index(
        "(company_id, last_purchase_date, purchase_count_window, revenue_window)"
        " WHERE purchase_count_window > 0"
    )

    @api.depends("rfm_recency", "rfm_frequency", "rfm_monetary")
    def _compute_rfm_score(self):
        for customer in self:
            scores = [customer[f"rfm_{name}"] for name in DIMENSIONS]
            customer.rfm_score = "-".join(map(str, scores)) if all(scores) else False

    @api.model
    def _group_expand_rfm_segment_id(self, segments, domain):
        # a handful of segments, and the board shows every one
        return segments.search([])  # pylint: disable=no-search-all

    @api.model
    def _rfm_columns(self):
        return [*(f"rfm_{name}" for name in DIMENSIONS), "rfm_segment_id"]

    @api.model
    def _fetch_rfm_cuts(self, scope):
        """Return for each dimension the least value that earns score 2, 3, …

        Recency counts in days of purchase, so that a later day is the greater value,
        as with the other two.
        """
        policy = scope.policy
        if policy.rfm_method == "fixed":
            return {
                "recency": [
                    scope.as_of.toordinal() - int(cut)
                    for cut in reversed(policy._rfm_fixed_cuts("recency"))
                ],
                "frequency": policy._rfm_fixed_cuts("frequency"),
                "monetary": policy._rfm_fixed_cuts("monetary"),
            }
        return {
            name: self._fetch_rank_cuts(scope, expression)
            for name, expression in self._rfm_expressions().items()
        }

    @api.model
    def _rfm_expressions(self):
        """Return what each dimension counts, in columns of a customer."""
        return {
            "recency": SQL("last_purchase_date - DATE '0001-01-01' + 1"),
            "frequency": SQL("purchase_count_window"),
            "monetary": SQL("revenue_window"),
        }

    @api.model
    def _fetch_rank_cuts(self, scope, expression):
        """Return the least values that earn score 2, 3, … among the buyers.

        score = min(bins, 1 + floor(bins × number strictly worse ÷ buyers)): equal
        customers have equal scores, so a score may stay empty; its cut is then the
        next one above.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT %(expression)s AS value, COUNT(*)::int AS customers
                    FROM (%(standing)s) standing
                    WHERE purchase_count_window > 0
                    GROUP BY 1
                ),
                scored AS (
                    SELECT value, LEAST(
                        %(bins)s,
                        1 + %(bins)s * (SUM(customers) OVER upto - customers)
                            / SUM(customers) OVER ()
                    ) AS score
                    FROM counted
                    WINDOW upto AS (ORDER BY value)
                )
                SELECT wanted, (SELECT MIN(value) FROM scored WHERE score >= wanted)
                FROM generate_series(2, %(bins)s) wanted
                ORDER BY wanted
                """,
                expression=expression,
                standing=self._standing_query(scope),
                bins=scope.policy.rfm_bins,
            )
        )
        return [value for _wanted, value in rows]

    @api.model
    def _rfm_sql(self, cuts):
        """Return the expression of each score, by column."""
        scores = {}
        for name, expression in self._rfm_expressions().items():
            reached = [
                SQL("(%s >= %s)::int", expression, cut)
                for cut in cuts[name]
                if cut is not None
            ]
            scores[f"rfm_{name}"] = SQL(
                "CASE WHEN purchase_count_window > 0 THEN %s ELSE 0 END",
                SQL(" + ").join([SQL("1"), *reached]),
            )
        return scores
