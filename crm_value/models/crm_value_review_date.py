from calendar import monthrange

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmValueReviewDate(models.Model):
    """A day of the year on which the tiers of a policy are reviewed."""

    _name = "crm.value.review.date"
    _description = "Tier Review Date"
    _order = "policy_id, month, day"

    policy_id = fields.Many2one(
        "crm.value.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    month = fields.Selection(
        [
            ("01", "January"),
            ("02", "February"),
            ("03", "March"),
            ("04", "April"),
            ("05", "May"),
            ("06", "June"),
            ("07", "July"),
            ("08", "August"),
            ("09", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        required=True,
        default="01",
    )
    day = fields.Integer(required=True, default=1)

    _unique_day = models.Constraint(
        "UNIQUE (policy_id, month, day)", "This review date is listed twice."
    )

    @api.constrains("month", "day")
    def _check_day(self):
        for date in self:
            last = monthrange(2024, int(date.month))[1]  # a leap year
            if not 1 <= date.day <= last:
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s”: a review date needs a day from 1 to "
                        "%(last)s in its month, not %(day)s.",
                        policy=date.policy_id.name,
                        last=last,
                        day=date.day,
                    )
                )
