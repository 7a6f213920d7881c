from odoo import fields, models

from odoo.addons.crm_credit.models.crm_credit_policy import CHECK_MODES


class CrmCreditPolicy(models.Model):
    _inherit = "crm.credit.policy"

    delivery_mode = fields.Selection(
        CHECK_MODES,
        string="Delivering Goods",
        required=True,
        default="warn",
        tracking=True,
        help="Off: no check. Warn: the goods leave and the delivery is marked. Hold: "
        "the delivery waits until the credit team decides. Block: delivering is "
        "refused.",
    )
