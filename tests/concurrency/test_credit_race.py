"""Several processes use the credit of one customer at once, with real commits.

Each worker is a process of its own that calls business methods the way a request
does, through ``retrying``. The database is a copy, dropped afterwards.
"""

import multiprocessing
import os
import time
import traceback
from contextlib import closing, contextmanager
from functools import partial

import psycopg2
import pytest

from odoo import api, sql_db, tools
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying

LIMIT, AMOUNT = 1000.0, 300.0
FITTING = 3  # how many documents of AMOUNT the limit has room for
ADMIN = 2
PATIENCE = 120  # seconds after which a worker counts as stuck
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


def _drop_database(name):
    Registry.delete(name)
    sql_db.close_db(name)
    _maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def database():
    source = tools.config["db_name"]
    source = source if isinstance(source, str) else source[0]
    copy = f"{source}_race_{os.getpid()}"
    _copy_database(source, copy)
    try:
        with _environment(copy, api.SUPERUSER_ID) as env:
            _prepare(env)
        yield copy
    finally:
        _drop_database(copy)


@contextmanager
def _environment(database, uid=ADMIN):
    """Give an environment whose work is committed at the end."""
    with _registry(database).cursor() as cr:
        yield api.Environment(cr, uid, {})


def _registry(database):
    """Load the registry without the tests a test run would start with it."""
    testing = tools.config["test_enable"]
    tools.config["test_enable"] = False
    try:
        return Registry(database)
    finally:
        tools.config["test_enable"] = testing


def _prepare(env):
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company)
    admin = env["res.users"].browse(ADMIN)
    admin.write(
        {
            "company_ids": [Command.link(company.id)],
            "company_id": company.id,
            "group_ids": [
                Command.link(env.ref("account.group_account_manager").id),
                Command.link(env.ref("crm_credit.group_manager").id),
            ],
        }
    )
    # other rules may have been configured on the database that was copied
    rules = env["crm.credit.rule"].search([("kind", "!=", "over_limit")])
    rules.active = False


# One race


def _race(database, jobs, dirty=False):
    """Run every job in a process of its own, all at once; return what each says."""
    _registry(database)  # the workers inherit it
    sql_db.close_all()  # but share no connection
    start, answers = FORK.Barrier(len(jobs)), FORK.Queue()
    workers = [
        FORK.Process(target=_work, args=(database, job, start, answers, dirty))
        for job in jobs
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


def _work(database, job, start, answers, dirty):
    answer = "unknown"
    try:
        if start is not None:
            start.wait(timeout=PATIENCE)
        with _environment(database) as env:
            answer = retrying(partial(_call, env, *job, dirty), env)
    except UserError as error:
        answer = f"refused: {error}"
    except BaseException:
        answer = f"error: {traceback.format_exc()}"
    finally:
        answers.put(answer)
        answers.close()
        answers.join_thread()
        os._exit(0)


def _call(env, model, record_id, method, dirty):
    """Do what a request does; ``dirty``: one that has written before."""
    record = env[model].browse(record_id)
    if dirty:
        record.message_post(body="About to try")
        env.flush_all()
    getattr(record, method)()
    return record.credit_state


def _jobs(env, partner, count, with_orders):
    """Return jobs that post invoices and confirm orders of one customer."""
    jobs = []
    for number in range(count):
        if with_orders and number % 2:
            jobs.append(("sale.order", _order(env, partner).id, "action_confirm"))
        else:
            jobs.append(("account.move", _invoice(env, partner).id, "action_post"))
    return jobs


def _customer(env, name):
    return env["res.partner"].create(
        {"name": name, "is_company": True, "credit_limit": LIMIT}
    )


def _invoice(env, partner):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_line_ids": [
                Command.create(
                    {"name": "Planks", "price_unit": AMOUNT, "tax_ids": False}
                )
            ],
        }
    )


def _order(env, partner):
    product = env["product.product"].search([("default_code", "=", "RACE")], limit=1)
    product = product or env["product.product"].create(
        {"name": "Planks", "default_code": "RACE", "type": "service"}
    )
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "price_unit": AMOUNT,
                        "tax_ids": False,
                    }
                )
            ],
        }
    )


def _set_mode(env, mode):
    policy = env["crm.credit.policy"]._for_company(env.company)
    policy.write({name: mode for name in _modes(policy)})


def _modes(policy):
    return [name for name in ("invoice_mode", "order_mode") if name in policy._fields]


