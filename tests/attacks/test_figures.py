"""What is kept back of the figures cannot be worked out by laying side by side everything that is published."""

from __future__ import annotations

import pytest

from security_center.equity.ranges import APART
from security_center.project.bench.attacks.figures import trying

DISTRICTS, AT_ONCE = 200, 10


@pytest.mark.parametrize("first", range(0, DISTRICTS, AT_ONCE))
def test_who_subtracts_one_table_from_another_learns_no_number_that_is_kept_back(first: int) -> None:
    """Random districts through the tables as the worker makes them. The attacker has a program of integers of his own."""
    assert APART == 5
    for seed in range(first, first + AT_ONCE):
        assert not trying.of(seed).found_out, seed


def test_who_knows_that_whatever_was_ended_and_is_open_was_opened_again_learns_no_more() -> None:
    """50 referrals, 27 open, 31 ended: at least 8 were opened again, and a number that is kept back as small is 9 at most."""
    assert not trying.of(70006, most=52).found_out


@pytest.mark.parametrize("seed", [574, 804, 3589, 6995])
def test_who_takes_the_first_half_from_its_year_learns_no_number_of_the_first_half_that_is_kept_back(seed: int) -> None:
    """The second half is the year less the first, and no more were judged in it than were referred in it: a year's total that says how many were
    judged must leave room for what its first half kept back."""
    assert not trying.of(seed).found_out
