from odoo.tests import tagged

from .common import CreditCommon

#: Documents per measurement.
SOME = 5


@tagged("post_install", "-at_install")
class TestCreditQueryCount(CreditCommon):
    """The checkpoint takes a fixed number of queries, however many are posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        cls.policy = cls.env["crm.credit.policy"]._for_company(cls.company)
        # what is allowed, the ticket, what is used
        cls.with_limit = 3

    def _post_queries(self, batches):
        """Return the queries of posting each batch of drafts."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        for batch in batches:
            batch.action_post()
            self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _extra(self, limit, number=SOME, one_by_one=False):
        """Return the queries the checkpoint adds to posting ``number`` invoices."""
        self.customer.credit_limit = limit
        queries = []
        for mode in ("off", "hold", "off", "hold"):  # the first two warm the caches
            self.policy.invoice_mode = mode
            drafts = self.env["account.move"].union(
                *(self._invoice(10, post=False) for _number in range(number))
            )
            queries.append(self._post_queries(drafts if one_by_one else [drafts]))
        return queries[3] - queries[2]

    def test_batch_adds_the_same_few_queries_however_many_are_posted(self):
        # on top come the rules, read once, and what Odoo reads in another order
        for limit, most in ((0, 1 + 2), (100000, self.with_limit + 3)):
            for number in (1, SOME, 4 * SOME):
                with self.subTest(limit=limit, number=number):
                    self.assertLessEqual(self._extra(limit, number), most)

    def test_one_by_one_adds_the_same_queries_for_each(self):
        for limit, each in ((0, 1), (100000, self.with_limit)):
            with self.subTest(limit=limit):
                extra = self._extra(limit, one_by_one=True)
                self.assertLessEqual(extra, each * SOME + 3)
