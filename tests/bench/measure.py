"""Time the refresh of customer values on a filled database; print JSON.

Everything runs in this one process, one after the other, so that the figures of a
run can be compared. Each figure is a pair: seconds on the clock, and seconds of
computing, which are those of this process and of its database connection. The
second does not depend on what else the machine does; so that it misses nothing, the
database works on a statement with one process only.
"""

import json
import os
import resource
import sys
import time
from datetime import date, timedelta

import statements
from suite.inside import boot

from odoo.tools import SQL

NEW_INVOICES = 1000
ORM_SAMPLE = 300


class Bench:
    """The measurements of one database, in the order in which they are taken."""

    def __init__(self, env, today):
        self.env = env
        self.today = today
        self.company = env.ref("base.main_company")
        self.customers = env["crm.customer"].with_company(self.company)
        self.figures = {}

    def timed(self, name, work):
        """Do ``work``, commit it, and note how long both took."""
        self.env.flush_all()
        begun = time.monotonic(), self.computing()
        work()
        self.env.flush_all()
        self.env.cr.commit()
        self.figures[name] = [
            time.monotonic() - begun[0],
            self.computing() - begun[1],
        ]
        self.env.invalidate_all()

    def computing(self):
        """Return the processor seconds of this process and its connection."""
        process = self.env.cr._cnx.info.backend_pid
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            after_name = file.read().rpartition(")")[2].split()
        ticks = int(after_name[11]) + int(after_name[12])
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")

    def note(self, name, parts, factor=1):
        """Note the sum of other figures, times ``factor``."""
        self.figures[name] = [
            factor * sum(self.figures[part][place] for part in parts)
            for place in (0, 1)
        ]

    def run(self):
        self.env.cr.execute("SET max_parallel_workers_per_gather = 0")
        self.env.cr.commit()
        self.count()
        self.floor()
        self.refreshes()
        self.incremental()
        self.fit()
        self.figures["memory_mb"] = peak_memory_mb()
        self.orm_loop()
        return self.figures

    def count(self):
        domain = [("move_type", "in", ("out_invoice", "out_refund"))]
        self.figures["invoices"] = self.env["account.move"].search_count(domain)

    def floor(self):
        """Run the bare aggregates twice and keep the second time, with warm caches."""
        policy = self.env["crm.value.policy"]._for_company(self.company)
        terms = {
            "company": self.company.id,
            "start": policy._window_start(self.today),
            "previous": policy._previous_window_start(self.today),
            "as_of": self.today,
            "rate": policy.capital_pct,
        }
        for name, statement in statements.FLOOR.items():
            for _turn in range(2):
                self.timed(
                    f"floor_{name}",
                    lambda statement=statement: self.env.cr.execute(
                        SQL("EXPLAIN (ANALYZE, TIMING OFF) " + statement, **terms)
                    ),
                )
        self.note("floor", [f"floor_{name}" for name in statements.FLOOR])

    def refreshes(self):
        """Refresh on three days: all rows are new, then all differ by a day."""
        first, second = self.today - timedelta(days=2), self.today - timedelta(days=1)
        self.timed("refresh_first", lambda: self.refresh(first))
        self.env.cr.execute("ANALYZE crm_customer")
        self.timed("refresh_fitted", lambda: self.refresh(second, fit=True))
        self.timed("refresh_full", lambda: self.refresh(self.today))
        self.figures["customers"] = self.customers.search_count([])
        self.check()

    def refresh(self, day, fit=None):
        """Measure everyone; ``fit`` makes the models due."""
        if fit:
            self.env["crm.value.model"].search([]).unlink()
        self.customers.refresh(self.company, as_of=day)

    def check(self):
        """Refuse to time a refresh that does not add up."""
        [(documents, rows)] = self.env.execute_query(SQL(statements.TOTALS))
        if documents != rows:
            raise SystemExit(f"Revenue is {documents}, but customers show {rows}.")

    def incremental(self):
        """Post documents of as many customers, then measure those who changed."""
        [(moment,)] = self.env.execute_query(SQL(statements.NOW))
        self.env.cr.execute(
            SQL(statements.NEW_INVOICES, day=self.today, number=NEW_INVOICES)
        )
        self.env.cr.commit()
        self.timed("incremental", lambda: self.refresh_changed(moment))
        self.check()
        self.timed("incremental_again", lambda: self.refresh_changed(moment))

    def refresh_changed(self, moment):
        changed = self.customers._changed_partner_ids(self.company, moment)
        self.customers.refresh(self.company, list(changed), self.today)
        self.figures["changed"] = len(changed)

    def fit(self):
        """Fit both models to the histories, without Odoo around them."""
        from odoo.addons.crm_value import analytics

        rows = self.env.execute_query(
            SQL(statements.HISTORIES, company=self.company.id, as_of=self.today)
        )
        x, t_x, T, zbar = (
            list(map(float, column)) for column in zip(*rows, strict=True)
        )
        self.timed("fit_purchases", lambda: analytics.fit_mbg_nbd(x, t_x, T))
        self.timed("fit_spend", lambda: analytics.fit_gamma_gamma(x, zbar))
        self.note("fit", ["fit_purchases", "fit_spend"])

    def orm_loop(self):
        """Read Odoo's own total of a sample of customers, one after the other."""
        sample = self.env["res.partner"].search(
            [("customer_rank", ">", 0), ("parent_id", "=", False)], limit=ORM_SAMPLE
        )
        self.timed("orm_sample", lambda: [p.total_invoiced for p in sample])
        scale = self.figures["customers"] / len(sample)
        self.note("orm_loop", ["orm_sample"], scale)


def peak_memory_mb():
    """Return the most memory this process ever held, Odoo itself included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(database, today):
    boot.configure(database, "--log-level=warn")
    with boot.environment(database) as env:
        idle = peak_memory_mb()
        figures = Bench(env, date.fromisoformat(today)).run()
    print(json.dumps({"memory_idle_mb": idle, **figures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
