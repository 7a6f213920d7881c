"""Cuts in a cumulative share of value, kept exact while customers change.

Customers go by value, highest first, then by id; only values above zero count. The cut
of a share is the last customer before whom there is less than that share of the total:
the one who crosses the bound. A cut remembers what lies ahead of it, so a few changed
customers move it from where it was, without adding everyone up again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

ZERO = Decimal(0)


def as_share(percent: float | Decimal | str) -> Decimal:
    """Return a share in percent as an exact number of at most four decimals."""
    return Decimal(str(round(float(percent), 4))).normalize()


class Place(NamedTuple):
    """The place of a customer in the order: the value, and the id among equals."""

    value: Decimal
    customer: int

    def is_ahead_of(self, other: "Place") -> bool:
        """Tell whether this place comes strictly before ``other``."""
        return self.value > other.value or (
            self.value == other.value and self.customer < other.customer
        )


class ShareCut(NamedTuple):
    """Where a share ends; ``place`` is ``None`` if nobody has a value above zero.

    ``ahead`` is the value of all customers strictly before the place.
    """

    place: Place | None
    ahead: Decimal


Walk = Callable[[Place | None], Iterator[Place]]


@dataclass(frozen=True)
class ShareCuts:
    """The cuts of several shares (in percent) of one total, by share.

    ``total`` is the sum of the values above zero.
    """

    total: Decimal
    cuts: dict[Decimal, ShareCut]

    def place_of(self, share: float) -> Place | None:
        """Return where a share in percent ends.

        :raises KeyError: if it is none of the shares
        """
        return self.cuts[as_share(share)].place

    def changed(
        self, changes: Iterable[tuple[int, Decimal | None, Decimal | None]]
    ) -> "ShareCuts":
        """Return the cuts at the same places, with the sums after ``changes``.

        :param changes: (customer, old value, new value); ``None`` for no such customer

        >>> cut = ShareCut(Place(Decimal(5), 2), Decimal(9))
        >>> cuts = ShareCuts(Decimal(20), {Decimal(80): cut})
        >>> cuts.changed([(1, Decimal(9), Decimal(3)), (4, None, Decimal(6))])
        ShareCuts(total=Decimal('20'), cuts={Decimal('80'): ShareCut(place=Place(value=\
Decimal('5'), customer=2), ahead=Decimal('6'))})
        """
        places = {cut.place for cut in self.cuts.values() if cut.place}
        added, total = dict.fromkeys(places, ZERO), self.total
        for customer, old, new in changes:
            for value, sign in ((old, -1), (new, 1)):
                if value is None or value <= 0:
                    continue
                total += sign * value
                here = Place(value, customer)
                for place in places:
                    if here.is_ahead_of(place):
                        added[place] += sign * value
        return ShareCuts(
            total,
            {
                share: cut._replace(ahead=cut.ahead + added[cut.place])
                if cut.place
                else cut
                for share, cut in self.cuts.items()
            },
        )

    def moved(self, onward: Walk, backward: Walk) -> "ShareCuts":
        """Return the cuts where they belong now.

        :param onward: the customers from a place on, itself included, in their order;
            everyone for ``None``
        :param backward: the customers strictly ahead of a place, nearest first
        """
        return replace(
            self,
            cuts={
                share: self._move(share, cut, onward, backward)
                for share, cut in self.cuts.items()
            },
        )

    def _move(
        self, share: Decimal, cut: ShareCut, onward: Walk, backward: Walk
    ) -> ShareCut:
        bound, ahead, last = share * self.total, cut.ahead, None
        if 100 * ahead < bound:
            for place in onward(cut.place):
                if 100 * ahead >= bound:
                    break
                last = ShareCut(place, ahead)
                ahead += place.value
            if last:
                return last
            ahead = cut.ahead
        for place in backward(cut.place) if cut.place else ():
            ahead -= place.value
            if 100 * ahead < bound:
                return ShareCut(place, ahead)
        return ShareCut(None, ZERO)

    def to_json(self) -> dict[str, Any]:
        """Return the cuts as JSON holds them, without losing a digit."""
        return {
            "total": str(self.total),
            "cuts": {
                str(share): cut.place
                and [str(cut.place.value), cut.place.customer, str(cut.ahead)]
                for share, cut in self.cuts.items()
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ShareCuts":
        """Return the cuts that ``to_json`` wrote."""
        return cls(
            Decimal(data["total"]),
            {
                Decimal(share): ShareCut(
                    Place(Decimal(cut[0]), cut[1]), Decimal(cut[2])
                )
                if cut
                else ShareCut(None, ZERO)
                for share, cut in data["cuts"].items()
            },
        )
