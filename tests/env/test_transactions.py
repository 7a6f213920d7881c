"""Sales are read exactly; what cannot be read is named with its line."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite.errors import SuiteError
from suite.names import identity
from suite.transactions import (
    Purchase,
    every_nth,
    merge,
    parse_sample,
    priced_lines,
    read_csv,
    shifted,
)

DAY = date(2024, 3, 1)


@pytest.fixture
def sales(tmp_path):
    """Write a CSV and give back its path."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "sales.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_lines_of_one_day_become_one_purchase():
    text = " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970101  1   10.00\r\n"
    assert parse_sample(text) == [
        Purchase("00004", date(1997, 1, 1), Decimal("39.33"), 3)
    ]


def test_good_rows_are_used_in_any_order_of_columns(sales):
    path = sales("amount,customer,date\n12.50,Ada,2024-03-01\n-2,Ada,2024-03-02\n")
    purchases, bad = read_csv(path)
    assert [purchase.amount for purchase in purchases] == [
        Decimal("12.50"),
        Decimal(-2),
    ]
    assert bad == []


def test_a_mark_at_the_start_and_chinese_names_are_read(sales):
    path = sales("customer,date,amount\n上海蓝海,2024-03-01,5\n", "utf-8-sig")
    assert read_csv(path)[0][0].customer == "上海蓝海"


@pytest.mark.parametrize(
    "row,reason",
    [
        (",2024-03-01,5", "the customer is missing"),
        ("Ada,01.03.2024,5", "'01.03.2024' is not a date such as 2024-12-31"),
        ("Ada,2024-02-30,5", "is not a date"),
        ("Ada,2024-03-01,5 EUR", "'5 EUR' is not an amount such as 1234.56"),
        ("Ada,2024-03-01,", "is not an amount"),
        ("Ada,2024-03-01,NaN", "is not an amount"),
        ("Ada,2024-03-01,1.005", "more than two decimals"),
        ("Ada,2024-03-01,1e15", "too large"),
        ("Ada,2024-03-01,5,6", "more values than columns"),
        ("Ada", "is not a date"),
    ],
)
def test_a_bad_row_is_named_with_its_line(sales, row, reason):
    path = sales(f"customer,date,amount\nBob,2024-03-01,1\n{row}\nEve,2024-03-01,2\n")
    purchases, bad = read_csv(path)
    assert [purchase.customer for purchase in purchases] == ["Bob", "Eve"]
    assert [row.line for row in bad] == [3]
    assert reason in str(bad[0])


@pytest.mark.parametrize(
    "text,reason",
    [
        ("", "must name the columns customer,date,amount"),
        ("kunde,datum,betrag\nAda,2024-03-01,5\n", "it is: kunde,datum,betrag"),
        ("customer,date,amount\n", "no row that can be used"),
        ("customer,date,amount\nAda,x,5\n", "line 2: 'x' is not a date"),
    ],
    ids=["empty", "header", "no-rows", "only-bad"],
)
def test_a_file_without_sales_is_refused(sales, text, reason):
    with pytest.raises(SuiteError, match=reason):
        read_csv(sales(text))


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(SuiteError, match="cannot be read"):
        read_csv(tmp_path / "none.csv")


def test_a_file_that_is_no_text_is_one_sentence(sales, tmp_path):
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SuiteError, match="cannot be read"):
        read_csv(path)


@given(
    cents=st.integers(min_value=0, max_value=10**9),
    units=st.integers(min_value=1, max_value=500),
)
def test_unit_prices_add_up_to_the_amount(cents, units):
    lines = priced_lines(Decimal(cents) / 100, units)
    assert sum(count * price for count, price in lines) == Decimal(cents) / 100
    assert sum(count for count, _price in lines) == units
    assert len(lines) <= 2


def test_moving_keeps_the_gaps_and_ends_on_the_day():
    sales = [
        Purchase("a", date(1997, 1, 1), Decimal(1)),
        Purchase("a", date(1998, 6, 30), Decimal(1)),
    ]
    moved = shifted(sales, DAY)
    assert moved[1].day == DAY
    assert moved[1].day - moved[0].day == sales[1].day - sales[0].day


def test_choosing_customers_keeps_whole_histories():
    sales = merge(
        Purchase(name, date(2024, 1, day), Decimal(day))
        for name in "abcdef"
        for day in (1, 2, 3)
    )
    chosen = every_nth(sales, 4)
    assert [sale.customer for sale in chosen] == ["a"] * 3 + ["e"] * 3


def test_every_customer_of_the_sample_gets_a_name_of_its_own():
    people = [identity(number) for number in range(2357)]
    assert len({person.name for person in people}) == len(people)
    assert {person.country for person in people} >= {"US", "CN", "DE", "FR"}
    assert 0.4 < sum(person.is_company for person in people) / len(people) < 0.8
