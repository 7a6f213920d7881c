import random

from odoo.tests import tagged

from .common import RandomDocumentsCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerIncremental(RandomDocumentsCommon):
    """Measuring some customers ends where measuring everyone ends."""

    def test_incremental_equals_full_whatever_happened(self):
        for seed in range(4):
            chance = random.Random(seed)
            self._bulk_invoices(self._random_rows(chance, 60))
            self._refresh()
            for _step in range(3):
                rows = self._random_rows(chance, chance.randrange(1, 6))
                self._bulk_invoices(rows)
                changed = self.partners.browse({row[0].id for row in rows})
                self.env.cr.execute(
                    "UPDATE account_move SET state = 'cancel' WHERE id IN ("
                    " SELECT id FROM account_move WHERE state = 'posted'"
                    " AND partner_id = ANY(%s) ORDER BY id LIMIT 1)"
                    " RETURNING partner_id",
                    [self.partners.ids],
                )
                gone = [row[0] for row in self.env.cr.fetchall()]
                self._refresh(partners=changed | self.partners.browse(gone))
                incremental = self._picture()
                self._refresh()
                self.assertEqual(incremental, self._picture(), f"seed {seed}")

    def test_classes_add_up_to_the_total(self):
        self._bulk_invoices(self._random_rows(random.Random(99), 80))
        self._refresh()
        groups = self.Customer._read_group(
            [("company_id", "=", self.company.id)],
            ["abc_class"],
            ["revenue_window:sum", "__count"],
        )
        summary = self.env["crm.value.summary"].sudo()._of(self.company)
        self.assertEqual(
            round(sum(group[1] for group in groups), 2), summary.revenue_window
        )
        self.assertEqual(sum(group[2] for group in groups), summary.customer_count)
