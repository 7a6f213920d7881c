from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Matching decides what is overdue, so it can cure a hold or bring one about."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        for company, partners in partials._credit_customers().items():
            self.env["crm.credit.hold"]._reevaluate_if_open(partners, company)
        return partials

    def unlink(self):
        customers = self._credit_customers()
        res = super().unlink()
        for company, partners in customers.items():
            self.env["crm.customer"]._credit_recheck(
                partners, company, self.env._("A payment was unmatched.")
            )
        return res

    def _credit_customers(self):
        """Return the customers whose receivables are matched, by company."""
        lines = (self.debit_move_id | self.credit_move_id).filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable" and line.partner_id
            )
        )
        return {
            company: group.partner_id
            for company, group in lines.grouped("company_id").items()
        }
