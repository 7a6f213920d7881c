from datetime import timedelta

from markupsafe import Markup

from odoo.tests import users

from odoo.addons.mail.tests.common import MailCase

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyMail(SurveyProgramCommon, MailCase):
    """The mail has the scale as buttons; only its reader gets the links."""

    def _send(self, contact=None):
        """Return the invitation of ``contact`` and its mail as it left."""
        with self.mock_mail_gateway():
            invitation = self._invite(contact or self.contact)
            mail = self._mail(invitation)
            mail.send()
        (sent,) = self._mails
        return invitation, sent

    def _mail(self, invitation):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", invitation._name), ("res_id", "=", invitation.id)])
        )

    def test_invite_queues_one_mail_and_sends_nothing_at_once(self):
        with self.mock_mail_gateway():
            invitation = self._invite(self.contact)
        self.assertFalse(self._mails)
        self.assertEqual(self._mail(invitation).state, "outgoing")

    def test_skipped_invitation_queues_no_mail(self):
        self.contact.email = False
        self.assertFalse(self._mail(self._invite(self.contact)))

    def test_sent_mail_has_a_button_for_every_value_of_the_scale(self):
        invitation, sent = self._send()
        for score in range(11):
            self.assertIn(f'href="{invitation.get_base_url()}', sent["body"])
            self.assertIn(f'{invitation._answer_path(score)}"', sent["body"])
        self.assertNotIn("/pending/", sent["body"])
        self.assertIn("color-scheme", sent["body"])

    def test_sent_mail_unsubscribes_with_one_click(self):
        invitation, sent = self._send()
        url = invitation.get_base_url() + invitation._opt_out_path()
        self.assertEqual(sent["headers"]["List-Unsubscribe"], f"<{url}>")
        self.assertEqual(
            sent["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
        )
        self.assertIn(url, sent["body"])

    def test_unsubscribe_address_leaves_on_one_line_and_unencoded(self):
        invitation, _sent = self._send()
        message = self.env["ir.mail_server"]._build_email__(
            email_from="office@example.com",
            email_to=["ann@example.com"],
            subject="Subject",
            body="Body",
            headers=invitation._mail_headers(),
        )
        url = invitation.get_base_url() + invitation._opt_out_path()
        for text in (message.as_string(), message.as_bytes().decode()):
            self.assertIn(f"List-Unsubscribe: <{url}>", text)

    def test_plain_text_part_has_one_link_to_answer_and_one_to_opt_out(self):
        invitation, sent = self._send()
        text = sent["body_alternative"]
        base = invitation.get_base_url()
        self.assertEqual(text.count(base + invitation._answer_path()), 1, text)
        self.assertIn("0 to 10", text)
        self.assertIn(invitation._opt_out_path(), text)
        self.assertIn("Ann", text)

    def test_stored_mail_and_message_hold_no_token(self):
        invitation = self._invite(self.contact)
        mail = self._mail(invitation)
        secrets = (
            invitation.sudo().user_input_id.access_token,
            invitation._opt_out_signature(),
        )
        stored = " ".join(
            str(value)
            for record in (mail, mail.mail_message_id, invitation)
            for value in record.read()[0].values()
        )
        for secret in secrets:
            self.assertNotIn(secret, stored)
        self.assertFalse(mail.mail_message_id.body)

    def test_reply_that_quotes_the_mail_is_kept_without_its_links(self):
        invitation, sent = self._send()
        token = invitation.sudo().user_input_id.access_token
        message = invitation.sudo().message_post(body=Markup(sent["body"]))
        self.assertNotIn(token, message.body)
        self.assertNotIn(invitation._opt_out_signature(), message.body)

    @users("survey_manager")
    def test_no_token_is_readable_for_a_survey_manager(self):
        invitation = self.program.with_user(self.env.user).invite(
            self.contact.with_user(self.env.user), now=NOW
        )
        self.assertNotIn("user_input_id", invitation.fields_get())
        answers = self.env["survey.user_input"].search(
            [("survey_id", "=", self.survey.id)]
        )
        self.assertFalse(answers)
        self.assertFalse(self.env["mail.mail"].has_access("read"))

    def test_mail_comes_from_the_company_and_replies_go_to_who_follows_up(self):
        self.manager.email = "boss@example.com"
        self.program.follow_up_user_id = self.manager
        _invitation, sent = self._send()
        self.assertIn("office@example.com", sent["email_from"])
        self.assertIn("boss@example.com", sent["reply_to"])

    def test_mail_speaks_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        self.survey.lang_ids = False
        question = self.survey.question_ids
        question.with_context(lang="fr_FR").title = "Combien ?"
        template = self.program.mail_template_id
        template.with_context(lang="fr_FR").subject = "Votre avis"
        invitation, sent = self._send()
        self.assertEqual(sent["subject"], "Votre avis")
        self.assertIn("Combien ?", sent["body"])
        self.assertEqual(invitation.sudo().user_input_id.lang_id.code, "fr_FR")

    def test_mail_speaks_a_language_of_the_survey_otherwise(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        self.survey.lang_ids = self.env["res.lang"]._lang_get("en_US")
        invitation, _sent = self._send()
        self.assertEqual(invitation.sudo().user_input_id.lang_id.code, "en_US")

    def test_hostile_name_is_escaped_in_the_mail(self):
        self.contact.name = '<img src=x onerror="1">'
        _invitation, sent = self._send()
        self.assertNotIn("<img src=x", sent["body"])

    def test_bounce_of_the_mail_marks_the_invitation(self):
        invitation = self._invite(self.contact)
        invitation.sudo()._message_receive_bounce("ann@example.com", self.contact)
        self.assertEqual(invitation.state, "bounced")
        self.assertTrue(invitation.failure_reason)

    def test_bounce_message_from_the_gateway_finds_its_invitation(self):
        invitation = self._invite(self.contact)
        message = self._mail(invitation).mail_message_id
        self._mail(invitation).unlink()
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": "ann@example.com",
                "bounced_partner": self.contact,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "email_from": "mailer-daemon@example.com",
                "to": "bounce@example.com",
                "message_id": "<1@example.com>",
                "body": "",
            },
        )
        self.assertEqual(invitation.state, "bounced")

    def test_mail_that_cannot_be_sent_marks_the_invitation(self):
        invitation = self._invite(self.contact)
        mail = self._mail(invitation)
        mail._postprocess_sent_message([], [], "No such host", "mail_smtp")
        self.assertEqual(invitation.state, "bounced")
        self.assertEqual(invitation.failure_reason, "No such host")

    def test_late_bounce_does_not_undo_an_answer(self):
        invitation = self._invite(self.contact).sudo()
        invitation._mark_answered(NOW + timedelta(hours=1))
        invitation._mark_bounced("Mailbox full")
        self.assertEqual(invitation.state, "answered")

    def test_progress_never_goes_back(self):
        invitation = self._invite(self.contact).sudo()
        invitation._mark_started(NOW + timedelta(hours=1))
        invitation._mark_opened(NOW + timedelta(hours=2))
        self.assertEqual(invitation.state, "started")
        self.assertFalse(invitation.opened_at)
        invitation._mark_answered(NOW + timedelta(hours=3))
        invitation._mark_answered(NOW + timedelta(hours=4))
        self.assertEqual(invitation.answered_at, NOW + timedelta(hours=3))

    def test_opt_out_cancels_the_survey_mails_still_queued(self):
        invitation = self._invite(self.contact)
        other_mail = (
            self.env["mail.mail"]
            .sudo()
            .create({"subject": "Invoice", "email_to": "ann@example.com"})
        )
        invitation._opt_out()
        self.assertEqual(self._mail(invitation).state, "cancel")
        self.assertEqual(other_mail.state, "outgoing")

    def test_opt_out_signature_is_of_one_invitation_only(self):
        invitation = self._invite(self.contact)
        other = self._invite(self._contact("Bob", "bob@example.com"))
        self.assertTrue(
            invitation._is_opt_out_signature(invitation._opt_out_signature())
        )
        for wrong in (other._opt_out_signature(), "", None, "é"):
            self.assertFalse(invitation._is_opt_out_signature(wrong))
