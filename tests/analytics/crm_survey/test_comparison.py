"""Waves, strata and accounts are compared the way the sources say."""

import math

import pytest

from crm_survey.analytics import (
    Score,
    account_nps,
    csat,
    difference,
    mean_score,
    nps,
    paired_difference,
    stratified,
)


def test_difference_divides_the_change_by_both_errors():
    before, after = nps(400, 300, 300), nps(460, 300, 240)
    change = difference(before, after)
    expected = 12 / math.hypot(before.standard_error, after.standard_error)
    assert change.change == pytest.approx(12)
    assert change.z == pytest.approx(expected)
    assert change.proven


def test_a_small_sample_proves_nothing():
    change = difference(nps(4, 3, 3), nps(5, 3, 2))
    assert change.change == pytest.approx(20)
    assert not change.proven


def test_fewer_than_five_answers_on_a_side_prove_nothing():
    assert not difference(nps(4, 0, 0), nps(0, 0, 400)).proven
    assert difference(nps(5, 0, 0), nps(0, 0, 400)).proven


def test_a_few_unanimous_answers_do_not_prove_a_fall():
    # 8 of 8 against 80 of 100: Fisher's exact test gives p = 0.35
    assert not difference(csat(8, 8), csat(80, 100)).proven


def test_large_unanimous_samples_do_prove_a_change():
    assert difference(nps(0, 0, 200), nps(200, 0, 0)).proven


def test_no_score_on_one_side_means_no_change_to_speak_of():
    for pair in ((Score(0), csat(5, 9)), (csat(5, 9), Score(0))):
        assert difference(*pair).change is None
        assert not difference(*pair).proven


def test_a_mean_of_one_value_has_no_error_to_compare_with():
    change = difference(mean_score([50]), mean_score([80, 90]))
    assert change.change == 35
    assert change.z is None and not change.proven


def test_the_same_people_are_compared_by_their_own_steps():
    change = paired_difference([6] * 20 + [8] * 30, [9] * 20 + [8] * 30)
    assert change.change == pytest.approx(80)
    assert change.proven
    assert paired_difference([], []).change is None
    assert paired_difference([6], [9]).z is None
    assert not paired_difference([6, 6], [9, 9]).proven


def test_paired_waves_need_the_same_people():
    with pytest.raises(ValueError):
        paired_difference([9, 9], [9])


def test_strata_count_by_their_size_in_the_population():
    large, small = nps(50, 30, 20), nps(20, 10, 70)
    score = stratified([(900, large), (100, small)])
    assert score.score == pytest.approx(0.9 * 30 + 0.1 * -50)
    assert score.standard_error == pytest.approx(
        math.hypot(0.9 * large.standard_error, 0.1 * small.standard_error)
    )
    assert score.n == 200


def test_a_thin_stratum_refuses_the_whole_estimate():
    score = stratified([(900, nps(50, 30, 20)), (100, nps(4, 0, 0))])
    assert score == Score(104)


def test_an_empty_stratum_of_an_empty_population_does_not_matter():
    assert stratified([(900, nps(50, 30, 20)), (0, Score(0))]).score == 30


def test_a_negative_population_is_an_error():
    with pytest.raises(ValueError):
        stratified([(-1, nps(5, 5, 5))])


def test_an_account_has_one_vote_however_many_contacts_answer():
    accounts = ["big"] * 8 + ["small"]
    values = [10] * 8 + [2]
    assert nps(8, 0, 1).score == pytest.approx(77.8, abs=0.1)
    assert account_nps(accounts, values).score == 0
    assert account_nps(accounts, values).n == 2


def test_the_mean_of_an_account_is_banded_without_a_gap():
    # 8.5 is passive, it does not fall between the bands
    assert account_nps(["a", "a"], [8, 9]).score == 0
    assert account_nps(["a", "a"], [6, 7]).score == -100


def test_accounts_and_values_must_match():
    with pytest.raises(ValueError):
        account_nps(["a"], [1, 2])
