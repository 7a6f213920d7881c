from markupsafe import Markup

from odoo import fields, models

from .. import analytics


class CrmSurveyScore(models.Model):
    """What follows from an answer: the customer's picture, and somebody who acts."""

    _inherit = "crm.survey.score"

    def _after_answer(self):
        """Do what a new or corrected answer calls for."""
        self.customer_id._refresh_satisfaction_now()
        self._follow_up()

    def _follow_up(self):
        """Ask the owner of the customer, once per answer, to act on a low score."""
        low = self.filtered(lambda score: score._is_low())[:1]
        answer = low.user_input_id
        if not low or answer.crm_followed_up_at:
            return
        answer.crm_followed_up_at = fields.Datetime.now()
        owner = low._follow_up_owner()
        if owner:
            low._schedule_follow_up(owner, self)

    def _is_low(self):
        self.ensure_one()
        bands = {"none": (), "low": ("low",), "middle": ("low", "middle")}
        return (
            self.is_verified
            and self.is_counted
            and bool(self.customer_id)
            and self.band in bands[self.program_id.follow_up_band]
        )

    def _follow_up_owner(self):
        """Return the account manager, else the programme's person, else a manager."""
        customer = self.customer_id
        # sudo: the page of the customer looks for the employee in charge
        managers = self.env.ref("crm_survey.group_manager").sudo().all_user_ids
        candidates = (
            customer.account_manager_id
            | self.program_id.follow_up_user_id
            | managers.filtered(lambda user: not user._is_superuser())
        )
        for user in candidates:
            is_employee = user.active and not user.share
            if is_employee and customer.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    def _schedule_follow_up(self, owner, scores):
        today = fields.Date.context_today(self.with_context(tz=owner.tz))
        self.customer_id.activity_schedule(
            "crm_survey.mail_activity_data_follow_up",
            date_deadline=analytics.add_working_days(
                today, self.program_id.follow_up_days
            ),
            summary=self.with_context(lang=owner.lang).env._(
                "Low score in “%(program)s”: %(score)s",
                program=self.program_id.name,
                score=self.display_name,
            ),
            note=scores.with_context(lang=owner.lang)._follow_up_note(),
            user_id=owner.id,
        )

    def _follow_up_note(self):
        """Return the answers of one person as they are shown to the owner."""
        rows = Markup().join(
            Markup("<li>%s: <b>%g</b></li>")
            % (score.question_id.title or score.display_name, score.value)
            for score in self
        )
        note = Markup("<ul>%s</ul>") % rows
        if comment := self[:1].comment:
            note += (
                Markup("<blockquote style='white-space: pre-line'>%s</blockquote>")
                % comment
            )
        if contact := self[:1].partner_id:
            note += Markup("<p>%s</p>") % contact.display_name
        return note
