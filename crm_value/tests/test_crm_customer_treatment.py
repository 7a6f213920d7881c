from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .decision_common import TODAY, DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerTreatment(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.best = cls.policy._rated_tiers()[0]
        cls.term = cls.env["account.payment.term"].create({"name": "60 days"})
        cls.other_term = cls.env["account.payment.term"].create({"name": "Cash"})
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    def _term(self, customer):
        return customer.partner_id.with_company(self.company).property_payment_term_id

    def test_payment_term_of_the_tier_is_written_where_none_was(self):
        self.policy.writes_payment_term = True
        self.best.payment_term_id = self.term
        customer = self._customer("Best", 1000)
        self._decide()
        self.assertEqual(self._term(customer), self.term)
        self.assertEqual(self._events(customer, "treatment").new_value, "60 days")

    def test_term_chosen_by_hand_is_kept_and_said_once(self):
        self.policy.writes_payment_term = True
        self.best.payment_term_id = self.term
        customer = self._customer("Best", 1000)
        customer.partner_id.with_company(
            self.company
        ).property_payment_term_id = self.other_term
        self._decide()
        self._decide(TODAY + timedelta(days=1))
        self.assertEqual(self._term(customer), self.other_term)
        self.assertIn("kept", self._events(customer, "treatment").reason)

    def test_our_own_term_follows_the_tier(self):
        self.policy.writes_payment_term = True
        self.best.payment_term_id = self.term
        customer = self._customer("Best", 1000)
        self._decide()
        self.best.payment_term_id = self.other_term
        self._decide(TODAY + timedelta(days=1))
        self.assertEqual(self._term(customer), self.other_term)

    def test_nothing_is_written_unless_the_policy_says_so(self):
        self.best.payment_term_id = self.term
        customer = self._customer("Best", 1000)
        self._decide()
        self.assertFalse(self._term(customer))

    def test_account_manager_is_salesperson_then_person_of_the_tier(self):
        self.best.account_manager_id = self.manager
        sold = self._customer("Sold", 1000)
        unsold = self._customer("Unsold", 900, salesperson=self.env["res.users"])
        self._decide()
        self.assertEqual(sold.account_manager_id, self.seller)
        self.assertEqual(unsold.account_manager_id, self.manager)

    def test_account_manager_chosen_by_hand_stays_and_is_logged(self):
        customer = self._customer("Mine", 1000)
        self._decide()
        customer.with_user(self.seller).account_manager_id = self.other_seller
        self._decide(TODAY + timedelta(days=1))
        self.assertEqual(customer.account_manager_id, self.other_seller)
        event = self._events(customer, "account_manager")[-1]
        self.assertEqual(event.user_id, self.seller)
        with self.assertRaises(AccessError):
            customer.with_user(self.seller).account_manager_id = self.seller

    def _overdue(self, count=1):
        self.best.write({"contact_days": 30, "contact_activity_type_id": self.call.id})
        self.policy.tier_ids.contact_days = 30
        customers = [self._customer(f"C{i}", 1000 - i) for i in range(count)]
        self._decide(TODAY)
        return customers

    def test_overdue_contact_becomes_one_activity(self):
        [customer] = self._overdue()
        due = TODAY + timedelta(days=30)
        self.assertEqual(customer.next_contact_date, due)
        self._decide(due - timedelta(days=1))
        self.assertFalse(customer.contact_activity_id)
        self._decide(due)
        self._decide(due + timedelta(days=1))
        self.assertEqual(customer.activity_ids, customer.contact_activity_id)
        self.assertEqual(customer.contact_activity_id.user_id, self.seller)

    def test_contacts_are_spread_best_customer_first(self):
        self.policy.contacts_per_day = 1
        self.policy.contact_horizon_days = 2
        first, second, third = self._overdue(3)
        self._decide(TODAY + timedelta(days=30))
        days = [
            customer.contact_activity_id.date_deadline
            for customer in (first, second, third)
        ]
        self.assertLess(days[0], days[1])
        self.assertLess(max(days[0].weekday(), days[1].weekday()), 5)
        self.assertFalse(days[2])

    def test_done_activity_counts_as_contact(self):
        [customer] = self._overdue()
        self._decide(TODAY + timedelta(days=30))
        customer.contact_activity_id.with_user(self.seller).action_feedback("Called")
        today = self.env.cr.now().date()
        self._decide(today)
        self.assertEqual(customer.last_contact_date, today)
        self.assertEqual(customer.next_contact_date, today + timedelta(days=30))
        self.assertFalse(customer.activity_ids)

    def test_contact_elsewhere_withdraws_our_open_activity(self):
        [customer] = self._overdue()
        self._decide(TODAY + timedelta(days=30))
        customer.partner_id.message_post(body="Met at the fair", message_type="email")
        self._decide(self.env.cr.now().date())
        self.assertFalse(customer.activity_ids)
