from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics.tier_review import ReviewCalendar
from ..analytics.tiering import TierRules


class CrmValuePolicy(models.Model):
    """When tiers are reviewed, how gently customers fall, what a score weighs."""

    _inherit = "crm.value.policy"

    review_rhythm = fields.Selection(
        [
            ("period", "At the start of a calendar period"),
            ("fixed", "On fixed dates of the year"),
            ("anniversary", "On the anniversary of the first purchase"),
        ],
        string="Tier Review",
        required=True,
        default="period",
        tracking=True,
        help="Customers move up as soon as they reach a better tier; they move down "
        "only if a review finds them below the keep bound of their tier.",
    )
    review_period = fields.Selection(
        [
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half Year"),
            ("year", "Year"),
        ],
        required=True,
        default="quarter",
        tracking=True,
    )
    review_date_ids = fields.One2many(
        "crm.value.review.date", "policy_id", string="Review Dates", copy=True
    )
    is_one_step = fields.Boolean(
        string="One Step Down at Most",
        default=True,
        tracking=True,
        help="A review moves a customer down by one tier, however low its value is.",
    )
    grace_days = fields.Integer(
        string="Grace Period (days)",
        default=30,
        required=True,
        tracking=True,
        help="Days between the review that finds a customer below the keep bound and "
        "the downgrade. The account manager gets an activity when it begins; a "
        "customer that recovers in time keeps its tier. No customer changes tier "
        "twice within these days.",
    )
    weight_ids = fields.One2many(
        "crm.value.score.weight", "policy_id", string="Score Weights", copy=True
    )

    _grace_days_positive = models.Constraint(
        "CHECK (grace_days >= 0)", "The grace period cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        checking = self._hold_bounds_check()
        try:
            policies = super().create(vals_list)
        finally:
            self._release_bounds_check(checking)
        policies._check_bounds()
        return policies

    def write(self, vals):
        checking = self._hold_bounds_check()
        try:
            result = super().write(vals)
        finally:
            self._release_bounds_check(checking)
        if vals.keys() & {"tier_ids", "method"}:
            self._check_bounds()
        if vals.keys() & {"review_rhythm", "review_period", "review_date_ids"}:
            self._restart_reviews()
        return result

    def _hold_bounds_check(self):
        """Leave the bounds unchecked while several tiers of a policy are saved."""
        pending = self.env.cr.precommit.data.setdefault("crm_value.bounds", [])
        pending.append(True)
        return pending

    def _release_bounds_check(self, pending):
        pending.pop()

    @api.constrains("review_rhythm", "review_date_ids")
    def _check_review_dates(self):
        for policy in self:
            if policy.review_rhythm == "fixed" and not policy.review_date_ids:
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” reviews tiers on fixed dates: add at "
                        "least one date.",
                        policy=policy.name,
                    )
                )

    @api.constrains("method", "weight_ids")
    def _check_weights(self):
        for policy in self:
            if policy.method == "score" and not policy.weight_ids:
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” ranks customers by a score: say which "
                        "measures count and how much.",
                        policy=policy.name,
                    )
                )

    def _check_bounds(self):
        """Raise if the bounds of a policy overlap or a keep bound is no laxer."""
        if self.env.cr.precommit.data.get("crm_value.bounds"):
            return
        for policy in self:
            tiers = policy._rated_tiers()
            for better, worse in zip(tiers, tiers[1:], strict=False):
                policy._check_bound_pair(better, worse)
            for tier in tiers:
                policy._check_bound_range(tier)

    def _check_bound_range(self, tier):
        if not self._higher_is_better() or self.method == "score":
            limit = max(tier.lower_bound, tier.keep_bound)
            if limit > 100:
                raise ValidationError(
                    self.env._(
                        "The bounds of tier “%(tier)s” in policy “%(policy)s” are "
                        "shares: enter at most 100.",
                        tier=tier.name,
                        policy=self.name,
                    )
                )

    def _check_bound_pair(self, better, worse):
        sign = 1 if self._higher_is_better() else -1
        if sign * better.lower_bound <= sign * worse.lower_bound:
            raise ValidationError(
                self.env._(
                    "The bounds of policy “%(policy)s” overlap: “%(better)s” "
                    "(%(better_bound)s) must be harder to reach than “%(worse)s” "
                    "(%(worse_bound)s), which comes after it.",
                    policy=self.name,
                    better=better.name,
                    better_bound=better.lower_bound,
                    worse=worse.name,
                    worse_bound=worse.lower_bound,
                )
            )
        keep = better._keep_bound()
        if sign * keep > sign * better.lower_bound:
            raise ValidationError(
                self.env._(
                    "The keep bound of tier “%(tier)s” in policy “%(policy)s” "
                    "(%(keep)s) is stricter than its entry bound (%(entry)s): a "
                    "customer would lose the tier on the day it reaches it.",
                    tier=better.name,
                    policy=self.name,
                    keep=keep,
                    entry=better.lower_bound,
                )
            )
        if sign * keep < sign * worse.lower_bound:
            raise ValidationError(
                self.env._(
                    "The keep bound of tier “%(tier)s” in policy “%(policy)s” "
                    "(%(keep)s) reaches beyond the entry bound of “%(next)s” "
                    "(%(entry)s): the two tiers overlap.",
                    tier=better.name,
                    policy=self.name,
                    keep=keep,
                    next=worse.name,
                    entry=worse.lower_bound,
                )
            )

    def _rated_tiers(self):
        """Return the tiers customers are sorted into, best first."""
        return self.tier_ids.filtered(lambda tier: not tier.is_new).sorted()

    def _new_tier(self):
        """Return the tier of customers too new to judge, if the policy has one."""
        return self.tier_ids.filtered("is_new")

    def _higher_is_better(self):
        """Whether a standing must be at or above a bound, else below it."""
        self.ensure_one()
        return self.method in ("threshold", "score")

    def _tier_rules(self) -> TierRules:
        self.ensure_one()
        tiers = self._rated_tiers()
        return TierRules(
            entry=tuple(tiers.mapped("lower_bound")),
            keep=tuple(tier._keep_bound() for tier in tiers),
            higher_is_better=self._higher_is_better(),
            one_step=self.is_one_step,
            grace_days=self.grace_days,
        )

    def _review_calendar(self) -> ReviewCalendar:
        self.ensure_one()
        return ReviewCalendar(
            rhythm=self.review_rhythm,
            period=self.review_period,
            days=tuple((int(d.month), d.day) for d in self.review_date_ids),
        )

    def _restart_reviews(self):
        """Let the next run set the next review of every customer anew."""
        customers = self.env["crm.customer"]
        companies = self.filtered("active").company_id
        if companies:
            customers._forget_review_dates(companies)

    @api.model
    def _score_measures(self):
        """Return the measures a score may weigh: name → (label, column), more = better.

        A later date counts as more. Extend the dict, never replace it.
        """
        return {
            "revenue": (self.env._("Revenue in the window"), "revenue_window"),
            "purchases": (
                self.env._("Purchases in the window"),
                "purchase_count_window",
            ),
            "recency": (self.env._("Last purchase"), "last_purchase_date"),
            "history": (self.env._("Revenue ever"), "revenue_total"),
            "contribution": (
                self.env._("Contribution in the window"),
                "contribution_window",
            ),
            "clv": (self.env._("Lifetime value"), "clv"),
        }
