"""Let the credit check hold documents: python -m suite.inside.hold_documents DB."""

import sys

from odoo import Command

from .boot import configure, environment

LIMIT = 100


def main(database):
    configure(database)
    with environment(database) as env:
        company = env.ref("base.main_company")
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company)
        customer = env["res.partner"].create(
            {"name": "Held Ltd", "is_company": True, "credit_limit": LIMIT}
        )
        hold_invoice(env, customer)
        if "sale.order" in env:
            hold_order(env, customer)
        held = env["crm.credit.hold"].search_count([("partner_id", "=", customer.id)])
        print(f"{held} documents of {customer.name} are on hold")


def hold_invoice(env, customer):
    line = Command.create({"name": "Too much", "price_unit": 2 * LIMIT})
    env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_line_ids": [line],
        }
    ).action_post()


def hold_order(env, customer):
    product = env["product.product"].create({"name": "Too much", "type": "service"})
    line = Command.create({"product_id": product.id, "price_unit": 3 * LIMIT})
    env["sale.order"].create(
        {"partner_id": customer.id, "order_line": [line]}
    ).action_confirm()


if __name__ == "__main__":
    main(sys.argv[1])
