from odoo.exceptions import UserError, ValidationError

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyInvite(SurveyProgramCommon):
    """Every contact gets one invitation, sent or skipped with its reason."""

    def test_invite_returns_one_sent_invitation_per_contact_in_order(self):
        bob = self._contact("Bob", "bob@example.com")
        invitations = self._invite(bob + self.contact)
        self.assertEqual(invitations.partner_id.ids, [bob.id, self.contact.id])
        self.assertEqual(invitations.mapped("state"), ["sent", "sent"])
        self.assertEqual(invitations.mapped("sent_at"), [NOW, NOW])
        self.assertEqual(invitations.customer_id.partner_id, self.account)

    def test_invite_without_email_is_skipped(self):
        nobody = self._contact("Nobody")
        broken = self._contact("Broken", "not an address")
        self.assertEqual(self._results(nobody + broken), ["no_email", "no_email"])

    def test_invite_of_a_blacklisted_address_is_skipped(self):
        self.env["mail.blacklist"]._add("ANN@example.com")
        self.assertEqual(self._results(self.contact), ["blacklisted"])

    def test_invite_after_opt_out_is_skipped_whatever_the_spelling(self):
        self.env["crm.survey.optout"]._add(["ann@EXAMPLE.com"], "staff")
        self.assertEqual(self._results(self.contact), ["opted_out"])
        self.env["crm.survey.optout"]._remove(["Ann@example.com"])
        self.assertEqual(self._results(self.contact), ["sent"])

    def test_invite_of_an_erased_and_recreated_person_is_still_opted_out(self):
        self._invite(self.contact)._opt_out()
        self.contact.unlink()
        again = self._contact("Ann again", "Ann@Example.com")
        self.assertEqual(self._results(again, days=400), ["opted_out"])

    def test_invite_of_two_contacts_with_one_address_asks_once(self):
        twin = self._contact("Ann private", "ANN@example.com")
        self.assertEqual(self._results(self.contact + twin), ["sent", "duplicate"])

    def test_invite_twice_for_a_document_is_skipped(self):
        record = self.account
        self.assertEqual(self._results(self.contact, record=record), ["sent"])
        self.assertEqual(
            self._results(self.contact, record=record, days=900), ["already_invited"]
        )
        other = self._contact("Bob", "bob@example.com")
        self.assertEqual(self._results(other, record=record), ["sent"])
        self.assertEqual(self._results(self.contact, record=other), ["sent"])

    def test_invite_of_a_contact_of_another_company_is_skipped(self):
        self.contact.company_id = self.other_company
        self.account.company_id = self.other_company
        self.assertEqual(self._results(self.contact), ["wrong_company"])

    def test_invite_of_an_archived_contact_is_skipped(self):
        self.contact.active = False
        self.assertEqual(self._results(self.contact), ["no_contact"])

    def test_sampling_draws_the_same_people_again_for_the_same_seed(self):
        people = self.env["res.partner"].browse()
        for number in range(60):
            people |= self._account(f"P{number}", f"p{number}@example.com")
        half = self._program("Half", sampling_pct=50, sampling_seed=7)
        same = self._program("Same", sampling_pct=50, sampling_seed=7)
        other = self._program("Other", sampling_pct=50, sampling_seed=8)
        drawn = self._results(people, half)
        self.assertEqual(set(drawn), {"sent", "sampling"})
        self.assertTrue(15 < drawn.count("sent") < 45)
        self.assertEqual(self._results(people, same), drawn)
        self.assertNotEqual(self._results(people, other), drawn)

    def test_small_anonymous_list_is_not_asked_at_all(self):
        program = self._program("Anonymous", is_anonymous=True)
        people = self.contact
        for number in range(3):
            people |= self._contact(f"P{number}", f"p{number}@example.com")
        self.assertEqual(self._results(people, program), ["small_list"] * 4)
        people |= self._contact("P5", "p5@example.com")
        self.assertEqual(self._results(people, program), ["sent"] * 5)

    def test_skipped_people_do_not_make_an_anonymous_list_larger(self):
        program = self._program("Anonymous", is_anonymous=True)
        people = self.contact
        for number in range(4):
            people |= self._contact(f"P{number}", f"p{number}@example.com")
        people[-1].email = False
        self.assertEqual(
            self._results(people, program), ["small_list"] * 4 + ["no_email"]
        )

    def test_anonymous_answer_rows_know_nobody(self):
        program = self._program("Anonymous", is_anonymous=True)
        people = self.contact
        for number in range(5):
            people |= self._contact(f"P{number}", f"p{number}@example.com")
        invitations = self._invite(people, program)
        answers = invitations.sudo().user_input_id
        self.assertEqual(len(answers), 6)
        self.assertFalse(answers.partner_id)
        self.assertFalse(any(answers.mapped("email")))
        self.assertFalse(any(answers.mapped("nickname")))

    def test_answering_an_anonymous_survey_cuts_the_link_without_a_trace(self):
        program = self._program("Anonymous", is_anonymous=True)
        people = self.contact
        for number in range(5):
            people |= self._contact(f"P{number}", f"p{number}@example.com")
        invitation = self._invite(people, program)[0].sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_survey_invitation SET write_date = %s WHERE id = %s",
            (NOW, invitation.id),
        )
        invitation.invalidate_recordset()
        answer = invitation.user_input_id
        invitation._mark_opened()
        invitation._mark_answered()
        self.assertEqual(invitation.state, "answered")
        self.assertFalse(invitation.user_input_id)
        self.assertFalse(answer.crm_invitation_id)
        self.assertFalse(invitation.answered_at or invitation.opened_at)
        self.assertEqual(invitation.write_date, NOW)

    def test_anonymity_is_irreversible_once_asked(self):
        self.program.is_anonymous = True
        self.program.is_anonymous = False
        self._invite(self.contact)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.program.is_anonymous = True
        self.program.write({"is_anonymous": False, "name": "Other name"})

    def test_a_skipped_invitation_does_not_lock_the_programme(self):
        self.contact.email = False
        self._invite(self.contact)
        self.program.is_anonymous = True
        self.assertTrue(self.program.is_anonymous)

    def test_named_answer_row_belongs_to_the_contact(self):
        answer = self._invite(self.contact).sudo().user_input_id
        self.assertEqual(answer.partner_id, self.contact)
        self.assertEqual(answer.crm_program_id, self.program)
        self.assertEqual(answer.survey_id, self.survey)
        self.assertEqual(answer.state, "new")
        self.assertEqual(answer.predefined_question_ids, self.survey.question_ids)

    def test_archived_programme_asks_nobody(self):
        self.program.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._invite(self.contact)

    def test_metric_fixes_the_limits_of_its_scale(self):
        question = self.survey.question_ids
        for metric, low, high in (
            ("nps", 0, 9),
            ("csat", 0, 5),
            ("ces", 1, 5),
            ("index", 0, 10),
        ):
            with self.subTest(metric=metric), self.assertRaises(ValidationError):
                question.write({"metric": metric, "scale_min": low, "scale_max": high})
        question.write({"metric": "ces", "scale_min": 1, "scale_max": 7})

    def test_programme_of_an_ordinary_survey_is_refused(self):
        survey = self.env["survey.survey"].create({"title": "Quiz"})
        with self.assertRaisesRegex(ValidationError, "not a customer satisfaction"):
            self._program("Quiz", survey_id=survey.id)

    def test_invite_costs_the_same_number_of_queries_for_more_people(self):
        def people(count, prefix):
            rows = self.env["res.partner"]
            for number in range(count):
                rows |= self._account(f"{prefix}{number}", f"{prefix}{number}@x.com")
            self.env.flush_all()
            return rows

        few, many = people(5, "few"), people(50, "many")
        self._invite(people(5, "warm"))
        counts = []
        for group in (few, many):
            before = self.env.cr.sql_log_count
            self._invite(group)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 15, counts)

    def test_asking_ten_times_the_people_takes_the_same_number_of_queries(self):
        contacts = self.env["res.partner"].union(
            *(self._contact(f"C{n}", f"c{n}@example.com") for n in range(60))
        )
        self._invite(self.contact)
        counts = []
        for group in (contacts[:5], contacts[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._invite(group)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
