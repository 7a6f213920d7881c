from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: what a score can be broken down by, and the column of the score that says it
DIMENSIONS = {
    "tier": "tier_id",
    "stage": "stage_id",
    "salesperson": "user_id",
    "country": "country_id",
}


class CrmSurveyScoreReport(models.Model):
    """Scores of groups of answers, none of them small enough to name anybody.

    Every row stands for at least as many answers as the programme demands. Rows of
    a breakdown are hidden together with whatever would give them away. So no
    filter, grouping, export or call shows less than that: there is nothing smaller
    to be found here.

    Answers are first laid into periods: a month with enough answers, else what is
    left of its quarter, else of its year. Each answer is in one period only.
    Inside a period there is one row in all and one per tier, salesperson and country.

    Anonymous answers wait until their period is over: a month, the rest of a quarter
    or the rest of a year appears at once and never changes again. So two reports
    of different days, or two filters, differ by whole periods only, and their
    difference is never a single answer.
    """

    _name = "crm.survey.score.report"
    _description = "Satisfaction Report"
    _auto = False
    _order = "period desc, program_id, metric, dimension, answers desc"
    _rec_name = "program_id"

    company_id = fields.Many2one("res.company", readonly=True)
    program_id = fields.Many2one(
        "crm.survey.program", string="Programme", readonly=True
    )
    metric = fields.Selection(
        [("nps", "NPS"), ("csat", "CSAT"), ("ces", "CES"), ("index", "Index")],
        readonly=True,
    )
    is_verified = fields.Boolean(string="Verified", readonly=True)
    is_anonymous = fields.Boolean(string="Anonymous", readonly=True)
    period = fields.Date(string="Period From", readonly=True)
    grain = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Period",
        readonly=True,
        help="Months with too few answers are shown together as a quarter or a year.",
    )
    dimension = fields.Selection(
        [
            ("total", "All answers"),
            ("tier", "By tier"),
            ("stage", "By stage"),
            ("salesperson", "By salesperson"),
            ("country", "By country"),
        ],
        string="Breakdown",
        readonly=True,
        help="Without a filter on the breakdown only the rows of all answers count, "
        "so that no answer is counted twice.",
    )
    tier_id = fields.Many2one("crm.value.tier", readonly=True)
    stage_id = fields.Many2one(
        "crm.lifecycle.stage", string="Lifecycle Stage", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    answers = fields.Integer(readonly=True)
    high_count = fields.Integer(string="High", readonly=True)
    middle_count = fields.Integer(string="Middle", readonly=True)
    low_count = fields.Integer(string="Low", readonly=True)
    points_sum = fields.Float(readonly=True, aggregator=None)
    points_squares = fields.Float(readonly=True, aggregator=None)
    score = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="NPS in points (-100 to 100), CSAT and CES in per cent, index 0 to 100. "
        "Empty for a group that mixes them.",
    )
    score_low = fields.Float(
        string="Interval From",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="The true score lies in the interval with 95 % confidence.",
    )
    score_high = fields.Float(
        string="Interval To", readonly=True, aggregator="avg", digits=(16, 1)
    )

    @api.model
    def _search(self, domain, *args, **kwargs):
        # a breakdown repeats the same answers, and unverified answers are not to be
        # mixed in: both are shown only when asked for
        domain = Domain(domain)
        named = {condition.field_expr for condition in domain.iter_conditions()}
        if not named & {"dimension", "id"}:
            domain &= Domain("dimension", "=", self._default_dimension())
        if not named & {"is_verified", "id"}:
            domain &= Domain("is_verified", "=", True)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _default_dimension(self):
        """Return what is shown without a filter: all, or the own answers."""
        is_manager = self.env.su or self.env.user.has_group("crm_survey.group_manager")
        return "total" if is_manager else "salesperson"

    @property
    def _table_query(self):
        return SQL(
            """
            WITH answer AS (%(answers)s),
                 dated AS (%(periods)s),
                 cell AS (%(cells)s),
                 ranked AS (%(ranks)s)
            SELECT (
                       'x' || substr(
                           md5(ROW(program_id, metric, is_verified, grain, period,
                                   dimension, value)::text), 1, 13)
                   )::bit(52)::bigint AS id,
                   ranked.*,
                   CASE WHEN dimension = 'tier' THEN value END AS tier_id,
                   CASE WHEN dimension = 'stage' THEN value END AS stage_id,
                   CASE WHEN dimension = 'salesperson' THEN value END AS user_id,
                   CASE WHEN dimension = 'country' THEN value END AS country_id,
                   %(score)s AS score,
                   %(low)s AS score_low,
                   %(high)s AS score_high
              FROM ranked
             WHERE NOT (
                       small > 0
                   AND (place <= small OR place <= 2 OR before < minimum_group)
                   )
            """,
            answers=self._answers_sql(),
            periods=self._periods_sql(),
            cells=self._cells_sql(),
            ranks=self._ranks_sql(),
            **self._row_interval_sql(),
        )

    @api.model
    def _answers_sql(self):
        """Return the scores that count, with the month they belong to."""
        return SQL(
            """
            SELECT s.id, s.company_id, s.program_id, s.metric, s.is_verified,
                   s.is_anonymous, s.tier_id, s.stage_id, s.user_id, s.country_id,
                   s.band, s.points, p.minimum_group,
                   date_trunc('month', s.scored_at)::date AS month
              FROM crm_survey_score s
              JOIN crm_survey_program p ON p.id = s.program_id
             WHERE s.is_counted
            """
        )

    @api.model
    def _periods_sql(self):
        """Return the period of each answer; too few for a year: no period, no row.

        A day passes between the end of a period and its anonymous answers: until
        then the session that answered last may still correct.
        """
        return SQL(
            """
            SELECT answer.*,
                   period.grain,
                   date_trunc(period.grain, answer.month)::date AS period
              FROM answer
              JOIN (
                    SELECT program_id, metric, is_verified, is_anonymous, month,
                           CASE WHEN by_month >= minimum_group THEN 'month'
                                WHEN by_quarter >= minimum_group THEN 'quarter'
                                WHEN SUM(by_month) FILTER (
                                         WHERE by_month < minimum_group
                                           AND by_quarter < minimum_group
                                     ) OVER (
                                         PARTITION BY program_id, metric, is_verified,
                                             is_anonymous, date_trunc('year', month)
                                     ) >= minimum_group THEN 'year' END AS grain
                      FROM (
                            SELECT *,
                                   SUM(by_month) FILTER (
                                       WHERE by_month < minimum_group
                                   ) OVER (
                                       PARTITION BY program_id, metric, is_verified,
                                           is_anonymous, date_trunc('quarter', month)
                                   ) AS by_quarter
                              FROM (
                                    SELECT program_id, metric, is_verified,
                                           is_anonymous, month, minimum_group,
                                           COUNT(*) AS by_month
                                      FROM answer
                                  GROUP BY program_id, metric, is_verified,
                                           is_anonymous, month, minimum_group
                                   ) AS monthly
                           ) AS quarterly
                   ) AS period
                   USING (program_id, metric, is_verified, is_anonymous, month)
             WHERE period.grain IS NOT NULL
               AND (NOT answer.is_anonymous
                    OR date_trunc(period.grain, answer.month::timestamp)
                       + CASE period.grain WHEN 'month' THEN INTERVAL '1 month 1 day'
                              WHEN 'quarter' THEN INTERVAL '3 months 1 day'
                              ELSE INTERVAL '1 year 1 day' END <= %(now)s)
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _cells_sql(self):
        """Return one row per period and value of each breakdown."""
        values = SQL(", ").join(
            SQL("(%s, dated.%s)", name, SQL.identifier(column))
            for name, column in DIMENSIONS.items()
        )
        return SQL(
            """
            SELECT company_id, program_id, metric, is_verified, is_anonymous, period,
                   grain, minimum_group, breakdown.dimension, breakdown.value,
                   COUNT(*) AS answers,
                   COUNT(*) FILTER (WHERE band = 'high') AS high_count,
                   COUNT(*) FILTER (WHERE band = 'middle') AS middle_count,
                   COUNT(*) FILTER (WHERE band = 'low') AS low_count,
                   SUM(points)::float AS points_sum,
                   SUM(points * points)::float AS points_squares
              FROM dated
        CROSS JOIN LATERAL (VALUES ('total', NULL::integer), %(values)s)
                   AS breakdown (dimension, value)
          GROUP BY company_id, program_id, metric, is_verified, is_anonymous, period,
                   grain, minimum_group, breakdown.dimension, breakdown.value
            """,
            values=values,
        )

    @api.model
    def _ranks_sql(self):
        """Return the cells of each breakdown, smallest first.

        Small cells are hidden, and then the next ones until at least two are hidden
        that hold enough answers together: else the total less the shown cells would
        give the hidden one away.
        """
        return SQL(
            """
            SELECT cell.*,
                   ROW_NUMBER() OVER size AS place,
                   SUM(answers) OVER size - answers AS before,
                   COUNT(*) FILTER (WHERE answers < minimum_group) OVER whole AS small
              FROM cell
            WINDOW whole AS (
                       PARTITION BY program_id, metric, is_verified, is_anonymous,
                           grain, period, dimension
                   ),
                   size AS (
                       whole ORDER BY answers, value ROWS UNBOUNDED PRECEDING
                   )
            """
        )
