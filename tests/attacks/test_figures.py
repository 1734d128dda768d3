"""What is kept back of the figures cannot be worked out by laying side by side everything that is
published."""

from __future__ import annotations

import pytest

from benchmarks.attacks.figures import trying
from security_center.equity.ranges import APART

DISTRICTS, AT_ONCE = 200, 10


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, DISTRICTS, AT_ONCE))
def test_who_subtracts_one_table_from_another_learns_no_number_that_is_kept_back(first: int) -> None:
    """Random districts through the tables as the worker makes them. The attacker has a program of integers of
    his own."""
    assert APART == 5
    for seed in range(first, first + AT_ONCE):
        assert not trying.of(seed).found_out, seed


@pytest.mark.long
def test_who_knows_that_whatever_was_ended_and_is_open_was_opened_again_learns_no_more() -> None:
    """50 referrals, 27 open, 31 ended: at least 8 were opened again, and a number that is kept back as small
    is 9 at most."""
    assert not trying.of(70006, most=52).found_out


@pytest.mark.long
@pytest.mark.parametrize("seed", [574, 804, 3589, 6995])
def test_who_takes_the_first_half_from_its_year_learns_no_number_of_the_first_half_that_is_kept_back(
    seed: int,
) -> None:
    """The second half is the year less the first, and no more were judged in it than were referred in it: a
    year's total that says how many were judged must leave room for what its first half kept back."""
    assert not trying.of(seed).found_out


@pytest.mark.long
def test_a_table_of_the_one_kind_tells_nothing_that_the_other_kind_keeps_back() -> None:
    """Kinds of school that the statistics keep back, beside grades and schools that the equity figures show:
    both are made together."""
    assert not trying.of(2179).found_out


@pytest.mark.long
def test_a_first_half_whose_year_could_hardly_be_more_says_no_total() -> None:
    """17 in two schools by December: while the year keeps both schools back as small, it has 17 or 18."""
    assert not trying.of(2347).found_out


@pytest.mark.long
def test_how_many_were_told_is_not_known_by_the_two_numbers_that_it_is_the_sum_of() -> None:
    assert not trying.of(10208).found_out


@pytest.mark.long
def test_statistics_that_come_before_the_equity_figures_tell_no_school_that_those_keep_back() -> None:
    """The only school of its kind, which the table by school keeps back beside a small one."""
    assert not trying.of(630).found_out
