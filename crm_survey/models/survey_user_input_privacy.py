import uuid

from odoo import models
from odoo.tools import SQL


class SurveyUserInput(models.Model):
    """Erasing a person keeps what was scored and forgets who said it."""

    _inherit = "survey.user_input"

    def _crm_anonymise(self):
        """Take everything that names somebody out of these answers, for good.

        Scores and choices stay. Texts, contact, customer, document, e-mail, link,
        messages and exact times go. What people opted out of stays as a hash.
        """
        answers = self.filtered("crm_program_id")
        if not answers:
            return
        # sudo: the law asks for it, whoever carries it out
        answers = answers.sudo()
        scores = answers.env["crm.survey.score"].search(
            [("user_input_id", "in", answers.ids)]
        )
        answers.crm_invitation_id._crm_anonymise()
        scores._crm_anonymise()
        answers.user_input_line_ids.filtered(
            lambda line: line.answer_type in ("char_box", "text_box")
        ).unlink()
        answers.message_ids.unlink()
        answers.activity_ids.unlink()
        for answer in answers:
            # each row needs a token of its own
            answer.write(
                {
                    "partner_id": False,
                    "email": False,
                    "nickname": False,
                    "invite_token": False,
                    "crm_session_hash": False,
                    "crm_invitation_id": False,
                    "access_token": str(uuid.uuid4()),
                }
            )
        answers._crm_blur_dates()


class CrmSurveyInvitation(models.Model):
    _inherit = "crm.survey.invitation"

    def _crm_anonymise(self):
        """Forget who was invited; the funnel keeps its counts."""
        if not self:
            return
        invitations = self.sudo()
        invitations.message_ids.unlink()
        invitations.write(
            {
                "partner_id": False,
                "commercial_partner_id": False,
                "customer_id": False,
                "email_normalized": False,
                "occasion": False,
                "res_model": False,
                "res_id": False,
            }
        )


class CrmSurveyScore(models.Model):
    _inherit = "crm.survey.score"

    def _crm_anonymise(self):
        """Make these scores anonymous: nobody reads them by themselves any more."""
        if not self:
            return
        customers = self.sudo().customer_id
        self.sudo()._overwrite(
            {
                "is_anonymous": True,
                "customer_id": False,
                "partner_id": False,
                "res_model": False,
                "res_id": False,
                "comment": False,
                "corrected_at": False,
            }
        )
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_survey_score
                   SET scored_at = date_trunc('month', scored_at),
                       create_date = date_trunc('month', create_date),
                       write_date = date_trunc('month', write_date)
                 WHERE id IN %s
             RETURNING id
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()
        customers._refresh_satisfaction_now()
