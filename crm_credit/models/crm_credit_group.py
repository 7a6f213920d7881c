from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCreditGroup(models.Model):
    """Customers who share one limit, as the companies of one owner do."""

    _name = "crm.credit.group"
    _inherit = ["crm.credit.limit.mixin", "mail.thread"]
    _description = "Credit Group"
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    amount = fields.Monetary(
        string="Shared Limit",
        required=True,
        tracking=True,
        help="What all members together may owe. Each keeps its own limit below it.",
    )
    member_ids = fields.One2many("crm.credit.group.member", "group_id")
    active = fields.Boolean(default=True, tracking=True)
    exposure = fields.Monetary(
        string="Used", compute="_compute_exposure", help="What all members owe today."
    )
    available = fields.Monetary(compute="_compute_exposure")

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A credit limit cannot be negative."
    )

    @api.depends("member_ids.partner_id", "amount", "company_id")
    def _compute_exposure(self):
        Customer = self.env["crm.customer"]
        self.exposure = 0.0
        for company, groups in self.grouped("company_id").items():
            partners = groups.member_ids.partner_id
            positions = Customer.credit_position(partners, company) if company else {}
            for group in groups:
                group.exposure = sum(
                    positions[partner.id]["exposure"]
                    for partner in group.member_ids.partner_id
                )
        for group in self:
            group.available = group.amount - group.exposure

    @api.constrains("company_id", "member_ids")
    def _check_member_company(self):
        for group in self:
            if group.member_ids.company_id - group.company_id:
                raise ValidationError(
                    self.env._(
                        "The company of the credit group %(group)s cannot change while "
                        "it has members.",
                        group=group.name,
                    )
                )

    def _credit_grant_amount(self):
        return self.amount

    def _credit_partners(self):
        return self.member_ids.partner_id

    def _credit_new_values(self):
        return {
            group.id: self.env._(
                "%(amount)s shared in %(group)s",
                amount=self.env["res.partner"]._format_credit(
                    group.amount, group.company_id
                ),
                group=group.name,
            )
            for group in self
            if group.active
        }

    def _credit_event_reason(self):
        return self.name
