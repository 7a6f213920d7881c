import random

from odoo.tests import tagged

from ..refresh_scope import RefreshScope
from .common import AS_OF, RandomDocumentsCommon


class Killed(Exception):
    """The process of a refresh is gone."""


@tagged("post_install", "-at_install")
class TestCrmCustomerCuts(RandomDocumentsCommon):
    """Classes, scores and tiers follow cuts that are moved, not found anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"minimum_history_days": 0, "grace_days": 0})

    def _change(self, chance, most=6):
        """Post some documents; return whose."""
        rows = self._random_rows(chance, chance.randrange(1, most), days=500)
        self._bulk_invoices(rows)
        return [row[0].id for row in rows]

    def _cuts(self):
        scope = RefreshScope(self.company, self.policy, AS_OF)
        self.env.invalidate_all()
        return self.Customer._kept_cuts(scope)

    def _results(self):
        """Return everything that must not depend on how a refresh got there."""
        self.env.invalidate_all()
        customers = self.Customer.search([("company_id", "=", self.company.id)])
        summary = self.env["crm.value.summary"].sudo()._of(self.company)
        events = self.env["crm.customer.event"].sudo().search([("kind", "=", "tier")])
        return {
            "measures": self._picture(),
            "tiers": {
                row.partner_id.id: (row.tier_id, row.tier_review_on, row.tier_since)
                for row in customers
            },
            "events": {
                (event.partner_id.id, event.new_value, event.reason) for event in events
            },
            "cuts": self._cuts(),
            "bounds": summary.tier_cuts,
            "totals": (summary.revenue_window, summary.revenue_total),
        }

    def _outcome_of(self, work):
        """Return the outcome of ``work``, which is undone."""
        savepoint = self.env.cr.savepoint()
        work()
        outcome = self._results()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return outcome

    def _measure(self, partner_ids, **execution):
        self.Customer._refresh_company(self.company, partner_ids, AS_OF, **execution)

    def _assert_like_full(self, work, message):
        expected = self._outcome_of(self._refresh)
        found = self._outcome_of(work)
        for name, value in expected.items():
            self.assertEqual(found[name], value, f"{name}, {message}")

    def test_moved_cuts_end_where_measuring_everyone_ends(self):
        fixed = {
            "rfm_method": "fixed",
            "rfm_recency_cuts": "30; 60; 90; 200",
            "rfm_frequency_cuts": "2; 3; 4; 5",
            "rfm_monetary_cuts": "5; 20; 100; 400",
        }
        for rules in ({"measure": "revenue"}, {"measure": "contribution", **fixed}):
            self.policy.write(rules)
            for seed in range(3):
                chance = random.Random(seed)
                self._bulk_invoices(self._random_rows(chance, 30))
                self._refresh()
                for step in range(6):
                    changed = self._change(chance)
                    self._assert_like_full(
                        lambda ids=changed: self._measure(ids), f"{seed}, {step}"
                    )
                    self._measure(changed)

    def test_rows_written_in_pieces_end_where_measuring_everyone_ends(self):
        chance = random.Random(7)
        self._bulk_invoices(self._random_rows(chance, 80))
        self._refresh()
        for size in (1, 2, 5):
            changed = self._change(chance, 20)
            self._assert_like_full(
                lambda ids=changed, size=size: self._measure(ids, batch_size=size),
                f"pieces of {size}",
            )
            self._measure(changed, batch_size=size)

    def test_a_refresh_killed_anywhere_is_finished_by_the_next(self):
        chance = random.Random(5)
        self._bulk_invoices(self._random_rows(chance, 80))
        self._refresh()
        lasting, changed = 0, set()
        while True:
            changed |= set(self._change(chance))
            left = lasting

            def run(work):
                nonlocal left
                if not left:
                    raise Killed
                left -= 1
                work()

            def killed(ids=tuple(changed), run=run):
                self._measure(ids, run=run, batch_size=3)

            try:
                killed()
            except Killed:
                more = {*changed, *self._change(chance)}
                self._assert_like_full(
                    lambda ids=more: self._measure(list(ids)), f"killed at {lasting}"
                )
                self._measure(list(more))
                changed.clear()
                lasting += 1
            else:
                break
        self.assertGreater(lasting, 4)

    def test_a_changed_bound_counts_at_once(self):
        chance = random.Random(3)
        self._bulk_invoices(self._random_rows(chance, 80))
        self._refresh()
        self.policy.abc_a_share = 50
        changed = self._change(chance)
        self._assert_like_full(lambda: self._measure(changed), "another share")

    def test_a_removed_customer_counts_no_more(self):
        chance = random.Random(4)
        self._bulk_invoices(self._random_rows(chance, 80))
        self._refresh()
        gone = self._partner("Gone")
        self._bulk_invoices([(gone, AS_OF, 5000)])
        self._measure([gone.id])
        self.env.cr.execute("DELETE FROM account_move WHERE partner_id = %s", [gone.id])
        self.env.invalidate_all()
        gone.unlink()
        changed = self._change(chance)
        self._assert_like_full(lambda: self._measure(changed), "one less")

    def test_a_refresh_of_some_reads_nobody_far_from_a_cut(self):
        self._bulk_invoices(
            [(partner, AS_OF, 10 + n) for n, partner in enumerate(self.partners)]
        )
        self._refresh()
        self._bulk_invoices([(self.partners[20], AS_OF, 0.5)])
        read = []
        walk = type(self.Customer)._walk

        def counted(model, query):
            for row in walk(model, query):
                read.append(row)
                yield row

        self.patch(type(self.Customer), "_walk", counted)
        self._measure(self.partners[20].ids)
        cuts = self._cuts()
        places = len(cuts["value"].cuts) + len(cuts["monetary"].ranks)
        self.assertTrue(0 < len(read) <= 3 * places, len(read))
