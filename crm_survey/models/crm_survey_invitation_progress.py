from odoo import fields, models, tools
from odoo.tools import SQL

#: how far an invitation has come; it only ever moves on
PROGRESS = ("sent", "opened", "started", "answered")
#: states in which an answer may still come
OPEN_STATES = ("sent", "opened", "started")


class CrmSurveyInvitation(models.Model):
    """What becomes of an invitation: opened, answered, bounced, opted out."""

    _inherit = "crm.survey.invitation"

    def _mark_opened(self, now=None):
        self._mark("opened", now)

    def _mark_started(self, now=None):
        self._mark("started", now)

    def _mark_answered(self, now=None):
        self._mark("answered", now)

    def _mark(self, state, now=None):
        """Move on to ``state`` those invitations that are not that far yet.

        An anonymous programme keeps no time after the mail: together with the time
        of an answer it would name the person.
        """
        now = now or fields.Datetime.now()
        earlier = (*PROGRESS[: PROGRESS.index(state)], "bounced")
        moved = self.filtered(lambda invitation: invitation.state in earlier)
        anonymous = moved.filtered("program_id.is_anonymous")
        (moved - anonymous).write({"state": state, f"{state}_at": now})
        if anonymous and state == "answered":
            anonymous._cut_from_answer(state)

    def _cut_from_answer(self, state):
        """Set ``state`` and forget which answer is whose, leaving no trace.

        SQL, because the ORM would write down the time of the change, the same in
        both rows.
        """
        self.flush_recordset()
        answers = self.user_input_id
        answers.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_survey_invitation
                   SET state = %s,
                       user_input_id = NULL
                 WHERE id = ANY(%s)
                """,
                state,
                self.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE survey_user_input
                   SET crm_invitation_id = NULL
                 WHERE id = ANY(%s)
                """,
                answers.ids,
            )
        )
        self.invalidate_recordset(["state", "user_input_id"])
        answers.invalidate_recordset(["crm_invitation_id"])

    def _mark_bounced(self, reason=None):
        """Note that the mail did not arrive, unless somebody has already read it."""
        self.filtered(lambda invitation: invitation.state == "sent").write(
            {"state": "bounced", "failure_reason": reason}
        )

    def _expire(self):
        """Close invitations whose time is over."""
        anonymous = self.filtered("program_id.is_anonymous")
        (self - anonymous).write({"state": "expired"})
        if anonymous:
            anonymous._cut_from_answer("expired")

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail'
        self._mark_bounced(self.env._("The mail server of the address returned it."))
        return super()._message_receive_bounce(email, partner)

    def message_post(self, *, body="", **kwargs):
        # EXTENDS 'mail': a reply quotes our mail, and its links must stay private
        return super().message_post(body=self._without_tokens(body), **kwargs)

    def _without_tokens(self, body):
        """Return ``body`` without anything that opens the answer of somebody."""
        # sudo: the tokens are looked for to be taken out
        tokens = self.sudo().user_input_id.mapped("access_token")
        tokens += [invitation._opt_out_signature() for invitation in self]
        for token in filter(None, tokens):
            body = body.replace(token, "…") if body else body
        return body

    def _opt_out_signature(self):
        self.ensure_one()
        # sudo: reads the key of the database to sign with it
        return tools.hmac(self.env(su=True), "crm_survey-opt-out", self.id)

    def _is_opt_out_signature(self, signature):
        """Return whether ``signature`` is the one in the mail of this invitation."""
        self.ensure_one()
        expected = self._opt_out_signature()
        return tools.consteq(expected.encode(), (signature or "").encode())

    def _opt_out(self, reason="link"):
        """Send no survey mail to this person any more, queued ones included."""
        for invitation in self.filtered("email_normalized"):
            email = invitation.email_normalized
            self.env["crm.survey.optout"]._add([email], reason, invitation.program_id)
            invitation._cancel_mails(email)

    def _opt_in(self):
        """Undo the opt-out of this person."""
        self.env["crm.survey.optout"]._remove(self.mapped("email_normalized"))

    def _is_opted_out(self):
        self.ensure_one()
        email = self.email_normalized
        return bool(self.env["crm.survey.optout"]._opted_out([email]))

    def _cancel_mails(self, email):
        """Cancel the survey mails to ``email`` that are still in the queue."""
        # sudo: the person asked for it; mails are for administrators
        invitations = self.sudo().search(
            [("email_normalized", "=", email), ("state", "in", OPEN_STATES)]
        )
        self.env["mail.mail"].sudo().search(
            [
                ("model", "=", self._name),
                ("res_id", "in", invitations.ids),
                ("state", "=", "outgoing"),
            ]
        ).cancel()
