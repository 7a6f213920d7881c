from contextlib import suppress
from unittest.mock import patch

from odoo.tests import tagged

from .common import CustomerValueCommon


class Killed(Exception):
    """Stands for a worker that was killed."""


@tagged("post_install", "-at_install")
class TestCrmCustomerRefreshCron(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.value.policy"].sudo().search(
            [("company_id", "not in", (cls.company | cls.company_2).ids)]
        ).active = False
        today = cls.Customer._today(cls.company)
        cls.day = today.replace(day=1)
        cls.partners = [cls._partner(f"Cron {n}") for n in range(6)]
        for n, partner in enumerate(cls.partners):
            cls._invoice_for(partner, 10 * (n + 1), cls.day)

    def setUp(self):
        super().setUp()
        # The test keeps its one transaction: a commit is only counted.
        self.commits = 0

        def commit_progress(model, processed=0, *, remaining=None, deactivate=False):
            self.env.flush_all()
            self.commits += 1
            return 60.0

        self.patch(type(self.env["ir.cron"]), "_commit_progress", commit_progress)

    def _run(self):
        self.Customer._cron_refresh()
        self.Customer.invalidate_model()

    def _expected(self):
        """Return the picture of a full refresh, computed from nothing."""
        self.Customer.refresh(self.company)
        return self._picture()

    def test_cron_measures_every_company_and_then_only_changes(self):
        self._run()
        before = self._versions()
        self.assertEqual(len(before), 6)
        self._run()
        self.assertEqual(self._versions(), before)

    def test_changes_are_found_without_a_full_refresh(self):
        self._run()
        self._invoice_for(self.partners[0], 500, self.day)
        lost = self.env["account.move"].search(
            [("partner_id", "=", self.partners[5].id)]
        )
        lost.button_draft()
        lost.partner_id = self.partners[4]
        lost.action_post()
        self._run()
        self.assertEqual(self._customer(self.partners[0]).revenue_total, 510)
        self.assertEqual(self._customer(self.partners[5]).revenue_total, 0)
        self.assertEqual(self._customer(self.partners[4]).revenue_total, 110)
        incremental = self._picture()
        self.assertEqual(incremental, self._expected())

    def test_deleted_invoice_is_noticed(self):
        self._run()
        move = self.env["account.move"].search(
            [("partner_id", "=", self.partners[5].id)]
        )
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        self._run()
        self.assertEqual(self._customer(self.partners[5]).revenue_total, 0)

    def test_killed_run_leaves_correct_rows_and_the_next_run_finishes(self):
        Model = type(self.Customer)
        original = Model._write_measures
        pieces = []

        def dies(model, scope, first, last):
            if len(pieces) == 2:
                raise Killed
            pieces.append(first)
            return original(model, scope, first, last)

        path = "odoo.addons.crm_value.models.crm_customer_refresh_cron.BATCH_SIZE"
        with patch(path, 2), patch.object(Model, "_write_measures", dies):
            # assertRaises would roll back what the killed run had committed
            with suppress(Killed):
                self.Customer._cron_refresh()
                self.fail("the run was not killed")
        done = self._picture()
        self.assertEqual(len(done), 4, "two pieces of two customers were kept")
        self.assertFalse(
            self.env["crm.value.summary"].sudo()._of(self.company).completed_on,
            "the company is not done",
        )
        self._run()
        self.assertEqual(len(self._picture()), 6)
        self.assertEqual(self._picture(), self._expected())

    def test_pending_partners_are_forgotten_once_counted(self):
        self._run()
        self.env["crm.customer.pending"].sudo()._add(self.partners[0])
        self._run()
        self.assertFalse(self.env["crm.customer.pending"].sudo()._keys()[0])
