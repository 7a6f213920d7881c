from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Documents that raise what a customer owes.
_INVOICE_TYPES = ("out_invoice", "out_receipt")
#: Credit states automatic posting passes over.
_STOPPED = ("held", "rejected")


class AccountMove(models.Model):
    """Customer invoices pass the credit checkpoint whoever posts them, and how."""

    _name = "account.move"
    _inherit = ["account.move", "crm.credit.document"]

    # CRUD

    def write(self, vals):
        # EXTENDS 'account'
        if vals.get("state") == "posted":
            self._credit_check_direct_posting()
        return super().write(vals)

    def _credit_check_direct_posting(self):
        """Stop who writes the state instead of posting: it can only be refused."""
        direct = self.filtered(lambda move: move.state == "draft")
        direct = direct._credit_except(direct._credit_is_cleared())
        if held := direct - direct._credit_pass():
            raise UserError(
                self.env._(
                    "%(documents)s cannot be posted: the credit check holds it. Use "
                    "“Confirm” to send it to the credit team.",
                    documents=", ".join(held.mapped("display_name")),
                )
            )

    @api.model
    def _search(self, domain, *args, **kwargs):
        # EXTENDS 'account': automatic posting does not try held documents every time
        if self.env.context.get("crm_credit_autopost"):
            domain = Domain(domain) & Domain("credit_state", "not in", _STOPPED)
        return super()._search(domain, *args, **kwargs)

    # Posting

    def _post(self, soft=True):
        # EXTENDS 'account'
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            return super()._post(soft)  # refuses
        later = self.browse()
        if soft:
            today = fields.Date.context_today(self)
            later = self.filtered(lambda move: move.date > today)
        checked = self._credit_except(later)
        going = self._credit_except(checked - checked._credit_pass())
        with going._credit_clear():
            posted = super(AccountMove, going)._post(soft)
        self.env["crm.credit.hold"]._follow_names(posted)
        posted._credit_cure()
        return posted

    @api.model
    def _autopost_draft_entries(self, batch_size=100):
        # EXTENDS 'account'
        moves = self.with_context(crm_credit_autopost=True)
        return self.env["crm.credit.ticket"]._replayed(
            lambda: super(AccountMove, moves)._autopost_draft_entries(batch_size)
        )

    def button_draft(self):
        # EXTENDS 'account'
        reopened = self._credit_freeing_moves()
        self._credit_close_holds()
        res = super().button_draft()
        reopened._credit_recheck(self.env._("A credit note or payment was reopened."))
        return res

    def button_cancel(self):
        # EXTENDS 'account'
        cancelled = self._credit_freeing_moves()
        self._credit_close_holds()
        res = super().button_cancel()
        cancelled._credit_recheck(self.env._("A credit note or payment was cancelled."))
        return res

    def _credit_close_holds(self):
        for hold in self.env["crm.credit.hold"]._open_for(self):
            hold._decide(
                "cancelled",
                self.env._("The document was reset or cancelled."),
                is_automatic=True,
            )

    # What a document tells about itself

    @api.model
    def _credit_checkpoint(self):
        return "invoice"

    def _credit_pending(self):
        return self.filtered(lambda move: move.state == "draft")

    def _credit_judged(self):
        """Customer invoices, and entries that raise a receivable."""
        return self.filtered(
            lambda move: (
                move.state == "draft"
                and (
                    move.move_type in _INVOICE_TYPES or move._credit_manual_debit() > 0
                )
            )
        )

    def _credit_manual_debit(self):
        """Return what an entry adds to the receivable of its customer."""
        self.ensure_one()
        if self.move_type != "entry" or self.origin_payment_id:
            return 0.0
        lines = self._credit_receivable_lines()
        if len(lines.partner_id.commercial_partner_id) != 1:
            return 0.0
        return sum(lines.mapped("balance"))

    def _credit_receivable_lines(self):
        return self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable" and line.partner_id
            )
        )

    def _credit_partner(self):
        # EXTENDS 'crm_credit'
        if self.move_type == "entry":
            return self._credit_receivable_lines().partner_id.commercial_partner_id
        return self.commercial_partner_id

    def _credit_name(self):
        """A draft has no number yet: its id tells it from the others."""
        # EXTENDS 'crm_credit'
        if self.name and self.name != "/":
            return self.name
        return self.env._("Draft Invoice #%(number)s", number=self.id)

    def _credit_salesperson(self):
        # EXTENDS 'crm_credit'
        return self.invoice_user_id

    def _credit_payment_term(self):
        # EXTENDS 'crm_credit'
        return self.invoice_payment_term_id

    def _credit_base(self, position):
        """Other drafts do not count: of several the first to be posted wins."""
        # EXTENDS 'crm_credit'
        return position["exposure"] - position["drafts"]

    @api.model
    def _credit_parts_unused(self):
        # EXTENDS 'crm_credit'
        return ("drafts",)

    def _credit_warn_only(self):
        """Technical entries must go through; the accountant who wrote them knows."""
        # EXTENDS 'crm_credit'
        return self.filtered(lambda move: move.move_type == "entry")

    def _credit_amounts(self, positions=None):
        # EXTENDS 'crm_credit'
        counted = self._fetch_credit_counted(positions)
        amounts = {}
        for move in self:
            amount = move._credit_total()
            amounts[move.id] = (amount, max(amount - counted.get(move.id, 0.0), 0.0))
        return amounts

    def _credit_total(self):
        """Return what posting adds to the receivable, at the rate it will have."""
        self.ensure_one()
        if self.move_type == "entry":
            return self._credit_manual_debit()
        total = self.amount_total_signed
        if not self.invoice_date and self.currency_id != self.company_currency_id:
            today = fields.Date.context_today(self)
            at_rate = self.currency_id._convert(
                self.amount_total, self.company_currency_id, self.company_id, today
            )
            total = max(total, at_rate)
        return total

    def _fetch_credit_counted(self, positions=None):
        """Return what other parts of the exposure already count, by move id."""
        return {}

    # Cures and re-checks

    def _credit_freeing_moves(self):
        """Return the posted documents that lower what a customer owes."""
        return self.filtered(
            lambda move: move.state == "posted" and move._credit_frees()
        )

    def _credit_frees(self):
        self.ensure_one()
        if self.move_type in ("out_refund", *_INVOICE_TYPES):
            return self.move_type == "out_refund"
        if self.move_type != "entry":
            return False
        return sum(self._credit_receivable_lines().mapped("balance")) < 0

    def _credit_cure(self):
        """Release what waits for the money these documents bring."""
        freeing = self._credit_freeing_moves()
        for company, moves in freeing.grouped("company_id").items():
            partners = moves._credit_receivable_lines().partner_id
            self.env["crm.credit.hold"]._reevaluate_if_open(partners, company)

    def _credit_recheck(self, cause):
        """Tell the credit team if customers are over their limit now."""
        for company, moves in self.grouped("company_id").items():
            partners = moves._credit_receivable_lines().partner_id
            self.env["crm.customer"]._credit_recheck(partners, company, cause)
