from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .answers_common import AnswersCommon


@tagged("post_install", "-at_install")
class TestPrivacy(AnswersCommon):
    """Names go, scores stay."""

    def _given(self, **vals):
        answer = self._invite()
        answer._crm_submit(self._fill(**vals))
        return answer

    def _scores(self):
        return self.env["crm.survey.score"].search(
            [("program_id", "=", self.program.id)]
        )

    def test_anonymising_keeps_the_score_and_nothing_of_the_person(self):
        answer = self._given(nps=3, comment="Call me: Ada")
        token, invitation = answer.access_token, answer.crm_invitation_id
        answer._crm_anonymise()
        nps = self._scores().filtered(lambda score: score.metric == "nps")
        self.assertEqual((nps.value, nps.points), (3, -100))
        for score in self._scores():
            self.assertTrue(score.is_anonymous)
            self.assertFalse(score.partner_id or score.customer_id or score.comment)
        self.assertFalse(answer.partner_id or answer.email or answer.nickname)
        self.assertNotEqual(answer.access_token, token)
        self.assertFalse(invitation.partner_id or invitation.email_normalized)
        texts = answer.user_input_line_ids.mapped("value_text_box")
        self.assertFalse(any(texts))

    def test_deleting_a_contact_anonymises_the_answers(self):
        answer = self._given(comment="Ada was here")
        answer.write({"email": self.contact.email, "nickname": self.contact.name})
        self.contact.unlink()
        self.assertTrue(answer.exists())
        self.assertFalse(answer.email or answer.nickname)
        self.assertEqual(len(self._scores()), 2)
        self.assertTrue(all(self._scores().mapped("is_anonymous")))

    def test_the_privacy_lookup_anonymises_instead_of_deleting(self):
        answer = self._given(comment="Ada")
        answer.email = self.contact.email
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.contact.name, "email": self.contact.email}
        )
        wizard.action_lookup()
        models = set(wizard.line_ids.mapped("res_model"))
        self.assertTrue({"survey.user_input", "crm.survey.score"} <= models)
        ours = wizard.line_ids.filtered(
            lambda line: line.res_model.startswith(("crm.survey", "survey."))
        )
        ours.action_unlink_all()
        self.assertTrue(answer.exists())
        self.assertEqual(len(self._scores()), 2)
        self.assertFalse(self._scores().partner_id)
        self.assertIn("anonymous", wizard.execution_details)

    def test_an_opt_out_outlives_the_person(self):
        answer = self._given()
        email = self.contact.email_normalized
        answer.crm_invitation_id._opt_out()
        self.contact.unlink()
        self.assertEqual(self.env["crm.survey.optout"]._opted_out([email]), {email})

    def test_names_go_when_the_retention_is_over(self):
        with freeze_time("2023-05-10"):
            old = self._given(nps=9)
        young = self._given(nps=8)
        self.env.cr.execute(
            "UPDATE survey_user_input SET create_date = '2023-05-10' WHERE id = %s",
            [old.id],
        )
        self.env.cr.execute(
            "UPDATE crm_survey_invitation SET create_date = '2023-05-10' WHERE id = %s",
            [old.crm_invitation_id.id],
        )
        self.env.invalidate_all()
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
        ):
            self.env["crm.survey.program"]._cron_anonymise(limit=1)
        self.assertFalse(old.partner_id or old.crm_invitation_id)
        self.assertTrue(young.partner_id)
        named = self._scores().filtered(lambda score: not score.is_anonymous)
        self.assertEqual(len(named), 2)
        self.assertEqual(len(self._scores()), 4)

    def test_a_person_gets_all_that_is_known(self):
        self._given(nps=7, comment="Please call")
        data = self.contact.with_user(self.manager)._crm_survey_data()
        self.assertEqual(data["email"], self.contact.email)
        self.assertEqual(data["invitations"][0]["state"], "answered")
        answers = data["answers"][0]["answers"]
        self.assertEqual(answers[self.nps.title], "7")
        self.assertEqual(answers[self.comment.title], "Please call")
        action = self.contact.with_user(self.manager).action_export_survey_data()
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_only_administrators_export(self):
        with self.assertRaises(AccessError):
            self.contact.with_user(self.sales).action_export_survey_data()


@tagged("post_install", "-at_install")
class TestImport(AnswersCommon):
    """Answers given elsewhere are checked like all others."""

    def test_values_off_the_scale_are_refused_as_a_whole(self):
        for wrong in (11, -1, "abc", 9.5, True):
            with self.assertRaises(ValidationError):
                self.program._import_answers([{"nps": 9}, {"nps": wrong}])

    def test_a_metric_without_a_question_is_refused(self):
        with self.assertRaises(ValidationError):
            self.program._import_answers([{"ces": 5}])

    def test_a_named_answer_reaches_the_customer(self):
        scores = self.program._import_answers(
            [{"nps": 9, "partner": self.contact, "at": fields.Datetime.now()}, {}],
            is_verified=True,
        )
        self.assertEqual(len(scores), 1)
        self.assertEqual(scores.customer_id, self.customer)
        self.assertEqual(scores.user_id, self.sales)

    def test_demo_answers_repeat_with_their_seed_and_say_so(self):
        now = fields.Datetime.now() - timedelta(days=1)
        Program = self.env["crm.survey.program"]
        first = Program._generate_demo_answers(seed=5, now=now)
        second = Program._generate_demo_answers(seed=5, now=now)
        self.assertTrue(first)
        self.assertEqual(first.mapped("value"), second.mapped("value"))
        self.assertTrue(all(first.mapped("is_generated")))
        for invitation in self.env["crm.survey.invitation"].search(
            [("program_id", "=", self.program.id)]
        ):
            self.assertEqual(invitation.create_date, invitation.sent_at)
        self.assertTrue(all(score.scored_at <= now for score in first))
        oldest = now - relativedelta(months=16)
        self.assertTrue(all(score.scored_at >= oldest for score in first))

    def test_the_dashboard_works_for_every_role(self):
        self.program._import_answers([{"nps": 9}] * 6, is_verified=True)
        self.env.flush_all()
        Report = self.env["crm.survey.score.report"]
        managed = Report.with_user(self.manager).dashboard(program_id=self.program.id)
        self.assertEqual(managed["metrics"][0]["score"], 100)
        self.assertEqual(managed["metrics"][0]["change"]["way"], "none")
        mine = Report.with_user(self.sales).dashboard(program_id=self.program.id)
        self.assertEqual(mine["metrics"], [])

    def test_the_dashboard_says_in_words_when_nothing_is_proven(self):
        now = fields.Datetime.now()
        for months, values in ((14, [9, 9, 8, 3, 9, 7]), (1, [9, 9, 9, 3, 9, 7])):
            self.program._import_answers(
                [
                    {"nps": value, "at": now - relativedelta(months=months)}
                    for value in values
                ],
                is_verified=True,
            )
        self.env.flush_all()
        Report = self.env["crm.survey.score.report"].with_user(self.manager)
        [nps] = Report.dashboard(program_id=self.program.id)["metrics"]
        self.assertEqual(nps["change"]["way"], "flat")
        self.assertIn("No proven change", nps["change"]["text"])
