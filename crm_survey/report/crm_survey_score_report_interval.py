from odoo import api, models
from odoo.tools import SQL

from .. import analytics

#: sums every score is made of
SUMS = ("answers", "high_count", "low_count", "points_sum", "points_squares")


class CrmSurveyScoreReport(models.Model):
    """Score and interval of any group of rows, computed from sums and never averaged.

    The formulas are those of ``analytics``, in SQL because a pivot groups rows in
    the database; a test compares the two.
    """

    _inherit = "crm.survey.score.report"

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS 'base'
        columns = {
            "score:avg": "score",
            "score_low:avg": "low",
            "score_high:avg": "high",
        }
        if aggregate_spec not in columns:
            return super()._read_group_select(aggregate_spec, query)
        sums = {
            name: SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
            for name in SUMS
        }
        metric = self._field_to_sql(self._table, "metric", query)
        one_metric = SQL(
            "CASE WHEN MIN(%(metric)s) = MAX(%(metric)s) THEN MIN(%(metric)s) END",
            metric=metric,
        )
        return self._interval_sql(one_metric, sums)[columns[aggregate_spec]]

    @api.model
    def _row_interval_sql(self):
        """Return score, low and high of one row."""
        return self._interval_sql(
            SQL.identifier("metric"), {name: SQL.identifier(name) for name in SUMS}
        )

    @api.model
    def _interval_sql(self, metric, sums):
        """Return the expressions of ``score``, ``low`` and ``high``.

        :param metric: expression of the metric, NULL when there are several
        :param sums: expression of each name of ``SUMS``
        """
        parts = {
            "metric": metric,
            "n": SQL("(%s)::float", sums["answers"]),
            "up": SQL("(%s)::float", sums["high_count"]),
            "down": SQL("(%s)::float", sums["low_count"]),
            "total": SQL("(%s)::float", sums["points_sum"]),
            "squares": SQL("(%s)::float", sums["points_squares"]),
            "z": analytics.Z_95,
        }
        return {
            "score": SQL(
                "CASE WHEN %(metric)s IS NULL THEN NULL"
                " ELSE %(total)s / NULLIF(%(n)s, 0) END",
                **parts,
            ),
            "low": self._bound_sql(parts, is_low=True),
            "high": self._bound_sql(parts, is_low=False),
        }

    @api.model
    def _bound_sql(self, parts, is_low):
        """Return one end of the interval: adjusted Wald, Wilson or normal."""
        sign = SQL("-") if is_low else SQL("+")
        cut = SQL("GREATEST") if is_low else SQL("LEAST")
        parts = {**parts, "sign": sign, "cut": cut}
        nps_centre = SQL("((%(up)s - %(down)s) / (%(n)s + 3))", **parts)
        nps = SQL(
            """
            %(cut)s(%(end)s, 100 * (%(c)s %(sign)s %(z)s * SQRT(
                ((%(up)s + %(down)s + 1.5) / (%(n)s + 3) - %(c)s ^ 2) / (%(n)s + 3)
            )))
            """,
            c=nps_centre,
            end=-100 if is_low else 100,
            **parts,
        )
        share = SQL(
            """
            %(cut)s(%(end)s, 100 * (
                %(up)s / %(n)s + %(z)s ^ 2 / (2 * %(n)s) %(sign)s %(z)s * SQRT(
                    %(up)s / %(n)s * (1 - %(up)s / %(n)s) / %(n)s
                    + %(z)s ^ 2 / (4 * %(n)s ^ 2)
                )
            ) / (1 + %(z)s ^ 2 / %(n)s))
            """,
            end=0 if is_low else 100,
            **parts,
        )
        mean = SQL(
            """
            %(cut)s(%(end)s, %(total)s / %(n)s %(sign)s %(z)s * SQRT(GREATEST(0,
                (%(squares)s - %(total)s ^ 2 / %(n)s) / NULLIF(%(n)s - 1, 0)
            ) / %(n)s))
            """,
            end=0 if is_low else 100,
            **parts,
        )
        return SQL(
            """
            CASE %(metric)s WHEN 'nps' THEN %(nps)s
                            WHEN 'csat' THEN %(share)s
                            WHEN 'ces' THEN %(share)s
                            WHEN 'index' THEN %(mean)s END
            """,
            metric=parts["metric"],
            nps=nps,
            share=share,
            mean=mean,
        )
