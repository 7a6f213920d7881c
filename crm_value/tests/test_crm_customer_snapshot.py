from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerSnapshot(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.early, cls.late = cls._partner("Early"), cls._partner("Late")
        cls._bulk_invoices(
            [
                (cls.early, "2024-01-10", 100),
                (cls.early, "2024-03-10", 50),
                (cls.early, "2024-03-20", -20),
                (cls.late, "2024-04-10", 70),
            ]
        )
        cls._refresh()
        cls.Snapshot = cls.env["crm.customer.snapshot"].sudo()

    def _take(self, as_of=AS_OF):
        done = self.Customer._take_snapshots(self.company, as_of)
        self.Snapshot.invalidate_model()
        return done

    def _months(self, partner):
        return {
            row.period_end: row
            for row in self.Snapshot.search(
                [("customer_id", "=", self._customer(partner).id)]
            )
        }

    def test_past_months_are_filled_in_from_the_documents(self):
        self.assertTrue(self._take())
        months = self._months(self.early)
        self.assertEqual(min(months), date(2024, 1, 31))
        self.assertEqual(max(months), AS_OF)
        self.assertEqual(len(months), 6)
        self.assertEqual(
            [months[day].revenue_total for day in sorted(months)],
            [100, 100, 130, 130, 130, 130],
        )
        march = months[date(2024, 3, 31)]
        self.assertEqual((march.revenue_month, march.purchase_count_month), (30, 1))
        self.assertEqual((march.age_months, march.retention), (2, 1))
        self.assertEqual(months[date(2024, 2, 29)].retention, 0)
        self.assertEqual(march.cohort_month, date(2024, 1, 1))
        self.assertTrue(march.is_backfilled)
        self.assertFalse(months[AS_OF].is_backfilled)
        self.assertEqual(min(self._months(self.late)), date(2024, 4, 30))

    def test_a_month_is_written_once(self):
        self._take()
        self._bulk_invoices([(self.early, "2024-02-10", 1000)])
        self._refresh()
        self._take()
        self.assertEqual(self._months(self.early)[date(2024, 2, 29)].revenue_total, 100)

    def test_nobody_changes_the_past(self):
        self._take()
        row = self.Snapshot.search([("company_id", "=", self.company.id)], limit=1)
        with self.assertRaises(UserError):
            row.write({"revenue_total": 1})
        with self.assertRaises(UserError):
            row.unlink()

    def test_tier_moves_are_told_by_two_months(self):
        self._take()
        months = self._months(self.early)
        days = sorted(months)
        for before, after in zip(days, days[1:], strict=False):
            self.assertEqual(months[after].previous_tier_id, months[before].tier_id)
        self.assertTrue(months[date(2024, 1, 31)].tier_id.is_new)
        self.assertFalse(months[date(2024, 5, 31)].tier_id.is_new)

    def test_taking_stops_when_time_is_up_and_goes_on_later(self):
        left = iter([True, True, False])
        done = self.Customer._take_snapshots(
            self.company, AS_OF, time_left=lambda: next(left)
        )
        self.assertFalse(done)
        self.assertTrue(self._take())
        self.assertEqual(len(self._months(self.early)), 6)

    def test_merged_customers_keep_their_months(self):
        self._take()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.early | self.late).ids, self.early
        )
        self.Snapshot.invalidate_model()
        rows = self.Snapshot.search(
            [("company_id", "=", self.company.id), ("period_end", "=", AS_OF)]
        )
        self.assertEqual(sum(rows.mapped("revenue_total")), 200)
        self.assertEqual(rows.customer_id, self._customer(self.early))
