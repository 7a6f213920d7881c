from odoo import models


class AccountPayment(models.Model):
    """Payments without a journal entry free credit, or take it back, by themselves."""

    _inherit = "account.payment"

    def action_post(self):
        # EXTENDS 'account'
        res = super().action_post()
        for company, payments in self._credit_unbooked().grouped("company_id").items():
            self.env["crm.credit.hold"]._reevaluate_if_open(
                payments.partner_id, company
            )
        return res

    def action_draft(self):
        # EXTENDS 'account'
        return self._credit_after_undo(super().action_draft)

    def action_cancel(self):
        # EXTENDS 'account'
        return self._credit_after_undo(super().action_cancel)

    def action_reject(self):
        # EXTENDS 'account'
        return self._credit_after_undo(super().action_reject)

    def _credit_after_undo(self, undo):
        undone = self._credit_unbooked().filtered(
            lambda payment: payment.state == "in_process"
        )
        res = undo()
        for company, payments in undone.grouped("company_id").items():
            self.env["crm.customer"]._credit_recheck(
                payments.partner_id,
                company,
                self.env._("A payment was taken back."),
            )
        return res

    def _credit_unbooked(self):
        """Return customer payments whose entry does not tell that they came in."""
        return self.filtered(
            lambda payment: (
                not payment.move_id
                and payment.payment_type == "inbound"
                and payment.partner_type == "customer"
            )
        )