def _check_never_over(env, partner, jobs, answers, mode):
    """The limit held, what did not fit is on hold with its reason and in the log."""
    assert not [answer for answer in answers if answer.startswith("error")], answers
    position = env["crm.customer"].credit_position(partner)[partner.id]
    committed = position["exposure"] - position["drafts"]
    assert committed == FITTING * AMOUNT
    assert answers.count("clear") == FITTING
    stopped = len(jobs) - FITTING
    holds = env["crm.credit.hold"].search([("partner_id", "=", partner.id)])
    if mode == "block":
        assert sum(answer.startswith("refused") for answer in answers) == stopped
        assert not holds
        return
    assert answers.count("held") == stopped
    assert len(holds) == stopped and set(holds.mapped("state")) == {"open"}
    assert all(hold.reason_ids.threshold == LIMIT for hold in holds)
    events = env["crm.customer.event"].search(
        [("partner_id", "=", partner.id), ("kind", "=", "hold")]
    )
    assert len(events) == stopped


@pytest.mark.parametrize("mode", ["hold", "block"])
@pytest.mark.parametrize("count", [2, 8, 16])
def test_simultaneous_documents_never_exceed_the_limit(database, count, mode):
    with _environment(database) as env:
        _set_mode(env, mode)
        partner = _customer(env, f"Race {mode} {count}")
        if count == 2:  # leave room for one
            _invoice(env, partner).action_post()
            _invoice(env, partner).action_post()
        jobs = _jobs(env, partner, count, "sale.order" in env)
    answers = _race(database, jobs)
    with _environment(database) as env:
        partner = env["res.partner"].browse(partner.id)
        if count == 2:
            answers += ["clear", "clear"]
            jobs += [None, None]
        _check_never_over(env, partner, jobs, answers, mode)


def test_requests_that_wrote_before_are_replayed_once_and_succeed(database):
    with _environment(database) as env:
        _set_mode(env, "hold")
        partner = _customer(env, "Race dirty")
        jobs = _jobs(env, partner, 5, "sale.order" in env)
    answers = _race(database, jobs, dirty=True)
    with _environment(database) as env:
        partner = env["res.partner"].browse(partner.id)
        _check_never_over(env, partner, jobs, answers, "hold")


def test_lower_limit_waits_for_the_document_being_posted(database):
    with _environment(database) as env:
        _set_mode(env, "hold")
        partner = _customer(env, "Race limit")
        invoice = _invoice(env, partner)
    with _environment(database) as env:
        env["account.move"].browse(invoice.id).action_post()
        env.flush_all()
        worker, answers = _start(database, ("res.partner", partner.id, "lower"))
        worker.join(timeout=2)
        assert worker.is_alive()
    assert answers.get(timeout=PATIENCE) == "lowered"
    with _environment(database) as env:
        events = env["crm.customer.event"].search(
            [("partner_id", "=", partner.id), ("kind", "=", "hold")]
        )
        assert "300.00" in events.reason


def test_other_customers_do_not_wait(database):
    with _environment(database) as env:
        _set_mode(env, "hold")
        busy, free = _customer(env, "Busy"), _customer(env, "Free")
        waiting, passing = _invoice(env, busy), _invoice(env, free)
    with _environment(database) as env:
        partner = env["res.partner"].browse(busy.id)
        env["crm.customer"]._credit_take_ticket(partner, env.company)
        stuck = _start(database, ("account.move", waiting.id, "action_post"))
        quick = _start(database, ("account.move", passing.id, "action_post"))
        assert quick[1].get(timeout=PATIENCE) == "clear"
        assert stuck[0].is_alive()
    assert stuck[1].get(timeout=PATIENCE) == "clear"


def _start(database, job):
    """Start one worker next to an open transaction of this process."""
    answers = FORK.Queue()
    target = _lower if job[2] == "lower" else _work
    args = (database, job, None, answers, False)
    worker = FORK.Process(target=_forked, args=(target, args))
    worker.start()
    return worker, answers


def _forked(target, args):
    # the connections belong to the parent: forget them, do not close them
    sql_db._Pool = sql_db._Pool_readonly = None
    target(*args)


def _lower(database, job, _start, answers, _dirty):
    answer = "error"
    try:
        with _environment(database) as env:
            partner = env["res.partner"].browse(job[1])
            change = partial(
                partner.sudo().write, {"credit_mode": "limited", "credit_limit": 100}
            )
            retrying(change, env)
            answer = "lowered"
    except BaseException:
        answer = f"error: {traceback.format_exc()}"
    finally:
        answers.put(answer)
        answers.close()
        answers.join_thread()
        os._exit(0)
