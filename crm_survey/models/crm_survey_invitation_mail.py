import re
from collections import defaultdict

from markupsafe import Markup

from odoo import models
from odoo.tools import formataddr, html2plaintext

#: stands in stored mails for the links of a person; replaced when a mail leaves
ANSWER_PATH = "/crm_survey/pending/answer"
OPT_OUT_PATH = "/crm_survey/pending/opt-out"
BODY_MARK = Markup("<!--crm_survey:text-->")
SCALE_START, SCALE_END = "<!--crm_survey:scale-->", "<!--/crm_survey:scale-->"
_ANSWER_LINK = re.compile(re.escape(ANSWER_PATH) + r"(?:/(\d+))?")
_SCALE = re.compile(re.escape(SCALE_START) + ".*?" + re.escape(SCALE_END), re.S)


class CrmSurveyInvitation(models.Model):
    """The mail of an invitation: stored without its links, sent with them."""

    _inherit = "crm.survey.invitation"

    def _queue_mails(self, is_reminder=False):
        """Put one mail per invitation into Odoo's mail queue."""
        groups = defaultdict(self.browse)
        for invitation in self:
            groups[invitation.program_id, invitation._lang()] |= invitation
        mails = self.env["mail.mail"]
        for (program, lang), invitations in groups.items():
            mails |= mails.create(
                invitations._prepare_mail_vals(
                    program.with_context(lang=lang), lang, is_reminder
                )
            )
        if mails:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return mails

    def _prepare_mail_vals(self, program, lang, is_reminder):
        template = program._mail_template(is_reminder)
        subjects = template._render_field("subject", self.ids, set_lang=lang)
        texts = template._render_field("body_html", self.ids, set_lang=lang)
        frame = program._render_mail_frame()
        sender = program._mail_sender()
        return [
            {
                **sender,
                "model": self._name,
                "res_id": invitation.id,
                "subject": subjects[invitation.id],
                "body_html": frame.replace(BODY_MARK, Markup(texts[invitation.id])),
                "email_to": formataddr(
                    (invitation.partner_id.name or "", invitation.email_normalized)
                ),
                "auto_delete": True,
                # the message stays, without a body, so that a bounce finds us
                "is_notification": True,
                "message_type": "email_outgoing",
            }
            for invitation in self
        ]

    def _lang(self):
        """Return the language of the contact, if the survey speaks it."""
        self.ensure_one()
        # sudo: languages are no secret
        supported = self.program_id.sudo().survey_id._get_supported_lang_codes()
        wanted = (self.partner_id.lang, self.company_id.partner_id.lang, self.env.lang)
        return next((lang for lang in wanted if lang in supported), supported[0])

    def _answer_path(self, score=None):
        """Return the link of the person; ``score`` preselects, it records nothing."""
        self.ensure_one()
        # sudo: whoever calls this hands the link to the person it belongs to
        answer = self.sudo().user_input_id
        path = f"/survey/{answer.survey_id.access_token}/{answer.access_token}"
        lang = answer.lang_id
        if lang and lang.code != self._default_lang():
            path = f"/{lang.url_code}{path}"
        return path if score is None else f"{path}?score={int(score)}"

    def _default_lang(self):
        """Return the language pages have whose link names none."""
        # sudo: reads one default value
        lang = self.env["ir.default"].sudo()._get("res.partner", "lang")
        return lang or next(iter(self.env["res.lang"]._get_active_by("code")))

    def _opt_out_path(self):
        """Return the page on which the person says no to all survey mails."""
        self.ensure_one()
        return f"/crm_survey/opt_out/{self.id}/{self._opt_out_signature()}"

    def _with_links(self, body):
        """Return the stored ``body`` with the links of the person in it."""
        self.ensure_one()
        body = _ANSWER_LINK.sub(lambda match: self._answer_path(match[1]), body)
        return body.replace(OPT_OUT_PATH, self._opt_out_path())

    def _plain_text(self, body):
        """Return the plain-text part of ``body``: the scale becomes one link."""
        self.ensure_one()
        program = self.program_id.with_context(lang=self._lang())
        question = program._main_question()
        link = self.get_base_url() + self._answer_path()
        scale = self.with_context(lang=self._lang()).env._(
            "%(question)s\n%(low)s to %(high)s: %(link)s",
            question=question.title,
            low=question.scale_min,
            high=question.scale_max,
            link=link,
        )
        mark = "crm-survey-scale"
        text = html2plaintext(_SCALE.sub(f"<p>{mark}</p>", body))
        return text.replace(mark, scale)

    def _mail_headers(self):
        """Return what lets a mail program unsubscribe without opening a page."""
        self.ensure_one()
        return {
            "List-Unsubscribe": f"<{self.get_base_url()}{self._opt_out_path()}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Auto-Response-Suppress": "OOF",
            "Precedence": "list",
        }
