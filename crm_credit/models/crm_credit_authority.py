from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class CrmCreditAuthority(models.Model):
    """How much credit the members of a role may decide on their own."""

    _name = "crm.credit.authority"
    _description = "Credit Authority"
    _order = "company_id, is_unlimited desc, amount desc, id"
    _rec_name = "group_id"

    group_id = fields.Many2one(
        "res.groups",
        string="Role",
        required=True,
        index=True,
        ondelete="cascade",
        help="Members of this role may decide up to the amount.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        domain=[("parent_id", "=", False)],
        help="Empty: in every company that has no line of its own for the role.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    is_unlimited = fields.Boolean(
        string="Any Amount", help="Members may also grant unlimited credit."
    )
    amount = fields.Monetary(
        string="Up To",
        help="The highest limit of one customer, or the highest amount of one held "
        "document, members may decide.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "The amount a role may decide cannot be negative."
    )
    _role_uniq = models.UniqueIndex(
        "(group_id, COALESCE(company_id, 0))",
        "This role already has a line for this company.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for authority in self:
            company = authority.company_id or self.env.company
            authority.currency_id = company.currency_id

    @api.model
    def _amount_for(self, user, company):
        """Return how much ``user`` may decide in ``company``.

        The best of the user's roles counts; None is any amount, 0.0 nothing.
        """
        root = company.root_id
        # sudo: the table is read to judge the user, who need not see it
        lines = self.sudo().search(
            [
                ("group_id", "in", user.all_group_ids.ids),
                ("company_id", "in", [root.id, False]),
            ]
        )
        own = lines.filtered("company_id")
        lines = own | lines.filtered(lambda line: line.group_id not in own.group_id)
        if any(lines.mapped("is_unlimited")):
            return None
        return max(lines.mapped("amount"), default=0.0)

    @api.model
    def _is_within(self, user, company, amount):
        """Tell whether ``user`` may decide ``amount``; None is without bound."""
        allowed = self._amount_for(user, company)
        if allowed is None:
            return True
        if amount is None or not allowed:
            return False
        return company.currency_id.compare_amounts(amount, allowed) <= 0

    @api.model
    def _check_may_grant(self, company, amounts):
        """Refuse limits above the authority of the current user.

        :param amounts: the limits to be granted, None for an unlimited one
        """
        user = self.env.user
        if all(self._is_within(user, company, amount) for amount in amounts):
            return
        allowed = self._amount_for(user, company)
        if not allowed:
            raise UserError(
                self.env._(
                    "You may not decide credit limits. Use “Change Limit” on the "
                    "customer: your request goes to someone who may."
                )
            )
        raise UserError(
            self.env._(
                "You may decide credit limits up to %(allowed)s. Use “Change Limit” on "
                "the customer: your request goes to someone who may decide more.",
                allowed=formatLang(self.env, allowed, currency_obj=company.currency_id),
            )
        )
