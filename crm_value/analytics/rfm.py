"""RFM scores that never part equal customers."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .inputs import as_numbers

IntArray = npt.NDArray[np.int64]
MIN_BINS, MAX_BINS = 3, 10


class RfmScores(NamedTuple):
    """Recency, frequency and monetary scores; 1 is worst."""

    recency: IntArray
    frequency: IntArray
    monetary: IntArray


def score_rfm(
    recency: Any,
    frequency: Any,
    monetary: Any,
    bins: int = 5,
    *,
    cut_offs: tuple[Sequence[float], Sequence[float], Sequence[float]] | None = None,
) -> RfmScores:
    """Score buyers by recency (days, fewer is better), frequency and net value.

    Only buyers belong in here: who never bought is a group of its own. With
    ``cut_offs`` (for recency, frequency, monetary) scores follow those fixed
    bounds, otherwise the rank among the buyers.

    :raises ValueError: if lengths differ, a value is missing, or bins are not 3-10
    """
    columns = [
        np.atleast_1d(as_numbers(name, values))
        for name, values in (
            ("recency", recency),
            ("frequency", frequency),
            ("monetary", monetary),
        )
    ]
    if len({column.shape for column in columns}) > 1:
        raise ValueError("Recency, frequency and monetary must have the same length.")
    better = (False, True, True)
    if cut_offs is None:
        scores = (
            rank_scores(column, bins, higher_is_better=high)
            for column, high in zip(columns, better, strict=True)
        )
    else:
        scores = (
            cut_scores(column, cuts, higher_is_better=high)
            for column, cuts, high in zip(columns, cut_offs, better, strict=True)
        )
    return RfmScores(*scores)


def rank_scores(
    values: Any, bins: int = 5, *, higher_is_better: bool = True
) -> IntArray:
    """Score values 1 to ``bins`` by how many others are strictly worse.

    score = min(bins, 1 + floor(bins x number strictly worse / n)): equal values
    have equal scores, and a lone value scores 1.

    >>> rank_scores([10, 20, 20, 30, 40]).tolist()
    [1, 2, 2, 4, 5]
    """
    _check_bins(bins)
    numbers = np.atleast_1d(as_numbers("values", values))
    if not higher_is_better:
        numbers = -numbers
    worse = np.searchsorted(np.sort(numbers), numbers, side="left")
    scores = 1 + bins * worse // max(1, len(numbers))
    return np.minimum(bins, scores).astype(np.int64)


def cut_scores(
    values: Any, cuts: Sequence[float], *, higher_is_better: bool = True
) -> IntArray:
    """Score values by fixed bounds; n bounds make n + 1 scores.

    A bound belongs to the better score: with higher better, a value equal to a
    bound has reached it; with lower better, it has not passed it.

    >>> cut_scores([5, 10, 99], [10, 50], higher_is_better=True).tolist()
    [1, 2, 3]
    >>> cut_scores([5, 10, 99], [10, 50], higher_is_better=False).tolist()
    [3, 3, 1]
    """
    bounds = np.atleast_1d(as_numbers("cut-offs", cuts))
    _check_bins(len(bounds) + 1)
    if (np.diff(bounds) <= 0).any():
        raise ValueError("Cut-offs must rise strictly.")
    numbers = np.atleast_1d(as_numbers("values", values))
    if higher_is_better:
        return (1 + np.searchsorted(bounds, numbers, side="right")).astype(np.int64)
    passed = np.searchsorted(bounds, numbers, side="left")
    return (len(bounds) + 1 - passed).astype(np.int64)


def _check_bins(bins: int) -> None:
    if bins != int(bins) or not MIN_BINS <= bins <= MAX_BINS:
        raise ValueError(f"Scores need {MIN_BINS} to {MAX_BINS} bins: got {bins}.")
