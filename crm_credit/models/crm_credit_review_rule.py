from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class CrmCreditReviewRule(models.Model):
    """How often a limit is looked at again, by how much and to whom it is granted."""

    _name = "crm.credit.review.rule"
    _description = "Credit Review Rhythm"
    _order = "sequence, amount_from desc, id"
    _rec_name = "months"

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        domain=[("parent_id", "=", False)],
        help="Empty: every company.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    trust = fields.Selection(
        [("good", "Good Debtor"), ("normal", "Normal Debtor"), ("bad", "Bad Debtor")],
        string="Rating",
        help="The degree of trust on the customer; empty: whatever it is.",
    )
    amount_from = fields.Monetary(
        string="Limit From",
        required=True,
        default=0.0,
        help="The rule is for limits of this amount and above.",
    )
    months = fields.Integer(string="Review After (months)", required=True, default=12)

    _months_positive = models.Constraint(
        "CHECK (months > 0)", "The next review must be at least one month away."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount_from >= 0)", "A credit limit cannot be negative."
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.model
    def _for_company(self, company):
        # sudo: the rhythm holds whoever decided the limit
        return self.sudo().search([("company_id", "in", [company.root_id.id, False])])

    def _next_review(self, trust, amount, today):
        """Return the day of the next review, False if no rule asks for one.

        :param amount: the limit, None when unlimited
        """
        for rule in self:
            if rule.trust and rule.trust != (trust or "normal"):
                continue
            if amount is None or amount >= rule.amount_from:
                return today + relativedelta(months=rule.months)
        return False
