from itertools import product

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_value import analytics

from .common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerRfm(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = [cls._partner(f"Buyer {n}") for n in range(12)]
        rows = []
        for n, partner in enumerate(cls.partners):
            for k in range(1 + n % 4):
                rows.append(
                    (partner, f"2024-{1 + (n + k) % 6:02}-1{n % 3}", 10 * n + 5)
                )
        cls._bulk_invoices(rows)
        cls.silent = cls._partner("Silent", customer_rank=1)

    def _scores(self):
        self.Customer.invalidate_model()
        return [
            (row.rfm_recency, row.rfm_frequency, row.rfm_monetary)
            for row in map(self._customer, self.partners)
        ]

    def _expected(self, bins=5, cut_offs=None):
        rows = [self._customer(partner) for partner in self.partners]
        scores = analytics.score_rfm(
            [row.recency_days for row in rows],
            [row.purchase_count_window for row in rows],
            [row.revenue_window for row in rows],
            bins,
            cut_offs=cut_offs,
        )
        return [tuple(map(int, row)) for row in zip(*scores, strict=True)]

    def test_scores_are_those_of_the_formula(self):
        for bins in (5, 3, 10):
            self.policy.rfm_bins = bins
            self._refresh()
            self.assertEqual(self._scores(), self._expected(bins))

    def test_fixed_cut_offs_are_followed(self):
        self.policy.write(
            {
                "rfm_bins": 3,
                "rfm_method": "fixed",
                "rfm_recency_cuts": "30; 90",
                "rfm_frequency_cuts": "2; 3",
                "rfm_monetary_cuts": "100; 200",
            }
        )
        self._refresh()
        cuts = ([30, 90], [2, 3], [100, 200])
        self.assertEqual(self._scores(), self._expected(3, cuts))

    def test_senseless_cut_offs_are_refused_in_plain_words(self):
        for cuts in ("30", "90; 30; 120; 150", "a; b; c; d", False):
            with self.assertRaisesRegex(ValidationError, "4 rising numbers"):
                self.policy.write(
                    {
                        "rfm_method": "fixed",
                        "rfm_recency_cuts": cuts,
                        "rfm_frequency_cuts": "1; 2; 3; 4",
                        "rfm_monetary_cuts": "1; 2; 3; 4",
                    }
                )

    def test_who_bought_nothing_has_no_score_and_no_segment(self):
        self._refresh()
        customer = self._customer(self.silent)
        self.assertEqual(customer.rfm_recency, 0)
        self.assertFalse(customer.rfm_segment_id)
        self.assertFalse(customer.rfm_score)

    def test_every_combination_has_exactly_one_segment(self):
        cells = self.env["crm.value.segment.cell"].sudo().search([])
        self.assertEqual(
            sorted(cell._scores() for cell in cells),
            sorted(product(range(1, 6), repeat=3)),
        )
        self.assertEqual(
            sum(self.env["crm.value.segment"].sudo().search([]).mapped("cell_count")),
            125,
        )

    @mute_logger("odoo.sql_db")
    def test_a_combination_can_neither_be_doubled_nor_deleted(self):
        cell = self.env["crm.value.segment.cell"].sudo().search([], limit=1)
        with self.assertRaises(UserError):
            cell.unlink()
        with self.assertRaises(IntegrityError):
            cell.copy()
            self.env.flush_all()

    def test_moving_a_combination_moves_its_customers(self):
        self._refresh()
        customer = self._customer(self.partners[-1])
        scores = (
            customer.rfm_recency,
            customer.rfm_frequency,
            customer.rfm_monetary,
        )
        segment = self.env["crm.value.segment"].sudo().create({"name": "Ours"})
        cells = self.env["crm.value.segment.cell"].sudo().search([])
        cells.filtered(lambda cell: cell._scores() == scores).segment_id = segment
        self._refresh()
        customer.invalidate_recordset()
        self.assertEqual(customer.rfm_segment_id, segment)
