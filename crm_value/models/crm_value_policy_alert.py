from odoo import fields, models


class CrmValuePolicy(models.Model):
    """When a month of a customer is unusual."""

    _inherit = "crm.value.policy"

    alert_classes = fields.Selection(
        [
            ("a", "Class A"),
            ("ab", "Classes A and B"),
            ("all", "All customers"),
        ],
        string="Watch",
        required=True,
        default="ab",
        tracking=True,
        help="Customers whose months are watched. The account manager gets an activity "
        "when the last full month does not fit the customer's own history.",
    )
    alert_threshold = fields.Float(
        string="Unusual from",
        required=True,
        default=3.5,
        tracking=True,
        help="Distance from the usual month, in usual deviations of the customer.",
    )
    alert_min_months = fields.Integer(
        string="Months of History Needed", required=True, default=6, tracking=True
    )
    alert_min_pct = fields.Float(
        string="Deviation of at least (%)",
        required=True,
        default=10.0,
        help="A very steady customer counts as varying by this much of a usual month.",
    )

    _alert_threshold_range = models.Constraint(
        "CHECK (alert_threshold > 0 AND alert_min_pct >= 0)",
        "The bounds of an unusual month must be positive.",
    )
    _alert_history_range = models.Constraint(
        "CHECK (alert_min_months BETWEEN 3 AND 24)",
        "An alert needs 3 to 24 months of history.",
    )
