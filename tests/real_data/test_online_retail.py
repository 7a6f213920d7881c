"""Real invoices and credit notes of a wholesaler give the reference figures exactly."""

import csv
import gzip
import json
import unittest
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from odoo import Command

from tests.cases import TopLevelCase

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SALES = DATA / "online_retail_DE_FR_NL_BE_EIRE.csv.gz"
REFERENCE = DATA / "dev_reference.json"
AS_OF = date(2011, 12, 10)
CENT = Decimal("0.01")
BATCH = 200


def documents():
    """Amount by (document number, customer, day) of all lines with a customer."""
    amounts = defaultdict(Decimal)
    with gzip.open(SALES, "rt", encoding="utf-8", newline="") as handle:
        for line in csv.DictReader(handle):
            if not line["CustomerID"]:
                continue
            customer = str(int(float(line["CustomerID"])))
            day = date.fromisoformat(line["InvoiceDate"][:10])
            amount = int(line["Quantity"]) * Decimal(line["UnitPrice"])
            amounts[line["InvoiceNo"], customer, day] += amount
    return {
        key: amount.quantize(CENT, ROUND_HALF_UP)
        for key, amount in amounts.items()
        if amount
    }


def abc_classes(revenues):
    """Class by the share before the customer: under 80 % A, under 95 % B, else C."""
    cents = sorted((int(revenue * 100) for revenue in revenues), reverse=True)
    total = sum(amount for amount in cents if amount > 0)
    classes, before = Counter(), 0
    for amount in cents:
        if amount <= 0 or before * 100 >= total * 95:
            classes["c"] += 1
        else:
            classes["a" if before * 100 < total * 80 else "b"] += 1
        before += max(amount, 0)
    return dict(classes)


@unittest.skipUnless(SALES.exists(), f"the reference data {SALES} is not there")
class TestOnlineRetail(TopLevelCase):
    """Invoices first, as the reference has them; then the credit notes as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
        cls.reference = reference["online_retail_5_countries"]["rfm"]
        cls.company = cls.env["res.company"].create(
            {"name": "Online Retail", "currency_id": cls.env.ref("base.GBP").id}
        )
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company)
        cls.company.currency_id = cls.env.ref("base.GBP")
        cls.documents = documents()
        cls.partners = cls._create_partners()
        policy = cls.env["crm.value.policy"]._for_company(cls.company)
        policy.window_months = 24
        cls._post("out_invoice", lambda number: not number.startswith("C"))

    @classmethod
    def _create_partners(cls):
        customers = sorted({customer for _number, customer, _day in cls.documents})
        partners = cls.env["res.partner"].create(
            [{"name": customer, "ref": customer} for customer in customers]
        )
        return dict(zip(customers, partners.ids, strict=True))

    @classmethod
    def _post(cls, move_type, chosen):
        """Post one document a number, with the sum of its lines."""
        rows = [
            (number, customer, day, abs(amount))
            for (number, customer, day), amount in sorted(cls.documents.items())
            if chosen(number)
        ]
        account = cls.env["account.account"].search(
            [
                ("account_type", "=", "income"),
                ("company_ids", "in", cls.company.ids),
            ],
            limit=1,
        )
        for start in range(0, len(rows), BATCH):
            moves = cls.env["account.move"].create(
                [
                    {
                        "move_type": move_type,
                        "partner_id": cls.partners[customer],
                        "ref": number,
                        "invoice_date": day,
                        "invoice_line_ids": [
                            Command.create(
                                {
                                    "name": number,
                                    "account_id": account.id,
                                    "price_unit": float(amount),
                                    "tax_ids": [Command.clear()],
                                }
                            )
                        ],
                    }
                    for number, customer, day, amount in rows[start : start + BATCH]
                ]
            )
            moves.action_post()

    def _measure(self):
        self.env["crm.customer"].refresh(companies=self.company, as_of=AS_OF)
        return self.env["crm.customer"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", list(self.partners.values())),
                ("first_purchase_date", "!=", False),
            ]
        )

    def test_invoices_alone_meet_the_reference(self):
        customers = self._measure()
        expected = self.reference["abc_80_95"]
        self.assertEqual(len(customers), self.reference["customers"])
        self.assertEqual(
            Decimal(str(sum(customers.mapped("revenue_total")))).quantize(CENT),
            Decimal(str(self.reference["sum_monetary"])),
        )
        self.assertEqual(
            Counter(customers.mapped("abc_class")),
            {name.lower(): count for name, count in expected.items()},
        )
        self._require_top_customers(customers)

    def _require_top_customers(self, customers):
        revenue = {
            customer.partner_id.ref: customer.revenue_total for customer in customers
        }
        for customer, amount in self.reference["top5_customers"].items():
            self.assertAlmostEqual(revenue[customer], amount, places=2)

    def test_credit_notes_are_subtracted(self):
        self._post("out_refund", lambda number: number.startswith("C"))
        expected = defaultdict(Decimal)
        for (_number, customer, _day), amount in self.documents.items():
            expected[customer] += amount
        self._measure()
        customers = self.env["crm.customer"].search(
            [("partner_id", "in", list(self.partners.values()))]
        )
        found = {
            customer.partner_id.ref: Decimal(str(customer.revenue_total)).quantize(CENT)
            for customer in customers
        }
        self.assertEqual(found, dict(expected))
        self.assertEqual(
            Counter(customers.mapped("abc_class")), abc_classes(expected.values())
        )
