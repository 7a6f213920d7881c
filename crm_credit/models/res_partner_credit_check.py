from odoo import models


class ResPartner(models.Model):
    """A customer that joins another brings its debt along."""

    _inherit = "res.partner"

    def write(self, vals):
        moving = bool({"parent_id", "is_company"} & set(vals))
        before = {p: p.commercial_partner_id for p in self} if moving else {}
        done = super().write(vals)
        moved = self.filtered(lambda p: before.get(p, p) != p.commercial_partner_id)
        if moving and moved:
            moved._credit_recheck_moved()
        return done

    def _credit_recheck_moved(self):
        """Look at the limits of the customers these partners belong to now."""
        customers = self.commercial_partner_id
        rows = (
            self.env["crm.customer"]
            .sudo()
            ._read_group([("partner_id", "in", (self | customers).ids)], ["company_id"])
        )
        for (company,) in rows:
            self.env["crm.customer"]._credit_recheck(
                customers, company, self.env._("The customer took over another one.")
            )
