from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import analytics
from .crm_survey_score_report_dashboard import SUMS

#: per cent of the weight below which the direction of a driver is noise
NOTABLE_SHARE = 5


class CrmSurveyScoreReport(models.Model):
    """What lies behind a score: who it counts how often, and what moves it.

    For administrators, who may read every named answer. Of anonymous answers only
    what the report shows anyway goes in.
    """

    _inherit = "crm.survey.score.report"

    # -------------------------------------------------------------------------
    # One vote per answer, per customer of a tier, per account
    # -------------------------------------------------------------------------

    @api.model
    def _dashboard_votes(self, metric, score, window, span):
        """Return the score counted in other ways, each with its interval."""
        if self._default_dimension() != "total":
            return []
        programs, least = self._span_programs(span), self._smallest_group(span)
        votes = [
            {
                "name": self.env._("One vote per answer"),
                "help": self.env._("The score above."),
                **self._score_values(score),
            },
            self._vote_by_tier(metric, window, span, least),
        ]
        if metric == "nps":
            votes.append(self._vote_by_account(window, programs, least))
        return [vote for vote in votes if vote]

    @api.model
    def _span_programs(self, span):
        domain = Domain("company_id", "in", span.companies)
        if span.program_id:
            domain &= Domain("id", "=", span.program_id)
        return (
            self.env["crm.survey.program"]
            .with_context(active_test=False)
            .search(domain)
        )

    @api.model
    def _vote_by_tier(self, metric, window, span, least):
        """Return the score in which each tier weighs as many customers as it has."""
        population = self._tier_population(span)
        if len(population) < 2:
            return None
        cells, is_whole = self._tier_sums(metric, window)
        score = analytics.stratified(
            [
                (size, self._score_of_sums(metric, *cells.get(tier, (0,) * len(SUMS))))
                for tier, size in population.items()
            ],
            minimum_n=least,
            low=-100 if metric == "nps" else 0,
        )
        vote = {
            "name": self.env._("Weighted by tier"),
            "help": self.env._(
                "Each tier weighs as much as it has customers, however many of them "
                "answered. Customers without a tier are left out."
            ),
        }
        if score.score is None or not is_whole:
            note = self.env._(
                "Not every tier has enough answers yet: %(least)s are needed in each.",
                least=least,
            )
            return {**vote, "note": note}
        return {**vote, **self._score_values(score)}

    @api.model
    def _tier_population(self, span):
        """Return the number of customers of each tier the programme is for."""
        domain = Domain("company_id", "in", span.companies)
        if span.program_id:
            domain = self._span_programs(span)._customer_domain()
        # sudo: the numbers of customers of a tier name nobody
        groups = (
            self.env["crm.customer"]
            .sudo()
            ._read_group(
                domain & Domain("tier_id", "!=", False), ["tier_id"], ["__count"]
            )
        )
        return {tier.id: count for tier, count in groups}

    @api.model
    def _tier_sums(self, metric, window):
        """Return the sums of each tier, and whether no anonymous answer is missing.

        Where the report hides a tier, the weighted score would give it away.
        """
        scope = window & Domain("metric", "=", metric)
        anonymous = scope & Domain("is_anonymous", "=", True)
        [(total,)] = self._read_group(anonymous, [], ["answers:sum"])
        [(shown,)] = self._read_group(
            anonymous & Domain("dimension", "=", "tier"), [], ["answers:sum"]
        )
        return self._dashboard_sums(scope, "tier_id", "tier"), shown == total

    @api.model
    def _vote_by_account(self, window, programs, least):
        """Return the NPS with one vote per account, the mean of its answers."""
        vote = {
            "name": self.env._("One vote per account"),
            "help": self.env._(
                "An account votes with the average of its answers, so that many "
                "contacts count no more than one."
            ),
        }
        anonymous = programs.filtered("is_anonymous")
        if programs and programs == anonymous:
            note = self.env._("Anonymous answers belong to no account.")
            return {**vote, "note": note}
        rows = self._fetch_account_values(window)
        score = analytics.account_nps(*zip(*rows, strict=True)) if rows else None
        if score is None or score.n < least:
            note = self.env._(
                "Too few accounts have answered: %(least)s are needed.", least=least
            )
            return {**vote, "note": note}
        if anonymous:
            vote["note"] = self.env._("Without anonymous programmes.")
        return {**vote, **self._score_values(score)}

    @api.model
    def _fetch_account_values(self, window):
        """Return account and value of the named answers that gave an NPS."""
        domain = self._named_domain(window & Domain("metric", "=", "nps"))
        Score = self.env["crm.survey.score"]
        Score.flush_model()
        query = Score._search(domain & Domain("customer_id", "!=", False))
        return self.env.execute_query(
            query.select(
                SQL.identifier("crm_survey_score", "customer_id"),
                SQL.identifier("crm_survey_score", "value"),
            )
        )

    # -------------------------------------------------------------------------
    # Key drivers
    # -------------------------------------------------------------------------

    @api.model
    def _dashboard_drivers(self, metric, span):
        """Return which further questions move the score, or why nothing is said."""
        if self._default_dimension() != "total":
            return False
        if not span.program_id:
            return self._no_drivers(
                self.env._("Choose one programme to see what drives its score.")
            )
        program = self._span_programs(span)
        # sudo: questions of a satisfaction survey are sent to customers anyway
        questions = program.sudo().survey_id.question_ids.filtered(
            lambda q: (
                q.question_type == "scale" and (not q.metric or q.metric != metric)
            )
        )
        if not questions or metric == "index":
            return self._no_drivers(
                self.env._("The survey has no further scale that could explain this.")
            )
        least = max(analytics.MINIMUM_N, program.minimum_group)
        found = analytics.drivers_of_answers(
            self._fetch_driver_rows(metric, span, questions), 0, least
        )
        if found.n < least:
            return self._no_drivers(
                self.env._(
                    "Too few complete answers to say what drives the score: "
                    "%(least)s are needed, %(count)s have come in.",
                    least=least,
                    count=found.n,
                )
            )
        if not found.items:
            return self._no_drivers(
                self.env._("All answers are alike: nothing explains the score.")
            )
        titles = {str(question.id): question for question in questions}
        return {
            "items": [
                {
                    "name": titles[item.name].title,
                    "share": item.share,
                    "mean": item.mean,
                    "most": titles[item.name].scale_max,
                    "is_inverse": item.correlation < 0 and item.share >= NOTABLE_SHARE,
                }
                for item in found.items
            ],
            "text": self.env._(
                "Together they explain %(share).0f %% of the differences between "
                "%(count)s answers.",
                share=100 * found.r_squared,
                count=found.n,
            ),
        }

    @api.model
    def _no_drivers(self, text):
        return {"items": [], "text": text}

    @api.model
    def _fetch_driver_rows(self, metric, span, questions):
        """Return (answer, question, value) of the answers in the report.

        Question 0 is the score itself. SQL, because nobody may read the lines: what
        leaves is the weight of a question over all answers.
        """
        for name in ("crm.survey.score", "survey.user_input.line"):
            self.env[name].flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH answer AS (%(answers)s),
                     dated AS (%(periods)s),
                     score AS (
                         SELECT score.user_input_id AS answer, score.value
                           FROM dated
                           JOIN crm_survey_score AS score
                             ON score.id = dated.id
                          WHERE dated.program_id = %(program)s
                            AND dated.company_id = ANY(%(companies)s)
                            AND dated.metric = %(metric)s
                            AND dated.is_verified
                            AND dated.period BETWEEN %(start)s AND %(end)s
                            AND score.user_input_id IS NOT NULL
                     )
                SELECT answer, 0, value
                  FROM score
             UNION ALL
                SELECT score.answer, line.question_id, line.value_scale
                  FROM score
                  JOIN survey_user_input_line AS line
                    ON line.user_input_id = score.answer
                 WHERE line.question_id = ANY(%(questions)s)
                   AND line.answer_type = 'scale'
                   AND line.skipped IS NOT TRUE
                """,
                answers=self._answers_sql(),
                periods=self._periods_sql(),
                program=span.program_id,
                companies=list(span.companies),
                metric=metric,
                start=span.start,
                end=span.as_of,
                questions=questions.ids,
            )
        )
