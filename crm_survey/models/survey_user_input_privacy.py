import uuid

from odoo import fields, models


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

    def _crm_export(self):
        """Return one answer in plain words."""
        self.ensure_one()
        return {
            "programme": self.crm_program_id.name,
            "state": self.state,
            "answered": fields.Datetime.to_string(self.end_datetime),
            "consent": fields.Datetime.to_string(self.crm_consent_at),
            "consent_version": self.crm_consent_version or None,
            "answers": {
                line.question_id.title: line.display_name
                for line in self.user_input_line_ids.filtered(
                    lambda line: not line.skipped
                )
            },
        }
