from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..refresh_scope import RefreshScope

COPIED = (
    "revenue_total",
    "revenue_window",
    "revenue_previous",
    "purchase_count",
    "contribution_window",
    "value_amount",
    "clv",
    "p_alive",
    "abc_class",
    "rfm_segment_id",
)


class CrmCustomer(models.Model):
    """Month-end pictures, measured from the documents as they stood then."""

    _inherit = "crm.customer"

    snapshot_ids = fields.One2many(
        "crm.customer.snapshot", "customer_id", string="Months", readonly=True
    )

    @api.model
    def _take_snapshots(self, company, as_of, **execution):
        """Write each month that is over and has no snapshot yet, oldest first.

        :return: whether all are written; with ``execution["time_left"]`` it stops
            when that says so
        """
        time_left = execution.pop("time_left", lambda: True)
        policy = self.env["crm.value.policy"]._for_company(company)
        since = self._snapshots_since(company, policy, as_of)
        if not since:
            return True
        Snapshot = self.env["crm.customer.snapshot"]
        for month_end in Snapshot._months_missing(company, since, as_of):
            if not time_left():
                return False
            scope = RefreshScope(
                company=company, policy=policy, as_of=month_end, **execution
            )
            is_late = month_end + timedelta(days=31) < as_of
            scope.notes.update(is_snapshot=True, without_prediction=is_late)
            scope.run(lambda s=scope, late=is_late: self._take_snapshot(s, late))
        return True

    @api.model
    def _snapshots_since(self, company, policy, as_of):
        """Return the month of the first snapshot: first invoice, within the history."""
        [(first,)] = self.env.execute_query(
            SQL(
                "SELECT MIN(first_purchase_date) FROM crm_customer"
                " WHERE company_id = %s",
                company.id,
            )
        )
        oldest = fields.Date.subtract(as_of, months=policy.history_months)
        return first and max(first, oldest)

    @api.model
    def _take_snapshot(self, scope, is_late):
        """Write one month of the company, from its documents up to the month's end."""
        self._fetch_measures(scope)
        columns = SQL(", ").join(SQL.identifier(name) for name in COPIED)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_customer_snapshot (
                    customer_id, partner_key, company_id, currency_id, period_end,
                    is_backfilled, cohort_month, age_months,
                    revenue_month, purchase_count_month, retention,
                    tier_id, previous_tier_id, %(columns)s
                )
                SELECT
                    customer.id, measured.partner_id, %(company)s, %(currency)s,
                    %(as_of)s, %(is_late)s,
                    DATE_TRUNC('month', measured.first_purchase_date),
                    (DATE_PART('year', %(as_of)s::date)
                        - DATE_PART('year', measured.first_purchase_date)) * 12
                        + DATE_PART('month', %(as_of)s::date)
                        - DATE_PART('month', measured.first_purchase_date),
                    COALESCE(month.revenue, 0), COALESCE(month.purchases, 0),
                    (COALESCE(month.purchases, 0) > 0)::int,
                    measured.tier_id, before.tier_id, %(measured_columns)s
                FROM (%(measured)s) measured
                JOIN crm_customer customer
                    ON customer.partner_id = measured.partner_id
                    AND customer.company_id = %(company)s
                LEFT JOIN (
                    SELECT
                        partner_id,
                        SUM(amount) AS revenue,
                        COUNT(*) FILTER (WHERE is_purchase) AS purchases
                    FROM (%(days)s) days
                    WHERE day >= DATE_TRUNC('month', %(as_of)s::date)
                    GROUP BY partner_id
                ) month ON month.partner_id = measured.partner_id
                LEFT JOIN crm_customer_snapshot before
                    ON before.company_id = %(company)s
                    AND before.period_end + 1 = DATE_TRUNC('month', %(as_of)s::date)
                    AND before.partner_key = measured.partner_id
                WHERE measured.first_purchase_date IS NOT NULL
                ON CONFLICT DO NOTHING
                """,
                columns=columns,
                company=scope.company.id,
                currency=scope.company.currency_id.id,
                as_of=scope.as_of,
                is_late=is_late,
                measured_columns=SQL(", ").join(
                    SQL.identifier("measured", name) for name in COPIED
                ),
                measured=self._snapshot_measures_query(scope, is_late),
                days=self._days_query(scope),
            )
        )

    @api.model
    def _snapshot_measures_query(self, scope, is_late) -> SQL:
        """Return the measured customers with their classes and their tier.

        On time, the tier is the one in force. Filled in later, it is the one the
        value alone gives under the ABC method, and unknown under other methods.
        """
        classed = self._with_classes(scope, SQL("SELECT * FROM crm_value_raw"))
        if not is_late:
            return SQL(
                """
                SELECT classed.*, customer.tier_id
                FROM (%s) classed
                JOIN crm_customer customer
                    ON customer.partner_id = classed.partner_id
                    AND customer.company_id = %s
                """,
                classed,
                scope.company.id,
            )
        tier = SQL("NULL::int")
        if scope.policy.method == "abc":
            tier = self._abc_tier_sql(scope)
        return SQL("SELECT classed.*, %s AS tier_id FROM (%s) classed", tier, classed)

    @api.model
    def _abc_tier_sql(self, scope) -> SQL:
        """Return the tier a customer enters by its value alone."""
        policy = scope.policy
        fresh = policy.tier_ids.filtered("is_new")
        tiers = (policy.tier_ids - fresh).sorted()
        bounds = tiers.mapped("lower_bound")
        cuts = self._fetch_value_cuts(scope, bounds)
        places = map(cuts.place_of, bounds)
        branches = [
            SQL(
                "WHEN first_purchase_date > %s THEN %s",
                scope.as_of - timedelta(days=policy.minimum_history_days),
                tier.id,
            )
            for tier in fresh
        ] + [
            SQL(
                "WHEN value_amount > 0 AND (value_amount, -partner_id) >= (%s, %s)"
                " THEN %s",
                place.value,
                -place.customer,
                tier.id,
            )
            for place, tier in zip(places, tiers, strict=True)
            if place
        ]
        last = SQL("%s::int", tiers[-1:].id or None)
        if not branches:
            return last
        return SQL("CASE %s ELSE %s END", SQL(" ").join(branches), last)
