from random import Random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_credit import planned

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditCheckpoint(CreditCommon):
    """The two statements of a checkpoint answer what the one of the position does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        policies = cls.env["crm.credit.policy"]
        cls.policy = policies._for_company(cls.company)
        cls.policy.invoice_mode = "off"
        cls.foreign = cls.setup_other_currency("HRK", rates=[("2026-01-01", 2.0)])

    def _customers(self, chance, number):
        """Return customers with whatever documents and limits chance gives them."""
        Partner = self.env["res.partner"]
        customers = Partner
        for serial in range(number):
            customer = Partner.create({"name": f"Mill {serial}", "is_company": True})
            contact = Partner.create({"name": "Desk", "parent_id": customer.id})
            customers |= customer
            customer.credit_mode = chance.choice(("unlimited", "limited", "none"))
            if customer.credit_mode == "limited":
                customer.credit_limit = chance.randint(1, 900)
            for _document in range(chance.randint(0, 4)):
                self._random_document(chance, chance.choice((customer, contact)))
            for grant in chance.sample(
                ("temporary", "guarantee"), chance.randint(0, 2)
            ):
                self._random_grant(chance, grant, customer)
        return customers

    def _random_document(self, chance, partner):
        amount = chance.randint(1, 50000) / 100
        what = chance.choice(("invoice", "refund", "payment"))
        if what == "payment":
            return self._payment(amount, partner)
        return self._invoice(
            amount,
            partner,
            post=chance.random() < 0.6,
            move_type="out_refund" if what == "refund" else "out_invoice",
            currency_id=chance.choice((self.foreign, self.company.currency_id)).id,
            invoice_date_due=chance.choice(("2026-05-31", "2026-07-31")),
        )

    def _random_grant(self, chance, grant, customer):
        if grant == "temporary":
            return self.env["crm.credit.temporary.limit"].create(
                {
                    "partner_id": customer.id,
                    "amount": chance.randint(0, 700),
                    "date_from": "2026-06-01",
                    "date_to": chance.choice(("2026-06-29", "2026-06-30")),
                    "reason": "Season",
                }
            )
        return self.env["crm.credit.guarantee"].create(
            {
                "partner_id": customer.id,
                "reference": "Policy",
                "amount": chance.randint(1, 500),
                "covered_pct": chance.randint(1, 100),
                "date_from": "2026-01-01",
            }
        )

    def test_checkpoint_agrees_whatever_customers_owe_and_are_allowed(self):
        for seed in range(4):
            customers = self._customers(Random(seed), 4)
            with self.subTest(seed=seed):
                self.assertCheckpointAgrees(customers)
                for customer in customers:
                    self.assertCheckpointAgrees(customer)
            self.env["crm.credit.group"].create(
                {
                    "name": f"Holding {seed}",
                    "amount": 1000,
                    "member_ids": [
                        Command.create({"partner_id": customer.id})
                        for customer in customers[:2]
                    ],
                }
            )
            with self.subTest(seed=seed, shared=True):
                self.assertCheckpointAgrees(customers)
                for customer in customers:
                    self.assertCheckpointAgrees(customer)

    def test_part_that_does_not_matter_is_left_out_of_the_exposure_only(self):
        self.customer.credit_limit = 500
        self._invoice(100)
        self._invoice(70, post=False)
        Customer = self.env["crm.customer"].sudo()
        terms = Customer._fetch_credit_terms(self.customer, self.company, TODAY)
        seen = Customer._credit_checkpoint_positions(
            terms, self.company, TODAY, ("drafts",)
        )[self.customer.id]
        full = self._position()
        changed = {name for name, value in full.items() if seen[name] != value}
        self.assertEqual(changed, {"drafts", "exposure", "available"})
        self.assertEqual((seen["exposure"], seen["available"]), (100.0, 400.0))


@tagged("post_install", "-at_install")
class TestPlanned(CreditCommon):
    """A statement about one customer is planned once for each cursor."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(planned._state))

    def _fetch(self, ids, number=1):
        return planned.fetch_planned(
            self.env,
            lambda asked: SQL("SELECT partner_id * %s FROM (%s) AS x", number, asked),
            ids,
        )

    def _queries(self, *args):
        before = self.cr.sql_log_count
        self._fetch(*args)
        return self.cr.sql_log_count - before

    def test_statement_is_prepared_the_second_time(self):
        queries = [self._queries([7], 11) for _time in range(4)]
        self.assertEqual(queries, [1, 2, 1, 1])

    def test_answer_is_the_same_each_time(self):
        for partner_id in (7, 7, 8, 9, 7):
            for number in (1, 3):
                answer = self._fetch([partner_id], number)
                self.assertEqual(answer, [(partner_id * number,)])

    def test_statement_about_several_or_none_is_not_prepared(self):
        for _time in range(3):
            self.assertEqual(self._fetch([7, 8], 2), [(14,), (16,)])
            self.assertEqual(self._fetch([], 2), [])
            self.assertEqual(self._queries([7, 8], 2), 1)

    def test_connection_that_forgot_has_the_transaction_replayed_without(self):
        for _time in range(2):
            self._fetch([7], 21)
        with self.assertRaises(ConcurrencyError), self.cr.savepoint():
            self.env.cr.execute("DEALLOCATE ALL")
            self.addCleanup(planned._names.pop, self.cr._obj)
            self._fetch([7], 21)
        self.assertEqual(self._fetch([7], 21), [(147,)])
        self.assertEqual([self._queries([7], 22) for _time in range(2)], [1, 1])
