import io
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import analytics

HOLDOUT_SHARE = 0.25


class CrmCustomer(models.Model):
    """Predictions: one frame of all buyers out, one COPY back in."""

    _inherit = "crm.customer"

    @api.model
    def _prediction_columns(self):
        return analytics.prediction.PREDICTION_COLUMNS[1:]

    @api.model
    def _fetch_predictions(self, scope):
        """Fill ``crm_value_prediction`` for the buyers of the scope."""
        self._make_temporary(
            "crm_value_prediction",
            SQL(
                """
                SELECT
                    NULL::int AS partner_id,
                    NULL::numeric AS p_alive,
                    NULL::numeric AS expected_purchases,
                    NULL::numeric AS clv,
                    NULL::date AS next_purchase_date,
                    NULL::varchar AS churn_band,
                    NULL::varchar AS prediction_basis
                WHERE FALSE
                """
            ),
        )
        if scope.notes.get("without_prediction"):
            return
        terms = scope.policy._prediction_terms(scope.as_of)
        frame = analytics.customer_frame(self._fetch_histories(), scope.as_of)
        model = self._model_for(scope, frame, terms)
        predictions = analytics.predict_customers(frame, model._company_fit(), terms)
        text = io.StringIO(predictions.to_csv(header=False, index=False))
        self.env.cr.copy_expert("COPY crm_value_prediction FROM STDIN WITH CSV", text)
        self.env.cr.execute(SQL("ANALYZE crm_value_prediction"))

    @api.model
    def _predicted_columns_sql(self, digits) -> SQL:
        """Return the predictions of a customer, as they are stored."""
        return SQL(
            """
            COALESCE(prediction.p_alive, 0) AS p_alive,
            COALESCE(prediction.expected_purchases, 0) AS expected_purchases,
            ROUND(COALESCE(prediction.clv, 0), %s) AS clv,
            prediction.next_purchase_date,
            prediction.churn_band,
            prediction.prediction_basis
            """,
            digits,
        )

    @api.model
    def _fetch_histories(self):
        """Return ``CUSTOMER_COLUMNS`` of the buyers of the scope."""
        return self.env.execute_query(
            SQL(
                """
                SELECT %s
                FROM (
                    SELECT doc.*, COALESCE(goods.goods_cost, 0) AS goods_cost
                    FROM crm_value_doc doc
                    LEFT JOIN crm_value_goods goods USING (partner_id)
                ) customer
                WHERE paid_days > 0
                ORDER BY partner_id
                """,
                SQL(", ").join(
                    map(SQL.identifier, analytics.prediction.CUSTOMER_COLUMNS)
                ),
            )
        )

    @api.model
    def _model_for(self, scope, frame, terms):
        """Return the fit to predict by; a due fit is made when everyone is measured."""
        Model = self.env["crm.value.model"]
        model = Model._latest(scope.company, scope.as_of)
        everyone = scope.partner_ids is None
        wanted = scope.notes.get("fit") or model._is_due(scope.policy, scope.as_of)
        if not model or everyone and wanted:
            rows, end, days = self._fetch_holdout(scope)
            model = Model._record(
                scope.company,
                scope.as_of,
                analytics.fit_company(frame, terms, rows, end, days),
            )
            scope.notes.pop("fit", None)
        if not scope.notes.get("is_snapshot"):
            model._put_in_force()
        return model

    @api.model
    def _fetch_holdout(self, scope):
        """Return the histories until a day, that day, and the days held out.

        The last quarter of the history is held out. A row is a buyer of the time
        before, with its purchases in the test period and the two before it.
        """
        [(first,)] = self.env.execute_query(
            SQL("SELECT MIN(first_paid) FROM crm_value_doc WHERE paid_days > 0")
        )
        days = int((scope.as_of - first).days * HOLDOUT_SHARE) if first else 0
        if not days:
            return [], None, 0
        end = scope.as_of - timedelta(days=days)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT
                    COUNT(*) FILTER (WHERE day <= %(end)s),
                    MIN(day),
                    MAX(day) FILTER (WHERE day <= %(end)s),
                    COUNT(*) FILTER (WHERE day <= %(end)s AND day > %(end)s - %(days)s),
                    COUNT(*) FILTER (
                        WHERE day <= %(end)s - %(days)s AND day > %(end)s - 2 * %(days)s
                    ),
                    COUNT(*) FILTER (WHERE day > %(end)s)
                FROM (%(purchases)s) purchases
                WHERE is_paid
                GROUP BY partner_id
                HAVING MIN(day) <= %(end)s
                ORDER BY partner_id
                """,
                purchases=self._days_query(scope),
                end=end,
                days=days,
            )
        )
        return rows, end, days
