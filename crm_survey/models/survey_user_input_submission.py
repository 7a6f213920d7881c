import hashlib
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq

from ..submission import Outcome
from .survey_question_validation import is_empty

TOKEN = re.compile(r"[0-9A-Za-z-]{20,64}", re.ASCII)


def digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


class SurveyUserInput(models.Model):
    """A customer's answer: found by its link, checked, saved once."""

    _inherit = "survey.user_input"

    crm_session_hash = fields.Char(
        readonly=True, copy=False, groups="base.group_system"
    )
    crm_consent_at = fields.Datetime(string="Consent Given On", readonly=True)
    crm_consent_version = fields.Integer(string="Consent Text Version", readonly=True)
    crm_consent_lang = fields.Char(string="Consent Language", readonly=True)
    crm_followed_up_at = fields.Datetime(
        string="Followed Up On", readonly=True, copy=False
    )

    @api.model
    def _crm_find(self, token):
        """Return the answer a link stands for, empty if the link is no good.

        Unknown, expired and revoked links give the same empty answer.
        """
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return self.sudo().browse()
        # sudo: whoever holds the token may answer, and sees nothing else
        answer = self.sudo().search(
            [("access_token", "=", token), ("crm_program_id", "!=", False)], limit=1
        )
        return answer if answer._crm_is_open() else answer.browse()

    def _crm_is_open(self):
        """Tell whether the link of this answer still works."""
        if not self or self.test_entry:
            return False
        invitation = self.crm_invitation_id
        if invitation.state in ("expired", "skipped"):
            return False
        deadline = self.deadline or invitation.expires_at
        is_late = deadline and deadline < fields.Datetime.now()
        return not is_late and self.crm_program_id.active and self.survey_id.active

    def _crm_may_correct(self, secret):
        """Tell whether the session that answered may still change the answer."""
        if not secret or not self.crm_session_hash or not self.end_datetime:
            return False
        minutes = timedelta(minutes=self.crm_program_id.correction_minutes)
        in_time = fields.Datetime.now() <= self.end_datetime + minutes
        return in_time and consteq(self.crm_session_hash, digest(secret))

    # -------------------------------------------------------------------------
    # The form
    # -------------------------------------------------------------------------

    @api.model
    def _crm_read_form(self, survey, form):
        """Return ``{question: (answer, comment)}`` of the questions that apply.

        :param form: what the browser posted, lists of texts by name
        """
        answers, chosen = {}, set()
        for question in survey.question_ids:
            triggers = set(question.triggering_answer_ids.ids)
            if triggers and not triggers & chosen:
                continue
            answer = self._crm_read_question(question, form)
            comment = (form.get(f"c{question.id}") or [""])[0]
            answers[question] = (answer, comment.strip())
            if question.question_type in ("simple_choice", "multiple_choice"):
                chosen |= {int(choice) for choice in answer if choice.isdecimal()}
        return answers

    @api.model
    def _crm_read_question(self, question, form):
        posted = form.get(f"q{question.id}") or []
        if question.question_type == "matrix":
            rows = {
                row.id: form.get(f"q{question.id}_{row.id}") or []
                for row in question.matrix_row_ids
            }
            return {row: choices for row, choices in rows.items() if choices}
        if question.question_type in ("simple_choice", "multiple_choice"):
            return [choice for choice in posted if choice]
        if len(posted) != 1:
            return list(posted)
        text = posted[0].strip()
        if question.question_type == "datetime" and text.count(":") == 1:
            return text.replace("T", " ") + ":00"
        return text

    @api.model
    def _crm_validate(self, survey, answers):
        """Return the sentence to show under each question that is not right."""
        errors, is_blank = {}, True
        for question, (answer, comment) in answers.items():
            if is_empty(answer):
                is_answered = comment and question.comment_count_as_answer
                if question.constr_mandatory and not is_answered:
                    errors[question.id] = question._required_message()
                is_blank &= not comment
                continue
            is_blank = False
            errors.update(question.validate_question(answer, comment))
        if is_blank and not errors and answers:
            errors[next(iter(answers)).id] = self.env._("Answer at least one question.")
        return errors

    # -------------------------------------------------------------------------
    # Submitting
    # -------------------------------------------------------------------------

    def _crm_submit(self, form, secret=None):
        """Take what a customer posted; the first submission wins.

        :param form: lists of texts by field name
        :param secret: what this browser session was given when it answered before
        :returns: an :class:`Outcome`
        """
        self.ensure_one()
        self._crm_lock()
        is_first = self.state != "done"
        if not is_first and not self._crm_may_correct(secret):
            self._crm_refuse("answered")
            return Outcome("refused")
        answers = self._crm_read_form(self.survey_id, form)
        errors = self._crm_validate(self.survey_id, answers)
        program = self.crm_program_id
        errors.update(program._missing_consent(form))
        if errors:
            return Outcome("invalid", errors)
        if is_first:
            secret = secrets.token_urlsafe(32)
        holder = self._crm_holder(is_first)
        holder._crm_write_lines(answers)
        holder._crm_close(self, digest(secret), is_first)
        return Outcome("saved" if is_first else "corrected", secret=secret)

    def _crm_lock(self):
        """Make a second submission at the same time lose and be replayed.

        A real update of the row: under REPEATABLE READ the transaction that comes
        second is rolled back and replayed, and then finds the answer done.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE survey_user_input SET state = state WHERE id = %s RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset()

    def _crm_holder(self, is_first):
        """Return the row that takes the answers: this one, or an anonymous new one.

        In an anonymous programme the row the link leads to only remembers that
        somebody answered. The answers go to a row of their own, which nothing
        connects to the invitation.
        """
        if not self.crm_program_id.is_anonymous:
            return self
        if not is_first:
            twin = self.search(
                [
                    ("crm_session_hash", "=", self.crm_session_hash),
                    ("id", "!=", self.id),
                ]
            )
            return twin or self
        return self.create(
            {
                "survey_id": self.survey_id.id,
                "crm_program_id": self.crm_program_id.id,
                "lang_id": self.lang_id.id,
            }
        )

    def _crm_write_lines(self, answers):
        """Replace the answers of this row."""
        old = self.user_input_line_ids
        old.filtered(
            lambda line: line.question_id not in answers or line.matrix_row_id
        ).unlink()
        for question, (answer, comment) in answers.items():
            self._save_lines(question, answer, comment)

    def _crm_close(self, asked, session_hash, is_first):
        """Finish an answer: state, consent, scores and what follows from them."""
        now = fields.Datetime.now()
        consent = {}
        if self.crm_program_id._needs_consent():
            consent = {
                "crm_consent_at": now,
                "crm_consent_version": self.crm_program_id.consent_version,
                "crm_consent_lang": self.env.lang or "en_US",
            }
        (self | asked).write({"crm_session_hash": session_hash})
        self.write({"start_datetime": self.start_datetime or now, **consent})
        if is_first:
            self._mark_done()
            if asked != self:
                asked.write({"state": "done", "end_datetime": now})
        scores = self._crm_score(asked)
        asked.crm_invitation_id._mark_answered(now)
        if asked != self:
            self._crm_blur_dates()
        scores._after_answer()

    def _crm_blur_dates(self):
        """Keep only the month of an anonymous answer: an exact time would name it."""
        self.env.flush_all()
        for table, key in (
            ("survey_user_input", "id"),
            ("survey_user_input_line", "user_input_id"),
        ):
            self.env.execute_query(
                SQL(
                    """
                    UPDATE %(table)s
                       SET create_date = date_trunc('month', create_date),
                           write_date = date_trunc('month', write_date)
                     WHERE %(key)s IN %(ids)s
                 RETURNING id
                    """,
                    table=SQL.identifier(table),
                    key=SQL.identifier(key),
                    ids=tuple(self.ids),
                )
            )
        month = fields.Datetime.now().replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE survey_user_input
                   SET start_datetime = %(month)s,
                       end_datetime = %(month)s
                 WHERE id IN %(ids)s
             RETURNING id
                """,
                month=month,
                ids=tuple(self.ids),
            )
        )
        self.invalidate_recordset()

    def _crm_refuse(self, reason):
        self.env["crm.survey.refusal"]._log(self, reason)

    # -------------------------------------------------------------------------
    # Survey hooks
    # -------------------------------------------------------------------------

    def _save_lines(self, question, answer, comment=None, overwrite_existing=True):
        # EXTENDS 'survey': the respondent of an invitation is the person invited,
        # whatever is typed into an e-mail question
        if not self.crm_program_id:
            return super()._save_lines(question, answer, comment, overwrite_existing)
        identity = {"email": self.email, "nickname": self.nickname}
        result = super()._save_lines(question, answer, comment, overwrite_existing)
        if identity != {"email": self.email, "nickname": self.nickname}:
            self.write(identity)
        return result

    def _get_line_answer_values(self, question, answer, answer_type):
        # EXTENDS 'survey': a zero is an answer, and a skipped scale keeps no old value
        vals = super()._get_line_answer_values(question, answer, answer_type)
        if answer_type != "scale":
            return vals
        if is_empty(answer):
            vals["value_scale"] = 0
        else:
            vals.update(answer_type="scale", skipped=False, value_scale=int(answer))
        return vals

    def _notify_new_participation_subscribers(self):
        # EXTENDS 'survey': followers of the survey must not see who answered when
        return super(
            SurveyUserInput, self.filtered(lambda answer: not answer.crm_program_id)
        )._notify_new_participation_subscribers()
