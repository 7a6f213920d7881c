from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CrmCreditTemporaryLimit(models.Model):
    """A limit that replaces the permanent one of a customer between two days."""

    _name = "crm.credit.temporary.limit"
    _inherit = "crm.credit.limit.mixin"
    _description = "Temporary Credit Limit"
    _order = "date_from desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    amount = fields.Monetary(string="Limit", required=True)
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(string="To", required=True)
    reason = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A credit limit cannot be negative."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_from <= date_to)", "A temporary limit must end after it starts."
    )

    @api.constrains("partner_id", "company_id", "date_from", "date_to", "active")
    def _check_overlap(self):
        for limit in self.filtered("active"):
            other = self.search(
                [
                    ("id", "!=", limit.id),
                    ("partner_id", "=", limit.partner_id.id),
                    ("company_id", "=", limit.company_id.id),
                    ("date_from", "<=", limit.date_to),
                    ("date_to", ">=", limit.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(customer)s already has a temporary limit from %(start)s to "
                        "%(end)s: end or archive it first.",
                        customer=limit.partner_id.display_name,
                        start=format_date(self.env, other.date_from),
                        end=format_date(self.env, other.date_to),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._credit_commercial_vals(vals_list))

    def _credit_grant_amount(self):
        return self.amount

    def _credit_partners(self):
        return self.partner_id

    def _credit_new_values(self):
        return {
            limit.id: self.env._(
                "%(amount)s from %(start)s to %(end)s",
                amount=limit.partner_id._format_credit(limit.amount, limit.company_id),
                start=format_date(self.env, limit.date_from),
                end=format_date(self.env, limit.date_to),
            )
            for limit in self
            if limit.active
        }

    def _credit_event_reason(self):
        return self.reason
