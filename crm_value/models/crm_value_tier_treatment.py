from odoo import fields, models


class CrmValueTier(models.Model):
    """How the customers of a tier are treated."""

    _inherit = "crm.value.tier"

    currency_id = fields.Many2one(related="company_id.currency_id")
    relationship_type = fields.Selection(
        [
            ("basic", "Basic: sell the product"),
            ("reactive", "Reactive: answer questions"),
            ("accountable", "Accountable: ask after the sale"),
            ("proactive", "Proactive: come with ideas"),
            ("partnership", "Partnership: develop together"),
        ],
        default="basic",
        help="How close the relationship with these customers should be.",
    )
    contact_days = fields.Integer(
        string="Contact Every (days)",
        required=True,
        default=0,
        help="After this many days without contact the account manager gets an "
        "activity. 0: no regular contact.",
    )
    contact_activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Contact Channel",
        domain="[('res_model', 'in', [False, 'crm.customer'])]",
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "mail.mail_activity_data_call", raise_if_not_found=False
        ),
        help="The kind of activity scheduled: call, meeting, e-mail.",
    )
    account_manager_id = fields.Many2one(
        "res.users",
        string="Fallback Account Manager",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="set null",
        help="Looks after the customers of this tier whose contact has no salesperson.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        domain="[('company_id', 'in', [False, company_id])]",
        ondelete="set null",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        domain="[('company_id', 'in', [False, company_id])]",
        ondelete="set null",
    )
    service_note = fields.Text(
        translate=True, help="What these customers may expect; shown on each of them."
    )

    _contact_days_positive = models.Constraint(
        "CHECK (contact_days >= 0)", "The days between contacts cannot be negative."
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"pricelist_id", "payment_term_id"}:
            # sudo: whoever may change the tier changes what follows from it
            self.env["crm.customer"].sudo()._forget_treatment(self)
        return result
