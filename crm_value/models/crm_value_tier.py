from odoo import api, fields, models


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
        string="Entry Bound",
        digits=(16, 2),
        help="What a customer must reach to enter the tier; the method of the policy "
        "says what the number means. Threshold and score: at least this. ABC and "
        "quantile: less than this percentage. The last tier takes all others.",
    )
    keep_bound = fields.Float(
        digits=(16, 2),
        help="What a customer must still reach at a review to stay; laxer than the "
        "entry bound, so that small ups and downs move nobody. 0: the same as the "
        "entry bound.",
    )
    is_new = fields.Boolean(
        string="For New Customers",
        help="Customers whose first purchase is more recent than the minimum history "
        "of the policy are shown here until they can be judged.",
    )
    color = fields.Integer()
    origin_id = fields.Many2one(
        "crm.value.tier",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The tier of the policy in force this tier of a draft was copied from.",
    )

    _lower_bound_positive = models.Constraint(
        "CHECK (lower_bound >= 0)", "The bound of a tier cannot be negative."
    )
    _one_new_tier = models.UniqueIndex(
        "(policy_id) WHERE is_new", "A policy can have only one tier for new customers."
    )

    _keep_bound_positive = models.Constraint(
        "CHECK (keep_bound >= 0)", "The keep bound of a tier cannot be negative."
    )

    @api.constrains("lower_bound", "keep_bound", "sequence", "is_new", "policy_id")
    def _check_bounds(self):
        self.policy_id._check_bounds()

    def _keep_bound(self):
        """Return the bound a customer must meet to keep this tier."""
        self.ensure_one()
        return self.keep_bound or self.lower_bound

    def _rank(self):
        """Return the place of the tier, the higher the better; new tiers have none."""
        if not self or self.is_new:
            return None
        return -self.sequence
