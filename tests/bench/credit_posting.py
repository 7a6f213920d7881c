"""Measure what the credit checkpoint costs when invoices are posted.

    bin/odoo shell -d DATABASE --no-http < tests/bench/credit_posting.py

The database needs crm_credit and a chart of accounts; take one that fill.sql filled.
Where OCA's account_financial_risk is installed too, it is measured alone in its turn.
``BENCH_INVOICES`` (200) and ``BENCH_ROUNDS`` (5) in the environment change the size.

Posts the same invoices with the checkpoint of crm_credit and with Odoo's own methods in
its place, in turns, call by call, so that both see the same machine. Nothing is kept:
every round is rolled back. Each figure is the median of all calls: milliseconds of
computing of this process and its database connection, so that it does not matter what
else the machine does. The overhead is the median of the ratios of neighbouring calls,
for customers with the same limit. One by one means one call of ``action_post`` for each
invoice, and a flush; alone means the same, each as a request does it: on a connection
that has forgotten what was prepared, with an empty cache of records. ``check`` is what
of it is computed in the checkpoint.
"""

import gc
import os
import statistics
import time
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.fields import Command

from odoo.addons.crm_credit import planned

INVOICES = int(os.environ.get("BENCH_INVOICES", "200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
METHODS = ("action_post", "_post", "write", "_search", "create", "unlink")
OURS, OCA = "odoo.addons.crm_credit", "odoo.addons.account_financial_risk"


@contextmanager
def without(env, *addons):
    """Let invoices be posted as if these addons were not there."""
    theirs = [
        cls
        for cls in env.registry["account.move"].__mro__
        if cls.__module__.startswith(addons)
    ]
    with ExitStack() as stack:
        for cls in theirs:
            for name in METHODS:
                if name in vars(cls):
                    stack.enter_context(patch.object(cls, name, passing_on(cls, name)))
        yield


def passing_on(cls, name):
    def method(self, *args, **kwargs):
        return getattr(super(cls, self), name)(*args, **kwargs)

    method.__dict__.update(vars(vars(cls)[name]))
    return method


@contextmanager
def checking(env, spent):
    """Add the seconds of each check to ``spent``, with what it reads for Odoo too."""
    Move = type(env["account.move"])
    check = Move._credit_pass

    def method(self):
        start = computing(env)
        passed = check(self)
        spent.append(computing(env) - start)
        return passed

    with patch.object(Move, "_credit_pass", method):
        yield


def invoices(env, partner):
    line = Command.create({"name": "Planks", "price_unit": 10, "tax_ids": False})
    return env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [line],
            }
            for _number in range(INVOICES)
        ]
    )


def computing(env):
    """Return the processor seconds of this process and its database connection."""
    process = env.cr._cnx.info.backend_pid
    with open(f"/proc/{process}/schedstat", encoding="utf-8") as file:
        database = int(file.read().split()[0]) / 1e9
    return time.process_time() + database


def prepare(env, limit):
    """Return drafts of a new customer."""
    partner = env["res.partner"].create(
        {"name": "Bench", "is_company": True, "credit_limit": limit}
    )
    return invoices(env, partner)


def forget(cr):
    """Leave the connection as the pool hands it out to the next request."""
    planned._names.pop(cr._obj, None)
    cr._obj.execute("DISCARD PLANS; DEALLOCATE ALL")


def post(env, moves, switched_off, way):
    """Return the seconds, those of them in checks, and the queries of one call."""
    if way == ALONE:
        env.invalidate_all()
        forget(env.cr)
    spent, queries = [], env.cr.sql_log_count
    with without(env, *switched_off), checking(env, spent):
        start = computing(env)
        moves.action_post()
        env.flush_all()
        seconds = computing(env) - start
    assert set(moves.mapped("state")) == {"posted"}
    return seconds, sum(spent), env.cr.sql_log_count - queries


def measure(env, cases, way):
    """Return the figures of the calls of each case, made in turns; undo them all."""
    savepoint = env.cr.savepoint()
    env["crm.credit.policy"]._for_company(env.company).invoice_mode = "hold"
    drafts = {name: prepare(env, limit) for name, (limit, _off) in cases.items()}
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    found = {name: [] for name in cases}
    for turn in range(1 if way == BATCH else INVOICES):
        for name in list(cases) if turn % 2 else list(reversed(cases)):
            moves = drafts[name] if way == BATCH else drafts[name][turn]
            found[name].append(post(env, moves, cases[name][1], way))
    savepoint.close(rollback=True)
    return found


ONE_BY_ONE, ALONE, BATCH = "one by one", "alone", "in one batch"
STOCK, STOCK_LIMITED = "stock", "stock, limited"
CASES = {
    STOCK: (0, (OURS, OCA)),
    STOCK_LIMITED: (1_000_000, (OURS, OCA)),
    "unlimited customer": (0, (OCA,)),
    "limited customer": (1_000_000, (OCA,)),
}
OCA_CASES = {
    "OCA, limited": (1_000_000, (OURS,)),
}


def table(env, way):
    print(f"\n{INVOICES} invoices {way}")
    print(
        f"{'case':<20} {'ms/invoice':>10} {'check':>7} {'queries':>9} {'overhead':>9}"
    )
    has_oca = "risk_total" in env["res.partner"]._fields
    cases = CASES | (OCA_CASES if has_oca else {})
    found = {name: [] for name in cases}
    measure(env, cases, way)  # warms every cache
    for _round in range(ROUNDS):
        for name, calls in measure(env, cases, way).items():
            found[name] += calls
    scale = 1000 / (INVOICES if way == BATCH else 1)
    for name, calls in found.items():
        seconds, checks, queries = map(statistics.median, zip(*calls, strict=True))
        stock = found[STOCK_LIMITED if cases[name][0] else STOCK]
        over = statistics.median(
            ours[0] / theirs[0] - 1 for ours, theirs in zip(calls, stock, strict=True)
        )
        print(
            f"{name:<20} {seconds * scale:>10.2f} {checks * scale:>7.2f}"
            f" {queries * scale / 1000:>9.2f} {over:>9.1%}",
            flush=True,
        )


def main(env):
    if not env.company.chart_template:
        Template = env["account.chart.template"]
        Template.try_loading("generic_coa", company=env.company)
    for way in (ONE_BY_ONE, ALONE, BATCH):
        table(env, way)
    env.cr.rollback()


main(env)  # noqa: F821 [the shell provides env]
