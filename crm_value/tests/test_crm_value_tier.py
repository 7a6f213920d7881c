from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .decision_common import TODAY, DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmValueTier(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {
                "method": "threshold",
                "review_period": "month",
                "grace_days": 10,
                "tier_ids": [
                    Command.update(tier.id, {"lower_bound": low, "keep_bound": keep})
                    for tier, low, keep in zip(
                        cls.policy._rated_tiers(),
                        (1000, 100, 0),
                        (900, 80, 0),
                        strict=True,
                    )
                ],
            }
        )
        cls.a, cls.b, cls.c = cls.policy._rated_tiers()
        cls.new = cls.policy._new_tier()

    def _fall(self, value=10.0):
        """Return a customer of the best tier whose value has dropped."""
        customer = self._customer("Falling", 1500)
        self._decide(TODAY)
        customer.value_amount = value
        return customer

    def test_customer_gets_the_tier_of_its_value_and_the_reason_in_words(self):
        customer = self._customer("Middle", 500)
        self._decide()
        self.assertEqual(customer.tier_id, self.b)
        event = self._events(customer, "tier")
        self.assertEqual((event.new_value, event.direction), (self.b.name, "start"))
        self.assertIn("500", event.reason)
        self.assertEqual(event.policy_id, self.policy)

    def test_customer_without_history_is_new(self):
        fresh = self._customer("Fresh", 5000, first="2024-06-01")
        prospect = self._customer("Prospect", 0, first=False)
        self._decide()
        self.assertEqual((fresh | prospect).tier_id, self.new)

    def test_second_run_of_the_same_day_changes_nothing(self):
        customer = self._customer("Calm", 500)
        self._decide()
        self._decide()
        self.assertEqual(len(self._events(customer, "tier")), 1)

    def test_upgrade_comes_at_once(self):
        customer = self._customer("Rising", 500)
        self._decide()
        customer.value_amount = 2000
        self._decide(TODAY + timedelta(days=1))
        self.assertEqual(customer.tier_id, self.a)
        self.assertEqual(self._events(customer, "tier")[-1].direction, "up")

    def test_downgrade_waits_for_review_and_grace_and_takes_one_step(self):
        customer = self._fall()
        review = date(2024, 7, 1)
        self.assertEqual(customer.tier_review_on, review)
        self._decide(review)
        self.assertEqual(customer.tier_id, self.a)
        self.assertEqual(customer.tier_downgrade_on, review + timedelta(days=10))
        activity = customer.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, review + timedelta(days=10))
        self._decide(review + timedelta(days=9))
        self.assertEqual(customer.tier_id, self.a)
        self._decide(review + timedelta(days=10))
        self.assertEqual(customer.tier_id, self.b)
        self.assertEqual(self._events(customer, "tier")[-1].direction, "down")

    def test_recovery_above_the_keep_bound_withdraws_the_downgrade(self):
        customer = self._fall()
        self._decide(date(2024, 7, 1))
        customer.value_amount = 900
        self._decide(date(2024, 7, 11))
        self.assertEqual(customer.tier_id, self.a)
        self.assertFalse(customer.tier_downgrade_on)

    def test_day_in_the_past_is_judged_from_scratch(self):
        customer = self._customer("Backdated", 500)
        self._decide()
        customer.value_amount = 10
        self._decide(TODAY - timedelta(days=30))
        self.assertEqual(customer.tier_id, self.c)

    def test_override_wins_until_it_ends_beside_the_computed_tier(self):
        customer = self._customer("Special", 10)
        self._decide()
        customer.with_user(self.seller)._override_tier(
            self.a, "Strategic", TODAY + timedelta(days=5), today=TODAY
        )
        self.assertEqual(
            (customer.tier_id, customer.computed_tier_id), (self.a, self.c)
        )
        customer.value_amount = 500
        self._decide(TODAY + timedelta(days=5))
        self.assertEqual(
            (customer.tier_id, customer.computed_tier_id), (self.a, self.b)
        )
        self._decide(TODAY + timedelta(days=6))
        self.assertEqual(customer.tier_id, self.b)
        self.assertFalse(customer.is_overridden)
        self.assertEqual(self._events(customer, "tier")[1].user_id, self.seller)

    def test_override_needs_reason_own_customer_and_a_day_to_come(self):
        customer = self._customer("Guarded", 10)
        self._decide()
        with self.assertRaisesRegex(UserError, "why"):
            customer.with_user(self.seller)._override_tier(self.a, " ", today=TODAY)
        with self.assertRaisesRegex(AccessError, "decision_seller"):
            customer.with_user(self.other_seller)._override_tier(self.a, "Mine")
        with self.assertRaisesRegex(UserError, "past"):
            customer.with_user(self.manager)._override_tier(
                self.a, "Late", TODAY - timedelta(days=1), today=TODAY
            )

    def test_tier_cannot_be_written_past_the_dialog(self):
        customer = self._customer("Plain", 10)
        self._decide()
        with self.assertRaises(AccessError):
            customer.with_user(self.manager).write({"tier_id": self.a.id})

    def test_quantile_counts_the_customers_above(self):
        self.policy.write(
            {
                "method": "quantile",
                "tier_ids": [
                    Command.update(tier.id, {"lower_bound": low, "keep_bound": 0})
                    for tier, low in zip(
                        (self.a, self.b, self.c), (25, 50, 100), strict=True
                    )
                ],
            }
        )
        four = [self._customer(f"Q{value}", value) for value in (40, 30, 20, 10)]
        self._decide()
        self.assertEqual(
            [customer.tier_id for customer in four], [self.a, self.b, self.c, self.c]
        )

    def test_score_weighs_normalised_measures(self):
        self.policy.write(
            {
                "method": "score",
                "weight_ids": [
                    Command.create({"measure": "revenue", "weight": 3}),
                    Command.create({"measure": "purchases", "weight": 1}),
                ],
                "tier_ids": [
                    Command.update(tier.id, {"lower_bound": low, "keep_bound": 0})
                    for tier, low in zip(
                        (self.a, self.b, self.c), (75, 25, 0), strict=True
                    )
                ],
            }
        )
        rich = self._customer("Rich", 100, purchase_count_window=1)
        busy = self._customer("Busy", 10, purchase_count_window=9)
        self._decide()
        self.assertEqual((rich.tier_id, busy.tier_id), (self.a, self.b))

    def test_overlapping_bounds_are_refused_naming_the_policy(self):
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self.b.lower_bound = 1000
        with self.assertRaisesRegex(ValidationError, self.a.name):
            self.a.keep_bound = 1100
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self.a.keep_bound = 50

    def test_policy_saves_new_bounds_of_all_tiers_at_once(self):
        self.policy.write(
            {
                "tier_ids": [
                    Command.update(self.a.id, {"lower_bound": 90, "keep_bound": 80}),
                    Command.update(self.b.id, {"lower_bound": 60, "keep_bound": 50}),
                ]
            }
        )
        self.assertEqual(self.b.lower_bound, 60)

    def test_fixed_reviews_need_a_date_and_scores_need_weights(self):
        with self.assertRaisesRegex(ValidationError, "at least one date"):
            self.policy.review_rhythm = "fixed"
        with self.assertRaisesRegex(ValidationError, "which measures"):
            self.policy.method = "score"

    def test_review_date_must_exist_in_its_month(self):
        with self.assertRaisesRegex(ValidationError, "1 to 30"):
            self.policy.review_date_ids = [Command.create({"month": "04", "day": 31})]
