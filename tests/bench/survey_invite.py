#!/usr/bin/env python3
"""Let the scheduled action ask many customers, and print its time and memory.

Run it in an Odoo shell on a database you can throw away (it commits):

    odoo shell -d DATABASE --no-http < tests/bench/survey_invite.py

SURVEY_BENCH_PEOPLE is the number of people due, 100000 if not given. The run is
broken off once, as a killed worker would, and must go on where it stopped.
"""

import os
import resource
import time
from datetime import datetime

from odoo.addons.crm_survey.models.crm_survey_program_cron import BATCH_SIZE

PEOPLE = int(os.environ.get("SURVEY_BENCH_PEOPLE", "100000"))
NOW = datetime(2026, 3, 2, 9)
RUN = f"bench{os.getpid()}"


def fill(env):
    """Make PEOPLE customers in SQL; every tenth has no address."""
    env.cr.execute(
        """
        INSERT INTO res_partner (
               name, complete_name, email, email_normalized, ref, active, is_company,
               type, lang, autopost_bills, create_date, write_date
               )
        SELECT name, name, email, email, %(run)s, TRUE, TRUE, 'contact', 'en_US',
               'ask', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (
               SELECT 'Bench ' || number AS name,
                      CASE WHEN number %% 10 > 0
                           THEN %(run)s || '.' || number || '@example.com'
                       END AS email
                 FROM generate_series(1, %(people)s) AS number
               ) AS person
        """,
        {"run": RUN, "people": PEOPLE},
    )
    env.cr.execute(
        """
        UPDATE res_partner
           SET commercial_partner_id = id
         WHERE ref = %(run)s;
        INSERT INTO crm_customer (partner_id, company_id, currency_id)
        SELECT partner.id, company.id, company.currency_id
          FROM res_partner AS partner
          JOIN res_company AS company
            ON company.id = %(company)s
         WHERE partner.ref = %(run)s
        """,
        {"run": RUN, "company": env.company.id},
    )
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner, crm_customer")
    env.invalidate_all()


def make_program(env):
    return env["crm.survey.program"].create(
        {
            "name": RUN,
            "survey_id": env.ref("crm_survey.survey_relationship").id,
            "trigger": "periodic",
            "period_months": 12,
            "period_start": NOW.date(),
            "spread_days": 1,
            "contact_role": "account",
            "customer_domain": f"[('partner_id.ref', '=', '{RUN}')]",
            "quarantine_days": 90,
            "quarantine_any_days": 30,
            "account_cap": 3,
            "state": "running",
            "started_at": NOW,
        }
    )


def count(env, program):
    env.cr.execute(
        """
        SELECT COALESCE(skip_reason, state), COUNT(*)
          FROM crm_survey_invitation
         WHERE program_id = %s
      GROUP BY 1
        """,
        (program.id,),
    )
    return dict(env.cr.fetchall())


def memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(env):
    fill(env)
    program = make_program(env)
    env.cr.commit()
    before = memory_mb()

    started = time.perf_counter()
    due = program._due(NOW)
    print(f"due people found: {len(due):,} in {time.perf_counter() - started:.1f} s")

    started = time.perf_counter()
    forecast = program._forecast(NOW, NOW)
    took = time.perf_counter() - started
    print(f"dry run decided: {len(forecast):,} in {took:.1f} s")
    env.invalidate_all()

    started = time.perf_counter()
    program._run_batches(program._invite_batch, due[: 2 * BATCH_SIZE], NOW)
    first = sum(count(env, program).values())
    print(f"broken off after {first:,} people: {time.perf_counter() - started:.1f} s")

    started, computed = time.perf_counter(), time.process_time()
    assert program._run_due(NOW)
    took = time.perf_counter() - started
    busy = time.process_time() - computed
    rest = PEOPLE - first
    print(f"the other {rest:,} people: {took:.1f} s, {took / rest * 1e3:.2f} ms each")
    print(f"of it computing in Python: {busy:.1f} s, {busy / rest * 1e3:.2f} ms each")
    print(f"invitations: {count(env, program)}")
    print(f"memory: {before:.0f} MB before, {memory_mb():.0f} MB at most")
    assert sum(count(env, program).values()) == PEOPLE
    assert not program._due(NOW)


main(env)  # noqa: F821 (the shell gives it)
