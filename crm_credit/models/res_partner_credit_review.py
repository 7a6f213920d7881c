from odoo import api, fields, models


class ResPartner(models.Model):
    """Limits are looked at again: on their review date and when they end."""

    _inherit = "res.partner"

    def _after_credit_terms(self, before, root):
        super()._after_credit_terms(before, root)
        self._plan_credit_review(root)

    def _plan_credit_review(self, root):
        """Set the next review of customers whose limit was just decided."""
        Rule = self.env["crm.credit.review.rule"]
        rules = Rule._for_company(root)
        today = fields.Date.context_today(self)
        terms = self._credit_terms(root)
        # sudo: the date follows from the decision, which was allowed
        for customer in self.sudo().with_company(root):
            if customer.commercial_partner_id != customer:
                continue
            mode, __, __ = terms[customer.id]
            amount = self._credit_amount(terms[customer.id])
            customer.credit_review_date = mode != "none" and rules._next_review(
                customer.trust, amount, today
            )

    @api.model
    def _cron_review_credit_limits(self):
        """Ask the credit team for the reviews that are due and the limits that end."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        for company in companies:
            self.with_company(company)._ask_credit_reviews(company)

    @api.model
    def _ask_credit_reviews(self, company):
        today = fields.Date.context_today(self)
        due = self.search(
            [
                "|",
                ("credit_review_date", "<=", today),
                ("credit_limit_valid_until", "<=", today),
            ]
        ).filtered(lambda partner: partner.commercial_partner_id == partner)
        rows = self.env["crm.customer"]._for_partner(due, company)
        review = self.env.ref("crm_credit.mail_activity_type_review")
        asked = rows.activity_ids.filtered(
            lambda activity: activity.activity_type_id == review
        )
        for row in rows.filtered(lambda row: not row.activity_ids & asked):
            row.activity_schedule(
                "crm_credit.mail_activity_type_review",
                user_id=row._credit_reviewer().id,
                summary=self.env._("Review the credit limit"),
            )
