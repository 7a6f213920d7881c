"""Cuts between scores by rank, kept exact while customers change.

score = min(bins, 1 + floor(bins x number strictly worse / n)), as
:func:`rfm.rank_scores`. So the cut of a score is the least value of a customer below
which there are at least (score - 1) x n / bins customers; where equal customers leave
no such value, nobody has the score and its cut is ``None``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

Change = tuple[Any, Any]


def is_reached(below: int, score: int, bins: int, number: int) -> bool:
    """Tell whether ``below`` worse ones of ``number`` earn ``score`` of ``bins``."""
    return bins * below >= (score - 1) * number


@dataclass(frozen=True)
class CountCuts:
    """Cuts of a measure with few values, such as days, by how many have each value.

    ``cuts`` are those of score 2, 3, …; they follow ``counts`` when moved.
    """

    counts: Counter[int]
    cuts: tuple[int | None, ...]

    @classmethod
    def of(cls, counts: Iterable[tuple[int, int]], bins: int) -> "CountCuts":
        """Return the cuts of (value, customers) for ``bins`` scores.

        >>> CountCuts.of([(1, 3), (2, 1), (7, 1)], 5).cuts
        (2, 2, 2, 7)
        """
        return cls(Counter(dict(counts)), (None,) * (bins - 1)).moved()

    def changed(self, changes: Iterable[Change]) -> "CountCuts":
        """Return the same cuts, with the counts after changes (old, new).

        ``None`` stands for a customer that is not counted.
        """
        counts = self.counts.copy()
        for old, new in changes:
            counts[old] -= 1
            counts[new] += 1
        return replace(
            self, counts=Counter({v: n for v, n in counts.items() if v is not None})
        )

    def moved(self) -> "CountCuts":
        """Return the cuts where they belong now."""
        bins, number = len(self.cuts) + 1, sum(self.counts.values())
        cuts: list[int | None] = []
        below = 0
        for value in sorted(+self.counts):
            while len(cuts) < bins - 1 and is_reached(
                below, len(cuts) + 2, bins, number
            ):
                cuts.append(value)
            below += self.counts[value]
        return CountCuts(+self.counts, (*cuts, *(None,) * (bins - 1 - len(cuts))))

    def to_json(self) -> dict[str, Any]:
        """Return the cuts as JSON holds them."""
        counts = {str(value): number for value, number in self.counts.items()}
        return {"cuts": list(self.cuts), "counts": counts}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CountCuts":
        """Return the cuts that ``to_json`` wrote."""
        counts = {int(value): number for value, number in data["counts"].items()}
        return cls(Counter(counts), tuple(data["cuts"]))


class RankCut(NamedTuple):
    """The least value that earns a score; ``None`` if it is above everyone's.

    ``below`` is the number of customers with less.
    """

    value: Decimal | None
    below: int


Walk = Callable[[Decimal | None], Iterator[Decimal]]


@dataclass(frozen=True)
class RankCuts:
    """Cuts of a measure with many values, such as money, for score 2, 3, …

    ``number`` customers are ranked.
    """

    number: int
    ranks: tuple[RankCut, ...]

    @property
    def cuts(self) -> tuple[Decimal | None, ...]:
        return tuple(cut.value for cut in self.ranks)

    def changed(self, changes: Iterable[Change]) -> "RankCuts":
        """Return the cuts at the same values, with the ranks after changes (old, new).

        ``None`` stands for a customer that is not ranked.
        """
        number, below = self.number, [cut.below for cut in self.ranks]
        for change in changes:
            for value, sign in zip(change, (-1, 1), strict=True):
                if value is None:
                    continue
                number += sign
                for index, cut in enumerate(self.ranks):
                    if cut.value is None or value < cut.value:
                        below[index] += sign
        ranks = zip(self.ranks, below, strict=True)
        return RankCuts(number, tuple(cut._replace(below=n) for cut, n in ranks))

    def moved(self, upward: Walk, downward: Walk) -> "RankCuts":
        """Return the cuts where they belong now.

        :param upward: the values from one on, itself included, least first; none for
            ``None``
        :param downward: the values below one, greatest first; everyone's for ``None``
        """
        return replace(
            self,
            ranks=tuple(
                self._move(cut, score, upward, downward)
                for score, cut in enumerate(self.ranks, start=2)
            ),
        )

    def _move(self, cut: RankCut, score: int, upward: Walk, downward: Walk) -> RankCut:
        if not self.number:
            return RankCut(None, 0)
        if self._is_reached(cut.below, score):
            return self._move_down(cut, score, upward, downward)
        group = None
        for seen, value in enumerate(upward(cut.value)):
            if value != group and self._is_reached(cut.below + seen, score):
                return RankCut(value, cut.below + seen)
            group = value
        return RankCut(None, self.number)

    def _move_down(
        self, cut: RankCut, score: int, upward: Walk, downward: Walk
    ) -> RankCut:
        """Return the last group of equals, from the cut down, that has the score."""
        best = RankCut(next(upward(cut.value), None), cut.below)
        group = None
        for seen, value in enumerate(downward(cut.value)):
            if group is not None and value != group:
                best = RankCut(group, cut.below - seen)
            if not self._is_reached(cut.below - seen - 1, score):
                return best
            group = value
        return best

    def _is_reached(self, below: int, score: int) -> bool:
        return is_reached(below, score, len(self.ranks) + 1, self.number)

    def to_json(self) -> dict[str, Any]:
        """Return the cuts as JSON holds them, without losing a digit."""
        return {
            "number": self.number,
            "cuts": [
                [cut.value if cut.value is None else str(cut.value), cut.below]
                for cut in self.ranks
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RankCuts":
        """Return the cuts that ``to_json`` wrote."""
        return cls(
            data["number"],
            tuple(
                RankCut(value if value is None else Decimal(value), below)
                for value, below in data["cuts"]
            ),
        )


@dataclass(frozen=True)
class FixedCuts:
    """Cuts that a person has set; nothing moves them."""

    cuts: Sequence[float]

    def changed(self, changes: Iterable[Change]) -> "FixedCuts":
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the cuts as JSON holds them."""
        return {"cuts": list(self.cuts)}
