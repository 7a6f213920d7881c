"""Who of the people due may be asked, and why the others are not."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

#: answer of :func:`decide` for somebody who is asked
ASK = ""


class Candidate(NamedTuple):
    """One contact on one occasion.

    ``person`` is the normalised e-mail, ``occasion`` the document or the period
    ("" for none), ``barred`` a reason that stands whatever was sent before.
    """

    contact: int
    person: str
    account: int
    occasion: str
    barred: str = ""


@dataclass(frozen=True)
class Policy:
    """How often people and accounts may be asked.

    ``share`` is in 0..1; a gap of zero and a cap of zero are no limit;
    ``smallest_list`` is the fewest people an anonymous survey is sent to.
    """

    seed: int = 0
    share: float = 1.0
    gap_program: timedelta = timedelta()
    gap_any: timedelta = timedelta()
    account_cap: int = 0
    account_window: timedelta = timedelta()
    smallest_list: int = 0


@dataclass
class Ledger:
    """What was really sent: reminders and skipped invitations are not in it.

    A person is known by e-mail (a string) and by contact (a number); both count.
    """

    last_program: dict[str | int, datetime] = field(default_factory=dict)
    last_any: dict[str | int, datetime] = field(default_factory=dict)
    accounts: dict[int, list[datetime]] = field(default_factory=dict)
    occasions: set[tuple[str | int, str]] = field(default_factory=set)

    def record(self, candidate: Candidate, sent_at: datetime) -> None:
        """Note that the programme in question asked ``candidate``."""
        for key in keys(candidate):
            self.last_program[key] = self.last_any[key] = sent_at
            if candidate.occasion:
                self.occasions.add((key, candidate.occasion))
        self.accounts.setdefault(candidate.account, []).append(sent_at)

    def see(self, key: str | int, sent_at: datetime, *, is_same_program: bool) -> None:
        """Note an earlier invitation of the person known by ``key``."""
        books = [self.last_any, self.last_program][: 1 + is_same_program]
        for book in books:
            book[key] = max(sent_at, book.get(key, sent_at))

    def for_trial(self) -> "Ledger":
        """Return a ledger of its own, for a trial."""
        return Ledger(
            dict(self.last_program),
            dict(self.last_any),
            {account: list(times) for account, times in self.accounts.items()},
            set(self.occasions),
        )


def keys(candidate: Candidate) -> tuple[str | int, ...]:
    """Return what a person is known by."""
    if candidate.person:
        return (candidate.person, candidate.contact)
    return (candidate.contact,)


def person_key(email: str) -> str:
    """Return the form of a bare e-mail address two spellings of it share.

    >>> person_key(" Zoë@Example.COM ")
    'zoë@example.com'
    """
    return unicodedata.normalize("NFC", email.strip().casefold())


def lot(seed: int, contact: int, occasion: str) -> float:
    """Return the number in [0, 1) drawn for a contact on an occasion.

    The first 53 bits of SHA-256: the same everywhere and for ever, and nothing can
    be learned about one draw from another.

    >>> lot(1, 2, "2026-01-01") == lot(1, 2, "2026-01-01")
    True
    """
    digest = hashlib.sha256(f"{seed}:{contact}:{occasion}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def decide(
    candidates: Sequence[Candidate],
    policy: Policy,
    ledger: Ledger,
    now: datetime,
    list_size: int = 0,
) -> list[str]:
    """Return the reason each candidate is not asked, :data:`ASK` if it is.

    Candidates are taken in order; whoever is asked is recorded in ``ledger`` at
    once, so that caps and gaps hold inside the list too. ``list_size`` is how many
    people are on the whole list when ``candidates`` are only a part of it.
    """
    trial = ledger.for_trial() if policy.smallest_list else ledger
    reasons = _decide_each(candidates, policy, trial, now)
    asked = [c for c, reason in zip(candidates, reasons, strict=True) if reason == ASK]
    if not policy.smallest_list:
        return reasons
    if max(len(asked), list_size) < policy.smallest_list:
        return [reason or "small_list" for reason in reasons]
    for candidate in asked:
        ledger.record(candidate, now)
    return reasons


def _decide_each(
    candidates: Iterable[Candidate], policy: Policy, ledger: Ledger, now: datetime
) -> list[str]:
    seen: set[tuple[str, str]] = set()
    reasons = []
    for candidate in candidates:
        reason = candidate.barred or _repeats(candidate, ledger, seen)
        reason = reason or _refuses(candidate, policy, ledger, now)
        if not candidate.barred:
            seen.add((candidate.person, candidate.occasion))
        if reason == ASK:
            ledger.record(candidate, now)
        reasons.append(reason)
    return reasons


def _repeats(candidate: Candidate, ledger: Ledger, seen: set[tuple[str, str]]) -> str:
    if (candidate.person, candidate.occasion) in seen:
        return "duplicate"
    is_asked = any(
        (key, candidate.occasion) in ledger.occasions for key in keys(candidate)
    )
    return "already_invited" if is_asked else ASK


def _refuses(
    candidate: Candidate, policy: Policy, ledger: Ledger, now: datetime
) -> str:
    draw = lot(policy.seed, candidate.contact, candidate.occasion)
    if draw >= policy.share:
        return "sampling"
    for book, gap, reason in (
        (ledger.last_program, policy.gap_program, "quarantine_program"),
        (ledger.last_any, policy.gap_any, "quarantine_any"),
    ):
        last = max((book[key] for key in keys(candidate) if key in book), default=None)
        if last is not None and now - last < gap:
            return reason
    if policy.account_cap:
        since = now - policy.account_window
        recent = [t for t in ledger.accounts.get(candidate.account, ()) if t > since]
        if len(recent) >= policy.account_cap:
            return "account_cap"
    return ASK
