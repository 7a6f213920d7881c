from odoo import api, fields, models
from odoo.tools import SQL


class CrmSurveyCommentReport(models.Model):
    """What people wrote in anonymous programmes, with nothing that leads to them.

    A comment has the programme and the period it was written in, and no score, no
    customer, tier, country, salesperson, day or order. It appears when its period is
    over and holds enough answers, with all others of the period: see
    ``crm.survey.score.report``.
    """

    _name = "crm.survey.comment.report"
    _description = "Anonymous Comment"
    _auto = False
    # the number is a hash: the order says nothing about who wrote first
    _order = "period desc, id"
    _rec_name = "comment"

    company_id = fields.Many2one("res.company", readonly=True)
    program_id = fields.Many2one(
        "crm.survey.program", string="Programme", readonly=True
    )
    period = fields.Date(string="Period From", readonly=True)
    grain = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Period",
        readonly=True,
        help="Months with too few answers are shown together as a quarter or a year.",
    )
    is_verified = fields.Boolean(
        string="Verified",
        readonly=True,
        help="Written through the personal link of an invitation.",
    )
    comment = fields.Text(readonly=True)

    @property
    def _table_query(self):
        Report = self.env["crm.survey.score.report"]
        # the same words twice are one row: the hash must not depend on the answer
        return SQL(
            """
            WITH answer AS (%(answers)s),
                 dated AS (%(periods)s)
            SELECT (
                       'x' || substr(
                           md5(ROW(program_id, is_verified, grain, period,
                                   comment)::text), 1, 13)
                   )::bit(52)::bigint AS id,
                   company_id, program_id, is_verified, grain, period, comment
              FROM dated
             WHERE comment <> ''
          GROUP BY company_id, program_id, is_verified, grain, period, comment
            """,
            answers=self._answers_sql(),
            periods=Report._periods_sql(),
        )

    @api.model
    def _answers_sql(self):
        """Return one row per anonymous answer, whatever number of scores it has."""
        self.env["crm.survey.score"].flush_model()
        return SQL(
            """
            SELECT DISTINCT ON (COALESCE(s.user_input_id, -s.id))
                   s.company_id, s.program_id, s.is_verified, s.is_anonymous,
                   'any' AS metric, s.comment, p.minimum_group,
                   date_trunc('month', s.scored_at)::date AS month
              FROM crm_survey_score s
              JOIN crm_survey_program p ON p.id = s.program_id
             WHERE s.is_counted
               AND s.is_anonymous
          ORDER BY COALESCE(s.user_input_id, -s.id), s.id
            """
        )
