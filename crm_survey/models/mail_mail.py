from odoo import models


class MailMail(models.Model):
    """Survey mails get the links of their reader at the moment they leave.

    The stored mail has none, so that nobody who reads the queue or the history
    can answer for a customer.
    """

    _inherit = "mail.mail"

    def _crm_survey_invitation(self):
        """Return the invitation this mail belongs to, if any."""
        self.ensure_one()
        Invitation = self.env["crm.survey.invitation"]
        if self.model != Invitation._name or not self.body_html:
            return Invitation
        # sudo: the queue sends for everybody, whoever runs it
        return Invitation.sudo().browse(self.res_id).exists()

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        # EXTENDS 'mail'
        mails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if invitation := self._crm_survey_invitation():
            for mail in mails:
                mail["body"] = invitation._with_links(mail["body"])
                mail["body_alternative"] = invitation._plain_text(mail["body"])
                mail["headers"] = {**mail["headers"], **invitation._mail_headers()}
        return mails

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS 'mail'
        if failure_type:
            for mail in self:
                mail._crm_survey_invitation()._mark_bounced(failure_reason)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
