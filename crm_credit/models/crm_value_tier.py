from odoo import api, fields, models


class CrmValueTier(models.Model):
    """How much credit customers of a tier get who have no limit of their own."""

    _inherit = "crm.value.tier"

    credit_limit = fields.Monetary(
        string="Default Credit Limit",
        help="For customers of this tier without a limit of their own; it moves with "
        "the tier. 0: they get the default limit of the company.",
    )

    _credit_limit_positive = models.Constraint(
        "CHECK (credit_limit >= 0)", "A credit limit cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        granted = set(
            self.sudo().search([("credit_limit", ">", 0)]).mapped("credit_limit")
        )
        tiers = super().create(vals_list)
        limited = tiers.filtered("credit_limit")
        if limited:
            self.env.registry.clear_cache()
            # the copy of a tier grants nothing that was not decided before
            new = limited.filtered(lambda tier: tier.credit_limit not in granted)
            new._check_credit_grant()
        return tiers

    def write(self, vals):
        if "credit_limit" not in vals:
            return super().write(vals)
        before = {tier: tier.credit_limit for tier in self}
        done = super().write(vals)
        changed = self.filtered(lambda tier: tier.credit_limit != before[tier])
        if changed:
            self.env.registry.clear_cache()
            changed._check_credit_grant()
            self.env["res.partner"].invalidate_model(
                ["credit_mode", "credit_limit_origin", "credit_panel"], flush=False
            )
            for tier in changed:
                tier._announce_credit_limit(before[tier])
        return done

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_credit_grant(self):
        if self.env.su:
            return
        for company, tiers in self.grouped("company_id").items():
            self.env["crm.credit.authority"]._check_may_grant(
                company.root_id, tiers.mapped("credit_limit")
            )

    def _announce_credit_limit(self, before):
        """Append to the history of the customers; look at their documents again."""
        self.ensure_one()
        root = self.company_id.root_id
        Customer = self.env["crm.customer"]
        # sudo: everybody in the tier is concerned, whoever looks after them
        rows = Customer.sudo().search(
            [("tier_id", "=", self.id), ("company_id", "=", root.id)]
        )
        own = Customer._credit_own_limits(rows, root)
        rows = rows.filtered(lambda row: row.partner_id.id not in own)
        Partner = self.env["res.partner"]
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": row.id,
                    "company_id": root.id,
                    "kind": "limit",
                    "old_value": Partner._format_credit(before, root),
                    "new_value": Partner._format_credit(self.credit_limit, root),
                    "reason": self.env._(
                        "The default limit of tier “%(tier)s” was changed.",
                        tier=self.name,
                    ),
                    "user_id": self.env.uid,
                }
                for row in rows
            ]
        )
        if rows:
            Customer._credit_limit_changed(rows.partner_id, root)
