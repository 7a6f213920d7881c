from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmValueTier(models.Model):
    """A level of customer value, with the bound a customer must reach for it.

    Tiers belong to one policy, best first. One tier of a policy may be marked
    for customers that are too new to judge.
    """

    _name = "crm.value.tier"
    _description = "Value Tier"
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "crm.value.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10, help="The best tier comes first.")
    lower_bound = fields.Float(
        digits=(16, 2),
        help="ABC method: the customer belongs here while the customers that are "
        "worth more make up less than this percentage of the total value.",
    )
    is_new = fields.Boolean(
        string="For New Customers",
        help="Customers whose first purchase is more recent than the minimum history "
        "of the policy are shown here until they can be judged.",
    )
    color = fields.Integer()

    _lower_bound_positive = models.Constraint(
        "CHECK (lower_bound >= 0)", "The bound of a tier cannot be negative."
    )
    _one_new_tier = models.UniqueIndex(
        "(policy_id) WHERE is_new", "A policy can have only one tier for new customers."
    )

    @api.constrains("lower_bound", "policy_id")
    def _check_lower_bound(self):
        for tier in self:
            if tier.policy_id.method == "abc" and tier.lower_bound > 100:
                raise ValidationError(
                    self.env._(
                        "The bound of tier “%(tier)s” is a share of the total value: "
                        "enter at most 100 %%.",
                        tier=tier.name,
                    )
                )
