from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    # An incremental refresh finds what changed, and all documents of one customer.
    _crm_value_changed_idx = models.Index(
        "(company_id, write_date) WHERE move_type IN ('out_invoice', 'out_refund')"
    )
    _crm_value_customer_idx = models.Index(
        "(commercial_partner_id, company_id)"
        " WHERE move_type IN ('out_invoice', 'out_refund') AND state = 'posted'"
    )

    def _post(self, soft=True):
        # EXTENDS 'account'
        posted = super()._post(soft)
        goods = posted.filtered(
            lambda move: move.move_type in ("out_invoice", "out_refund")
        ).invoice_line_ids.filtered("product_id")
        if goods:
            # sudo: who may post an invoice need not see what its goods cost
            goods.sudo()._crm_value_freeze_cost()
        return posted

    def write(self, vals):
        # EXTENDS 'account'
        if vals.get("state", "posted") != "posted":
            self._crm_value_note_loss()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_note_crm_value(self):
        self._crm_value_note_loss()

    def _crm_value_note_loss(self):
        """Remember whose posted customer documents are about to stop counting."""
        lost = self.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type in ("out_invoice", "out_refund")
            )
        )
        self.env["crm.customer.pending"]._add(lost.commercial_partner_id)
