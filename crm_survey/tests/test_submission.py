from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .answers_common import AnswersCommon


@tagged("post_install", "-at_install")
class TestSubmission(AnswersCommon):
    """One true answer per person becomes one score per metric."""

    def _scores(self):
        return self.env["crm.survey.score"].search(
            [("program_id", "=", self.program.id)]
        )

    def test_an_answer_becomes_one_score_per_metric(self):
        scores = self._answer(nps=9, csat=3, comment="Faster, please").sorted("metric")
        self.assertEqual(scores.mapped("metric"), ["csat", "nps"])
        self.assertEqual(scores.mapped("value"), [3, 9])
        self.assertEqual(scores.mapped("points"), [0, 100])
        self.assertEqual(scores.mapped("band"), ["middle", "high"])
        for score in scores:
            self.assertEqual(score.customer_id, self.customer)
            self.assertEqual(score.partner_id, self.contact)
            self.assertEqual(score.user_id, self.sales)
            self.assertEqual(score.country_id, self.env.ref("base.be"))
            self.assertEqual(score.comment, "Faster, please")
            self.assertTrue(score.is_verified)

    def test_the_invitation_knows_it_was_answered(self):
        answer = self._invite()
        answer._crm_submit(self._fill())
        self.assertEqual(answer.crm_invitation_id.state, "answered")
        self.assertTrue(answer.crm_invitation_id.answered_at)
        self.assertEqual(answer.state, "done")

    def test_a_second_submission_of_another_session_is_refused_and_logged(self):
        answer = self._invite()
        answer._crm_submit(self._fill(nps=9))
        for secret in (None, "guess"):
            outcome = answer._crm_submit(self._fill(nps=0), secret)
            self.assertEqual(outcome.status, "refused")
        self.assertEqual(self._scores().filtered(lambda s: s.metric == "nps").value, 9)
        refusals = self.env["crm.survey.refusal"].search(
            [("program_id", "=", self.program.id)]
        )
        self.assertEqual(refusals.mapped("reason"), ["answered", "answered"])
        self.assertEqual(refusals.invitation_id, answer.crm_invitation_id)

    def test_the_same_session_corrects_the_score_in_place(self):
        answer = self._invite()
        secret = answer._crm_submit(self._fill(nps=9))
        outcome = answer._crm_submit(self._fill(nps=2), secret.secret)
        self.assertEqual(outcome.status, "corrected")
        score = self._scores().filtered(lambda s: s.metric == "nps")
        self.assertEqual((len(score), score.value, score.band), (1, 2, "low"))
        self.assertTrue(score.corrected_at)

    def test_a_correction_comes_too_late_after_the_time_stated(self):
        answer = self._invite()
        secret = answer._crm_submit(self._fill(nps=9)).secret
        late = fields.Datetime.now() + timedelta(minutes=31)
        with freeze_time(late):
            self.assertEqual(
                answer._crm_submit(self._fill(nps=2), secret).status, "refused"
            )

    def test_nothing_is_saved_while_a_value_is_wrong(self):
        answer = self._invite()
        outcome = answer._crm_submit(self._fill(nps=99))
        self.assertEqual(outcome.status, "invalid")
        self.assertEqual(list(outcome.errors), [self.nps.id])
        self.assertEqual(answer.state, "new")
        self.assertFalse(self._scores())
        self.assertFalse(answer.user_input_line_ids)

    def test_a_missing_mandatory_score_is_asked_for(self):
        answer = self._invite()
        outcome = answer._crm_submit({f"q{self.comment.id}": ["only a comment"]})
        self.assertEqual(set(outcome.errors), {self.nps.id, self.csat.id})

    def test_an_empty_form_is_no_answer(self):
        self.survey.question_ids.constr_mandatory = False
        outcome = self._invite()._crm_submit({})
        self.assertEqual(outcome.status, "invalid")

    def test_a_skipped_metric_has_no_score(self):
        self.csat.constr_mandatory = False
        form = self._fill(nps=8)
        form.pop(f"q{self.csat.id}")
        self._invite()._crm_submit(form)
        self.assertEqual(self._scores().mapped("metric"), ["nps"])

    def test_index_items_make_one_weighted_score(self):
        items = self.env["survey.question"].create(
            [
                {
                    "survey_id": self.survey.id,
                    "title": f"Item {weight}",
                    "question_type": "scale",
                    "metric": "index",
                    "scale_min": 1,
                    "scale_max": 10,
                    "index_weight": weight,
                }
                for weight in (3.0, 1.0)
            ]
        )
        form = self._fill() | {f"q{items[0].id}": ["10"], f"q{items[1].id}": ["1"]}
        self._invite()._crm_submit(form)
        index = self._scores().filtered(lambda score: score.metric == "index")
        self.assertEqual((len(index), index.value), (1, 75.0))

    def test_test_entries_never_count(self):
        answer = self._invite()
        answer.test_entry = True
        self.assertFalse(self.env["survey.user_input"]._crm_find(answer.access_token))

    def test_unknown_expired_and_revoked_links_are_alike(self):
        Answer = self.env["survey.user_input"]
        expired, revoked = self._invite(), self._invite()
        expired.deadline = fields.Datetime.now() - timedelta(minutes=1)
        revoked.crm_invitation_id.state = "expired"
        for token in (expired.access_token, revoked.access_token, "x" * 36, "'", None):
            self.assertFalse(Answer._crm_find(token), token)

    def test_an_email_question_never_changes_who_answered(self):
        email = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "Your e-mail",
                "question_type": "char_box",
                "save_as_email": True,
                "validation_email": True,
            }
        )
        answer = self._invite()
        answer._crm_submit(self._fill() | {f"q{email.id}": ["eve@evil.example"]})
        self.assertNotEqual(answer.email, "eve@evil.example")
        self.assertEqual(self._scores().partner_id, self.contact)

    def test_questions_that_do_not_apply_are_neither_asked_nor_kept(self):
        choice = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "Did something break?",
                "question_type": "simple_choice",
                "suggested_answer_ids": [
                    (0, 0, {"value": "Yes"}),
                    (0, 0, {"value": "No"}),
                ],
                "sequence": 10,
            }
        )
        yes, no = choice.suggested_answer_ids
        what = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "What broke?",
                "question_type": "char_box",
                "constr_mandatory": True,
                "triggering_answer_ids": yes.ids,
                "sequence": 11,
            }
        )
        answer = self._invite()
        form = self._fill() | {f"q{choice.id}": [str(yes.id)]}
        self.assertEqual(list(answer._crm_submit(form).errors), [what.id])
        form = self._fill() | {f"q{choice.id}": [str(no.id)], f"q{what.id}": ["x"]}
        self.assertTrue(answer._crm_submit(form).is_saved)
        self.assertNotIn(what, answer.user_input_line_ids.question_id)

    def test_consent_is_checked_and_kept_with_version_and_time(self):
        self.program.write(
            {"legal_basis": "consent", "consent_text": "I agree to the first text."}
        )
        self.program.consent_text = "I agree to the second text."
        answer = self._invite()
        outcome = answer._crm_submit(self._fill())
        self.assertEqual(list(outcome.errors), ["consent"])
        answer._crm_submit(self._fill() | {"consent": ["1"]})
        self.assertTrue(answer.crm_consent_at)
        self.assertEqual(answer.crm_consent_version, self.program.consent_version)
        self.assertGreater(self.program.consent_version, 1)

    def test_an_answer_of_the_open_link_is_not_verified(self):
        outcome = self.program._submit_open_answer(self._fill(), "en_US")
        self.assertTrue(outcome.is_saved)
        self.assertEqual(set(self._scores().mapped("is_verified")), {False})
        self.assertFalse(self._scores().customer_id)


