from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import format_date


class CrmCreditHold(models.Model):
    """How a hold comes about: its reasons, and who hears of it."""

    _inherit = "crm.credit.hold"

    @api.model
    def _prepare_reason_vals(self, verdict, currency):
        reasons = [
            {
                "rule_id": failure.rule.id if failure.rule else False,
                "rule_name": failure.rule.name if failure.rule else failure.note,
                "kind": failure.kind,
                "figure": failure.figure,
                "threshold": failure.threshold,
                "message": self._describe(failure, currency),
            }
            for failure in verdict.failures
        ]
        return {
            "amount": verdict.amount,
            "exposure": verdict.exposure,
            "has_limit": verdict.limit is not None,
            "limit": verdict.limit,
            "is_forced": any(
                reason["kind"] in self._forced_kinds() for reason in reasons
            ),
            "main_kind": reasons[0]["kind"],
            "main_reason": reasons[0]["rule_name"] or reasons[0]["message"],
            "reason_summary": "\n".join(reason["message"] for reason in reasons),
            "reason_ids": [
                Command.clear(),
                *(Command.create(reason) for reason in reasons),
            ],
        }

    @api.model
    def _forced_kinds(self):
        """Return the kinds of reasons only a person can lift."""
        return {"forced", "by_hand"}

    def _update_reasons(self, verdict):
        """Bring an open hold up to date, if its document or its reasons changed."""
        self.ensure_one()
        vals = self._prepare_reason_vals(verdict, self.currency_id)
        if self.is_forced:  # and stays it
            vals["is_forced"] = True
        if (
            vals["reason_summary"] != self.reason_summary
            or self.currency_id.compare_amounts(vals["amount"], self.amount) != 0
        ):
            self.sudo().write(vals)  # sudo: the check writes holds, nobody else

    def _banner(self):
        """Return what the document shows: why it stands, and what happens next."""
        self.ensure_one()
        if self._covers(self.amount, fields.Date.context_today(self)):
            return self.env._(
                "The credit team released this document: %(reason)s\nUntil %(date)s it "
                "can go on, up to a total of %(amount)s.",
                reason=self.decision_reason,
                date=format_date(self.env, self.released_until),
                amount=self._format_figure(
                    self.released_amount, "money", self.currency_id
                ),
            )
        if self.state == "rejected":
            return self.env._(
                "The credit team rejected this document: %(reason)s",
                reason=self.decision_reason,
            )
        if self.state != "open":
            return False
        return self.env._(
            "This document is on credit hold. %(reasons)s\nThe credit team has been "
            "told; it releases or rejects the document. A payment that removes the "
            "reasons releases it by itself.",
            reasons=self.reason_summary,
        )

    @api.model
    def _follow_names(self, documents):
        """Call the documents of holds what they are called now: posted, by number."""
        marked = documents.filtered(lambda document: document.credit_state != "clear")
        if not marked:
            return
        # sudo: the hold belongs to the checks, whoever posts
        holds = self.sudo().search(
            [("res_model", "=", marked._name), ("res_id", "in", marked.ids)]
        )
        for hold in holds:
            name = marked.browse(hold.res_id)._credit_name()
            if hold.document_name != name:
                hold.document_name = name

    def _tell_opened(self, document):
        """Log the hold, tell the salesperson and give the credit team an activity."""
        self.ensure_one()
        user = self.env.user
        self._log_event(
            False,
            dict(self._fields["state"]._description_selection(self.env))["open"],
            self.reason_summary,
            user if not user.share else None,
        )
        people = self.salesperson_id._credit_colleagues(user)
        # sudo: the customer may be the one who signs; the note is for colleagues
        document.sudo().message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("On credit hold. The credit team has been told."),
                Markup().join(
                    Markup("<li>%s</li>") % reason.message for reason in self.reason_ids
                ),
            ),
            partner_ids=people.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        policy = self.env["crm.credit.policy"]._for_company(self.company_id)
        team = policy._credit_team()
        followers = team | self.salesperson_id.filtered(lambda user: not user.share)
        self.message_subscribe(followers.partner_id.ids)
        controller = (team - self.requester_id)[:1] or team[:1]
        if controller:
            self.activity_schedule(
                "crm_credit.mail_activity_type_hold",
                user_id=controller.id,
                summary=self.env._(
                    "Decide on %(document)s", document=self.document_name
                ),
            )
