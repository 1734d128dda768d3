"""The chair's page: the measures on which Broward was audited, live; who may see it, and what each number
opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.foundation.school_years import Period, last_school_years, school_year_of
from security_center.threat_assessment.actions import management_plan
from security_center.threat_assessment.models import Action, Member
from security_center.threat_assessment.queries import audit
from security_center.threat_assessment.queries.audit import MEASURES, PARTS, Standing

SignIn = Callable[[Person], Client]


def counts(team: Team, person: Person | None = None) -> dict[str, tuple[int, int, int]]:
    """Measure → (missing, met, waiting) for whoever looks."""
    page = audit.audit(audit.scope_of(person or team.tess))
    return {
        line.measure.key: (
            line.counts[Standing.MISSING],
            line.counts[Standing.MET],
            line.counts[Standing.WAITING],
        )
        for line in [*page.lines, *page.parts]
    }


def test_only_who_oversees_cases_opens_the_page_and_each_sees_their_own_schools(
    team: Team, signed_in: SignIn
) -> None:
    team.managed()
    cast = team.valley.cast
    team.valley.stack.close()
    for name in ("rosa", "ben", "sam", "nia", "omar", "aud", "ada"):
        assert signed_in(getattr(cast, name)).get("/cases/audit/").status_code == 403, name
    for name in ("tess", "dana", "ivy"):
        assert "1 case opened" in words(signed_in(getattr(cast, name)).get("/cases/audit/")), name
    assert "No case was opened in this time" in words(signed_in(cast.paul).get("/cases/audit/"))
    elsewhere = signed_in(cast.tess_elsewhere)
    assert "No case was opened in this time" in words(elsewhere.get("/cases/audit/"))
    assert elsewhere.get(f"/cases/audit/?school={cast.school_a.slug}").status_code == 404
    assert signed_in(cast.tess).get("/cases/audit/?year=1999-00").status_code == 404


def test_f05_an_unfinished_assessment_is_missing_once_its_day_is_over(team: Team) -> None:
    team.screened()
    assert counts(team)["papers"] == (0, 0, 1)
    assert counts(team)["started"] == (0, 1, 0)
    team.valley.pass_time(hours=25)
    found = counts(team)
    assert found["papers"] == (1, 0, 0)
    for measure in (
        "completed",
        "student",
        "weapons",
        "paper-mandatory_prompts",
        "paper-three_kinds_of_source",
        "paper-student_and_parent",
    ):
        assert found[measure] == (1, 0, 0), measure
    assert found["paper-thresholds_decided"] == (0, 1, 0)
    assert found["signatures"] == (0, 0, 0)  # nothing was judged yet


def test_f05_a_case_with_all_its_papers_meets_every_measure_and_owes_a_follow_up_in_thirty_days(
    team: Team,
) -> None:
    case = team.managed()
    found = counts(team)
    assert found["follow-up"] == (0, 0, 1)
    assert all(found[key] == (0, 1, 0) for key in (*MEASURES, *PARTS) if key != "follow-up"), found
    team.valley.pass_time(days=31)
    assert counts(team)["follow-up"] == (1, 0, 0)
    management_plan.review(actor=team.tess, case=case, text="Late.", next_in_days=14)
    assert counts(team)["follow-up"] == (1, 0, 0), "held after thirty days, so it stays missed"


def test_f05_a_signature_that_a_discipline_owes_is_missing(team: Team) -> None:
    case = team.managed()
    Member.objects.filter(case=case, person=team.sam).delete()
    Member(
        case=case,
        person=team.sam,
        disciplines=["law_enforcement", "school_resource_officer"],
        added_at=team.valley.at,
        added_by=team.tess,
    ).save()
    found = counts(team)
    assert found["signatures"] == found["signatures-raised"] == found["papers"] == (1, 0, 0)


def test_f05_a_plan_that_is_needed_and_not_there_is_missing_after_its_day(team: Team) -> None:
    team.judged()
    assert counts(team)["plan"] == (0, 0, 1)
    team.valley.pass_time(days=4)
    assert counts(team)["plan"] == (1, 0, 0)


def test_f11_a_backup_who_has_left_steps_in_for_nobody(team: Team) -> None:
    case = team.managed()
    assert counts(team)["alternates"] == (0, 1, 0)
    backup = Action.objects.get(plan__case=case).backup
    Person.objects.filter(pk=backup.pk).update(is_active=False)
    assert counts(team)["alternates"] == (1, 0, 0)


def test_a_practice_case_stands_in_no_figure(team: Team) -> None:
    team.open(practice=True)
    team.valley.pass_time(hours=25)
    assert audit.audit(audit.scope_of(team.tess)).cases == 0


@pytest.mark.parametrize("standing", ["missing", "met", "waiting"])
def test_every_number_opens_the_cases_that_it_counts(team: Team, standing: str) -> None:
    team.managed()
    team.screened()
    team.judged()
    team.valley.pass_time(hours=30)
    scope = audit.scope_of(team.valley.cast.ivy)
    page = audit.audit(scope)
    for line in [*page.lines, *page.parts]:
        assert (
            len(audit.audited_cases(scope, line.measure, Standing(standing)))
            == line.counts[Standing(standing)]
        ), line.measure.key


def test_the_list_behind_a_number_opens_only_what_the_person_reads(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    cast = team.valley.cast
    team.valley.stack.close()
    tess, ivy = signed_in(cast.tess), signed_in(cast.ivy)
    assert case.path in words(tess.get("/cases/audit/started/met/"))
    seen = words(ivy.get("/cases/audit/started/met/"))
    assert case.number in seen
    assert case.path not in seen
    assert "Marker-Concern" not in seen
    assert tess.get("/cases/audit/started/none/").status_code == 404
    assert tess.get("/cases/audit/nothing/met/").status_code == 404


def test_a_school_year_begins_in_july_where_the_school_is() -> None:
    east = ZoneInfo("America/New_York")
    assert school_year_of(datetime(2026, 7, 1, 3, 59, tzinfo=UTC), east) == Period(2025)
    assert school_year_of(datetime(2026, 7, 1, 4, 0, tzinfo=UTC), east) == Period(2026)
    assert [one.key for one in last_school_years(datetime(2026, 11, 24, tzinfo=UTC), east)] == [
        "2026-27",
        "2025-26",
        "2024-25",
    ]
    first, second = Period(2026).halves
    assert first.bounds(east)[1] == second.bounds(east)[0]
    assert (first.bounds(east)[0], second.bounds(east)[1]) == Period(2026).bounds(east)
