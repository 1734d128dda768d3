"""What a school is told outside of a report is written down with a number, taken by a clock, and put into a
case by a person who compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import SCREEN, Team

from security_center.case_records.actions import destruction
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.queries import recipients_of
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_closing,
    judgement_signing,
    repeated_warnings,
    reported_concerns,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import Case, Incoming, State
from security_center.threat_assessment.queries import incoming as reads

SignIn = Callable[..., Client]
SAME = ["name", "birth_date"]


def told(team: Team, by: Person | None = None, school: Organization | None = None, **more: Any) -> Incoming:
    given = {
        "kind": "concern",
        "says": "Marker-Said: he has a list.",
        "teller": "Marker-Teller Webb",
        "student": "Marker-Name Jordan Lee",
        **more,
    }
    return reported_concerns.enter_incoming(
        actor=by or team.valley.cast.rosa, school=school or team.valley.school, **given
    )


def notice(team: Team, by: Person | None = None, **more: Any) -> Incoming:
    return told(
        team,
        by or team.sam,
        **{"kind": "law_enforcement", "agency": "Marker-Agency", "incident_number": "26-114", **more},
    )


def rung(row: Incoming, kind: str) -> set[str]:
    return {
        person.name
        for duty in open_about(row.thing, kind)
        for step in duty.steps.all()
        for person in step.told.all()
    }


def opened(team: Team, row: Incoming) -> Case:
    return reported_concerns.open_from_incoming(
        actor=team.tess, incoming=row, lead=team.tess, disciplines=["administration"]
    )


# --- who may not
# -----------------------------------------------------------------------------------------------------


def test_nobody_writes_down_at_another_school_or_district_and_nobody_reads_who_need_not(
    team: Team, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    for person in (cast.lena, cast.tess_elsewhere, cast.omar, cast.aud, cast.ada):
        with pytest.raises(NotAllowed):
            told(team, person)
    row = told(team)
    for person in (cast.ben, cast.lena, cast.paul, cast.nia, cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            reported_concerns.look_at_incoming(actor=person, incoming=row)
        assert signed_in(person).get(row.path).status_code == 404
    for person in (cast.rosa, cast.ben, cast.nia, cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            reported_concerns.take_incoming(actor=person, incoming=row)


def test_once_in_a_case_only_its_team_reads_it(team: Team) -> None:
    row = told(team)
    opened(team, row)
    row.refresh_from_db()
    for person in (team.valley.cast.rosa, team.valley.cast.ivy, team.dana):
        with pytest.raises(NotAllowed):
            reported_concerns.look_at_incoming(actor=person, incoming=row)
    assert reported_concerns.look_at_incoming(actor=team.tess, incoming=row)["says"].startswith("Marker-Said")
    assert "incoming.read" in [entry.verb for entry in entries_about(row.thing)]


def test_nothing_of_it_is_readable_in_the_database(team: Team) -> None:
    told(team)
    notice(team)
    assert b"Marker-" not in everything_in_the_database()


def test_who_is_meant_who_told_it_and_what_was_said_are_each_wanted(team: Team) -> None:
    for missing in ("says", "teller", "student"):
        with pytest.raises(reported_concerns.NothingSaid):
            told(team, **{missing: " "})
    with pytest.raises(reported_concerns.NothingSaid):
        notice(team, agency="")


# --- threat-assessment.md F2
# -----------------------------------------------------------------------------------------


def test_f02_what_is_told_to_an_adult_is_an_entry_with_a_number_and_rings_until_somebody_has_it(
    team: Team, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    row = told(team)
    page = words(signed_in(cast.rosa).get(row.path))
    assert row.number in page
    assert "For whoever told it, to keep" in page
    team.valley.ring()
    assert {"Tess Moran", "Dana Price"} <= rung(row, "incoming.waiting")
    for overseer in (cast.dana, cast.ivy):
        listed = words(signed_in(overseer).get("/cases/incoming/"))
        assert row.number in listed
        assert "Marker-" not in listed
    team.valley.pass_time(days=2)
    team.valley.ring()
    assert {"Nia Ward", "Ivy Chen", "Omar Reyes"} <= rung(row, "incoming.waiting")
    reported_concerns.take_incoming(actor=cast.dana, incoming=row)
    assert not open_about(row.thing, "incoming.waiting").exists()
    assert open_about(row.thing, "incoming.open").get().holder == cast.dana, "taken is not yet done"


def test_f02_danger_to_life_is_taken_within_minutes(team: Team) -> None:
    row = told(team, life_safety=True)
    assert row.due_at == team.valley.at + timedelta(minutes=15)
    assert open_about(row.thing, "incoming.waiting").get().urgency == "U1"


def test_f02_a_concern_is_not_dropped_by_whoever_wrote_it_down_nor_without_a_reason(team: Team) -> None:
    row = told(team, team.tess)
    with pytest.raises(state_transitions.NotATransition):
        reported_concerns.no_case(actor=team.tess, incoming=row, reason="Nothing in it.")
    with pytest.raises(state_transitions.ReasonWanted):
        reported_concerns.no_case(actor=team.dana, incoming=row, reason=" ")
    reported_concerns.no_case(actor=team.dana, incoming=row, reason="It was about a game.")
    assert not open_about(row.thing).exists()


# --- threat-assessment.md F7
# -----------------------------------------------------------------------------------------


def test_f07_law_enforcement_notice_becomes_a_case_and_the_staff_are_told_at_once(team: Team) -> None:
    row = notice(team)
    assert row.law_enforcement_purpose, "no export takes it along"
    assert row.due_at == team.valley.at + timedelta(hours=1)
    with pytest.raises(state_transitions.NotATransition):
        reported_concerns.no_case(actor=team.dana, incoming=row, reason="He is a good boy.")
    case = opened(team, row)
    assert case.origin == Case.Origin.LAW_ENFORCEMENT
    assert {duty.kind for duty in open_about(case.thing)} == {"case.step", "case.tell_staff"}
    assert [one.party for one in case.notices.filter(settled_at__isnull=True)] == ["supervising_staff"]
    judgement_signing.settle_notice(
        actor=team.tess, case=case, notice=case.notices.get(), state="not_reached", note="In class."
    )
    assert open_about(case.thing, "case.tell_staff").exists()
    judgement_signing.settle_notice(
        actor=team.tess, case=case, notice=case.notices.get(), state="told", note="Both teachers."
    )
    assert not open_about(case.thing, "case.tell_staff").exists()


def test_f07_law_enforcement_notice_opens_a_closed_case_again_when_a_person_has_compared(team: Team) -> None:
    case = state_transitions.advance(
        actor=team.tess, case=team.open(subject_name="Jordan Lee"), to=State.SCREENING
    )
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A song.")
    case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    row = notice(team, student="Jordan Li")
    assert [one.pk for one in reads.candidates(team.dana, row)] == [case.pk], "a like name is shown"
    for compared in ([], ["name"], ["name", "name"]):
        with pytest.raises(reported_concerns.SameStudentUnsure):
            reported_concerns.put_into_case(actor=team.dana, incoming=row, case=case, compared=compared)
    case = reported_concerns.put_into_case(actor=team.dana, incoming=row, case=case, compared=SAME)
    assert case.state == State.SCREENING
    assert {duty.kind for duty in open_about(case.thing)} == {
        "case.step",
        "case.new_report",
        "case.tell_staff",
    }
    assert gates.GATES["no_unseen_reports"].missing(case) == [row.number]
    case_closing.has_seen_reports(actor=team.tess, case=case, numbers=[row.number])
    assert gates.GATES["no_unseen_reports"].missing(case) == []


def test_f07_what_a_neighboring_school_knows_reaches_the_district_at_once_and_the_neighbor_not_at_all(
    team: Team, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    case = team.open(subject_name="Jordan Lee")
    row = told(team, cast.lena, school=cast.school_b, student="Jordan Lee")
    assert reads.candidates(cast.paul, row) == []
    assert reads.candidates(cast.ivy, row) == [case], "who oversees both sees it"
    team.valley.ring()
    assert rung(row, "case.warned_again") == {"Nia Ward", "Ivy Chen"}
    assert row.warned_again == 1
    reported_concerns.has_heard_warning(actor=cast.paul, incoming=row)
    paul, ivy = signed_in(cast.paul), signed_in(cast.ivy)
    page = words(paul.get(row.path))
    for hint in ("another school", "only warning", case.number):
        assert hint not in page, hint
    assert "What another school of the district has" in words(ivy.get(row.path))
    assert open_about(row.thing, "case.warned_again").exists(), (
        "nobody at the school ends what the district has to hear"
    )
    with pytest.raises(NotAllowed):
        reported_concerns.put_into_case(actor=cast.paul, incoming=row, case=Case.objects.get(), compared=SAME)
    reported_concerns.put_into_case(actor=cast.ivy, incoming=row, case=Case.objects.get(), compared=SAME)


def test_when_a_case_is_destroyed_what_was_told_about_it_is_destroyed_by_its_own_key(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    row = told(team)
    reported_concerns.put_into_case(actor=team.dana, incoming=row, case=case, compared=SAME)
    case_closing.has_seen_reports(actor=team.tess, case=case, numbers=[row.number])
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A song.")
    case = case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    team.valley.pass_time(days=200)
    assert destruction.expunge(case=case) is not None
    assert recipients_of(row.record) == []
    assert not Incoming.objects.exists()
    with pytest.raises(state_transitions.NotATransition):
        reported_concerns.put_into_case(actor=team.dana, incoming=told(team), case=case, compared=SAME)


# --- threat-assessment.md F8
# -----------------------------------------------------------------------------------------


def test_f08_the_second_warning_of_a_day_goes_past_the_first_recipient_and_the_third_to_the_district(
    team: Team,
) -> None:
    cast = team.valley.cast
    first = told(team, team.tess)
    team.valley.pass_time(minutes=40)
    second = told(team, team.ben, student="Jordan Marker-Name Lee")
    team.valley.ring()
    assert second.warned_again == 2
    assert rung(second, "case.warned_again") == {"Dana Price"}
    assert not open_about(first.thing, "case.warned_again").exists()
    third = told(team, team.tess)
    team.valley.ring()
    assert {"Dana Price", "Nia Ward", "Ivy Chen"} <= rung(third, "case.warned_again")
    with pytest.raises(NotAllowed):
        reported_concerns.has_heard_warning(actor=team.tess, incoming=third)
    reported_concerns.has_heard_warning(actor=team.dana, incoming=third)
    assert not open_about(third.thing, "case.warned_again").exists()
    assert Incoming.objects.count() == 3, "nothing is laid over what was said before"
    assert not told(team, cast.rosa, student="Robin Park").warned_again > 1


def test_f08_what_the_principal_heard_first_is_told_to_the_district(team: Team) -> None:
    told(team, team.dana)
    second = told(team, team.dana)
    team.valley.ring()
    assert {"Nia Ward", "Ivy Chen"} <= rung(second, "case.warned_again")


def test_f08_another_day_is_not_the_same_day(team: Team) -> None:
    told(team)
    team.valley.pass_time(days=1)
    assert told(team).warned_again == 1


def test_f08_two_things_on_one_day_about_one_case_go_past_its_lead(team: Team) -> None:
    case = team.screened()
    for what in ("He says it again.", "He shows it to others."):
        case_closing.add_report(actor=None, case=case, report=team.valley.report(what))
    team.valley.ring()
    owed = open_about(case.thing, "case.warned_again").get()
    assert {person.name for step in owed.steps.all() for person in step.told.all()} == {"Dana Price"}
    with pytest.raises(NotAllowed):
        repeated_warnings.has_heard_case_warned(actor=team.tess, case=case)
    with pytest.raises(NotAllowed):
        repeated_warnings.has_heard_case_warned(actor=team.ben, case=case)
    case_closing.add_report(actor=None, case=case, report=team.valley.report("A third one."))
    team.valley.ring()
    owed = open_about(case.thing, "case.warned_again").get()
    assert {"Nia Ward", "Ivy Chen"} <= {
        person.name for step in owed.steps.all() for person in step.told.all()
    }
    repeated_warnings.has_heard_case_warned(actor=team.valley.cast.ivy, case=case)
    assert not open_about(case.thing, "case.warned_again").exists()


# --- pages
# -----------------------------------------------------------------------------------------------------------


def test_an_officer_enters_a_notice_and_a_lead_makes_it_a_case(team: Team, signed_in: SignIn) -> None:
    sam, tess = signed_in(team.sam), signed_in(team.tess)
    form = {
        "notice-agency": "Maple Police",
        "notice-teller": "Officer Diaz",
        "notice-says": "Marker-Typed",
        "notice-student": "Jordan Lee",
    }
    address = f"/cases/incoming/new/law_enforcement/?school={team.valley.school.slug}"
    ahead = words(
        sam.post(address, {**form, "notice-told_at": "2027-01-04T10:00", "notice-life_safety": "no"})
    )
    assert "This lies ahead" in ahead
    assert "Marker-Typed" in ahead
    receipt = words(
        sam.post(
            address, {**form, "notice-told_at": "2026-11-24T09:30", "notice-life_safety": "no"}, follow=True
        )
    )
    row = Incoming.objects.get()
    assert row.number in receipt
    assert row.told_at.hour == 14, "the hour is the school's"
    tess.post(f"{row.path}take/")
    assert "Choose somebody." in words(tess.post(f"{row.path}open/", {}))
    made = words(
        tess.post(
            f"{row.path}open/",
            {"make-lead": team.tess.pk, "make-disciplines": ["administration"]},
            follow=True,
        )
    )
    case = Case.objects.get()
    assert case.number in made
    assert "Marker-Typed" not in made, "what law enforcement says stays in its own record"
    assert "Marker-Typed" in words(tess.get(row.path))
    assert sam.get(row.path).status_code == 200
    assert "Marker-Typed" not in words(sam.get(row.path))


def test_placing_asks_what_was_compared_and_keeps_the_rest(team: Team, signed_in: SignIn) -> None:
    case, row = team.open(subject_name="Jordan Lee"), told(team, student="Jordan Lee")
    dana = signed_in(team.dana)
    page = words(dana.get(row.path))
    assert case.number in page
    assert "Compare two things" in words(
        dana.post(f"{row.path}place/", {"place-case": case.number, "place-compared": ["name"]})
    )
    dana.post(f"{row.path}place/", {"place-case": case.number, "place-compared": SAME})
    row.refresh_from_db()
    assert row.case == case
    assert row.number in words(dana.get(f"{case.path}reports/"))
    assert "Something new came in" in words(dana.get(case.path))


def test_the_page_of_a_case_warned_twice_shows_numbers_and_no_word(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    for what in ("Marker-One.", "Marker-Two."):
        case_closing.add_report(actor=None, case=case, report=team.valley.report(what))
    ivy = signed_in(team.valley.cast.ivy)
    page = words(ivy.get(f"{case.path}warned/"))
    assert "Marker-" not in page
    assert case.reports.first().report_number in page  # type: ignore[union-attr]
    assert signed_in(team.ben).get(f"{case.path}warned/").status_code == 403
    ivy.post(f"{case.path}warned/")
    assert not open_about(case.thing, "case.warned_again").exists()
