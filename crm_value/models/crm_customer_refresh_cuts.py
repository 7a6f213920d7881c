from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..analytics.score_cuts import CountCuts, FixedCuts, RankCut, RankCuts
from ..analytics.share_cuts import ZERO, Place, ShareCut, ShareCuts, as_share
from .crm_customer_rfm import DIMENSIONS

# What classes go by.
BASIS = (
    "partner_id",
    "value_amount",
    "last_purchase_date",
    "purchase_count_window",
    "revenue_window",
)


class CrmCustomer(models.Model):
    """The cuts between classes, scores and tiers, found among all customers."""

    _inherit = "crm.customer"

    @api.model
    def _fetch_cuts(self, scope):
        """Return the cuts of the value and of each score, as things stand now."""
        return {
            "value": self._fetch_value_cuts(scope, self._cut_shares(scope.policy)),
            **self._fetch_rfm_cuts(scope),
        }

    @api.model
    def _cut_shares(self, policy):
        """Return the cumulative shares in percent that part classes or tiers."""
        shares = {policy.abc_a_share, policy.abc_b_share}
        if policy.method == "abc":
            rules = policy._tier_rules()
            shares |= {*rules.entry, *rules.keep}
        return sorted(map(as_share, shares))

    @api.model
    def _fetch_value_cuts(self, scope, shares) -> ShareCuts:
        """Return where the cumulative share of value reaches each of ``shares``.

        Amounts are exact decimals.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH running AS (
                    SELECT
                        partner_id,
                        value_amount,
                        SUM(value_amount) OVER upto AS through,
                        row_number() OVER upto AS place
                    FROM (%(standing)s) standing
                    WHERE value_amount > 0
                    WINDOW upto AS (
                        ORDER BY value_amount DESC, partner_id
                        ROWS UNBOUNDED PRECEDING
                    )
                ),
                whole AS (SELECT MAX(through) AS total FROM running)
                SELECT
                    bound.share::text,
                    whole.total::text,
                    cut.value_amount::text,
                    cut.partner_id,
                    (cut.through - cut.value_amount)::text
                FROM unnest(%(shares)s::numeric[]) bound (share)
                CROSS JOIN whole
                CROSS JOIN LATERAL (
                    SELECT *
                    FROM running
                    WHERE through - value_amount < bound.share * whole.total * 0.01
                    ORDER BY place DESC
                    LIMIT 1
                ) cut
                """,
                standing=self._standing_query(scope),
                shares=list(map(as_share, shares)),
            )
        )
        cuts = {as_share(share): ShareCut(None, ZERO) for share in shares}
        total = ZERO
        for share, whole, value, partner_id, ahead in rows:
            total = Decimal(whole)
            place = Place(Decimal(value), partner_id)
            cuts[Decimal(share)] = ShareCut(place, Decimal(ahead))
        return ShareCuts(total, cuts)

    @api.model
    def _fetch_rfm_cuts(self, scope):
        """Return for each dimension the least value that earns score 2, 3, …"""
        policy = scope.policy
        if policy.rfm_method == "fixed":
            fixed = {name: policy._rfm_fixed_cuts(name) for name in DIMENSIONS}
            fixed["recency"] = [
                scope.as_of.toordinal() - int(cut) for cut in reversed(fixed["recency"])
            ]
            return {name: FixedCuts(cuts) for name, cuts in fixed.items()}
        return {
            "recency": self._fetch_count_cuts(scope, "recency"),
            "frequency": self._fetch_count_cuts(scope, "frequency"),
            "monetary": self._fetch_rank_cuts(scope, "monetary"),
        }

    @api.model
    def _fetch_count_cuts(self, scope, name) -> CountCuts:
        counts = self.env.execute_query(
            SQL(
                """
                SELECT %(expression)s, COUNT(*)
                FROM (%(standing)s) standing
                WHERE purchase_count_window > 0
                GROUP BY 1
                """,
                expression=self._rfm_expressions()[name],
                standing=self._standing_query(scope),
            )
        )
        return CountCuts.of(counts, scope.policy.rfm_bins)

    @api.model
    def _fetch_rank_cuts(self, scope, name) -> RankCuts:
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT %(expression)s AS value, COUNT(*)::int AS customers
                    FROM (%(standing)s) standing
                    WHERE purchase_count_window > 0
                    GROUP BY 1
                ),
                ranked AS (
                    SELECT value, SUM(customers) OVER upto - customers AS below
                    FROM counted
                    WINDOW upto AS (ORDER BY value)
                ),
                whole AS (
                    SELECT COALESCE(SUM(customers), 0)::int AS number FROM counted
                )
                SELECT
                    whole.number,
                    cut.value::text,
                    COALESCE(cut.below, whole.number)::int
                FROM generate_series(2, %(bins)s) wanted
                CROSS JOIN whole
                LEFT JOIN LATERAL (
                    SELECT *
                    FROM ranked
                    WHERE %(bins)s * below >= (wanted - 1) * whole.number
                    ORDER BY value
                    LIMIT 1
                ) cut ON TRUE
                ORDER BY wanted
                """,
                expression=self._rfm_expressions()[name],
                standing=self._standing_query(scope),
                bins=scope.policy.rfm_bins,
            )
        )
        return RankCuts(
            rows[0][0],
            tuple(
                RankCut(value if value is None else Decimal(value), below)
                for _number, value, below in rows
            ),
        )

    @api.model
    def _standing_query(self, scope) -> SQL:
        """Return what classes go by, of every customer, as it is after the refresh."""
        basis = SQL(", ").join(map(SQL.identifier, BASIS))
        if scope.partner_ids is None:
            return SQL("SELECT %s FROM crm_value_raw", basis)
        return SQL(
            """
            SELECT %(basis)s FROM crm_value_raw
            UNION ALL
            SELECT %(basis)s
            FROM crm_customer
            WHERE company_id = %(company)s AND NOT EXISTS (
                SELECT FROM crm_value_raw raw
                WHERE raw.partner_id = crm_customer.partner_id
            )
            """,
            basis=basis,
            company=scope.company.id,
        )
