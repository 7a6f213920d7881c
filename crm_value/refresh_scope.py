"""The question one refresh answers: which company, which customers, as of when."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class RefreshScope:
    """What a refresh step works on.

    ``company`` and ``policy`` are single records. ``partner_ids`` are
    commercial partners, ``None`` meaning every customer of the company.
    ``as_of`` is the last day that counts.
    """

    company: object
    policy: object
    as_of: date
    partner_ids: tuple[int, ...] | None = None
