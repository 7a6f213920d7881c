from odoo import fields, models

from odoo.addons.crm_credit.models.crm_credit_policy import CHECK_MODES


class CrmCreditPolicy(models.Model):
    _inherit = "crm.credit.policy"

    order_mode = fields.Selection(
        CHECK_MODES,
        string="Confirming an Order",
        required=True,
        default="hold",
        tracking=True,
        help="Off: no check. Warn: the order is confirmed and marked. Hold: it stays a "
        "quotation until the credit team decides. Block: confirming is refused. A "
        "confirmed order that grows is checked again; on hold it stays confirmed, but "
        "is not delivered.",
    )
    grace_days = fields.Integer(
        string="Grace between Checkpoints (days)",
        required=True,
        default=0,
        tracking=True,
        help="For so many days after an order passed, its deliveries and invoices are "
        "not checked again.",
    )
    is_delivered_warn_only = fields.Boolean(
        string="Only Warn of Invoices for Delivered Goods",
        default=True,
        tracking=True,
        help="What the customer has received should be invoiced, whatever it owes.",
    )

    _grace_positive = models.Constraint(
        "CHECK (grace_days >= 0)", "The grace between checkpoints cannot be negative."
    )
