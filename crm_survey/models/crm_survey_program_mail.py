from markupsafe import Markup

from odoo import fields, models
from odoo.tools import formataddr

from .crm_survey_invitation_mail import (
    ANSWER_PATH,
    BODY_MARK,
    OPT_OUT_PATH,
    SCALE_END,
    SCALE_START,
)


class CrmSurveyProgram(models.Model):
    """What the mails of a programme look like and who they come from."""

    _inherit = "crm.survey.program"

    mail_template_id = fields.Many2one(
        "mail.template",
        string="Invitation E-mail",
        domain="[('model', '=', 'crm.survey.invitation')]",
        default=lambda self: self.env.ref(
            "crm_survey.mail_template_invitation", raise_if_not_found=False
        ),
        ondelete="restrict",
        help="Subject and text of the invitation. The scale, the company's sign and "
        "the way to opt out are added around the text.",
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        string="Reminder E-mail",
        domain="[('model', '=', 'crm.survey.invitation')]",
        default=lambda self: self.env.ref(
            "crm_survey.mail_template_reminder", raise_if_not_found=False
        ),
        ondelete="restrict",
        help="Subject and text of a reminder.",
    )

    def _mail_template(self, is_reminder):
        """Return the template of the invitation or of the reminder."""
        name = "reminder" if is_reminder else "invitation"
        chosen = self.reminder_template_id if is_reminder else self.mail_template_id
        # sudo: templates are rendered for the company, whoever asks
        return (chosen or self.env.ref(f"crm_survey.mail_template_{name}")).sudo()

    def _mail_sender(self):
        """Return who the mails come from, and who reads replies."""
        company = self.company_id
        address = (
            company.email_formatted
            or company.partner_id.email_formatted
            or self.env.user.email_formatted
        )
        reader = self.follow_up_user_id
        reply_to = formataddr((company.name, reader.email)) if reader.email else address
        return {
            "email_from": address,
            "reply_to": reply_to,
            "author_id": company.partner_id.id,
        }

    def _render_mail_frame(self):
        """Return the mail around the text, the same for everybody of a language."""
        self.ensure_one()
        values = self._mail_frame_values()
        Qweb = self.env["ir.qweb"]
        scale = Qweb._render("crm_survey.mail_scale", values)
        values["scale"] = Markup("%s%s%s") % (
            Markup(SCALE_START),
            scale,
            Markup(SCALE_END),
        )
        return Markup("<!DOCTYPE html>") + Qweb._render("crm_survey.mail_frame", values)

    def _mail_frame_values(self):
        question = self._main_question()
        company = self.company_id
        return {
            "program": self,
            "company": company,
            "lang": (self.env.lang or "en_US").replace("_", "-"),
            "question": question,
            "numbers": range(question.scale_min, question.scale_max + 1),
            "colour": company.email_secondary_color or "#714B67",
            "text_colour": company.email_primary_color or "#FFFFFF",
            "body": BODY_MARK,
            "answer_path": ANSWER_PATH,
            "opt_out_path": OPT_OUT_PATH,
        }
