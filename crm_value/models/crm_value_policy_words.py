from odoo import models

from ..analytics.tier_review import NEW_TIER


class CrmValuePolicy(models.Model):
    """Tier decisions said in words."""

    _inherit = "crm.value.policy"

    def _verdict_words(self):
        """Return a function that says why a verdict of this policy is what it is."""
        self.ensure_one()
        tiers = self._rated_tiers()
        new = self.env._(
            "The first purchase is less than %s days ago: too new to judge.",
            self.minimum_history_days,
        )

        def words(verdict):
            if verdict.tier == NEW_TIER:
                return new
            standing = self._standing_words(verdict.standing)
            if 0 <= verdict.old_tier < verdict.tier:
                return self._downgrade_words(standing, tiers[verdict.old_tier])
            if verdict.is_announced and verdict.downgrade_day:
                return self._downgrade_words(standing, tiers[verdict.tier])
            return self._entry_words(standing, tiers, verdict.tier)

        return words

    def _standing_words(self, standing):
        if self.method == "abc":
            return self.env._(
                "The customers worth more make up %.1f %% of the value", standing
            )
        if self.method == "quantile":
            return self.env._("%.1f %% of the customers are worth more", standing)
        if self.method == "score":
            return self.env._("The score is %.1f", standing)
        return self.env._("The value is %s", self.currency_id.format(standing))

    def _bound_words(self, bound):
        if self.method == "threshold":
            return self.env._("at least %s", self.currency_id.format(bound))
        if self.method == "score":
            return self.env._("at least %g", bound)
        return self.env._("less than %g %%", bound)

    def _entry_words(self, standing, tiers, index):
        tier = tiers[index]
        if tier == tiers[-1]:
            return self.env._(
                "%(standing)s; “%(tier)s” takes all who reach no better tier.",
                standing=standing,
                tier=tier.name,
            )
        return self.env._(
            "%(standing)s; “%(tier)s” needs %(bound)s.",
            standing=standing,
            tier=tier.name,
            bound=self._bound_words(tier.lower_bound),
        )

    def _downgrade_words(self, standing, tier):
        return self.env._(
            "%(standing)s; to keep “%(tier)s” it takes %(bound)s.",
            standing=standing,
            tier=tier.name,
            bound=self._bound_words(tier._keep_bound()),
        )
