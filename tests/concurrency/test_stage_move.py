"""Two people move the card of one customer at the same instant, with real commits.

Each is a process of its own that presses the button of the dialog the way a request
does, through ``retrying``. The database is a copy, dropped afterwards.
"""

from functools import partial

import pytest

from odoo.service.model import retrying

from tests.databases import copied, environment
from tests.races import race

KINDS = ("exploration", "formation", "stable")


@pytest.fixture(scope="module")
def database():
    with copied("move") as copy:
        yield copy


@pytest.fixture
def board(database):
    """A card, two people who see it, and the stage each wants: all by id."""
    with environment(database) as env:
        company = env.ref("base.main_company")
        seen, *wanted = (
            env["crm.lifecycle.stage"].search([("kind", "=", kind)], limit=1)
            for kind in KINDS
        )
        people = env["res.users"].create(
            [
                {
                    "name": f"Person {place}",
                    "login": f"person_{place}_{env.cr.now()}",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, env.ref("crm_value.group_manager").ids)],
                }
                for place in range(2)
            ]
        )
        partner = env["res.partner"].create({"name": "Wanted by two"})
        customer = env["crm.customer"]._for_partner(partner, company)
        customer._move_stage_by_hand(seen, "As it starts")
        return {
            "customer": customer.id,
            "people": people.ids,
            "names": people.mapped("name"),
            "stages": [stage.id for stage in wanted],
        }


def _open_dialogs(database, board):
    """Let each person drop the card; return the dialogs that ask why."""
    dialogs = []
    for person, stage in zip(board["people"], board["stages"], strict=True):
        with environment(database, uid=person) as env:
            customer = env["crm.customer"].browse(board["customer"])
            action = customer.with_context(
                default_stage_id=stage
            ).action_open_stage_move()
            dialog = (
                env[action["res_model"]]
                .with_context(**action["context"])
                .create({"reason": f"Says person {len(dialogs)}"})
            )
            dialogs.append(dialog.id)
    return dialogs


def _press(env, person, dialog):
    def move(env):
        env["crm.customer.stage.move"].browse(dialog).action_move()
        return f"moved by {env.user.name}"

    env = env(user=person)
    return retrying(partial(move, env), env)


def _race(database, board, **options):
    jobs = [
        partial(_press, person=person, dialog=dialog)
        for person, dialog in zip(
            board["people"], _open_dialogs(database, board), strict=True
        )
    ]
    return race(database, jobs, **options)


def _picture(database, board):
    """Return stage of the card, stages by history (is open) and moves by event."""
    with environment(database) as env:
        customer = env["crm.customer"].browse(board["customer"])
        stays = customer.stage_history_ids.sorted("id")
        events = env["crm.customer.event"].search(
            [("customer_id", "=", customer.id), ("kind", "=", "stage")], order="id"
        )
        return (
            customer.stage_id.id,
            [(stay.stage_id.id, not stay.left_on) for stay in stays],
            [(event.user_id.id, event.reason) for event in events],
        )


@pytest.mark.parametrize("attempt", range(3))
def test_later_one_is_told_who_moved_the_card_where(database, board, attempt):
    answers = _race(database, board, snapshot_first=True)
    [moved] = [answer for answer in answers if answer.startswith("moved by ")]
    winner = board["names"].index(moved.removeprefix("moved by "))
    [refused] = [answer for answer in answers if answer.startswith("refused: ")]
    assert "Wanted by two was moved to" in refused
    assert f"by {board['names'][winner]} in the meantime" in refused

    stage, stays, events = _picture(database, board)
    assert stage == board["stages"][winner]
    assert stays[1:] == [(stage, True)], "one stay more, and it is open"
    assert not stays[0][1], "the stay before is closed"
    assert events[1:] == [(board["people"][winner], f"Says person {winner}")]


def test_refused_one_looks_again_and_moves_the_card_on(database, board):
    answers = _race(database, board, snapshot_first=True)
    first, *_rest = _picture(database, board)
    later = 1 - board["stages"].index(first)
    assert sum(answer.startswith("refused: ") for answer in answers) == 1
    dialog = _open_dialogs(database, board)[later]
    person = board["people"][later]
    [answer] = race(database, [partial(_press, person=person, dialog=dialog)])
    assert answer == f"moved by {board['names'][later]}"

    stage, stays, events = _picture(database, board)
    assert stage == board["stages"][later]
    assert [is_open for _stage, is_open in stays] == [False, False, True]
    assert [person for person, _reason in events[1:]] == [
        board["people"][1 - later],
        board["people"][later],
    ]
