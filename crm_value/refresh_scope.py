"""The question one refresh answers: which company, which customers, as of when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date


def _run_once(work: Callable[[], object]) -> None:
    """Do ``work`` inside the running transaction."""
    work()


@dataclass(frozen=True)
class RefreshScope:
    """What a refresh step works on.

    ``company`` and ``policy`` are single records. ``partner_ids`` are
    commercial partners, ``None`` meaning every customer of the company.
    ``as_of`` is the last day that counts.

    A step hands each piece of its writing to ``run``. By default that is a plain
    call; the scheduled action commits after each piece and replays a piece that
    lost against a user, so a piece reads what it needs and may run twice.
    ``batch_size`` is the number of customers of one piece, ``None`` meaning all. In
    ``notes`` a step leaves what a later step of the same refresh needs.
    """

    company: object
    policy: object
    as_of: date
    partner_ids: tuple[int, ...] | None = None
    run: Callable[[Callable[[], object]], None] = _run_once
    batch_size: int | None = None
    notes: dict[str, object] = field(default_factory=dict, compare=False)
