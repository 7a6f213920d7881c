from odoo import models


class ResConfigSettings(models.TransientModel):
    """The limit of every customer without one of its own is a decision too."""

    _inherit = "res.config.settings"

    def _inverse_account_default_credit_limit(self):
        # EXTENDS 'account': a changed default needs authority and is looked at again
        Customer = self.env["crm.customer"]
        roots = self.company_id.root_id
        before = {root: Customer._credit_company_default(root) for root in roots}
        result = super()._inverse_account_default_credit_limit()
        for root in roots:
            default = Customer._credit_company_default(root)
            if default == before[root]:
                continue
            if not self.env.su:
                self.env["crm.credit.authority"]._check_may_grant(
                    root, [default if default > 0 else None]
                )
            # sudo: holds are looked at again whoever changed the default
            stopped = self.env["crm.credit.hold"].sudo()
            domain = [("company_id", "child_of", root.id), ("state", "=", "open")]
            Customer._credit_limit_changed(stopped.search(domain).partner_id, root)
        return result
