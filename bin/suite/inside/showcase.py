"""What the demo shows beside sales: credit limits, a held invoice, answers."""

from odoo.fields import Command, Date, Domain

CUSTOMERS = 12
PRICE_STEP = 100


def show(env, addons):
    """Set up what the addons named have to show, each once."""
    if "crm_credit" in addons:
        show_credit(env)
    if "crm_survey" in addons:
        # generated with a fixed seed; every answer says that it was generated
        env["crm.survey.program"]._generate_demo_answers(seed=2026)


def show_credit(env):
    """Give the best customers limits, and let one invoice wait for a decision."""
    company = env.ref("base.main_company")
    best = env["crm.customer"].search(
        Domain("company_id", "=", company.id),
        order="value_amount desc, id",
        limit=CUSTOMERS,
    )
    partners = best.partner_id.with_company(company)
    positions = env["crm.customer"].credit_position(partners, company)
    for place, partner in enumerate(partners):
        used = positions[partner.id]["exposure"]
        limit = (int(used * 1.5) // PRICE_STEP + 5) * PRICE_STEP
        partner.write({"credit_mode": "limited", "credit_limit": limit})
        if place == 0:
            invoice_over(env, company, partner, limit)
    partners[-1:].credit_mode = "none"


def invoice_over(env, company, partner, limit):
    """Post an invoice over the limit: the credit check holds it."""
    line = Command.create({"name": "Anniversary edition", "price_unit": 2 * limit})
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": partner.id,
            "invoice_date": Date.context_today(partner),
            "invoice_line_ids": [line],
        }
    )
    invoice.action_post()
