"""Time the credit position against the bare aggregate of the receivable ledger.

    bin/odoo shell -d DATABASE --no-http < tests/bench/credit_position.py

The database is one that fill.sql filled, with crm_credit (and crm_credit_sale)
installed after that. Writes nothing. Where OCA's account_financial_risk is installed
too, its ``risk_total`` of the same customers is measured once.

Each figure is the median of ``RUNS`` runs: milliseconds of computing of this process
and its database connection, so that it does not matter what else the machine does; in
brackets the milliseconds on the clock. ``ratio`` is position over bare aggregate, of
computing; the target for 10,000 customers is below 3.
"""

import random
import statistics
import time

from odoo.tools import SQL

RUNS = 15
SIZES = (1, 1000, 10000)

BARE = """
    SELECT line.partner_id, SUM(line.amount_residual)
      FROM account_move_line AS line
      JOIN account_account AS account ON account.id = line.account_id
     WHERE account.account_type = 'asset_receivable'
       AND line.reconciled IS NOT TRUE
       AND line.parent_state = 'posted'
       AND line.company_id = %s
       AND line.partner_id IN %s
  GROUP BY line.partner_id
"""
CUSTOMERS = """
    SELECT DISTINCT commercial_partner_id
      FROM account_move
     WHERE move_type = 'out_invoice'
  ORDER BY 1
"""


def computing(env):
    """Return the processor seconds of this process and its database connection."""
    process = env.cr._cnx.info.backend_pid
    with open(f"/proc/{process}/schedstat", encoding="utf-8") as file:
        database = int(file.read().split()[0]) / 1e9
    return time.process_time() + database


def timed(env, function, repeat=RUNS):
    """Return milliseconds of computing and on the clock."""
    if repeat > 1:
        function()
    runs = []
    for _run in range(repeat):
        start = computing(env), time.perf_counter()
        function()
        runs.append((computing(env) - start[0], time.perf_counter() - start[1]))
    return [1000 * statistics.median(column) for column in zip(*runs, strict=True)]


def cell(figures):
    return "{:.1f} ({:.1f})".format(*figures)


def measure(env):
    # parallel workers would not be counted
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    company = env.company
    Customer = env["crm.customer"].sudo()
    customers = [partner for (partner,) in env.execute_query(SQL(CUSTOMERS))]
    random.seed(1)
    print(f"{len(customers)} customers in {env.cr.dbname}")
    print(f"{'customers':>10} {'bare ms':>18} {'position ms':>18} {'ratio':>7}")
    for size in SIZES:
        some = tuple(random.sample(customers, min(size, len(customers))))
        bare = timed(
            env, lambda some=some: env.execute_query(SQL(BARE, company.id, some))
        )
        position = timed(
            env, lambda some=some: Customer.credit_position(list(some), company)
        )
        ratio = position[0] / bare[0]
        print(
            f"{size:>10} {cell(bare):>18} {cell(position):>18} {ratio:>7.2f}",
            flush=True,
        )
        if "risk_total" in env["res.partner"]._fields:
            env.invalidate_all()
            partners = env["res.partner"].browse(some)
            theirs = timed(env, lambda some=partners: some.mapped("risk_total"), 1)
            print(f"{'OCA':>10} {'':>18} {cell(theirs):>18}", flush=True)


measure(env)  # noqa: F821 [the shell provides env]
