"""One document before the credit rules: what they look at, and what they answer."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CreditCase:
    """A document that is about to use the credit of a customer.

    ``position`` is the customer's credit position. ``headroom`` is what is left of
    the limit before this document, ``None`` without a limit; ``exposure`` and
    ``limit`` are the two sides of it. ``amount`` is the total of the document,
    ``added`` the part of it that the exposure does not contain yet. All amounts are
    in the currency of the company.
    """

    document: object
    partner: object
    position: dict
    amount: float
    added: float
    exposure: float
    limit: float | None
    headroom: float | None
    always: bool
    today: date
    currency: object


@dataclass(frozen=True)
class Failure:
    """A rule a document fails: the figure found, and the one that was allowed."""

    kind: str
    figure: float
    threshold: float
    unit: str = "money"
    rule: object = None
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the rules say about one document, and the figures they saw.

    It passes without ``failures``, or when ``is_released``: a person let it go on.
    """

    amount: float
    exposure: float
    limit: float | None
    failures: tuple[Failure, ...] = ()
    is_released: bool = False
