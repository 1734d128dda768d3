"""An interview keeps every version: one for each press of Save, one for each sitting kept by itself; nobody
writes over anybody else's words."""

from __future__ import annotations

import pytest
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.columns import unseal
from security_center.threat_assessment import queries
from security_center.threat_assessment.actions import inquiry
from security_center.threat_assessment.models import Case, Interview, InterviewVersion
from security_center.threat_assessment.sealing import unsealed


def begun(team: Team) -> tuple[Case, Interview]:
    case = team.screened()
    source = inquiry.add_source(actor=team.ben, case=case, kind="teacher_current", name="Ms. Hill")
    return case, inquiry.begin_interview(actor=team.ben, case=case, source=source)


def save(case: Case, interview: Interview, by: Person, quotes: str, *, by_itself: bool = False) -> Interview:
    version = Interview.objects.get(pk=interview.pk).version
    return inquiry.save_interview(
        actor=by,
        case=case,
        interview=interview,
        version=version,
        quotes=quotes,
        notes="",
        by_itself=by_itself,
    )


def earlier(case: Case, interview: Interview) -> list[tuple[str, str]]:
    """(who, what), the earliest first."""
    found = queries.earlier_versions(interview, unsealed(case))
    return [(said.row.by.name.split()[0], said.text["quotes"]) for said in reversed(found)]


def now_there(case: Case, interview: Interview) -> str:
    return unseal(unsealed(case), Interview.objects.get(pk=interview.pk), "quotes")


def test_nobody_without_the_interview_sees_its_versions(team: Team, signed_in: SignIn) -> None:
    case, interview = begun(team)
    for text in ("Marker-One", "Marker-Two"):
        save(case, interview, team.ben, text)
    for stranger in ("sam", "ivy", "tess_elsewhere"):
        answer = signed_in(team.valley.cast.everyone[stranger]).get(
            f"/cases/{case.number}/interviews/{interview.uuid}/"
        )
        assert answer.status_code in {403, 404}
        assert b"Marker-" not in answer.content


def test_each_press_of_save_that_changes_a_word_leaves_what_stood_there(team: Team) -> None:
    case, interview = begun(team)
    for text in ("one", "two", "two", "three"):
        save(case, interview, team.ben, text)
    assert earlier(case, interview) == [("Ben", "one"), ("Ben", "two")]
    assert now_there(case, interview) == "three"


def test_what_is_kept_by_itself_is_one_version_however_often_it_is_kept(team: Team) -> None:
    case, interview = begun(team)
    for letters in range(1, 40):
        team.valley.pass_time(seconds=4)
        save(case, interview, team.ben, "x" * letters, by_itself=True)
    assert not InterviewVersion.objects.exists()
    save(case, interview, team.ben, "x" * 40)
    assert not InterviewVersion.objects.exists(), "the press of Save ends the same sitting"
    save(case, interview, team.ben, "new", by_itself=True)
    assert earlier(case, interview) == [("Ben", "x" * 40)], (
        "a saved text is not written over by what is kept by itself"
    )


def test_a_new_sitting_leaves_the_text_of_the_one_before(team: Team) -> None:
    case, interview = begun(team)
    save(case, interview, team.ben, "in the morning", by_itself=True)
    team.valley.pass_time(hours=2)
    save(case, interview, team.ben, "in the afternoon", by_itself=True)
    assert earlier(case, interview) == [("Ben", "in the morning")]


@pytest.mark.parametrize("by_itself", [True, False])
def test_nobody_writes_over_the_running_text_of_somebody_else(team: Team, by_itself: bool) -> None:
    case, interview = begun(team)
    save(case, interview, team.ben, "Ben types", by_itself=True)
    save(case, interview, team.tess, "Tess types", by_itself=by_itself)
    save(case, interview, team.ben, "Ben goes on", by_itself=True)
    assert earlier(case, interview) == [("Ben", "Ben types"), ("Tess", "Tess types")]


def test_of_two_who_type_nothing_is_lost_and_the_page_shows_each_version(
    team: Team, signed_in: SignIn
) -> None:
    case, interview = begun(team)
    place = f"interviews/{interview.uuid}/"
    ben, tess = signed_in(team.ben), signed_in(team.tess)
    send(ben, case, f"{place}keep/", "interview", quotes="“Ben heard this.”", notes="", version=1)
    page = words(send(tess, case, place, "interview", quotes="“Tess heard that.”", notes="", version=1))
    assert "“Ben heard this.”" in page
    assert "“Tess heard that.”" in page
    send(
        tess,
        case,
        place,
        "interview",
        quotes="“Tess heard that.”",
        notes="",
        version=2,
        plain={"both": "yes"},
    )
    assert now_there(case, interview) == "“Ben heard this.”\n“Tess heard that.”"
    page = seen(ben, case, place)
    assert "1 earlier version" in page
    assert "Version 2, Ben Cole" in page


def test_versions_are_sealed(team: Team) -> None:
    case, interview = begun(team)
    for text in ("Marker-Sealed", "after"):
        save(case, interview, team.ben, text)
    assert b"Marker" not in bytes(InterviewVersion.objects.get().quotes)
