from datetime import timedelta

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyReminders(SurveyProgramCommon):
    """Who has not answered is reminded, then the invitation expires."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write(
            {
                "reminder_max": 2,
                "reminder_days": 7,
                "expiry_days": 30,
                "state": "running",
            }
        )

    def _mails(self, invitation):
        return (
            self.env["mail.mail"]
            .sudo()
            .search_count(
                [("model", "=", invitation._name), ("res_id", "=", invitation.id)]
            )
        )

    def _remind(self, days):
        now = NOW + timedelta(days=days)
        ids = self.program._fetch_to_remind(now)
        self.program._remind_batch(ids, now)

    def test_reminders_go_out_at_their_distance_and_up_to_their_number(self):
        invitation = self._invite(self.contact)
        for days, mails in ((6, 1), (7, 2), (13, 2), (14, 3), (29, 3)):
            self._remind(days)
            self.assertEqual(self._mails(invitation), mails, f"after {days} days")
        self.assertEqual(invitation.sent_at, NOW)

    def test_reminder_spares_who_answered_bounced_or_opted_out(self):
        people = self.contact
        for name in ("bob", "eve", "dan"):
            people |= self._contact(name, f"{name}@example.com")
        answered, bounced, refusing, silent = self._invite(people).sudo()
        answered._mark_answered(NOW)
        bounced._mark_bounced("No such user")
        refusing._opt_out()
        self._remind(7)
        self.assertEqual(self._mails(silent), 2)
        for spared in (answered, bounced, refusing):
            self.assertEqual(spared.reminder_count, 0)

    def test_reminder_uses_the_token_of_the_invitation(self):
        invitation = self._invite(self.contact).sudo()
        token = invitation.user_input_id.access_token
        self._remind(7)
        self.assertEqual(invitation.user_input_id.access_token, token)

    def test_stopped_programme_reminds_nobody(self):
        invitation = self._invite(self.contact)
        self.program.action_stop()
        programs = self.env["crm.survey.program"].search([("state", "=", "running")])
        self.assertNotIn(self.program, programs)
        self.assertEqual(invitation.reminder_count, 0)

    def test_invitation_expires_when_its_time_is_over(self):
        invitation = self._invite(self.contact).sudo()
        Program = self.env["crm.survey.program"]
        self.assertNotIn(
            invitation.id, Program._fetch_expired(NOW + timedelta(days=30, seconds=-1))
        )
        expired = Program._fetch_expired(NOW + timedelta(days=30))
        Program._expire_batch(expired, NOW + timedelta(days=30))
        self.assertEqual(invitation.state, "expired")
        self.assertEqual(invitation.user_input_id.deadline, NOW + timedelta(days=30))
        self._remind(31)
        self.assertEqual(self._mails(invitation), 1)

    def test_answered_invitation_never_expires(self):
        invitation = self._invite(self.contact).sudo()
        invitation._mark_answered(NOW)
        later = NOW + timedelta(days=60)
        self.assertNotIn(invitation.id, self.program._fetch_expired(later))
