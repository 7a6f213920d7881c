"""Several processes ask the same people at once, with real commits.

Each worker is a process of its own that asks the way a request does, through
``retrying``, or the way the scheduled action does. The database is a copy, dropped
afterwards.
"""

import multiprocessing
import os
import time
import traceback
from collections import Counter
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial

import psycopg2
import pytest

from odoo import api, sql_db, tools
from odoo.modules.registry import Registry
from odoo.service.model import retrying

NOW = datetime(2026, 3, 2, 9)  # a Monday: the scheduled action rests on weekends
CAP = 2
WORKERS = 6
PATIENCE = 180  # seconds after which a worker counts as stuck
FORK = multiprocessing.get_context("fork")


# The database


def _maintain(statement, *names):
    """Run a statement no transaction may contain, next to the databases."""
    _name, info = sql_db.connection_info_for("postgres")
    with closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        quoted = [psycopg2.extensions.quote_ident(name, connection) for name in names]
        with connection.cursor() as cursor:
            cursor.execute(statement.format(*quoted))


def _copy_database(source, copy):
    """Copy a database as soon as nobody is connected to it."""
    for tries_left in reversed(range(60)):
        sql_db.close_db(source)
        try:
            return _maintain("CREATE DATABASE {} TEMPLATE {}", copy, source)
        except psycopg2.errors.ObjectInUse:
            if not tries_left:
                raise
            time.sleep(1)


@pytest.fixture(scope="module")
def database():
    source = tools.config["db_name"]
    source = source if isinstance(source, str) else source[0]
    copy = f"{source}_invite_{os.getpid()}"
    _copy_database(source, copy)
    try:
        _load_registry(copy)
        yield copy
    finally:
        Registry.delete(copy)
        sql_db.close_db(copy)
        _maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)


def _load_registry(database):
    """Load the registry without the tests Odoo would run while it installs."""
    testing = tools.config["test_enable"]
    tools.config["test_enable"] = False
    try:
        Registry(database)
    finally:
        tools.config["test_enable"] = testing


