from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmValuePolicy(models.Model):
    """How one company judges the value of its customers: measure, window, tiers."""

    _name = "crm.value.policy"
    _inherit = ["mail.thread"]
    _description = "Value Policy"
    _order = "company_id, active desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(
        [
            ("abc", "ABC: cumulative share of value"),
            ("quantile", "Quantile: best part of the customers"),
            ("threshold", "Threshold: amount of value"),
            ("score", "Score: weighted measures"),
        ],
        required=True,
        default="abc",
        tracking=True,
        help="What the bounds of the tiers mean.\n"
        "ABC: the customers worth more together make up less than this share (%) of "
        "the value.\n"
        "Quantile: less than this share (%) of the customers are worth more.\n"
        "Threshold: the value is at least this amount.\n"
        "Score: the score, from 0 to 100, is at least this.\n"
        "The last tier takes all other customers.",
    )
    window_months = fields.Integer(
        string="Window (months)",
        required=True,
        default=12,
        tracking=True,
        help="Revenue of this many months up to today decides the value; the same "
        "number of months before that is kept for comparison.",
    )
    minimum_history_days = fields.Integer(
        string="Minimum History (days)",
        required=True,
        default=90,
        tracking=True,
        help="A customer whose first purchase is more recent than this is new: it is "
        "not judged yet.",
    )
    abc_a_share = fields.Float(
        string="Class A up to (%)", required=True, default=80.0, tracking=True
    )
    abc_b_share = fields.Float(
        string="Class B up to (%)", required=True, default=95.0, tracking=True
    )
    tier_ids = fields.One2many("crm.value.tier", "policy_id", copy=True)

    _window_positive = models.Constraint(
        "CHECK (window_months > 0)", "The window must be at least one month."
    )
    _history_positive = models.Constraint(
        "CHECK (minimum_history_days >= 0)", "The minimum history cannot be negative."
    )
    _abc_shares = models.Constraint(
        "CHECK (0 < abc_a_share AND abc_a_share < abc_b_share AND abc_b_share < 100)",
        "Class A must end before class B, and class B before 100 %.",
    )
    _one_active = models.UniqueIndex(
        "(company_id) WHERE active",
        "This company already has an active value policy. Archive it first.",
    )

    @api.constrains("active", "tier_ids")
    def _check_tiers(self):
        for policy in self:
            if policy.active and not policy.tier_ids.filtered(lambda t: not t.is_new):
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” has no tier to sort customers into: add "
                        "at least one.",
                        policy=policy.name,
                    )
                )

    @api.model
    def _for_company(self, company):
        """Return the active policy of ``company``; made anew if there is none."""
        policy = self.sudo().search([("company_id", "=", company.id)], limit=1)
        return policy or self._ensure(company)

    @api.model
    def _ensure(self, companies):
        """Give each company without an active policy a copy of the shipped policy."""
        # sudo: a new company must get its policy whoever creates the company
        Policy = self.sudo().with_context(active_test=False)
        template = self.env.ref("crm_value.crm_value_policy_default").sudo()
        taken = Policy.search(
            [("company_id", "in", companies.ids), ("active", "=", True)]
        ).company_id
        policies = Policy.browse()
        for company in companies - taken:
            policies |= template.copy(
                {"company_id": company.id, "name": template.name, "active": True}
            )
        return policies

    def action_refresh_now(self):
        """Recompute the measures of every customer of the policy's company."""
        self.ensure_one()
        Customer = self.env["crm.customer"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        return Customer.action_refresh_all()

    def _window_start(self, as_of):
        """Return the first day that counts in the window ending on ``as_of``."""
        self.ensure_one()
        return as_of - relativedelta(months=self.window_months) + relativedelta(days=1)

    def _previous_window_start(self, as_of):
        """Return the first day of the window before the window ending on ``as_of``."""
        self.ensure_one()
        return (
            as_of - relativedelta(months=2 * self.window_months) + relativedelta(days=1)
        )
