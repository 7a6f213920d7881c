from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import analytics

#: fields of an imported answer that are no metric
DETAILS = ("at", "partner", "comment", "invitation")
#: nothing is mailed, logged or followed while answers are imported
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CrmSurveyProgram(models.Model):
    """Answers that were given elsewhere become scores, many at once."""

    _inherit = "crm.survey.program"

    def _import_answers(self, rows, is_verified=False, is_generated=False):
        """Create finished answers with their scores in batches.

        :param rows: dicts with a value per metric (``nps``, ``csat``, ``ces``), and
            optionally ``at`` (datetime), ``partner`` (contact), ``invitation`` and
            ``comment``
        :param is_verified: whether the answers count like those of invitations
        :param is_generated: whether nobody really gave them
        :returns: the scores
        :raises ValidationError: if a value is not on the scale of its metric, or the
            survey has no question for it
        """
        self.ensure_one()
        rows = [row for row in rows if set(row) - set(DETAILS)]
        questions = self._import_questions(rows)
        # sudo: answers and scores are written by the system only
        Answer = self.env["survey.user_input"].sudo().with_context(**QUIET)
        predefined = [fields.Command.set(self.survey_id.question_ids.ids)]
        answers = Answer.create(
            [self._prepare_imported_answer(row, predefined) for row in rows]
        )
        self.env["survey.user_input.line"].sudo().create(
            [
                line
                for answer, row in zip(answers, rows, strict=True)
                for line in self._prepare_imported_lines(answer, row, questions)
            ]
        )
        customers = self._import_customers(rows)
        flags = {"is_verified": is_verified, "is_generated": is_generated}
        return (
            self.env["crm.survey.score"]
            .sudo()
            .create(
                [
                    {**vals, **flags}
                    for answer, row in zip(answers, rows, strict=True)
                    for vals in self._prepare_imported_scores(
                        answer, row, questions, customers
                    )
                ]
            )
        )

    def _import_questions(self, rows):
        """Return the question of each metric, once every value is checked."""
        questions = {}
        for question in self.survey_id.question_ids.filtered("metric"):
            questions.setdefault(question.metric, question)
        for row in rows:
            for metric in set(row) - set(DETAILS):
                if metric not in questions:
                    raise ValidationError(
                        self.env._(
                            "The survey “%(survey)s” has no question that measures "
                            "“%(metric)s”.",
                            survey=self.survey_id.title,
                            metric=metric,
                        )
                    )
                question = questions[metric]
                if errors := question._validate_scale(row[metric]):
                    raise ValidationError(
                        self.env._(
                            "%(question)s: %(error)s (%(value)s)",
                            question=question.title,
                            error=errors[question.id],
                            value=row[metric],
                        )
                    )
        return questions

    def _import_customers(self, rows):
        """Return the customer of each contact, empty in an anonymous programme."""
        partners = self.env["res.partner"].union(
            *(row["partner"] for row in rows if row.get("partner"))
        )
        if self.is_anonymous or not partners:
            return {}
        customers = self.env["crm.customer"]._for_partner(partners, self.company_id)
        by_account = {customer.partner_id: customer for customer in customers}
        return {
            partner: by_account[partner.commercial_partner_id] for partner in partners
        }

    def _prepare_imported_answer(self, row, predefined):
        at = row.get("at") or fields.Datetime.now()
        partner = not self.is_anonymous and row.get("partner")
        invitation = not self.is_anonymous and row.get("invitation")
        return {
            "survey_id": self.survey_id.id,
            "crm_program_id": self.id,
            "crm_invitation_id": invitation and invitation.id,
            "partner_id": partner and partner.id,
            "email": partner and partner.email_normalized,
            "state": "done",
            "start_datetime": at,
            "end_datetime": at,
            "predefined_question_ids": predefined,
        }

    def _prepare_imported_lines(self, answer, row, questions):
        for metric, question in questions.items():
            yield {
                "user_input_id": answer.id,
                "question_id": question.id,
                "skipped": metric not in row,
                "answer_type": "scale" if metric in row else False,
                "value_scale": row.get(metric, 0),
            }

    def _prepare_imported_scores(self, answer, row, questions, customers):
        customer = customers.get(row.get("partner")) or self.env["crm.customer"]
        at = answer.end_datetime
        if self.is_anonymous:
            at = at.replace(day=1, hour=0, minute=0, second=0)
        for metric in questions:
            if metric not in row:
                continue
            points = analytics.points(metric, row[metric])
            yield {
                "user_input_id": answer.id,
                "program_id": self.id,
                "company_id": self.company_id.id,
                "question_id": questions[metric].id,
                "metric": metric,
                "value": points if metric == "index" else row[metric],
                "points": points,
                "band": analytics.band(metric, row[metric]),
                "is_anonymous": self.is_anonymous,
                "scored_at": at,
                "comment": row.get("comment") or False,
                "customer_id": customer.id,
                "partner_id": customer.id and row["partner"].id,
                "user_id": customer.account_manager_id.id,
                "tier_id": customer.tier_id.id,
                "stage_id": customer.stage_id.id,
                "country_id": customer.partner_id.country_id.id,
            }
