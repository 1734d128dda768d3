"""The file for the state comes out of the case data (threat-assessment.md F12)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.threat_assessment.team import Team

from security_center.equity.actions.exporting import NotOver, export
from security_center.equity.content_loader import layouts
from security_center.equity.state_rows import COLUMNS
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.school_years import Period
from security_center.prevention.doctrine.management import state_laws

SignIn = Callable[[Person], Client]
YEAR = Period(2026)
OVER = datetime(2027, 7, 1, 12, tzinfo=UTC)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_nobody_but_who_answers_for_the_district_makes_the_file(team: Team) -> None:
    cast = team.valley.cast
    for name, person in cast.everyone.items():
        if name in {"ivy", "omar"}:
            continue
        with pytest.raises(NotAllowed):
            export(actor=person, district=cast.district, period=YEAR, layout="totals")


def test_no_file_is_made_of_a_running_year(team: Team) -> None:
    with pytest.raises(NotOver):
        export(
            actor=team.valley.cast.ivy, district=team.valley.cast.district, period=YEAR, layout="assessments"
        )


def test_f12_state_export_is_made_from_case_data_with_nothing_typed_again(team: Team) -> None:
    team.managed()
    team.open()
    team.open(practice=True)
    cast = team.valley.cast
    team.valley.set_clock(OVER)
    text = export(actor=cast.ivy, district=cast.district, period=YEAR, layout="assessments")
    found = sorted(rows(text), key=lambda row: row["assessed"])
    assert len(found) == 2, "a practice case is in no file"
    assert found[1] == {
        "school": cast.school_a.slug,
        "level": "high",
        "month": "2026-11",
        "origin": "staff",
        "assessed": "yes",
        "scheme": "ntac",
        "judged": "needs_support",
        "self_harm": "no",
        "police_told": "no",
        "disciplines": "administration coaching counseling instruction mental_health",
        "hours_to_start": "0",
        "hours_to_judgement": "0",
        "plan": "yes",
        "reviews": "0",
        "removed": "no",
        "outcome": "open",
    }
    totals = {
        row["what"]: row["cases"]
        for row in rows(export(actor=cast.omar, district=cast.district, period=YEAR, layout="totals"))
    }
    assert (totals["cases"], totals["assessed"], totals["judged"], totals["outcome: open"]) == (
        "2",
        "1",
        "1",
        "2",
    )
    assert Entry.objects.filter(verb="figures.exported").count() == 2


def test_f12_state_export_names_nobody(team: Team) -> None:
    case = team.managed()
    team.valley.set_clock(OVER)
    text = export(
        actor=team.valley.cast.ivy, district=team.valley.cast.district, period=YEAR, layout="assessments"
    )
    assert "Marker" not in text
    assert case.number not in text
    assert str(case.opened_at.date()) not in text


def test_each_column_is_data_with_a_source_and_each_state_is_one_of_the_doctrine() -> None:
    assert list(layouts()["assessments"].columns) == list(COLUMNS)
    assert {state for layout in layouts().values() for state in layout.states} <= set(state_laws())


def test_the_page_gives_the_file_and_an_unknown_year_or_layout_is_not_there(
    team: Team, signed_in: SignIn
) -> None:
    team.managed()
    team.valley.stack.close()
    ivy = signed_in(team.valley.cast.ivy)
    assert ivy.get("/figures/state/").status_code == 200
    answer: Any = ivy.post(
        "/figures/state/file/",
        {"year": ivy.get("/figures/state/").context["years"][0].key, "layout": "totals"},
    )
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    for wrong in (
        {"year": "1999-00", "layout": "totals"},
        {"layout": "totals"},
        {"year": "2025-26", "layout": "all"},
        {"year": "2026-27", "layout": "totals"},
    ):
        assert ivy.post("/figures/state/file/", wrong).status_code == 404
