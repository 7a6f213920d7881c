from odoo import api, fields, models
from odoo.tools import format_date


class CrmCreditGuarantee(models.Model):
    """What secures the debt of a customer and raises its limit while valid."""

    _name = "crm.credit.guarantee"
    _inherit = ["crm.credit.limit.mixin", "mail.thread.main.attachment"]
    _description = "Credit Guarantee"
    _order = "date_to desc, id desc"
    _rec_name = "reference"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    kind = fields.Selection(
        [
            ("insurance", "Credit Insurance"),
            ("bank", "Bank Guarantee"),
            ("parent", "Parent Company Guarantee"),
            ("deposit", "Deposit"),
            ("pledge", "Pledge or Mortgage"),
            ("other", "Other"),
        ],
        required=True,
        default="insurance",
        tracking=True,
    )
    reference = fields.Char(
        required=True, tracking=True, help="Number of the policy or of the deed."
    )
    guarantor_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Who pays when the customer does not.",
    )
    amount = fields.Monetary(required=True, tracking=True)
    covered_pct = fields.Float(
        string="Covered (%)",
        required=True,
        default=100.0,
        tracking=True,
        help="The share of the amount the guarantor pays, and that raises the limit.",
    )
    covered_amount = fields.Monetary(
        string="Raises Limit by", compute="_compute_covered_amount", store=True
    )
    date_from = fields.Date(
        string="Valid From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    date_to = fields.Date(
        string="Valid Until", tracking=True, help="Empty: until it is archived."
    )
    document_ids = fields.Many2many("ir.attachment", string="Documents")
    active = fields.Boolean(default=True, tracking=True)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A guarantee needs an amount above zero."
    )
    _covered_share = models.Constraint(
        "CHECK (covered_pct > 0 AND covered_pct <= 100)",
        "The covered share must lie above 0 % and not over 100 %.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from <= date_to)",
        "A guarantee must end after it starts.",
    )

    @api.depends("amount", "covered_pct")
    def _compute_covered_amount(self):
        for guarantee in self:
            guarantee.covered_amount = guarantee.amount * guarantee.covered_pct / 100

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._credit_commercial_vals(vals_list))

    def _credit_grant_amount(self):
        return self.covered_amount

    def _credit_partners(self):
        return self.partner_id

    def _credit_new_values(self):
        return {
            guarantee.id: self.env._(
                "%(amount)s guaranteed from %(start)s to %(end)s",
                amount=guarantee.partner_id._format_credit(
                    guarantee.covered_amount, guarantee.company_id
                ),
                start=format_date(self.env, guarantee.date_from),
                end=format_date(self.env, guarantee.date_to) or self.env._("no end"),
            )
            for guarantee in self
            if guarantee.active
        }

    def _credit_event_reason(self):
        return self.reference
