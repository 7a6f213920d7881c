"""Several processes ask the same people at once, with real commits.

Each worker is a process of its own that asks the way a request does, through
``retrying``, or the way the scheduled action does. The database is a copy, dropped
afterwards.
"""

from collections import Counter
from datetime import datetime
from functools import partial

import pytest

from odoo.service.model import retrying

from tests.databases import copied, environment
from tests.races import race

NOW = datetime(2026, 3, 2, 9)  # a Monday: the scheduled action rests on weekends
CAP = 2
WORKERS = 6


@pytest.fixture(scope="module")
def database():
    with copied("invite") as copy:
        yield copy


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


# What a worker does


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
    with environment(database) as env:
        invitations = env["crm.survey.invitation"].search(
            [("program_id", "in", program_ids)]
        )
        return [
            (i.partner_id.id, i.email_normalized, i.skip_reason or i.state)
            for i in invitations
        ]


# What must hold


def test_cap_of_an_account_holds_when_all_its_contacts_are_asked_at_once(database):
    with environment(database) as env:
        program = _make_program(env, account_cap=CAP, account_cap_days=30).id
        emails = [f"cap{n}@example.com" for n in range(WORKERS)]
        contacts = _make_account(env, "Cap", emails).child_ids.ids
    jobs = [partial(_by_request, program_id=program, partner_ids=[c]) for c in contacts]
    answers = race(database, jobs, snapshot_first=True)
    assert not [a for a in answers if isinstance(a, str)], answers
    told = Counter(outcome for answer in answers for outcome in answer)
    assert told == {"sent": CAP, "account_cap": WORKERS - CAP}
    stored = Counter(outcome for *_who, outcome in _outcomes(database, [program]))
    assert stored == told


def test_one_person_under_two_contacts_and_programmes_is_asked_once(database):
    with environment(database) as env:
        programs = [_make_program(env, quarantine_any_days=30).id for _n in range(4)]
        contacts = [
            _make_account(env, f"Twin{n}", ["One.Person@Example.com"]).child_ids.id
            for n in range(4)
        ]
    jobs = [
        partial(_by_request, program_id=program, partner_ids=[contact])
        for program, contact in zip(programs, contacts, strict=True)
    ]
    answers = race(database, jobs, snapshot_first=True)
    assert not [a for a in answers if isinstance(a, str)], answers
    told = Counter(outcome for answer in answers for outcome in answer)
    assert told == {"sent": 1, "quarantine_any": 3}


def test_workers_with_the_same_list_in_another_order_do_not_block_each_other(database):
    with environment(database) as env:
        program = _make_program(env, quarantine_days=30).id
        emails = [f"order{n}@example.com" for n in range(20)]
        contacts = [
            _make_account(env, f"Order{n}", [email]).child_ids.id
            for n, email in enumerate(emails)
        ]
    lists = (contacts, contacts[::-1], contacts[10:] + contacts[:10])
    jobs = [partial(_by_request, program_id=program, partner_ids=row) for row in lists]
    answers = race(database, jobs, snapshot_first=True)
    assert not [a for a in answers if isinstance(a, str)], answers
    sent = [who for who, _email, out in _outcomes(database, [program]) if out == "sent"]
    assert sorted(sent) == sorted(contacts)


def test_scheduled_action_twice_and_by_hand_ask_everybody_once(database):
    with environment(database) as env:
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
    answers = race(database, [cron, cron, hand], snapshot_first=True)
    assert not [a for a in answers if isinstance(a, str)], answers
    sent = Counter(
        email for _who, email, out in _outcomes(database, [program]) if out == "sent"
    )
    assert set(sent) == set(emails)
    assert set(sent.values()) == {1}
