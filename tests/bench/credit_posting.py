"""Measure what the credit checkpoint costs when invoices are posted.

    bin/odoo shell -d DATABASE --no-http < tests/bench/credit_posting.py

``BENCH_INVOICES`` (200) and ``BENCH_ROUNDS`` (3) in the environment change the size.

Posts the same invoices with the checkpoint of crm_credit and with Odoo's own
``_post`` in its place, in turns, so that both see the same machine. Nothing is kept:
every round is rolled back. The database needs crm_credit and a chart of accounts.
"""

import os
import statistics
import time
from contextlib import nullcontext
from unittest.mock import patch

from odoo.fields import Command

INVOICES = int(os.environ.get("BENCH_INVOICES", "200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def stock():
    """Return a context in which invoices are posted as without crm_credit."""
    move_class = env.registry["account.move"]  # noqa: F821 (given by the shell)
    ours = next(
        cls
        for cls in move_class.__mro__
        if cls.__module__.endswith("account_move_credit_check") and "_post" in vars(cls)
    )

    def _post(self, soft=True):
        return super(ours, self)._post(soft)

    def write(self, vals):
        return super(ours, self).write(vals)

    return patch.multiple(ours, _post=_post, write=write)


def invoices(partner):
    return env["account.move"].create(  # noqa: F821
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Planks", "price_unit": 10, "tax_ids": False}
                    )
                ],
            }
            for _number in range(INVOICES)
        ]
    )


def measure(limit, mode, one_by_one, context):
    """Return seconds and queries of posting, and undo it."""
    savepoint = env.cr.savepoint()  # noqa: F821
    policy = env["crm.credit.policy"]._for_company(env.company)  # noqa: F821
    policy.invoice_mode = mode
    partner = env["res.partner"].create(  # noqa: F821
        {"name": "Bench", "is_company": True, "credit_limit": limit}
    )
    moves = invoices(partner)
    env.flush_all()  # noqa: F821
    env.invalidate_all()  # noqa: F821
    queries, start = env.cr.sql_log_count, time.perf_counter()  # noqa: F821
    with context():
        for batch in moves if one_by_one else [moves]:
            batch.action_post()
            env.flush_all()  # noqa: F821
    seconds = time.perf_counter() - start
    queries = env.cr.sql_log_count - queries  # noqa: F821
    assert set(moves.mapped("state")) == {"posted"}
    savepoint.close(rollback=True)
    return seconds, queries


CASES = [
    ("stock", 0, "hold", stock),
    ("checkpoint off", 0, "off", nullcontext),
    ("unlimited customer", 0, "hold", nullcontext),
    ("limited customer", 1_000_000, "hold", nullcontext),
]


def table(one_by_one):
    print(f"\n{INVOICES} invoices {'one by one' if one_by_one else 'in one batch'}")
    print(f"{'case':<20} {'ms/invoice':>10} {'queries':>9} {'overhead':>9}")
    results = {name: [] for name, *_case in CASES}
    measure(0, "hold", one_by_one, stock)  # warms every cache
    for _round in range(ROUNDS):
        for name, limit, mode, context in CASES:
            results[name].append(measure(limit, mode, one_by_one, context))
    base = statistics.median(seconds for seconds, _queries in results["stock"])
    for name, found in results.items():
        seconds = statistics.median(seconds for seconds, _queries in found)
        each, over = seconds / INVOICES * 1000, (seconds / base - 1) * 100
        queries = found[-1][1] / INVOICES
        print(f"{name:<20} {each:>10.2f} {queries:>9.2f} {over:>8.1f}%")


if not env.company.chart_template:  # noqa: F821
    env["account.chart.template"].try_loading(  # noqa: F821
        "generic_coa",
        company=env.company,  # noqa: F821
    )
table(one_by_one=True)
table(one_by_one=False)
env.cr.rollback()  # noqa: F821
