from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_survey_score_report_dashboard import SUMS


class CrmSurveyScoreReport(models.Model):
    """Where the figures of the dashboard come from.

    Named answers are counted one by one, as far as the user may read them. Anonymous
    ones come from the rows of the report, so that nothing shown here says more than
    those do.
    """

    _inherit = "crm.survey.score.report"

    @api.model
    def _dashboard_sums(self, domain, column, dimension="total"):
        """Return the sums of each value of ``column``: ``{value: sums}``.

        :param domain: on the report, without the breakdown
        :param dimension: breakdown of the report that tells the values apart
        """
        sums = defaultdict(lambda: (0,) * len(SUMS))
        key = SQL.identifier("crm_survey_score", column)
        for value, *numbers in self._fetch_named_sums(domain, key):
            sums[value] = tuple(numbers)
        shown = domain & Domain("is_anonymous", "=", True)
        shown &= Domain("dimension", "=", dimension)
        for value, *numbers in self._read_group(shown, [column], SUMS):
            if isinstance(value, models.BaseModel):
                value = value.id or None
            sums[value] = tuple(
                a + b for a, b in zip(sums[value], numbers, strict=True)
            )
        return sums

    @api.model
    def _dashboard_periods(self, domain):
        """Return (first day, grain, *sums) of the periods, in their order."""
        if self._default_dimension() == "total":
            return self._read_group(
                domain, ["period:month", "grain"], SUMS, order="period:month"
            )
        month = SQL("date_trunc('month', crm_survey_score.scored_at)::date")
        return [
            (period, "month", *numbers)
            for period, *numbers in self._fetch_named_sums(
                domain, month, is_large_only=True
            )
        ]

    @api.model
    def _fetch_named_sums(self, domain, key, *, is_large_only=False):
        """Return (key, *sums) of the named answers the user may read, by key."""
        Score = self.env["crm.survey.score"]
        Score.flush_model()
        query = Score._search(self._named_domain(domain))
        if query.is_empty():
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT %(key)s,
                       COUNT(*),
                       COUNT(*) FILTER (WHERE crm_survey_score.band = 'high'),
                       COUNT(*) FILTER (WHERE crm_survey_score.band = 'low'),
                       SUM(crm_survey_score.points)::float,
                       SUM(crm_survey_score.points ^ 2)::float
                  FROM %(scores)s
                  JOIN crm_survey_program AS program
                    ON program.id = crm_survey_score.program_id
                 WHERE %(condition)s
              GROUP BY 1
                HAVING NOT %(is_large_only)s
                    OR COUNT(*) >= MAX(program.minimum_group)
              ORDER BY 1
                """,
                key=key,
                scores=query.from_clause,
                condition=query.where_clause or SQL("TRUE"),
                is_large_only=is_large_only,
            )
        )

    @api.model
    def _named_domain(self, domain):
        """Return the domain on named scores of a ``domain`` on the report."""
        named = (
            Domain("is_anonymous", "=", False)
            & Domain("is_counted", "=", True)
            & Domain("is_verified", "=", True)
        )
        return named & Domain(domain).map_conditions(self._named_condition)

    @api.model
    def _named_condition(self, condition):
        if condition.field_expr != "period":
            return condition
        if condition.operator == "<=":
            return Domain("scored_at", "<", condition.value + timedelta(days=1))
        return Domain("scored_at", condition.operator, condition.value)

    @api.model
    def _smallest_group(self, span):
        return max(self._span_programs(span).mapped("minimum_group"), default=5)
