from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .crm_customer_refresh_write import columns_sql

VALUE_COLUMNS = {
    "revenue": "revenue_window",
    "contribution": "contribution_window",
    "clv": "clv",
}

# As analytics.classify_trend with its tolerance of 10 %.
TREND = SQL(
    """
    CASE
        WHEN revenue_window <= 0 AND revenue_previous <= 0 THEN 'none'
        WHEN revenue_previous <= 0 THEN 'new'
        WHEN revenue_window <= 0 THEN 'gone'
        WHEN revenue_window - revenue_previous > 0.1 * revenue_previous THEN 'up'
        WHEN revenue_previous - revenue_window > 0.1 * revenue_previous THEN 'down'
        ELSE 'steady'
    END::varchar
    """
)


class CrmCustomer(models.Model):
    """From posted documents to rows, in three statements whatever their number.

    ``crm_value_raw`` (temporary) holds the measures of each customer of the scope
    taken from the documents, ``crm_value_new`` (temporary) the finished columns of
    the customers whose row is missing or differs. Only those are written.
    """

    _inherit = "crm.customer"

    @api.model
    def _refresh_measures(self, scope):
        """Write the measures of the customers of the scope, where they differ."""
        scope.run(lambda: self._fetch_changed_measures(scope))
        for first, last in self._batches(scope):
            scope.run(lambda f=first, t=last: self._write_measures(scope, f, t))

    @api.model
    def _fetch_changed_measures(self, scope):
        """Fill the temporary tables, from documents to the rows that need writing."""
        self._allow_memory()
        self._fetch_measures(scope)
        if not scope.notes["kept_cuts"]:
            self._keep_cuts(scope, None)
        self._make_temporary("crm_value_new", self._new_query(scope))

    @api.model
    def _fetch_measures(self, scope):
        """Measure the customers of the scope, and find the cuts between classes."""
        self._fetch_documents(scope)
        self._make_temporary("crm_value_goods", self._goods_cost_query(scope))
        self._fetch_predictions(scope)
        self._make_temporary("crm_value_raw", self._raw_query(scope))
        self._find_cuts(scope)

    @api.model
    def _make_temporary(self, name, query):
        """Replace a temporary table of one row per customer by the rows of a query."""
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, query))
        self.env.cr.execute(SQL("CREATE INDEX ON %s (partner_id)", table))
        self.env.cr.execute(SQL("ANALYZE %s (partner_id)", table))

    # From documents to measures

    @api.model
    def _fetch_documents(self, scope):
        """Fill ``crm_value_doc``: what the documents say of every customer.

        A customer known without documents gets zeros: nothing outlives its document.
        """
        self._make_temporary("crm_value_doc", self._documents_query(scope))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_value_doc (
                    partner_id, revenue_total, revenue_window, revenue_previous,
                    purchase_count, purchase_count_window, average_purchase_amount,
                    paid_days
                )
                SELECT partner_id, 0, 0, 0, 0, 0, 0, 0
                FROM (%s) known
                WHERE NOT EXISTS (
                    SELECT FROM crm_value_doc doc
                    WHERE doc.partner_id = known.partner_id
                )
                """,
                self._known_query(scope),
            )
        )

    @api.model
    def _documents_query(self, scope) -> SQL:
        """Return the measures of the customers of the scope that have documents.

        The day is the first grouping, since a purchase is a day with an invoice.
        """
        digits = scope.company.currency_id.decimal_places
        return SQL(
            """
            WITH days AS (%(days)s),
            measured AS (%(measured)s)
            SELECT
                partner_id,
                revenue_total,
                COALESCE(revenue_window, 0) AS revenue_window,
                COALESCE(revenue_previous, 0) AS revenue_previous,
                purchase_count::int AS purchase_count,
                purchase_count_window::int AS purchase_count_window,
                first_purchase_date,
                last_purchase_date,
                COALESCE(
                    ROUND(revenue_total / NULLIF(purchase_count, 0), %(digits)s), 0
                ) AS average_purchase_amount,
                paid_days::int AS paid_days,
                DATE '1970-01-01' + (first_paid / 10000000000000)::int AS first_paid,
                last_paid,
                paid_amount - (first_paid %% 10000000000000) / %(unit)s AS repeat_amount
            FROM measured
            """,
            days=self._days_query(scope),
            measured=self._measured_query(scope, digits),
            digits=digits,
            unit=Decimal(10) ** digits,
        )

    @api.model
    def _measured_query(self, scope, digits) -> SQL:
        """Return one row per customer from the rows of ``days``."""
        return SQL(
            """
            SELECT
                partner_id,
                SUM(amount) AS revenue_total,
                SUM(amount) FILTER (
                    WHERE day >= %(start)s
                ) AS revenue_window,
                SUM(amount) FILTER (
                    WHERE day >= %(previous)s AND day < %(start)s
                ) AS revenue_previous,
                COUNT(*) FILTER (WHERE is_purchase) AS purchase_count,
                COUNT(*) FILTER (
                    WHERE is_purchase AND day >= %(start)s
                ) AS purchase_count_window,
                MIN(day) FILTER (WHERE is_purchase) AS first_purchase_date,
                MAX(day) FILTER (WHERE is_purchase) AS last_purchase_date,
                COUNT(*) FILTER (WHERE is_paid) AS paid_days,
                SUM(amount) FILTER (WHERE is_paid) AS paid_amount,
                MIN(%(day_and_amount)s) FILTER (WHERE is_paid) AS first_paid,
                MAX(day) FILTER (WHERE is_paid) AS last_paid
            FROM days
            GROUP BY partner_id
            """,
            start=scope.policy._window_start(scope.as_of),
            previous=scope.policy._previous_window_start(scope.as_of),
            # Day and amount in one whole number: the least one is the first day's.
            # It holds amounts below 10^13 of the smallest unit of the currency.
            day_and_amount=SQL(
                "(day - DATE '1970-01-01')::bigint * 10000000000000"
                " + (amount * %s)::bigint",
                10**digits,
            ),
        )

    @api.model
    def _days_query(self, scope) -> SQL:
        """Return revenue per customer and day of the posted customer documents.

        A document belongs to the commercial partner it was booked for, or to the one
        that partner belongs to today.
        """
        return SQL(
            """
            SELECT
                partner.commercial_partner_id AS partner_id,
                move.invoice_date AS day,
                SUM(move.amount_untaxed_signed) AS amount,
                BOOL_OR(move.move_type = 'out_invoice') AS is_purchase,
                BOOL_OR(move.move_type = 'out_invoice')
                    AND SUM(move.amount_untaxed_signed) > 0 AS is_paid
            FROM account_move move
            JOIN res_partner partner ON partner.id = move.commercial_partner_id
            WHERE move.company_id = %(company)s
                AND move.move_type IN ('out_invoice', 'out_refund')
                AND move.state = 'posted'
                AND move.invoice_date <= %(as_of)s
                %(partners)s
            GROUP BY partner.commercial_partner_id, move.invoice_date
            """,
            company=scope.company.id,
            as_of=scope.as_of,
            partners=self._partner_filter(scope),
        )

    @api.model
    def _known_query(self, scope) -> SQL:
        """Return the customers that need a row whether or not they have documents.

        A customer rank counts in the company of the partner; a partner that all
        companies share counts everywhere until one company has invoiced it.
        """
        rows, ranked = SQL(), SQL()
        if scope.partner_ids is not None:
            rows = SQL("AND partner_id = ANY(%s)", list(scope.partner_ids))
            ranked = SQL("AND partner.id = ANY(%s)", list(scope.partner_ids))
        return SQL(
            """
            WITH ranked AS MATERIALIZED (
                SELECT partner.id, partner.company_id
                FROM res_partner partner
                WHERE partner.customer_rank > 0
                    AND partner.commercial_partner_id = partner.id
                    AND (
                        partner.company_id = %(company)s OR partner.company_id IS NULL
                    )
                    AND NOT EXISTS (
                        SELECT FROM crm_value_doc doc
                        WHERE doc.partner_id = partner.id
                    )
                    %(ranked)s
            )
            SELECT partner_id FROM crm_customer WHERE company_id = %(company)s %(rows)s
            UNION
            SELECT id
            FROM ranked
            WHERE company_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM account_move move
                WHERE move.commercial_partner_id = ranked.id
                    AND move.move_type IN ('out_invoice', 'out_refund')
                    AND move.state = 'posted'
            )
            %(prospects)s
            """,
            company=scope.company.id,
            rows=rows,
            ranked=ranked,
            prospects=self._known_prospects(scope),
        )

    # From measures to rows

    @api.model
    def _raw_query(self, scope) -> SQL:
        """Return the measures of the scope that no other customer has a part in."""
        costs = [
            (name, query)
            for name, query in self._cost_joins(scope)
            if query is not None
        ]
        digits = scope.company.currency_id.decimal_places
        present = {name for name, _query in costs}
        amounts = {
            "goods_cost": SQL("ROUND(COALESCE(goods.goods_cost, 0), %s)", digits),
            **{
                name: SQL(
                    "ROUND(COALESCE(%s, 0), %s)", SQL.identifier(name, "cost"), digits
                )
                if name in present
                else SQL("0::numeric")
                for name in ("service_cost", "capital_cost")
            },
        }
        return SQL(
            """
            SELECT
                measured.*,
                %(value)s AS value_amount,
                %(trend)s AS trend
            FROM (
                SELECT
                    doc.*,
                    %(amounts)s,
                    doc.revenue_window - (%(total)s) AS contribution_window,
                    COALESCE(goods.is_estimated, FALSE) AS contribution_is_estimated,
                    %(predicted)s
                FROM crm_value_doc doc
                LEFT JOIN crm_value_goods goods USING (partner_id)
                LEFT JOIN crm_value_prediction prediction USING (partner_id)
                %(joins)s
            ) measured
            """,
            value=SQL.identifier(VALUE_COLUMNS[scope.policy.measure]),
            trend=TREND,
            amounts=SQL(", ").join(
                SQL("%s AS %s", amount, SQL.identifier(name))
                for name, amount in amounts.items()
            ),
            total=SQL(" + ").join(amounts.values()),
            predicted=self._predicted_columns_sql(digits),
            joins=SQL(" ").join(
                SQL("LEFT JOIN (%s) %s USING (partner_id)", query, SQL.identifier(name))
                for name, query in costs
            ),
        )

    @api.model
    def _measure_columns(self):
        """Return the columns of a customer that a refresh fills from documents."""
        return [
            "revenue_total",
            "revenue_window",
            "revenue_previous",
            "purchase_count",
            "purchase_count_window",
            "first_purchase_date",
            "last_purchase_date",
            "average_purchase_amount",
            "goods_cost",
            "service_cost",
            "capital_cost",
            "contribution_window",
            "contribution_is_estimated",
            *self._prediction_columns(),
            "value_amount",
            "trend",
            *self._class_columns(),
        ]

    @api.model
    def _new_query(self, scope) -> SQL:
        """Return the finished columns of the customers whose row needs writing."""
        columns = self._measure_columns()
        return SQL(
            """
            SELECT customer.id AS customer_id, raw.*
            FROM (%(classed)s) raw
            LEFT JOIN crm_customer customer
                ON customer.partner_id = raw.partner_id
                AND customer.company_id = %(company)s
            WHERE customer.id IS NULL
                OR (%(stored)s) IS DISTINCT FROM (%(computed)s)
            """,
            classed=self._with_classes(scope, SQL("SELECT * FROM crm_value_raw")),
            company=scope.company.id,
            stored=columns_sql("customer", columns),
            computed=columns_sql("raw", columns),
        )
