"""Turn purchases into partners and posted invoices through Odoo's own models.

Run as: python -m suite.inside.load_sales DATABASE JOB.json, with in the job
`source` (cdnow or csv), `file`, `step`, `today`, `log`. Each batch is committed, and
what an earlier run has written is left as it is, so it may be killed at any point.
"""

import json
import sys
from datetime import date
from pathlib import Path

from odoo import Command

from ..console import Progress, say
from ..names import Identity, identity
from ..transactions import every_nth, priced_lines, read_csv, read_sample, shifted
from .boot import configure, environment
from .payments import pay_invoices

BATCH = 100
PRODUCTS = ("Jazz CD", "Classical CD", "Rock CD", "Pop CD", "Soundtrack CD")
LIST_PRICE = 14.99
COST = 8.90
TERMS = (
    "account.account_payment_term_30days",
    "account.account_payment_term_15days",
    "account.account_payment_term_30days",
    "account.account_payment_term_45days",
)


def main(database, job):
    configure(database, f"--logfile={job['log']}")
    purchases = read_purchases(job)
    with environment(database) as env:
        partners = load_partners(env, purchases, named=job["source"] == "csv")
    load_invoices(database, purchases, partners)
    pay_invoices(database, date.fromisoformat(job["today"]))


def read_purchases(job):
    """The purchases that the job asks for, the last of them today."""
    if job["source"] == "csv":
        purchases, bad = read_csv(job["file"])
        for row in bad:
            say(f"  {Path(job['file']).name}, {row}")
        say(f"  {len(bad)} rows were left out, {len(purchases)} purchases are used.")
    else:
        purchases = read_sample(job["file"])
    purchases = every_nth(purchases, job["step"])
    return shifted(purchases, date.fromisoformat(job["today"]))


def load_partners(env, purchases, named):
    """The id of the partner of each customer; made where it is missing."""
    customers = sorted({purchase.customer for purchase in purchases})
    known = {
        partner.ref: partner.id
        for partner in env["res.partner"].search([("ref", "in", customers)])
    }
    wanted = [customer for customer in customers if customer not in known]
    countries = {country.code: country.id for country in env["res.country"].search([])}
    progress = Progress("customers", len(wanted))
    numbers = {customer: number for number, customer in enumerate(customers)}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        partners = env["res.partner"].create(
            [
                prepare_partner(env, customer, numbers[customer], countries, named)
                for customer in batch
            ]
        )
        known.update(zip(batch, partners.ids, strict=True))
        env.cr.commit()
        progress.show(start + len(batch))
    return known


def prepare_partner(env, customer, number, countries, named):
    person = identity(number)
    if named:
        person = Identity(customer, True, person.country, person.city, "")
    salesperson = env.ref("base.user_admin")
    if number % 4:
        salesperson = env["res.users"].search([("login", "=", "salesperson")], limit=1)
    return {
        "ref": customer,
        "name": person.name,
        "is_company": person.is_company,
        "country_id": countries[person.country],
        "city": person.city,
        "email": person.email,
        "user_id": salesperson.id,
        "customer_rank": 1,
        "property_payment_term_id": env.ref(TERMS[number % len(TERMS)]).id,
    }


def load_invoices(database, purchases, partners):
    """Post what is not posted yet, a batch a transaction."""
    with environment(database) as env:
        products = demo_products(env).ids
        moves = env["account.move"].search_fetch(
            [("ref", "!=", False), ("move_type", "in", ("out_invoice", "out_refund"))],
            ["ref", "state"],
        )
        moves.filtered(lambda move: move.state == "draft").unlink()
        posted = set(moves.exists().mapped("ref"))
    waiting = [sale for sale in purchases if reference(sale) not in posted]
    waiting.sort(key=lambda sale: (sale.day, sale.customer))
    progress = Progress("invoices", len(purchases))
    done = len(purchases) - len(waiting)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        with environment(database, tracking_disable=True) as env:
            moves = env["account.move"].create(
                [prepare_invoice(sale, partners, products) for sale in batch]
            )
            moves.action_post()
        done += len(batch)
        progress.show(done)


def reference(sale):
    return f"{sale.customer}/{sale.day:%Y%m%d}"


def prepare_invoice(sale, partners, products):
    product = products[(sale.day.toordinal() + len(sale.customer)) % len(products)]
    return {
        "move_type": "out_invoice" if sale.amount >= 0 else "out_refund",
        "partner_id": partners[sale.customer],
        "ref": reference(sale),
        "invoice_date": sale.day,
        "date": sale.day,
        "invoice_line_ids": [
            Command.create(
                {
                    "product_id": product,
                    "quantity": units,
                    "price_unit": float(price),
                    "tax_ids": [Command.clear()],
                }
            )
            for units, price in priced_lines(abs(sale.amount), sale.units)
        ],
    }


def demo_products(env):
    """The products sold, made once."""
    Product = env["product.product"]
    codes = [f"CD-{number}" for number in range(1, len(PRODUCTS) + 1)]
    found = Product.search([("default_code", "in", codes)], order="default_code")
    if not found:
        found = Product.create(
            [
                {
                    "name": name,
                    "default_code": code,
                    "type": "consu",
                    "list_price": LIST_PRICE,
                    "standard_price": COST,
                }
                for name, code in zip(PRODUCTS, codes, strict=True)
            ]
        )
    return found


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
