from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyProgramAccess(SurveyProgramCommon):
    """Users read their own customers, managers configure, others see nothing."""

    def test_user_reads_a_programme_and_cannot_change_it(self):
        program = self.program.with_user(self.user)
        self.assertEqual(program.survey_id.title, "Relationship")
        with self.assertRaises(AccessError):
            program.name = "Mine"

    def test_user_asks_and_sees_the_own_customers_only(self):
        program = self.program.with_user(self.user)
        invitation = program.invite(self.contact.with_user(self.user))
        Invitation = self.env["crm.survey.invitation"].with_user(self.user)
        self.assertFalse(Invitation.search([("id", "=", invitation.id)]))
        invitation.sudo().customer_id.account_manager_id = self.user
        self.assertTrue(Invitation.search([("id", "=", invitation.id)]))

    def test_user_cannot_name_a_time_to_get_around_the_quarantine(self):
        program = self.program.with_user(self.user)
        with self.assertRaises(AccessError):
            program.invite(self.contact.with_user(self.user), now=NOW)
        invited = program.with_user(self.manager).invite(self.contact, now=NOW)
        self.assertEqual(invited.sent_at, NOW)

    def test_manager_sees_the_invitations_of_all_customers(self):
        invitation = self._invite(self.contact)
        self.assertEqual(invitation.with_user(self.manager).state, "sent")

    def test_nobody_writes_an_invitation_by_hand(self):
        invitation = self._invite(self.contact)
        with self.assertRaises(AccessError):
            invitation.with_user(self.manager).state = "answered"
        with self.assertRaises(AccessError):
            self.env["crm.survey.invitation"].with_user(self.manager).create({})

    def test_programme_of_another_company_is_out_of_sight(self):
        sister = self._program("Sister", company_id=self.other_company.id)
        Program = self.env["crm.survey.program"].with_user(self.manager)
        self.assertNotIn(sister, Program.search([]))
        with self.assertRaises(AccessError):
            sister.with_user(self.manager).invite(self.contact)

    def test_employee_without_the_group_cannot_ask(self):
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.program.with_user(employee).invite(self.contact.with_user(employee))

    def test_opt_outs_show_no_address(self):
        self.env["crm.survey.optout"]._add(["ann@example.com"], "staff")
        Optout = self.env["crm.survey.optout"].with_user(self.manager)
        self.assertNotIn("email_hash", Optout.fields_get())
        with self.assertRaises(AccessError):
            Optout.search([], limit=1).unlink()

    def test_tickets_are_out_of_reach(self):
        Ticket = self.env["crm.survey.ticket"].with_user(self.manager)
        with self.assertRaises(AccessError):
            Ticket.search([])
