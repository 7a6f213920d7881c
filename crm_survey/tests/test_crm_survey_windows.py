from datetime import timedelta

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyWindows(SurveyProgramCommon):
    """Quarantines and caps count exact time from what was really sent."""

    def test_quarantine_of_the_programme_ends_to_the_second(self):
        self.program.quarantine_days = 90
        self._invite(self.contact)
        self.assertEqual(
            self._results(self.contact, days=90, seconds=-1), ["quarantine_program"]
        )
        self.assertEqual(self._results(self.contact, days=90), ["sent"])

    def test_quarantine_across_programmes_ends_to_the_second(self):
        other = self._program("Other", quarantine_any_days=30)
        self._invite(self.contact)
        self.assertEqual(
            self._results(self.contact, other, days=30, seconds=-1),
            ["quarantine_any"],
        )
        self.assertEqual(self._results(self.contact, other, days=30), ["sent"])

    def test_quarantine_of_the_programme_ignores_other_programmes(self):
        self.program.quarantine_days = 90
        other = self._program("Other", quarantine_days=90)
        self._invite(self.contact)
        self.assertEqual(self._results(self.contact, other, days=1), ["sent"])

    def test_quarantine_follows_the_address_to_another_contact(self):
        self.program.quarantine_days = 90
        self._invite(self.contact)
        twin = self._contact("Ann private", "Ann@Example.com")
        self.assertEqual(self._results(twin, days=1), ["quarantine_program"])

    def test_quarantine_follows_the_contact_to_another_address(self):
        self.program.quarantine_days = 90
        self._invite(self.contact)
        self.contact.email = "ann.new@example.com"
        self.assertEqual(self._results(self.contact, days=1), ["quarantine_program"])

    def test_skipped_invitation_starts_no_quarantine(self):
        self.program.quarantine_days = 90
        self._invite(self.contact)
        self.assertEqual(self._results(self.contact, days=80), ["quarantine_program"])
        self.assertEqual(self._results(self.contact, days=91), ["sent"])

    def test_reminder_does_not_prolong_the_quarantine(self):
        self.program.write(
            {
                "quarantine_days": 20,
                "reminder_max": 1,
                "reminder_days": 10,
                "state": "running",
            }
        )
        invitation = self._invite(self.contact)
        self.program._remind_batch(invitation.ids, NOW + timedelta(days=10))
        self.assertEqual(invitation.reminder_count, 1)
        self.assertEqual(self._results(self.contact, days=20), ["sent"])

    def test_account_cap_counts_all_contacts_and_programmes(self):
        other = self._program("Other", account_cap=2, account_cap_days=90)
        bob = self._contact("Bob", "bob@example.com")
        eve = self._contact("Eve", "eve@example.com")
        self._invite(self.contact)
        self.assertEqual(self._results(bob, other, days=1), ["sent"])
        self.assertEqual(self._results(eve, other, days=2), ["account_cap"])
        self.assertEqual(
            self._results(eve, other, days=90, seconds=-1), ["account_cap"]
        )
        self.assertEqual(self._results(eve, other, days=90), ["sent"])

    def test_account_cap_holds_inside_one_list(self):
        self.program.write({"account_cap": 2, "account_cap_days": 90})
        people = self.contact
        for number in range(3):
            people |= self._contact(f"P{number}", f"p{number}@example.com")
        self.assertEqual(
            self._results(people), ["sent", "sent", "account_cap", "account_cap"]
        )

    def test_account_cap_of_one_account_leaves_others_alone(self):
        self.program.write({"account_cap": 1, "account_cap_days": 90})
        stranger = self._account("Blue", "blue@example.com")
        self.assertEqual(self._results(self.contact + stranger), ["sent", "sent"])

    def test_windows_of_a_sister_company_are_its_own(self):
        self._invite(self.contact)
        sister = self._program(
            "Sister",
            company_id=self.other_company.id,
            quarantine_any_days=30,
            account_cap=1,
            account_cap_days=30,
        )
        invitation = self._invite(self.contact, sister, days=1)
        self.assertEqual(invitation.state, "sent")
        self.assertEqual(invitation.company_id, self.other_company)
        self.assertEqual(invitation.customer_id.company_id, self.other_company)

    def test_reasons_that_stand_for_good_come_before_the_windows(self):
        self.program.quarantine_days = 90
        invitation = self._invite(self.contact)
        invitation._opt_out()
        self.assertEqual(self._results(self.contact, days=1), ["opted_out"])
