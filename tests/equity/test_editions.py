"""What becomes of a number that cannot be hidden any more, and of one for which the solver finds no way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.threat_assessment.team import Team

from security_center.equity import ranges, statistics
from security_center.equity.editions import keep_back
from security_center.equity.linear_facts import Cell, Key, LinearFacts
from security_center.equity.models import Figures
from security_center.equity.ranges import Ranges
from security_center.equity.tasks import publish_what_is_over
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment.content_loader import close_reasons

WHOLE: Key = ("year", "all")
SMALL: Key = ("year", "x", "small")
LARGE: Key = ("year", "x", "large")


def of_two_groups(**known: int) -> tuple[dict[str, Any], LinearFacts, list[Cell]]:
    """25 cases, 3 of one group and 22 of the other."""
    facts = LinearFacts(10)
    for key, value in ((WHOLE, 25), (SMALL, 3), (LARGE, 22)):
        facts.put(key, value)
    facts.equal(WHOLE, [SMALL, LARGE])
    facts.known |= {key: facts.values[key] for key in (WHOLE, LARGE) if known.get(key[-1])}
    facts.close()
    made: dict[str, Any] = {"x": {"total": 25, "rows": {"small": None, "large": 22}}}
    cells = [
        Cell(("x", "total"), (WHOLE,), ((WHOLE, 25),)),
        Cell(("x", "rows", "large"), (LARGE,), ((LARGE, 22),), under=("x", "total")),
        Cell(("x", "rows", "small"), (SMALL,), (), under=("x", "total")),
    ]
    return made, facts, cells


def test_the_other_of_two_groups_is_kept_back_beside_the_small_one() -> None:
    made, facts, cells = of_two_groups()
    assert keep_back(made, facts, cells) == 0
    assert made["x"]["rows"] == {"small": None, "large": None} or made["x"]["total"] is None


def test_a_number_that_earlier_figures_give_away_is_counted_and_hides_nothing_more() -> None:
    made, facts, cells = of_two_groups(all=1, large=1)
    assert keep_back(made, facts, cells) == 1
    assert made["x"] == {"total": 25, "rows": {"small": None, "large": 22}}


def test_where_the_solver_finds_no_way_in_its_time_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ranges, "to_keep_back", lambda *_given: set())
    made, facts, cells = of_two_groups()
    assert keep_back(made, facts, cells) == 0
    assert made["x"] == {"total": None, "rows": {"small": None, "large": None}}


@pytest.mark.long
def test_the_staff_are_told_how_many_numbers_earlier_figures_give_away_and_the_public_is_not(
    team: Team, signed_in: Callable[[Person], Client], public_client: Client
) -> None:
    district = team.valley.cast.district
    publish_what_is_over()
    Figures.objects.filter(district=district, period="2025-26").update(told_before=2)
    Figures(
        district=district, kind="equity", period="2025-26", tables={}, told_before=2, made_at=team.valley.at
    ).save()
    team.valley.stack.close()
    said = "What was published before gives 2 small numbers away"
    for address in ("/figures/?period=2025-26", "/figures/equity/"):
        assert said in signed_in(team.valley.cast.ivy).get(address).content.decode()
    assert said not in public_client.get(f"/numbers/{district.slug}/").content.decode()


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    ranges._let_it_say_who_it_is.cache_clear()
    keep_back(*of_two_groups())
    assert capfd.readouterr() == ("", "")


def test_a_way_in_which_no_case_ended_has_its_row_all_the_same() -> None:
    """A table without a row for open cases told that all had ended, and with it a total that was kept
    back."""
    assert set(statistics._outcomes([])) == {*close_reasons(), statistics.OPEN}
