from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyForecast(SurveyProgramCommon):
    """A dry run says who would be asked, day by day, and writes nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write(
            {
                "trigger": "periodic",
                "period_months": 1,
                "period_start": NOW.date(),
                "contact_role": "account",
                "customer_domain": "[('partner_id.ref', '=', 'F')]",
            }
        )
        cls.accounts = cls.env["res.partner"]
        for number in range(12):
            cls.accounts |= cls._account(f"F{number}", f"f{number}@x.com", ref="F")
        cls.env["crm.customer"]._for_partner(cls.accounts)

    def _lines(self):
        Forecast = self.env["crm.survey.program.forecast"].with_user(self.manager)
        Forecast._run(self.program.with_user(self.manager), NOW)
        return Forecast.search([("program_id", "=", self.program.id)])

    def test_dry_run_tells_the_same_as_the_real_run(self):
        self.accounts[0].email = False
        self.accounts[1].email = self.accounts[2].email
        self.program.quarantine_any_days = 30
        expected = {
            (line.partner_id.id, line.skip_reason or "sent") for line in self._lines()
        }
        for day in range(31):
            now = NOW + timedelta(days=day)
            self.program._invite_batch(self.program._due(now), now)
        done = {
            (i.partner_id.id, i.skip_reason or i.state)
            for i in self.program.invitation_ids
        }
        self.assertEqual(len(done), 12)
        self.assertEqual(done, expected)

    def test_dry_run_writes_lines_and_nothing_else(self):
        lines = self._lines()
        self.assertEqual(len(lines), 12)
        self.assertEqual(set(lines.mapped("outcome")), {"ask"})
        self.assertFalse(self.program.invitation_ids)

    def test_dry_run_again_replaces_the_lines(self):
        self._lines()
        self.assertEqual(len(self._lines()), 12)

    def test_dry_run_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.program.with_user(self.user).action_forecast()

    def test_dry_run_opens_its_own_lines(self):
        action = self.program.with_user(self.manager).action_forecast()
        self.assertEqual(action["domain"], [("program_id", "=", self.program.id)])


class TestCrmSurveySend(SurveyProgramCommon):
    """Sending now asks chosen people and says beforehand who is left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.survey.program"].search(
            [("state", "=", "running")]
        ).state = "draft"
        cls.program.write({"state": "running", "contact_role": "all"})
        cls.customer = cls.env["crm.customer"]._for_partner(cls.account)

    def _form(self, record=None):
        record = record or self.customer
        return Form(
            self.env["crm.survey.program.send"]
            .with_user(self.user)
            .with_context(active_model=record._name, active_id=record.id)
        )

    def test_send_from_a_customer_proposes_the_contacts_with_the_role(self):
        send = self._form().save()
        self.assertEqual(send.program_id, self.program)
        self.assertEqual(send.partner_ids, self.account + self.contact)
        self.assertEqual(send.asked_count, 2)

    def test_send_shows_who_would_be_left_alone_and_asks_the_others(self):
        self.contact.email = False
        send = self._form().save()
        reasons = {line.partner_id: line.skip_reason for line in send.line_ids}
        self.assertEqual(reasons, {self.account: False, self.contact: "no_email"})
        self.assertFalse(self.program.invitation_ids)
        send.action_send()
        states = {i.partner_id: i.state for i in self.program.invitation_ids}
        self.assertEqual(states, {self.account: "sent", self.contact: "skipped"})

    def test_send_draws_no_lot(self):
        self.program.sampling_pct = 1
        self._form().save().action_send()
        self.assertEqual(set(self.program.invitation_ids.mapped("state")), {"sent"})

    def test_send_respects_the_quarantine(self):
        self.program.quarantine_days = 90
        self.program.invite(self.contact, now=fields.Datetime.now())
        send = self._form().save()
        reasons = send.line_ids.mapped("skip_reason")
        self.assertEqual(reasons, [False, "quarantine_program"])

    def test_send_from_an_invoice_asks_its_contact_about_it(self):
        self.program.contact_role = "document"
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.contact.id}
        )
        self.user.group_ids += self.env.ref("account.group_account_invoice")
        send = self._form(move).save()
        self.assertEqual(send.partner_ids, self.contact)
        send.action_send()
        invitation = self.program.invitation_ids
        self.assertEqual(
            (invitation.res_model, invitation.res_id), (move._name, move.id)
        )
        again = self._form(move).save()
        self.assertEqual(again.line_ids.skip_reason, "already_invited")

    def test_send_needs_a_running_programme(self):
        send = self._form().save()
        self.program.action_stop()
        with self.assertRaisesRegex(UserError, "not running"):
            send.action_send()

    def test_send_offers_no_programme_of_another_company(self):
        sister = self._program(
            "Sister", company_id=self.other_company.id, state="running", sequence=0
        )
        self.assertNotEqual(self._form().program_id, sister)


class TestCrmSurveyOptOutOnContact(SurveyProgramCommon):
    """The mark on a contact follows the address, and people may set it."""

    def test_user_opts_a_contact_out_and_in_again(self):
        self.user.group_ids += self.env.ref("base.group_partner_manager")
        contact = self.contact.with_user(self.user)
        self.assertFalse(contact.is_survey_opted_out)
        contact.is_survey_opted_out = True
        self.assertEqual(self._results(self.contact), ["opted_out"])
        contact.is_survey_opted_out = False
        self.assertEqual(self._results(self.contact), ["sent"])

    def test_other_contact_with_the_address_is_opted_out_too(self):
        self.contact.is_survey_opted_out = True
        twin = self._contact("Twin", "ANN@example.com")
        self.assertTrue(twin.is_survey_opted_out)

    def test_programme_counts_what_became_of_its_invitations(self):
        people = self.contact
        for name in ("bob", "eve", "dan"):
            people |= self._contact(name, f"{name}@example.com")
        people |= self._contact("Nobody")
        first, second = self._invite(people)[:2].sudo()
        first._mark_answered(NOW)
        second._mark_bounced("No such user")
        program = self.program.with_user(self.user)
        self.assertEqual(program.sent_count, 4)
        self.assertEqual(program.answered_count, 1)
        self.assertEqual(program.skipped_count, 1)
        self.assertAlmostEqual(program.answered_rate, 1 / 3)

    def test_link_and_its_code_exist_only_while_the_link_is_open(self):
        self.assertFalse(self.program.link_url or self.program.link_qr_code)
        self.program.is_link_open = True
        self.assertIn(self.program.link_token, self.program.link_url)
        self.assertTrue(self.program.link_qr_code)
