"""Cuts moved by the changes are those found among everyone."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm_value import analytics
from crm_value.analytics.score_cuts import (
    CountCuts,
    FixedCuts,
    RankCut,
    RankCuts,
)
from crm_value.analytics.share_cuts import (
    ZERO,
    Place,
    ShareCut,
    ShareCuts,
)

SHARES = (Decimal(20), Decimal("33.3"), Decimal(80), Decimal(95), Decimal(100))

amounts = st.decimals(-20, 60, places=2) | st.sampled_from(
    [Decimal(0), Decimal(10), Decimal("10.00")]
)
people = st.dictionaries(st.integers(1, 40), amounts, max_size=25)
steps = st.lists(people, min_size=1, max_size=4)


def order(values):
    rows = [Place(value, who) for who, value in values.items() if value > 0]
    return sorted(rows, key=lambda place: (-place.value, place.customer))


def cuts_of_everyone(values):
    places = order(values)
    total = sum((place.value for place in places), ZERO)
    cuts = {}
    for share in SHARES:
        ahead, cuts[share] = ZERO, ShareCut(None, ZERO)
        for place in places:
            if 100 * ahead < share * total:
                cuts[share] = ShareCut(place, ahead)
            ahead += place.value
    return ShareCuts(total, cuts)


def walks(values):
    places = order(values)

    def onward(start):
        return (p for p in places if start is None or not p.is_ahead_of(start))

    def backward(start):
        return (p for p in reversed(places) if p.is_ahead_of(start))

    return onward, backward


def differences(before, after):
    return [(who, before.get(who), after.get(who)) for who in sorted({*before, *after})]


@given(people, steps)
def test_moved_share_cuts_are_those_of_everyone(before, later):
    cuts = cuts_of_everyone(before)
    for after in later:
        cuts = cuts.changed(differences(before, after)).moved(*walks(after))
        assert cuts == cuts_of_everyone(after)
        assert ShareCuts.from_json(cuts.to_json()) == cuts
        before = after


@given(people)
def test_share_cuts_part_the_classes_of_abc(values):
    cuts = cuts_of_everyone(values).cuts
    ids = sorted(values)
    classes = analytics.classify_abc([float(values[who]) for who in ids], ids)
    for who, found in zip(ids, classes.classes, strict=True):
        here, wanted = Place(values[who], who), "C"
        for share, name in ((Decimal(95), "B"), (Decimal(80), "A")):
            last = cuts[share].place
            if values[who] > 0 and not last.is_ahead_of(here):
                wanted = name
        assert found == wanted


def ranks_of_everyone(values, bins):
    ordered = sorted(values)
    number = len(ordered)
    ranks = []
    for score in range(2, bins + 1):
        cut = RankCut(None, number)
        for value in reversed(ordered):
            below = sum(other < value for other in ordered)
            if bins * below >= (score - 1) * number:
                cut = RankCut(value, below)
        ranks.append(cut)
    return RankCuts(number, tuple(ranks))


def value_walks(values):
    ordered = sorted(values)

    def upward(start):
        return (v for v in ordered if start is not None and v >= start)

    def downward(start):
        return (v for v in reversed(ordered) if start is None or v < start)

    return upward, downward


@given(people, steps, st.integers(3, 10))
def test_moved_rank_cuts_are_those_of_everyone(before, later, bins):
    cuts = ranks_of_everyone(before.values(), bins)
    for after in later:
        changes = [change[1:] for change in differences(before, after)]
        cuts = cuts.changed(changes).moved(*value_walks(after.values()))
        assert cuts == ranks_of_everyone(after.values(), bins)
        assert RankCuts.from_json(cuts.to_json()) == cuts
        before = after


@given(people, steps, st.integers(3, 10))
def test_moved_count_cuts_are_those_of_everyone(before, later, bins):
    days = [
        {who: int(value) for who, value in values.items()}
        for values in (before, *later)
    ]
    cuts = CountCuts.of(Counter(days[0].values()).items(), bins)
    for old, new in zip(days, days[1:], strict=False):
        changes = [change[1:] for change in differences(old, new)]
        cuts = cuts.changed(changes).moved()
        assert cuts == CountCuts.of(Counter(new.values()).items(), bins)
        assert cuts.cuts == ranks_of_everyone(new.values(), bins).cuts
        assert CountCuts.from_json(cuts.to_json()) == cuts


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(3, 10))
def test_cuts_give_the_scores_of_the_ranks(values, bins):
    cuts = CountCuts.of(Counter(values).items(), bins).cuts
    reached = [
        1 + sum(cut is not None and value >= cut for cut in cuts) for value in values
    ]
    assert reached == analytics.rank_scores(values, bins).tolist()


def test_fixed_cuts_stay_where_they_are():
    cuts = FixedCuts((30, 90))
    assert cuts.changed([(1, 100)]).to_json() == {"cuts": [30, 90]}


@given(people)
def test_a_cut_is_found_without_reading_far_from_it(values):
    cuts = cuts_of_everyone(values)
    read = Counter()

    def counted(walk):
        def steps_of(start):
            for place in walk(start):
                read["rows"] += 1
                yield place

        return steps_of

    assert cuts.moved(*map(counted, walks(values))) == cuts
    assert read["rows"] <= 2 * len(SHARES)
