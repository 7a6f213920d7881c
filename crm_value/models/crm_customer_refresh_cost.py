from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """What customers cost besides the goods: service, and the money they owe."""

    _inherit = "crm.customer"

    @api.model
    def _cost_joins(self, scope):
        """Return (column, query or ``None``) of each cost; ``None`` costs nothing."""
        policy = scope.policy
        return [
            (
                "service_cost",
                self.env["crm.service.rate"]._cost_query(
                    scope.company,
                    policy._window_start(scope.as_of),
                    scope.as_of + timedelta(days=1),
                ),
            ),
            (
                "capital_cost",
                self._capital_cost_query(scope) if policy.capital_pct else None,
            ),
        ]

    @api.model
    def _capital_cost_query(self, scope) -> SQL:
        """Return what the money owed during the window costs, per customer.

        Each receivable line runs from its invoice (or the start of the window) until
        the entries it is reconciled with, part by part; what is open runs on until
        today. A credit note counts against it in the same way. Parts paid before the
        window cost nothing in it, so they are not read.
        """
        return SQL(
            """
            WITH owed AS (
                SELECT
                    partner.commercial_partner_id AS partner_id,
                    line.id AS line_id,
                    line.amount_residual,
                    GREATEST(move.invoice_date, %(start)s) AS day
                FROM account_move move
                JOIN res_partner partner ON partner.id = move.commercial_partner_id
                JOIN account_move_line line ON line.move_id = move.id
                WHERE move.company_id = %(company)s
                    AND move.move_type IN ('out_invoice', 'out_refund')
                    AND move.state = 'posted'
                    AND move.invoice_date <= %(as_of)s
                    AND line.display_type = 'payment_term'
                    %(partners)s
            ),
            parts AS (
                SELECT partner_id, amount_residual AS amount, day, %(as_of)s AS ended
                FROM owed
                WHERE amount_residual <> 0
                UNION ALL
                SELECT partner_id, partial.amount, day, partial.max_date
                FROM owed
                JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = owed.line_id
                WHERE partial.max_date > %(start)s
                UNION ALL
                SELECT partner_id, -partial.amount, day, partial.max_date
                FROM owed
                JOIN account_partial_reconcile partial
                    ON partial.credit_move_id = owed.line_id
                WHERE partial.max_date > %(start)s
            )
            SELECT
                partner_id,
                SUM(amount * (LEAST(ended, %(as_of)s) - day))
                    * %(rate)s::numeric / 36500 AS cost
            FROM parts
            WHERE LEAST(ended, %(as_of)s) > day
            GROUP BY partner_id
            """,
            company=scope.company.id,
            start=scope.policy._window_start(scope.as_of),
            as_of=scope.as_of,
            partners=self._partner_filter(scope),
            rate=scope.policy.capital_pct,
        )
