"""From which tier to which tier customers moved."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

NONE = "-"


def migration_matrix(
    moves: Iterable[tuple[Any, Any]], tiers: Sequence[Any] = ()
) -> pd.DataFrame:
    """Count customers by tier before (rows) and after (columns).

    :param moves: one pair (tier before, tier after) a customer; None or "" for a
        customer without tier
    :param tiers: order of the tiers; those that only occur in ``moves`` follow,
        and customers without tier come last

    >>> moves = [("A", "B"), ("A", "A"), (None, "A")]
    >>> migration_matrix(moves, ["A", "B"]).to_numpy().tolist()
    [[1, 1, 0], [0, 0, 0], [1, 0, 0]]
    """
    pairs = [
        tuple(NONE if tier is None or tier == "" else tier for tier in move)
        for move in moves
    ]
    seen = dict.fromkeys(tiers)
    seen |= dict.fromkeys(tier for pair in pairs for tier in pair if tier != NONE)
    if any(NONE in pair for pair in pairs):
        seen[NONE] = None
    order = list(seen)
    matrix = pd.DataFrame(0, index=order, columns=order)
    counted = pd.Series(pairs, dtype=object).value_counts()
    for (before, after), count in counted.items():
        matrix.loc[before, after] = count
    matrix.index.name, matrix.columns.name = "before", "after"
    return matrix
