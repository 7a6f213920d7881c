from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_value.fields import OptionalFloat

BANDS = [
    ("high", "Promoter"),
    ("middle", "Passive"),
    ("low", "Detractor"),
]
#: change of the mean answer, on a scale of 100, from which a trend is shown
TREND_STEP = 10
#: months the yearly figures look back
WINDOW_MONTHS = 12


class CrmCustomer(models.Model):
    """What the customer says: verified, named answers of its contacts."""

    _inherit = "crm.customer"

    nps_band = fields.Selection(
        BANDS,
        string="Last NPS",
        readonly=True,
        index="btree_not_null",
        help="What the last contact who answered would say: promoter (9 and 10), "
        "passive (7 and 8) or detractor (0 to 6).",
    )
    nps_band_year = fields.Selection(
        BANDS,
        string="NPS (12 months)",
        readonly=True,
        help="The one vote of this account: the average answer of all its contacts "
        "in 12 months, with the same limits.",
    )
    csat_year = OptionalFloat(
        string="Satisfied (12 months, %)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Share of the answers in 12 months that were satisfied (4 or 5 of 5).",
    )
    satisfaction_index = OptionalFloat(
        string="Satisfaction Index (12 months)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Average index of the answers in 12 months, 0 to 100.",
    )
    survey_response_rate = OptionalFloat(
        string="Response Rate (12 months, %)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Invitations answered of those that reached a contact in 12 months.",
    )
    satisfaction_trend = fields.Selection(
        [("up", "Improving"), ("flat", "Steady"), ("down", "Declining")],
        readonly=True,
        help="The average answer of the last 12 months compared with the 12 months "
        "before. Empty when one of them has no answer.",
    )
    satisfaction_count = fields.Integer(
        string="Answers (12 months)",
        readonly=True,
        help="People's scores behind these figures. A figure nobody answered for is "
        "empty, not bad.",
    )
    satisfaction_on = fields.Date(string="Last Answer On", readonly=True)

    def action_open_satisfaction_scores(self):
        """Open the answers of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_survey.crm_survey_score_action"
        )
        return {**action, "domain": [("customer_id", "=", self.id)], "context": {}}

    @api.model
    def _refresh_steps(self):
        # EXTENDS 'crm_value'
        # once all rows are there, before tiers and stages, which may judge by it
        steps = super()._refresh_steps()
        steps.insert(
            steps.index(self._refresh_measures) + 1, self._refresh_satisfaction
        )
        return steps

    @api.model
    def _refresh_satisfaction(self, scope):
        """Fill what customers say; one statement for every customer of the scope."""
        self.env.flush_all()
        self.env.cr.execute(
            self._satisfaction_sql(scope.company.id, scope.partner_ids, scope.as_of)
        )

    def _refresh_satisfaction_now(self):
        """Bring the figures of these customers up to date at once."""
        self.env.flush_all()
        for company, customers in self.grouped("company_id").items():
            self.env.cr.execute(
                self._satisfaction_sql(
                    company.id,
                    tuple(customers.partner_id.ids),
                    fields.Date.context_today(self),
                )
            )
        self.invalidate_recordset(self._satisfaction_fields())

    @api.model
    def _satisfaction_fields(self):
        return [
            "nps_band",
            "nps_band_year",
            "csat_year",
            "satisfaction_index",
            "survey_response_rate",
            "satisfaction_trend",
            "satisfaction_count",
            "satisfaction_on",
        ]

    @api.model
    def _satisfaction_sql(self, company_id, partner_ids, as_of):
        """Return the statement that fills the rows.

        SQL, because it writes any number of customers at once, and only the rows
        that change.
        """
        end = datetime.combine(as_of + timedelta(days=1), time.min)
        columns = SQL(", ").join(map(SQL.identifier, self._satisfaction_fields()))
        scope = SQL("c.company_id = %s", company_id)
        if partner_ids is not None:
            scope = SQL("%s AND c.partner_id = ANY(%s)", scope, list(partner_ids))
        return SQL(
            """
            WITH scope AS (
                SELECT c.id FROM crm_customer c WHERE %(scope)s
            ), %(answers)s, %(invitations)s, %(trends)s, fresh AS (
                SELECT scope.id,
                       last.band AS nps_band,
                       CASE WHEN year.nps >= 9 THEN 'high'
                            WHEN year.nps >= 7 THEN 'middle'
                            WHEN year.nps IS NOT NULL THEN 'low' END AS nps_band_year,
                       year.csat AS csat_year,
                       year.index AS satisfaction_index,
                       asked.rate AS survey_response_rate,
                       trend.way AS satisfaction_trend,
                       COALESCE(year.answers, 0) AS satisfaction_count,
                       year.last_on AS satisfaction_on
                  FROM scope
             LEFT JOIN last ON last.customer_id = scope.id
             LEFT JOIN year ON year.customer_id = scope.id
             LEFT JOIN asked ON asked.customer_id = scope.id
             LEFT JOIN trend ON trend.customer_id = scope.id
            )
            UPDATE crm_customer c
               SET (%(columns)s) = (SELECT %(fresh_columns)s)
              FROM fresh
             WHERE fresh.id = c.id
               AND ROW(%(old_columns)s) IS DISTINCT FROM ROW(%(fresh_columns)s)
            """,
            scope=scope,
            answers=self._satisfaction_answers_sql(end),
            invitations=self._satisfaction_invitations_sql(end),
            trends=self._satisfaction_trend_sql(),
            columns=columns,
            fresh_columns=self._prefixed("fresh"),
            old_columns=self._prefixed("c"),
        )

    @api.model
    def _prefixed(self, alias):
        return SQL(", ").join(
            SQL.identifier(alias, name) for name in self._satisfaction_fields()
        )

    @api.model
    def _satisfaction_answers_sql(self, end):
        """Return the part that reads the scores up to ``end``."""
        return SQL(
            """
            answer AS (
                SELECT s.customer_id, s.metric, s.band, s.value, s.points, s.scored_at,
                       s.id, s.scored_at >= %(start)s AS is_recent,
                       s.scored_at >= %(before)s AS is_comparable,
                       CASE s.metric WHEN 'nps' THEN s.value * 10
                                     WHEN 'csat' THEN (s.value - 1) * 25
                                     WHEN 'ces' THEN (s.value - 1) * 100 / 6
                                     ELSE s.value END AS level
                  FROM crm_survey_score s
                  JOIN scope ON scope.id = s.customer_id
                 WHERE s.is_verified AND s.is_counted
                   AND s.scored_at < %(end)s
            ), last AS (
                SELECT DISTINCT ON (customer_id) customer_id, band
                  FROM answer
                 WHERE metric = 'nps'
              ORDER BY customer_id, scored_at DESC, id DESC
            ), year AS (
                SELECT customer_id,
                       AVG(value) FILTER (WHERE metric = 'nps' AND is_recent) AS nps,
                       AVG(points) FILTER (WHERE metric = 'csat' AND is_recent) AS csat,
                       AVG(points) FILTER (WHERE metric = 'index' AND is_recent)
                           AS index,
                       COUNT(*) FILTER (WHERE is_recent) AS answers,
                       MAX(scored_at)::date AS last_on
                  FROM answer
              GROUP BY customer_id
            )
            """,
            start=end - relativedelta(months=WINDOW_MONTHS),
            before=end - relativedelta(months=2 * WINDOW_MONTHS),
            end=end,
        )

    @api.model
    def _satisfaction_invitations_sql(self, end):
        """Return the part that reads who was asked in the year before ``end``."""
        return SQL(
            """
            asked AS (
                SELECT i.customer_id,
                       100.0 * COUNT(*) FILTER (WHERE i.state = 'answered')
                             / COUNT(*) AS rate
                  FROM crm_survey_invitation i
                  JOIN scope ON scope.id = i.customer_id
                 WHERE i.state NOT IN ('skipped', 'bounced')
                   AND i.sent_at >= %(start)s AND i.sent_at < %(end)s
              GROUP BY i.customer_id
            )
            """,
            start=end - relativedelta(months=WINDOW_MONTHS),
            end=end,
        )

    @api.model
    def _satisfaction_trend_sql(self):
        """Return the part that compares like with like: the same metric, two years."""
        return SQL(
            """
            step AS (
                SELECT customer_id, metric,
                       AVG(level) FILTER (WHERE is_recent)
                     - AVG(level) FILTER (WHERE is_comparable AND NOT is_recent) AS size
                  FROM answer
              GROUP BY customer_id, metric
            ), trend AS (
                SELECT DISTINCT ON (customer_id) customer_id,
                       CASE WHEN size >= %(step)s THEN 'up'
                            WHEN size <= -%(step)s THEN 'down'
                            ELSE 'flat' END AS way
                  FROM step
                 WHERE size IS NOT NULL
              ORDER BY customer_id,
                       array_position(
                           ARRAY['nps', 'csat', 'index', 'ces'], metric::text
                       )
            )
            """,
            step=TREND_STEP,
        )
