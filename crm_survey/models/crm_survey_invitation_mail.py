import re
from collections import defaultdict

from markupsafe import Markup

from odoo import models
from odoo.tools import formataddr, html2plaintext

#: stands in stored mails for the links of a person; replaced when a mail leaves
ANSWER_PATH = "/customer-survey/pending/answer"
OPT_OUT_PATH = "/customer-survey/pending/opt-out"
BODY_MARK = Markup("<!--crm_survey:text-->")
SCALE_START, SCALE_END = "<!--crm_survey:scale-->", "<!--/crm_survey:scale-->"
_ANSWER_LINK = re.compile(re.escape(ANSWER_PATH) + r"(?:/(\d+))?")
_SCALE = re.compile(re.escape(SCALE_START) + ".*?" + re.escape(SCALE_END), re.S)


class UnfoldedHeader(str):
    """A header value that leaves on one line, exactly as it is.

    The e-mail package encodes a long word without spaces, and mail programs then
    find no address in ``List-Unsubscribe``. A line may have 998 characters.
    """

    name: str

    def __new__(cls, name, value):
        header = super().__new__(cls, value)
        header.name = name
        return header

    def fold(self, *, policy):
        return f"{self.name}: {self}{policy.linesep}"


class CrmSurveyInvitation(models.Model):
    """The mail of an invitation: stored without its links, sent with them."""

    _inherit = "crm.survey.invitation"

    def _queue_mails(self, is_reminder=False):
        """Put one mail per invitation into Odoo's mail queue."""
        groups = defaultdict(list)
        for invitation, lang in zip(self, self._langs(), strict=True):
            groups[invitation.program_id, lang].append(invitation.id)
        mails = self.env["mail.mail"]
        for (program, lang), ids in groups.items():
            mails += mails.create(
                self.browse(ids)._prepare_mail_vals(
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
        return self._langs()[0]

    def _langs(self):
        """Return the language of each invitation, in their order."""
        supported, fallbacks = {}, {}
        for program in self.program_id:
            # sudo: languages are no secret
            codes = program.sudo().survey_id._get_supported_lang_codes()
            wanted = (program.company_id.partner_id.lang, self.env.lang)
            supported[program] = codes
            fallbacks[program] = next((x for x in wanted if x in codes), codes[0])
        langs = []
        for invitation in self:
            program, lang = invitation.program_id, invitation.partner_id.lang
            langs.append(lang if lang in supported[program] else fallbacks[program])
        return langs

    def _answer_path(self, score=None):
        """Return the link of the person; ``score`` preselects, it records nothing."""
        self.ensure_one()
        # sudo: whoever calls this hands the link to the person it belongs to
        path = f"/customer-survey/{self.sudo().user_input_id.access_token}"
        return path if score is None else f"{path}?score={int(score)}"

    def _opt_out_path(self):
        """Return the page on which the person says no to all survey mails."""
        self.ensure_one()
        return f"/customer-survey/opt-out/{self.id}/{self._opt_out_signature()}"

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
        url = f"<{self.get_base_url()}{self._opt_out_path()}>"
        return {
            "List-Unsubscribe": UnfoldedHeader("List-Unsubscribe", url),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Auto-Response-Suppress": "OOF",
            "Precedence": "list",
        }
