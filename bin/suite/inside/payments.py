"""Let customers pay what is due: most on time, some late, a few not at all."""

from datetime import timedelta

from ..console import Progress
from .boot import environment

BATCH = 100
# Days after the due date, by customer; None leaves the newest invoices open.
HABITS = (-3, 0, 2, -5, 9, 0, 21, 1, -1, 40, 0, None)
PATIENCE_DAYS = 75


def pay_invoices(database, today):
    """Register the payments that the habits ask for, a batch a transaction."""
    with environment(database) as env:
        due = [
            (invoice.id, day)
            for invoice in open_invoices(env)
            if (day := payment_day(invoice, today))
        ]
    progress = Progress("payments", len(due))
    for start in range(0, len(due), BATCH):
        batch = due[start : start + BATCH]
        with environment(database, tracking_disable=True) as env:
            register(env, batch)
        progress.show(start + len(batch))


def open_invoices(env):
    return env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("amount_residual", ">", 0),
        ],
        order="id",
    )


def payment_day(invoice, today):
    """The day it was paid, or None while it is open."""
    habit = HABITS[invoice.partner_id.id % len(HABITS)]
    if habit is None:
        day = invoice.invoice_date_due + timedelta(days=PATIENCE_DAYS)
    else:
        day = invoice.invoice_date_due + timedelta(days=habit)
    return day if day <= today else None


def register(env, batch):
    """One payment an invoice, matched with it."""
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    invoices = env["account.move"].browse([invoice_id for invoice_id, _day in batch])
    payments = env["account.payment"].create(
        [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": invoice.commercial_partner_id.id,
                "amount": invoice.amount_residual,
                "date": day,
                "journal_id": journal.id,
                "memo": invoice.name,
            }
            for invoice, (_invoice_id, day) in zip(invoices, batch, strict=True)
        ]
    )
    payments.action_post()
    plan = [
        (invoice.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        for invoice, payment in zip(invoices, payments, strict=True)
    ]
    env["account.move.line"]._reconcile_plan(plan)
    # What reconciling does for payments made in the form: link them to their invoices.
    for invoice, payment in zip(invoices, payments, strict=True):
        payment.invoice_ids = invoice
