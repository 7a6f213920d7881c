from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..credit_case import Failure, Verdict


class CrmCreditDocument(models.AbstractModel):
    """What a failing document gets: a mark, a hold or a refusal."""

    _inherit = "crm.credit.document"

    def _credit_settle(self, verdicts):
        """Mark documents that pass, and close the holds they had."""
        marked = self.filtered(lambda document: document.credit_state != "clear")
        if not marked:
            return
        for hold in self.env["crm.credit.hold"]._open_for(marked):
            hold._decide(
                "released",
                self.env._("The reasons of the hold are gone."),
                is_automatic=True,
            )
        # sudo: people confirm documents, the check writes what came of it
        for document in marked.sudo():
            if document.credit_state == "released":
                continue
            released = verdicts[document.id].is_released
            document.credit_state = "released" if released else "clear"

    def _credit_warn(self, verdict):
        self.ensure_one()
        # sudo: people confirm documents, the check writes what came of it
        document = self.sudo()
        document.credit_state = "warned"
        document.message_post(
            body=self.env._(
                "Credit warning: %(reasons)s", reasons=self._credit_reasons(verdict)
            ),
            subtype_xmlid="mail.mt_note",
        )
        self._credit_toast(
            self.env._("Credit warning"),
            self.env._(
                "%(document)s goes on, but: %(reasons)s",
                document=self._credit_name(),
                reasons=self._credit_reasons(verdict),
            ),
        )

    def _credit_refuse(self, verdicts):
        """Refuse the documents, giving the reasons of each with their figures."""
        raise UserError(
            "\n".join(
                self.env._(
                    "%(document)s of %(customer)s is refused by the credit check: "
                    "%(reasons)s",
                    document=document._credit_name(),
                    customer=document._credit_partner().display_name,
                    reasons=document._credit_reasons(verdicts[document.id]),
                )
                for document in self
            )
        )

    def _credit_reasons(self, verdict):
        self.ensure_one()
        Hold = self.env["crm.credit.hold"]
        currency = self.company_id.currency_id
        return " ".join(
            Hold._describe(failure, currency) for failure in verdict.failures
        )

    def _credit_hold(self, verdict):
        """Put a document on hold, with every reason; tell those who have to know."""
        self.ensure_one()
        Hold = self.env["crm.credit.hold"]
        if self.credit_state != "held":
            # sudo: people confirm documents, the check writes what came of it. First
            # of all: of two who try at once the second sees the hold of the first
            self.sudo().credit_state = "held"
            self.flush_recordset(["credit_state"])
        hold = Hold._open_for(self)
        if hold:
            hold._update_reasons(verdict)
        else:
            # sudo: the check writes holds, people only decide on them
            hold = Hold.sudo().create(self._prepare_crm_credit_hold_vals(verdict))
            hold._tell_opened(self)
        self._credit_toast(
            self.env._("On credit hold"),
            self.env._(
                "%(document)s waits for the credit team. %(reasons)s",
                document=self._credit_name(),
                reasons=hold.reason_summary,
            ),
        )
        return hold

    def _prepare_crm_credit_hold_vals(self, verdict):
        self.ensure_one()
        Hold = self.env["crm.credit.hold"]
        return {
            "res_model": self._name,
            "res_id": self.id,
            "document_name": self._credit_name(),
            "checkpoint": self._credit_checkpoint(),
            "company_id": self.company_id.id,
            "partner_id": self._credit_partner().id,
            "salesperson_id": self._credit_salesperson().id,
            "requester_id": self.env.uid,
            **Hold._prepare_reason_vals(verdict, self.company_id.currency_id),
        }

    @api.model
    def _credit_toast(self, title, message):
        """Show the user what happened, also where no form is open."""
        if not self.env.user.share:
            self.env.user._bus_send(
                "simple_notification",
                {"type": "warning", "title": title, "message": message, "sticky": True},
            )

    # By hand

    def action_credit_hold_by_hand(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put on Credit Hold"),
            "res_model": "crm.credit.hold.force",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_document_model": self._name,
                "default_document_ids": self.ids,
            },
        }

    def credit_hold_by_hand(self, reason):
        """Put documents on hold whatever the rules say; only a person releases them.

        :raises AccessError: if the user is no credit manager
        :raises UserError: without a reason, or if a document went on already
        """
        if not self.env.user.has_group("crm_credit.group_manager"):
            raise AccessError(
                self.env._("Only credit managers can put documents on hold.")
            )
        self.check_access("read")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Please say why the document is put on hold."))
        if done := self - self._credit_pending():
            raise UserError(
                self.env._(
                    "%(documents)s went on already, so it cannot be put on hold.",
                    documents=", ".join(done.mapped("display_name")),
                )
            )
        amounts = self._credit_amounts()
        for document in self:
            document._credit_force_hold(amounts[document.id][0], reason.strip())
        return True

    def _credit_force_hold(self, amount, reason):
        self.ensure_one()
        company = self.company_id.root_id
        # sudo: the hold keeps the figures, whoever stops the document
        position = (
            self.env["crm.customer"]
            .sudo()
            .credit_position(self._credit_partner(), company)
        )[self._credit_partner().id]
        failure = Failure("by_hand", amount, 0.0, note=reason)
        verdict = Verdict(amount, position["exposure"], position["limit"], (failure,))
        hold = self._credit_hold(verdict)
        hold.sudo().is_forced = True  # sudo: the hold belongs to the checks