@tagged("post_install", "-at_install")
class TestImmutability(AnswersCommon):
    """What the customer said stays as it was said."""

    def test_nobody_changes_a_score(self):
        score = self._answer()[0]
        for user in (self.manager, self.sales, self.env.user):
            with self.assertRaises(UserError):
                score.with_user(user).write({"value": 10})
        with self.assertRaises(UserError):
            score.sudo().write({"value": 10})

    def test_nobody_deletes_a_score(self):
        score = self._answer()[0]
        with self.assertRaises(UserError):
            score.with_user(self.manager).unlink()

    def test_nobody_makes_a_score_by_hand(self):
        vals = {
            "program_id": self.program.id,
            "company_id": self.company.id,
            "metric": "nps",
            "value": 10,
            "band": "high",
            "scored_at": "2026-03-01",
        }
        for user in (self.manager, self.sales):
            with self.assertRaises(AccessError):
                self.env["crm.survey.score"].with_user(user).create(vals)

    def test_survey_users_cannot_reach_the_answers(self):
        answer = self._invite()
        answer._crm_submit(self._fill())
        surveyor = self._user("svw_surveyor", "survey.group_survey_manager")
        for user in (surveyor, self.manager):
            found = (
                self.env["survey.user_input"]
                .with_user(user)
                .search([("id", "=", answer.id)])
            )
            self.assertFalse(found)
            with self.assertRaises(AccessError):
                answer.user_input_line_ids.with_user(user).write({"value_scale": 10})


@tagged("post_install", "-at_install")
class TestAnonymousAnswers(AnswersCommon):
    """An anonymous answer leads back to nobody."""

    def test_the_score_names_nobody_and_only_its_month(self):
        program = self._program(is_anonymous=True)
        scores = self._answer(program=program, comment="Anonymous words")
        for score in scores:
            self.assertFalse(score.customer_id or score.partner_id or score.res_id)
            self.assertEqual((score.scored_at.day, score.scored_at.hour), (1, 0))

    def test_the_row_of_the_link_holds_no_answer(self):
        program = self._program(is_anonymous=True)
        answer = self._invite(program=program)
        invitation = answer.crm_invitation_id
        answer._crm_submit(self._fill())
        holder = (
            self.env["crm.survey.score"]
            .search([("program_id", "=", program.id)], limit=1)
            .user_input_id
        )
        self.assertNotEqual(holder, answer)
        self.assertFalse(answer.user_input_line_ids)
        self.assertFalse(holder.crm_invitation_id or holder.partner_id or holder.email)
        self.assertEqual(holder.create_date.day, 1)
        self.assertEqual(invitation.state, "answered")
        self.assertFalse(invitation.answered_at)

    def test_the_same_session_may_correct_it(self):
        program = self._program(is_anonymous=True)
        answer = self._invite(program=program)
        secret = answer._crm_submit(self._fill(nps=9)).secret
        self.assertEqual(
            answer._crm_submit(self._fill(nps=1), secret).status, "corrected"
        )
        score = self.env["crm.survey.score"].search(
            [("program_id", "=", program.id), ("metric", "=", "nps")]
        )
        self.assertEqual(score.value, 1)

    def test_a_second_session_is_refused(self):
        answer = self._invite(program=self._program(is_anonymous=True))
        answer._crm_submit(self._fill())
        self.assertEqual(answer._crm_submit(self._fill()).status, "refused")
