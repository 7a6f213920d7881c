from odoo import api, fields, models
from odoo.tools import SQL

DIMENSIONS = ("recency", "frequency", "monetary")

# Recency counts in days of purchase, so that a later day is the greater value, as with
# the other two: the days since the first one of the calendar, as Python counts them.
TO_DAY_NUMBER = "last_purchase_date - DATE '0001-01-01' + 1"


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

    # Serve to find who lies between an old and a new cut, and the cut itself.
    _rfm_monetary_idx = models.Index(
        "(company_id, revenue_window) WHERE purchase_count_window > 0"
    )
    _rfm_recency_idx = models.Index(
        f"(company_id, ({TO_DAY_NUMBER})) WHERE purchase_count_window > 0"
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
    def _rfm_expressions(self):
        """Return what each dimension counts, in columns of a customer."""
        return {
            "recency": SQL(TO_DAY_NUMBER),
            "frequency": SQL("purchase_count_window"),
            "monetary": SQL("revenue_window"),
        }

    @api.model
    def _rfm_sql(self, cuts):
        """Return the expression of each score, by column."""
        scores = {}
        for name, expression in self._rfm_expressions().items():
            reached = [
                SQL("(%s >= %s)::int", expression, cut)
                for cut in cuts[name].cuts
                if cut is not None
            ]
            scores[f"rfm_{name}"] = SQL(
                "CASE WHEN purchase_count_window > 0 THEN %s ELSE 0 END",
                SQL(" + ").join([SQL("1"), *reached]),
            )
        return scores
