"""What the demo shows beside sales: contacts due, credit limits, a hold, answers."""

from datetime import timedelta

from odoo.fields import Command, Date, Datetime, Domain

CUSTOMERS = 12
PRICE_STEP = 100
# days: calls are so far apart, and the last one with a customer so long ago at most
CALL_STEP, LONGEST_SILENCE = 7, 60
# relationship and days between two contacts, best tier first
TREATMENTS = (("partnership", 30), ("proactive", 90))


def show(env, addons):
    """Set up what the addons named have to show, each once."""
    if "crm_value" in addons:
        show_value(env)
    if "crm_credit" in addons:
        show_credit(env)
    if "crm_survey" in addons:
        # generated with a fixed seed; every answer says that it was generated
        env["crm.survey.program"]._generate_demo_answers(seed=2026)


def show_value(env):
    """Say how often the best tiers are contacted, and when they were last called."""
    company = env.ref("base.main_company")
    tiers = env["crm.value.policy"]._for_company(company)._rated_tiers()
    for tier, (relationship, days) in zip(tiers, TREATMENTS, strict=False):
        tier.write({"relationship_type": relationship, "contact_days": days})
    log_calls(env, tiers[:1])
    env["crm.customer"].refresh()


def log_calls(env, tier):
    """Log one call with each customer of a tier, some of them long ago."""
    customers = env["crm.customer"].search([("tier_id", "=", tier.id)])
    call = env.ref("mail.mail_activity_data_call")
    today = Datetime.now()
    env["mail.message"].create(
        [
            {
                "model": "res.partner",
                "res_id": customer.partner_id.id,
                "message_type": "notification",
                "subtype_id": env.ref("mail.mt_activities").id,
                "mail_activity_type_id": call.id,
                "author_id": customer.account_manager_id.partner_id.id,
                "date": today - timedelta(days=1 + place * CALL_STEP % LONGEST_SILENCE),
                "body": "Call: asked how the last order was received.",
            }
            for place, customer in enumerate(customers)
        ]
    )


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
