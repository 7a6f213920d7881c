"""Work done by several processes at once, each with a connection of its own."""

import multiprocessing
import os
import traceback

from odoo import sql_db
from odoo.exceptions import UserError

from tests.databases import environment, load

PATIENCE = 180  # seconds after which a worker counts as stuck
FORK = multiprocessing.get_context("fork")


def race(database, jobs, **options):
    """Run every job in a process of its own, all at once; return what each says.

    A job is called with an environment, which is committed after it. What a
    UserError says comes back as "refused: …", any other error as "error: …".
    """
    load(database)  # the workers inherit it
    sql_db.close_all()  # but share no connection
    start, answers = FORK.Barrier(len(jobs)), FORK.Queue()
    workers = [
        FORK.Process(target=_work, args=(database, job, answers, start), kwargs=options)
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


def start(database, job, **who):
    """Start one worker next to an open transaction of this process."""
    answers = FORK.Queue()
    worker = FORK.Process(target=_forked, args=(database, job, answers), kwargs=who)
    worker.start()
    return worker, answers


def _forked(database, job, answers, **who):
    # the connections belong to the parent: forget them, do not close them
    sql_db._Pool = sql_db._Pool_readonly = None
    _work(database, job, answers, **who)


def _work(database, job, answers, start=None, snapshot_first=False, **who):
    """``snapshot_first``: every worker sees the database as it was before the race."""
    answer = "unknown"
    try:
        if start and not snapshot_first:
            start.wait(timeout=PATIENCE)
        with environment(database, **who) as env:
            if snapshot_first:
                env["res.users"].search_count([])
                start.wait(timeout=PATIENCE)
            answer = job(env)
    except UserError as error:
        answer = f"refused: {error}"
    except BaseException:
        answer = f"error: {traceback.format_exc()}"
    finally:
        answers.put(answer)
        answers.close()
        answers.join_thread()
        os._exit(0)
