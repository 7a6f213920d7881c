"""Time the credit position against the bare aggregate of the receivable ledger.

Run it in the shell of a database filled by the generator of the value engine, with
crm_credit (and crm_credit_sale) installed:

    odoo shell -d DATABASE < tests/bench/credit_position.py

Each figure is the best of ``RUNS`` runs, in milliseconds. ``ratio`` is position over
bare aggregate; the target for 10,000 customers is below 3.
"""

import random
import time

from odoo.tools import SQL

RUNS = 5
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


def best(function):
    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def measure(env):
    company = env.company
    Customer = env["crm.customer"].sudo()
    invoiced = env.execute_query(
        SQL(
            "SELECT DISTINCT commercial_partner_id FROM account_move"
            " WHERE move_type = 'out_invoice' ORDER BY 1"
        )
    )
    customers = [partner_id for (partner_id,) in invoiced]
    random.seed(1)
    print(f"{len(customers)} customers in {env.cr.dbname}")
    print(f"{'customers':>10} {'bare ms':>10} {'position ms':>12} {'ratio':>7}")
    for size in SIZES:
        some = tuple(random.sample(customers, min(size, len(customers))))
        bare = best(lambda some=some: env.execute_query(SQL(BARE, company.id, some)))
        position = best(lambda some=some: Customer.credit_position(list(some), company))
        print(f"{size:>10} {bare:>10.1f} {position:>12.1f} {position / bare:>7.2f}")


measure(env)  # noqa: F821 [the shell provides env]
