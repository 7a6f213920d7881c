"""How many of the people asked answered, and for how much revenue they stand."""

from dataclasses import dataclass

from .intervals import share_score


@dataclass(frozen=True)
class ResponseRate:
    """Shares in per cent; ``None`` when nobody could have answered.

    ``asked`` are the people the invitation reached. ``rate`` counts complete
    answers only, ``rate_with_partials`` also the ones that were broken off.
    """

    asked: int
    rate: float | None
    low: float | None
    high: float | None
    rate_with_partials: float | None
    completion: float | None


def response_rate(
    completed: int,
    invited: int,
    undeliverable: int = 0,
    wrong_person: int = 0,
    partial: int = 0,
) -> ResponseRate:
    """Return the response rate of a survey.

    ``completed / (invited - undeliverable - wrong_person)``: the response rates
    RR1 and, with partial answers, RR2 of the AAPOR Standard Definitions (9th ed.),
    where people of unknown fate stay in the denominator. The interval is Wilson's.
    ``completion`` is the share of started answers that were finished. People kept
    back by a rule (quarantine, opt-out) were never invited: leave them out.

    :raises ValueError: if a count is negative or the counts do not fit together

    >>> response_rate(30, 110, undeliverable=10, partial=10).rate
    30.0
    """
    if min(completed, invited, undeliverable, wrong_person, partial) < 0:
        raise ValueError("Counts cannot be negative.")
    asked = invited - undeliverable - wrong_person
    if completed + partial > asked:
        raise ValueError("More people answered than were asked.")
    score = share_score(completed, asked)
    started = completed + partial
    return ResponseRate(
        asked=asked,
        rate=score.score,
        low=score.low,
        high=score.high,
        rate_with_partials=100 * started / asked if asked else None,
        completion=100 * completed / started if started else None,
    )


def revenue_coverage(heard: float, total: float) -> float | None:
    """Return the share of revenue whose customers answered, in per cent.

    ``None`` when there is no revenue to compare with. The share is kept within
    0..100, which refunds could otherwise leave.

    >>> revenue_coverage(40_000.0, 50_000.0)
    80.0
    """
    if total <= 0:
        return None
    return min(100.0, max(0.0, 100 * heard / total))
