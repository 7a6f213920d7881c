"""Hide small groups, and whatever would give them away by subtraction."""

from collections.abc import Sequence


def suppress(counts: Sequence[int], k: int = 5) -> list[bool]:
    """Return which groups of a whole must stay hidden when the whole is shown.

    A group of 1 to ``k - 1`` answers is hidden. So that nobody finds it as the whole
    less what is shown, further groups are hidden, smallest first, until at least two
    are hidden that hold ``k`` answers or more together (complementary suppression;
    L. Willenborg and T. de Waal, Elements of Statistical Disclosure Control, 2001).
    Groups without answers hide nobody and stay. Where that cannot be reached,
    everything with answers is hidden.

    :param k: smallest number of answers a shown group may have
    :raises ValueError: if a count is negative or ``k`` is not positive

    >>> suppress([3, 20, 8, 0])
    [True, False, True, False]
    >>> suppress([20, 8])
    [False, False]
    """
    if k < 1 or any(count < 0 for count in counts):
        raise ValueError("Counts cannot be negative and k must be positive.")
    hidden = [0 < count < k for count in counts]
    _protect(counts, hidden, k)
    return hidden


def suppress_table(table: Sequence[Sequence[int]], k: int = 5) -> list[list[bool]]:
    """Return which cells of a table with row and column totals must stay hidden.

    Rows and columns are protected in turn until neither gives a hidden cell away.

    :raises ValueError: if the rows differ in length, or as :func:`suppress`

    >>> suppress_table([[2, 9], [9, 9]])
    [[True, True], [True, True]]
    """
    if len({len(row) for row in table}) > 1:
        raise ValueError("Every row must have the same number of cells.")
    hidden = [[0 < count < k for count in row] for row in table]
    while True:
        before = [row[:] for row in hidden]
        for row, flags in zip(table, hidden, strict=True):
            _protect(row, flags, k)
        for column in range(len(table[0]) if table else 0):
            flags = [row[column] for row in hidden]
            _protect([row[column] for row in table], flags, k)
            for row, flag in zip(hidden, flags, strict=True):
                row[column] = flag
        if hidden == before:
            return hidden


def _protect(counts: Sequence[int], hidden: list[bool], k: int) -> None:
    order = sorted(
        (i for i, count in enumerate(counts) if count > 0 and not hidden[i]),
        key=lambda i: (counts[i], i),
    )
    for position in order:
        if not any(hidden) or _is_safe(counts, hidden, k):
            return
        hidden[position] = True


def _is_safe(counts: Sequence[int], hidden: Sequence[bool], k: int) -> bool:
    kept = [count for count, flag in zip(counts, hidden, strict=True) if flag]
    return len(kept) >= 2 and sum(kept) >= k
