from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_survey.analytics import (
    ASK,
    Candidate,
    Ledger,
    Policy,
    decide,
    lot,
    person_key,
)

NOW = datetime(2026, 3, 2, 9)
DAY = timedelta(days=1)


def person(number, account=1, occasion="", email=None, barred=""):
    return Candidate(number, email or f"p{number}@x.com", account, occasion, barred)


def ledger_of(candidate, sent_at, is_same_program=True):
    ledger = Ledger()
    ledger.see(candidate.person, sent_at, is_same_program=is_same_program)
    ledger.accounts[candidate.account] = [sent_at]
    return ledger


@pytest.mark.parametrize(
    ("policy", "is_same", "reason"),
    [
        (Policy(gap_program=30 * DAY), True, "quarantine_program"),
        (Policy(gap_program=30 * DAY), False, ASK),
        (Policy(gap_any=30 * DAY), True, "quarantine_any"),
        (Policy(gap_any=30 * DAY), False, "quarantine_any"),
        (Policy(account_cap=1, account_window=30 * DAY), False, "account_cap"),
        (Policy(), True, ASK),
    ],
)
def test_windows_end_exactly(policy, is_same, reason):
    ann = person(1)
    for now, expected in (
        (NOW + 30 * DAY - timedelta(microseconds=1), reason),
        (NOW + 30 * DAY, ASK),
    ):
        assert decide([ann], policy, ledger_of(ann, NOW, is_same), now) == [expected]


def test_a_bar_comes_before_everything_and_marks_nobody_as_seen():
    rows = [person(1, barred="opted_out"), person(2, email="p1@x.com")]
    assert decide(rows, Policy(), Ledger(), NOW) == ["opted_out", ASK]


def test_the_same_person_twice_in_a_list_is_a_duplicate():
    rows = [person(1), person(2, account=2, email="p1@x.com")]
    assert decide(rows, Policy(), Ledger(), NOW) == [ASK, "duplicate"]


def test_a_person_may_be_asked_about_two_documents_where_no_gap_forbids_it():
    rows = [person(1, occasion="order,1"), person(1, occasion="order,2")]
    assert decide(rows, Policy(), Ledger(), NOW) == [ASK, ASK]
    gap = Policy(gap_program=DAY)
    assert decide(rows, gap, Ledger(), NOW) == [ASK, "quarantine_program"]


def test_an_occasion_is_never_repeated():
    ann = person(1, occasion="order,1")
    ledger = Ledger()
    ledger.record(ann, NOW)
    later = NOW + 1000 * DAY
    assert decide([ann], Policy(), ledger, later) == ["already_invited"]


def test_small_anonymous_list_is_not_asked_and_leaves_no_trace_in_the_ledger():
    rows = [person(n) for n in range(4)]
    ledger = Ledger()
    policy = Policy(smallest_list=5)
    assert decide(rows, policy, ledger, NOW) == ["small_list"] * 4
    assert ledger == Ledger()
    assert decide(rows, policy, ledger, NOW, list_size=5) == [ASK] * 4
    assert ledger.last_any["p0@x.com"] == NOW


@given(
    accounts=st.lists(st.integers(1, 4), max_size=40),
    cap=st.integers(1, 4),
)
def test_no_account_is_asked_more_often_than_its_cap(accounts, cap):
    rows = [person(n, account) for n, account in enumerate(accounts)]
    policy = Policy(account_cap=cap, account_window=DAY)
    reasons = decide(rows, policy, Ledger(), NOW)
    for account in set(accounts):
        asked = [
            row
            for row, reason in zip(rows, reasons, strict=True)
            if row.account == account and reason == ASK
        ]
        assert len(asked) == min(cap, accounts.count(account))


@given(emails=st.lists(st.sampled_from(["a@x", "b@x", "c@x"]), max_size=20))
def test_each_person_is_asked_once(emails):
    rows = [person(n, n, email=email) for n, email in enumerate(emails)]
    asked = [
        row.person
        for row, reason in zip(rows, decide(rows, Policy(), Ledger(), NOW), strict=True)
        if reason == ASK
    ]
    assert sorted(asked) == sorted(set(emails))


def test_the_lot_is_the_same_for_ever():
    assert lot(7, 42, "2026-01-01") == pytest.approx(0.0, abs=1)
    assert [lot(7, n, "") < 0.5 for n in range(8)] == [
        lot(7, n, "") < 0.5 for n in range(8)
    ]


def test_the_lot_is_even():
    draws = [lot(1, number, "wave") for number in range(20000)]
    shares = [sum(d < limit for d in draws) / 20000 for limit in (0.1, 0.5, 0.9)]
    assert shares == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_another_occasion_is_another_draw():
    first = [lot(1, number, "2026-01") < 0.5 for number in range(200)]
    second = [lot(1, number, "2026-07") < 0.5 for number in range(200)]
    assert 60 < sum(a == b for a, b in zip(first, second, strict=True)) < 140


@pytest.mark.parametrize(
    "spelling", ["Ann@Example.com", " ann@example.com ", "ANN@EXAMPLE.COM"]
)
def test_spellings_of_an_address_are_one_person(spelling):
    assert person_key(spelling) == "ann@example.com"


def test_composed_and_decomposed_letters_are_one_person():
    assert person_key("zoe\u0308@x.com") == person_key("Zo\u00eb@x.com")
