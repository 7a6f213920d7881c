import random
from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AS_OF, CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerPrediction(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chance = random.Random(7)
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Buyer {n}", "is_company": True} for n in range(150)]
        )
        rows = []
        for partner in cls.partners:
            day = date(2022, 7, 1) + timedelta(days=chance.randrange(400))
            rate = chance.gammavariate(2, 1 / 80)
            amount = round(chance.gammavariate(3, 30), 2) + 1
            while day <= AS_OF:
                rows.append((partner, day, amount))
                if chance.random() < 0.15:
                    break
                day += timedelta(days=1 + int(chance.expovariate(rate)))
        cls._bulk_invoices(rows)

    def _model(self):
        return (
            self.env["crm.value.model"]
            .sudo()
            .search([("company_id", "=", self.company.id), ("is_in_force", "=", True)])
        )

    def test_model_is_fitted_judged_and_used(self):
        self._refresh()
        model = self._model()
        self.assertEqual(model.kind, "mbg")
        self.assertEqual(model.fitted_on, AS_OF)
        self.assertGreater(model.buyers, 140)
        self.assertTrue(model.grade)
        self.assertLess(model.log_likelihood, 0)
        customers = self.Customer.search([("partner_id", "in", self.partners.ids)])
        basis = "baseline" if model.is_baseline else "model"
        self.assertEqual(set(customers.mapped("prediction_basis")), {basis})
        self.assertTrue(all(0 <= customer.p_alive <= 1 for customer in customers))
        self.assertTrue(customers[0].prediction_explanation)

    def test_too_few_buyers_use_the_baseline_and_say_so(self):
        self.policy.write({"min_buyers": 1000, "min_repeat_buyers": 30})
        self._refresh()
        self.assertEqual(self._model().reason, "floor")
        customer = self.Customer.search([("partner_id", "in", self.partners.ids)])[0]
        self.assertEqual(customer.prediction_basis, "baseline")
        self.assertEqual(customer.p_alive, 0)
        self.assertTrue(customer.churn_band)
        self.assertIn("No model is used", customer.prediction_explanation)

    def test_fit_is_kept_until_it_is_due(self):
        self._refresh()
        first = self._model()
        self._refresh(as_of=AS_OF + timedelta(days=5))
        self.assertEqual(self._model(), first)
        self._refresh(as_of=AS_OF + timedelta(days=40))
        self.assertNotEqual(self._model(), first)
        self.assertTrue(first.exists(), "every fit is kept")

    def test_a_past_day_never_uses_a_later_fit(self):
        self._refresh()
        self._refresh(as_of=AS_OF - timedelta(days=30))
        self.assertEqual(self._model().fitted_on, AS_OF - timedelta(days=30))

    def test_another_kind_of_model_is_fitted_at_once(self):
        self._refresh()
        self.policy.purchase_model = "bg"
        self._refresh()
        self.assertEqual(self._model().kind, "bg")

    def test_second_refresh_with_a_model_writes_nothing(self):
        self._refresh()
        before = self._versions()
        self._refresh()
        self.assertEqual(self._versions(), before)

    def test_lifetime_value_can_be_the_value(self):
        self.policy.measure = "clv"
        self._refresh()
        customers = self.Customer.search([("partner_id", "in", self.partners.ids)])
        self.assertEqual(customers.mapped("value_amount"), customers.mapped("clv"))
        self.assertTrue(sum(customers.mapped("clv")))

    def test_only_managers_fit(self):
        user = new_test_user(
            self.env,
            "value_fitter",
            groups="crm_value.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.policy.with_user(user).action_fit_model()