@contextmanager
def _environment(database):
    """Give an environment whose work is committed at the end."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, api.SUPERUSER_ID, {})


def _make_program(env, **vals):
    survey = env.ref("crm_survey.survey_relationship")
    return env["crm.survey.program"].create(
        {
            "name": "Race",
            "survey_id": survey.id,
            "quarantine_days": 0,
            "quarantine_any_days": 0,
            "account_cap": 0,
            **vals,
        }
    )


def _make_account(env, name, emails, **vals):
    return env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "child_ids": [
                (0, 0, {"name": f"{name} {number}", "email": email, **vals})
                for number, email in enumerate(emails)
            ],
        }
    )


# One race


def _race(database, jobs):
    """Run every job in a process of its own, all at once; return what each says."""
    Registry(database)  # the workers inherit it
    sql_db.close_all()  # but share no connection
    start, answers = FORK.Barrier(len(jobs)), FORK.Queue()
    workers = [
        FORK.Process(target=_work, args=(database, job, start, answers)) for job in jobs
    ]
    for worker in workers:
        worker.start()
    try:
        return [answers.get(timeout=PATIENCE) for _worker in workers]
    finally:
        for worker in workers:
            worker.join(timeout=5)
            if worker.is_alive():
                worker.kill()


def _work(database, job, start, answers):
    answer = "unknown"
    try:
        with _environment(database) as env:
            env["res.users"].search_count([])  # the snapshot is taken before the start
            start.wait(timeout=PATIENCE)
            answer = job(env)
    except BaseException:
        answer = f"error: {traceback.format_exc()}"
    finally:
        answers.put(answer)
        answers.close()
        answers.join_thread()
        os._exit(0)


def _by_request(env, program_id, partner_ids):
    return retrying(partial(_invite, env, program_id, partner_ids), env)


def _invite(env, program_id, partner_ids):
    contacts = env["res.partner"].browse(partner_ids)
    invitations = env["crm.survey.program"].browse(program_id).invite(contacts, now=NOW)
    return [i.skip_reason or i.state for i in invitations]


def _by_scheduled_action(env, program_id):
    program = env["crm.survey.program"].browse(program_id)
    program._run_due(NOW)
    return ["done"]


def _outcomes(database, program_ids):
    with _environment(database) as env:
        invitations = env["crm.survey.invitation"].search(
            [("program_id", "in", program_ids)]
        )
        return [
            (i.partner_id.id, i.email_normalized, i.skip_reason or i.state)
            for i in invitations
        ]


# What must hold


def test_cap_of_an_account_holds_when_all_its_contacts_are_asked_at_once(database):
    with _environment(database) as env:
        program = _make_program(env, account_cap=CAP, account_cap_days=30).id
        emails = [f"cap{n}@example.com" for n in range(WORKERS)]
        contacts = _make_account(env, "Cap", emails).child_ids.ids
    jobs = [partial(_by_request, program_id=program, partner_ids=[c]) for c in contacts]
    answers = _race(database, jobs)
    assert not [a for a in answers if isinstance(a, str)], answers
    told = Counter(outcome for answer in answers for outcome in answer)
    assert told == {"sent": CAP, "account_cap": WORKERS - CAP}
    stored = Counter(outcome for *_who, outcome in _outcomes(database, [program]))
    assert stored == told


def test_one_person_under_two_contacts_and_programmes_is_asked_once(database):
    with _environment(database) as env:
        programs = [_make_program(env, quarantine_any_days=30).id for _n in range(4)]
        contacts = [
            _make_account(env, f"Twin{n}", ["One.Person@Example.com"]).child_ids.id
            for n in range(4)
        ]
    jobs = [
        partial(_by_request, program_id=program, partner_ids=[contact])
        for program, contact in zip(programs, contacts, strict=True)
    ]
    answers = _race(database, jobs)
    assert not [a for a in answers if isinstance(a, str)], answers
    told = Counter(outcome for answer in answers for outcome in answer)
    assert told == {"sent": 1, "quarantine_any": 3}


def test_workers_with_the_same_list_in_another_order_do_not_block_each_other(database):
    with _environment(database) as env:
        program = _make_program(env, quarantine_days=30).id
        emails = [f"order{n}@example.com" for n in range(20)]
        contacts = [
            _make_account(env, f"Order{n}", [email]).child_ids.id
            for n, email in enumerate(emails)
        ]
    lists = (contacts, contacts[::-1], contacts[10:] + contacts[:10])
    jobs = [partial(_by_request, program_id=program, partner_ids=row) for row in lists]
    answers = _race(database, jobs)
    assert not [a for a in answers if isinstance(a, str)], answers
    sent = [who for who, _email, out in _outcomes(database, [program]) if out == "sent"]
    assert sorted(sent) == sorted(contacts)


def test_scheduled_action_twice_and_by_hand_ask_everybody_once(database):
    with _environment(database) as env:
        emails = [f"due{n}@example.com" for n in range(30)]
        account = _make_account(env, "Due", emails)
        customer = env["crm.customer"]._for_partner(account)
        program = _make_program(
            env,
            trigger="periodic",
            period_months=12,
            period_start="2020-01-06",
            spread_days=1,
            contact_role="all",
            customer_domain=f"[('id', '=', {customer.id})]",
            quarantine_days=30,
            state="running",
        ).id
        contacts = account.child_ids.ids
    cron = partial(_by_scheduled_action, program_id=program)
    hand = partial(_by_request, program_id=program, partner_ids=contacts)
    answers = _race(database, [cron, cron, hand])
    assert not [a for a in answers if isinstance(a, str)], answers
    sent = Counter(
        email for _who, email, out in _outcomes(database, [program]) if out == "sent"
    )
    assert set(sent) == set(emails)
    assert set(sent.values()) == {1}
