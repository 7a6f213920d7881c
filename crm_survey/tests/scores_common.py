from odoo import fields

from odoo.addons.crm_survey import analytics

from .answers_common import AnswersCommon


class ScoresCommon(AnswersCommon):
    """Scores as the public page would write them, any number at once."""

    def _scores(
        self,
        values,
        at="2026-03-10",
        comments=(),
        metric="nps",
        program=None,
        customer=None,
        **vals,
    ):
        """Create a score of each value; an anonymous programme leads to nobody."""
        program = program or self.program
        customer = customer or self.customer
        comments = [*comments, *[False] * len(values)]
        return self.env["crm.survey.score"].create(
            [
                {
                    "program_id": program.id,
                    "company_id": self.company.id,
                    "metric": metric,
                    "value": value,
                    "points": analytics.points(metric, value),
                    "band": analytics.band(metric, value),
                    "is_verified": True,
                    "is_anonymous": program.is_anonymous,
                    "scored_at": fields.Datetime.to_datetime(at),
                    "customer_id": not program.is_anonymous and customer.id,
                    "user_id": customer.account_manager_id.id,
                    "tier_id": customer.tier_id.id,
                    "country_id": customer.partner_id.country_id.id,
                    "comment": comment,
                    **vals,
                }
                for value, comment in zip(values, comments, strict=False)
            ]
        )

    def _fresh_report(self, user=None):
        """Return the report as a user reads it, after all that was written."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.survey.score.report"].with_user(user or self.manager)
