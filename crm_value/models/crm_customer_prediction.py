from odoo import fields, models


class CrmCustomer(models.Model):
    """What a customer is expected to do and to bring."""

    _inherit = "crm.customer"

    p_alive = fields.Float(
        string="Probability Alive",
        readonly=True,
        default=0,
        digits=(5, 4),
        aggregator="avg",
        help="How likely the customer is still a customer, from 0 to 1, by the "
        "purchase model of the company. Empty where there are too few customers for "
        "a model.",
    )
    expected_purchases = fields.Float(
        readonly=True,
        default=0,
        digits=(16, 2),
        help="Purchases expected within the horizon of the policy.",
    )
    clv = fields.Monetary(
        string="Lifetime Value",
        readonly=True,
        default=0,
        help="Margin of the purchases expected within the horizon of the policy, "
        "discounted to today.",
    )
    next_purchase_date = fields.Date(
        string="Next Purchase Expected",
        readonly=True,
        help="Day by which the customer has bought again with a chance of one half. A "
        "day in the past means that the purchase is overdue.",
    )
    churn_band = fields.Selection(
        [
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
            ("lost", "Lost"),
        ],
        string="Churn Risk",
        readonly=True,
    )
    prediction_basis = fields.Selection(
        [("model", "Purchase model"), ("baseline", "Plain baseline")],
        readonly=True,
        help="Purchase model: fitted to all customers of the company. Plain baseline: "
        "the average of the window carried forward, used while there are too few "
        "customers for a model or the model proved no better.",
    )
