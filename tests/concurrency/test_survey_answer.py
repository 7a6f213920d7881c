"""A customer and a scanner submit the same form at once, with real commits.

Each submission has a connection of its own and runs the way a request does, through
``retrying``. The rows made here are deleted afterwards.
"""

import threading
from contextlib import contextmanager
from functools import partial

import pytest

from odoo import api, fields, tools
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import SQL

SUBMISSIONS = 4
PATIENCE = 120
TABLES = (
    ("crm_survey_score", "program_id"),
    ("crm_survey_refusal", "program_id"),
    ("survey_user_input", "crm_program_id"),
    ("crm_survey_invitation", "program_id"),
    ("crm_survey_program", "id"),
)


def database():
    name = tools.config["db_name"]
    return name if isinstance(name, str) else name[0]


@contextmanager
def environment():
    """Give an environment whose work is committed at the end."""
    with Registry(database()).cursor() as cr:
        yield api.Environment(cr, api.SUPERUSER_ID, {})


def make_survey(env):
    question = {
        "title": "Would you recommend us?",
        "question_type": "scale",
        "metric": "nps",
        "scale_min": 0,
        "scale_max": 10,
        "constr_mandatory": True,
    }
    return env["survey.survey"].create(
        {
            "title": "Race",
            "survey_type": "satisfaction",
            "access_mode": "token",
            "question_and_page_ids": [fields.Command.create(question)],
        }
    )


def make_link(env):
    """Invite somebody; return what the test needs and what it must take away."""
    survey = make_survey(env)
    program = env["crm.survey.program"].create(
        {
            "name": "Race",
            "survey_id": survey.id,
            "quarantine_days": 0,
            "quarantine_any_days": 0,
            "account_cap": 0,
        }
    )
    program.action_start()
    partner = env["res.partner"].create(
        {"name": "Race", "email": "race@answers.example"}
    )
    invitation = program.invite(partner)
    assert invitation.state == "sent", invitation.skip_reason
    return {
        "token": invitation.user_input_id.access_token,
        "name": f"q{survey.question_ids.id}",
        "program": program.id,
        "survey": survey.id,
        "partner": partner.id,
    }


def take_away(env, made):
    """Delete what the race left, as it was committed."""
    env["crm.survey.invitation"].search(
        [("program_id", "=", made["program"])]
    ).message_ids.unlink()
    for table, column in TABLES:
        env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = %s",
                SQL.identifier(table),
                SQL.identifier(column),
                made["program"],
            )
        )
    env.invalidate_all()
    env["survey.survey"].browse(made["survey"]).unlink()
    env["crm.customer"].search([("partner_id", "=", made["partner"])]).unlink()
    env["res.partner"].browse(made["partner"]).unlink()


@pytest.fixture
def link():
    """An open invitation: token, question and programme."""
    with environment() as env:
        made = make_link(env)
    yield made
    with environment() as env:
        take_away(env, made)


def submit(env, link, value):
    answer = env["survey.user_input"]._crm_find(link["token"])
    return answer._crm_submit({link["name"]: [str(value)]}).status


def work(link, value, start, answers):
    try:
        with environment() as env:
            env.cr.execute("SELECT 1")  # every snapshot is older than every answer
            start.wait(timeout=PATIENCE)
            answers.append(retrying(partial(submit, env, link, value), env))
    except Exception as error:
        answers.append(f"error: {error!r}")


def test_one_of_several_submissions_at_once_becomes_the_answer(link):
    start, answers = threading.Barrier(SUBMISSIONS), []
    workers = [
        threading.Thread(target=work, args=(link, value, start, answers))
        for value in range(SUBMISSIONS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=PATIENCE)
    assert sorted(answers) == ["refused"] * (SUBMISSIONS - 1) + ["saved"]
    with environment() as env:
        scores = env["crm.survey.score"].search([("program_id", "=", link["program"])])
        assert len(scores) == 1
        refused = env["crm.survey.refusal"].search_count(
            [("program_id", "=", link["program"])]
        )
        assert refused == SUBMISSIONS - 1
