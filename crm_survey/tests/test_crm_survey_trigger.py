from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError

from .common import NOW, SurveyProgramCommon


class TestCrmSurveyTrigger(SurveyProgramCommon):
    """Programmes find by themselves who is due, from documents or the calendar."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.customer"]._for_partner(cls.account)

    def _document_program(self, **vals):
        """Return a programme that asks two days after a partner was changed.

        Partners serve as documents: every database has them.
        """
        model = self.env["ir.model"]._get("res.partner")
        Fields = self.env["ir.model.fields"]
        return self._program(
            "Documents",
            **{
                "trigger": "document",
                "trigger_model_id": model.id,
                "trigger_domain": "[('ref', '=', 'DOC')]",
                "trigger_date_field_id": Fields._get("res.partner", "create_date").id,
                "trigger_partner_field_id": Fields._get("res.partner", "parent_id").id,
                "trigger_delay_days": 2,
                **vals,
            },
        )

    def _document(self, contact, happened_at):
        document = self._contact("Doc", account=contact, ref="DOC")
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            (happened_at, document.id),
        )
        document.invalidate_recordset()
        return document

    def _start(self, program, at=NOW):
        program.write({"state": "running", "started_at": at, "period_start": at})

    def test_document_is_due_when_its_waiting_time_is_over(self):
        program = self._document_program()
        self._start(program)
        document = self._document(self.contact, NOW)
        early = NOW + timedelta(days=2, seconds=-1)
        self.assertFalse(program._due(early))
        (due,) = program._due(NOW + timedelta(days=2))
        self.assertEqual((due.contact, due.res_id), (self.contact.id, document.id))
        self.assertEqual(due.account, self.account.id)

    def test_document_from_before_the_start_is_never_due(self):
        program = self._document_program()
        self._start(program)
        self._document(self.contact, NOW - timedelta(days=3))
        self.assertFalse(program._due(NOW + timedelta(days=10)))

    def test_document_is_due_once(self):
        program = self._document_program()
        self._start(program)
        self._document(self.contact, NOW)
        now = NOW + timedelta(days=2)
        program._invite_batch(program._due(now), now)
        self.assertFalse(program._due(now + timedelta(hours=1)))

    def test_document_outside_its_filter_is_not_due(self):
        program = self._document_program()
        self._start(program)
        self._document(self.contact, NOW).ref = "OTHER"
        self.assertFalse(program._due(NOW + timedelta(days=2)))

    def test_document_of_another_company_is_not_due(self):
        program = self._document_program()
        self._start(program)
        self._document(self.contact, NOW).company_id = self.other_company
        self.assertFalse(program._due(NOW + timedelta(days=2)))

    def test_document_of_a_customer_outside_the_audience_is_not_due(self):
        program = self._document_program(
            customer_domain=f"[('partner_id', '!=', {self.account.id})]"
        )
        self._start(program)
        self._document(self.contact, NOW)
        self.assertFalse(program._due(NOW + timedelta(days=2)))
        program.customer_domain = f"[('partner_id', '=', {self.account.id})]"
        self.assertTrue(program._due(NOW + timedelta(days=2)))

    def test_document_asks_the_contacts_with_the_role(self):
        program = self._document_program(contact_role="invoice")
        self._start(program)
        self._document(self.contact, NOW)
        now = NOW + timedelta(days=2)
        self.assertEqual([d.contact for d in program._due(now)], [self.account.id])
        payer = self._contact("Payer", "pay@example.com", type="invoice")
        self.assertEqual([d.contact for d in program._due(now)], [payer.id])

    def test_role_nobody_has_is_skipped_with_its_reason(self):
        program = self._document_program(
            contact_role="function", contact_function="Buyer"
        )
        self._start(program)
        self._document(self.contact, NOW)
        now = NOW + timedelta(days=2)
        program._invite_batch(program._due(now), now)
        self.assertEqual(program.invitation_ids.skip_reason, "no_contact")

    def test_all_contacts_with_a_job_position_are_due(self):
        program = self._document_program(
            contact_role="function", contact_function="buyer_"
        )
        self._start(program)
        self._document(self.contact, NOW)
        chief = self._contact("Chief", "c@example.com", function="Chief Buyer_")
        self._contact("Other", "o@example.com", function="Buyers")
        now = NOW + timedelta(days=2)
        self.assertEqual([d.contact for d in program._due(now)], [chief.id])

    def test_audience_by_tier(self):
        tier = self.env["crm.value.tier"].search([], limit=1)
        program = self._program(
            "Tier", trigger="periodic", contact_role="account", tier_ids=tier.ids
        )
        self._start(program)
        until = NOW + timedelta(days=190)
        self.assertNotIn(self.account.id, [d.contact for d in program._due(NOW, until)])
        customer = self.env["crm.customer"]._for_partner(self.account).sudo()
        customer.tier_id = tier
        self.assertIn(self.account.id, [d.contact for d in program._due(NOW, until)])

    def test_audience_by_stage(self):
        Stage = self.env["crm.lifecycle.stage"]
        stage, other = Stage.create([{"name": "Ours"}, {"name": "Other"}])
        program = self._program(
            "Stage", trigger="periodic", contact_role="account", stage_ids=stage.ids
        )
        self._start(program)
        until = NOW + timedelta(days=190)
        customer = self.env["crm.customer"]._for_partner(self.account).sudo()
        customer.stage_id = other
        self.assertFalse(program._due(NOW, until))
        customer.stage_id = stage
        self.assertEqual(
            [d.contact for d in program._due(NOW, until)], [self.account.id]
        )

    def _periodic(self, **vals):
        program = self._program(
            "Regular",
            **{
                "trigger": "periodic",
                "period_months": 1,
                "contact_role": "account",
                "customer_domain": "[('partner_id.ref', '=', 'REGULAR')]",
                **vals,
            },
        )
        self._start(program)
        return program

    def _regulars(self, count):
        accounts = self.env["res.partner"]
        for number in range(count):
            accounts |= self._account(f"R{number}", f"r{number}@x.com", ref="REGULAR")
        self.env["crm.customer"]._for_partner(accounts)
        return accounts

    def test_round_is_spread_over_working_days_and_asks_everybody_once(self):
        accounts = self._regulars(60)
        program = self._periodic()
        until = datetime(2026, 4, 1)
        due = program._due(NOW, until)
        self.assertEqual(sorted(d.contact for d in due), sorted(accounts.ids))
        self.assertEqual({d.occasion for d in due}, {"2026-03-02"})
        days = {d.due_at.date() for d in due}
        self.assertTrue(all(day.weekday() < 5 for day in days))
        self.assertGreater(len(days), 12)

    def test_round_can_be_spread_over_its_first_days_only(self):
        self._regulars(30)
        program = self._periodic(spread_days=3)
        days = {d.due_at.date() for d in program._due(NOW, datetime(2026, 4, 1))}
        self.assertEqual(sorted(day.day for day in days), [2, 3, 4])

    def test_nobody_is_asked_on_a_weekend(self):
        self._regulars(5)
        program = self._periodic(spread_days=5)
        saturday = datetime(2026, 3, 7, 9)
        self.assertFalse(program._due(saturday))
        self.assertFalse(program._due(saturday + timedelta(days=1)))
        self.assertEqual(len(program._due(saturday + timedelta(days=2))), 5)

    def test_next_round_asks_again_on_the_same_place(self):
        self._regulars(5)
        program = self._periodic(spread_days=1)
        program._invite_batch(program._due(NOW), NOW)
        self.assertFalse(program._due(datetime(2026, 4, 1)))
        april = datetime(2026, 4, 2, 9)
        due = program._due(april)
        self.assertEqual({d.occasion for d in due}, {"2026-04-02"})
        self.assertEqual(len(due), 5)

    def test_skipped_people_of_a_round_are_not_tried_again(self):
        accounts = self._regulars(2)
        accounts[0].email = False
        program = self._periodic(spread_days=1)
        program._invite_batch(program._due(NOW), NOW)
        self.assertFalse(program._due(NOW + timedelta(days=1)))

    def test_killed_run_goes_on_where_it_stopped(self):
        self._regulars(6)
        program = self._periodic(spread_days=1)
        due = program._due(NOW)
        program._invite_batch(due[:4], NOW)
        self.assertEqual(program._due(NOW), due[4:])
        program._invite_batch(due, NOW)
        self.assertEqual(len(program.invitation_ids), 6)

    def test_anonymous_programme_cannot_wait_for_documents(self):
        with self.assertRaisesRegex(ValidationError, "anonymous"):
            self._document_program(is_anonymous=True)

    def test_programme_without_a_document_does_not_start(self):
        program = self._program("Empty", trigger="document")
        with self.assertRaisesRegex(UserError, "Say on which document"):
            program.action_start()

    def test_programme_whose_survey_measures_nothing_does_not_start(self):
        self.survey.question_ids.metric = False
        with self.assertRaisesRegex(UserError, "measures nothing"):
            self.program.action_start()

    def test_broken_filter_is_refused_when_it_is_saved(self):
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            self.program.customer_domain = "[('no_such_field', '=', 1)]"
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            self.program.customer_domain = "[("

    def test_shipped_programmes_only_need_to_be_switched_on(self):
        metrics = set()
        for name in ("purchase", "relationship", "ease"):
            program = self.env.ref(f"crm_survey.crm_survey_program_{name}").copy()
            self.assertEqual(program.state, "draft")
            program.action_start()
            metrics.add(program._main_question().metric)
        self.assertEqual(metrics, {"csat", "nps", "ces"})
