from datetime import date

from odoo.tests import tagged

from .common import CustomerValueCommon

JULY = date(2024, 7, 5)


@tagged("post_install", "-at_install")
class TestCrmCustomerAlert(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.falling, cls.steady, cls.rising = (
            cls._partner(name) for name in ("Falling", "Steady", "Rising")
        )
        rows = []
        for month in range(7, 19):
            day = date(2023 + (month - 1) // 12, (month - 1) % 12 + 1, 10)
            last = month == 18
            rows += [
                (cls.falling, day, 5 if last else 100 + month),
                (cls.steady, day, 100 + month % 3),
                (cls.rising, day, 900 if last else 100 + month),
            ]
        cls._bulk_invoices(rows)
        cls.env["crm.value.policy"].sudo().search([]).alert_classes = "all"

    def _alert(self, partner):
        customer = self._customer(partner)
        customer.invalidate_recordset()
        return customer.alert_direction

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.customer"),
                ("res_id", "in", self._customer(self.falling).ids),
                ("summary", "ilike", "unusually"),
            ]
        )

    def test_unusual_months_are_noticed_both_ways(self):
        self._refresh(as_of=JULY)
        self.assertEqual(self._alert(self.falling), "down")
        self.assertEqual(self._alert(self.rising), "up")
        self.assertFalse(self._alert(self.steady))
        self.assertEqual(self._customer(self.falling).alert_month, date(2024, 6, 1))
        self.assertIn("5.00", self._customer(self.falling).alert_explanation)

    def test_the_account_manager_is_told_once(self):
        self._refresh(as_of=date(2024, 6, 20))
        self._customer(self.falling).account_manager_id = self.env.user
        self._refresh(as_of=JULY)
        self.assertEqual(len(self._activities()), 1)
        self.assertEqual(self._activities().user_id, self.env.user)
        self._refresh(as_of=JULY)
        self._refresh(as_of=date(2024, 7, 20))
        self.assertEqual(len(self._activities()), 1)

    def test_trend_compares_the_windows(self):
        self._refresh(as_of=JULY)
        customer = self._customer(self.falling)
        self.assertEqual(customer.trend, "new")
        self._refresh(as_of=date(2025, 9, 1))
        customer.invalidate_recordset()
        self.assertEqual(customer.trend, "gone")
        self.assertEqual(customer.revenue_change_pct, -100)

    def test_concentration_of_the_company_is_known(self):
        self._refresh(as_of=JULY)
        summary = self.env["crm.value.summary"].sudo()._of(self.company)
        total = sum(
            self.Customer.search([("company_id", "=", self.company.id)]).mapped(
                "revenue_window"
            )
        )
        self.assertEqual(summary.revenue_window, total)
        self.assertEqual(summary.large_count, 3)
        self.assertAlmostEqual(summary.top_5_share, 1, places=4)
        self.assertGreater(summary.hhi_points, 3333)
        self.assertTrue(self._customer(self.falling).is_large)
        self.assertEqual(
            self.Customer.search_count(
                [("company_id", "=", self.company.id), ("is_large", "=", True)]
            ),
            3,
        )
