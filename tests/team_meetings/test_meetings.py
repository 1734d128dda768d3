"""Team meetings: who may not read what, the agenda out of the cases, minutes that only the desk opens, and
the duty that rings when nobody meets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_scopes import scope
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.prevention.queries import adopted_plan
from security_center.team_meetings import meeting_rhythm, tasks
from security_center.team_meetings import queries as reads
from security_center.team_meetings.actions import decisions, meetings
from security_center.team_meetings.models import Decision, Discussed, Meeting, Rhythm
from security_center.threat_assessment.actions import case_opening
from security_center.threat_assessment.models import Case

SignIn = Callable[[Person], Client]


def called(team: Team, **span: float) -> Meeting:
    return meetings.call_meeting(
        actor=team.tess,
        place=team.valley.school,
        starts_at=team.valley.at + timedelta(**(span or {"hours": 1})),
    )


def held(team: Team) -> Meeting:
    meeting = called(team)
    team.valley.pass_time(hours=2)
    present, words = {team.tess: ["administration"]}, "We met."
    meetings.write_minutes(
        actor=team.tess, meeting=meeting, present=present, others_present="A nurse", minutes=words, version=0
    )
    return meetings.hold_meeting(actor=team.tess, meeting=meeting)


def owed(team: Team) -> list[Duty]:
    return list(Duty.objects.open().filter(thing=meetings.team_thing(team.valley.school), kind=meetings.DUE))


# --- who may not
# -----------------------------------------------------------------------------------------------------


def test_a_meeting_of_another_district_is_not_there(team: Team, signed_in: SignIn) -> None:
    meeting = called(team)
    for who in ("tess_elsewhere", "ivy_elsewhere", "lena", "omar", "aud", "ada"):
        for place in ("", "minutes/", "change/", "decisions/new/"):
            assert (
                signed_in(team.valley.cast.everyone[who]).get(f"{meeting.path}{place}").status_code == 404
            ), (who, place)


def test_an_officer_reads_the_agenda_and_writes_no_minutes(team: Team, signed_in: SignIn) -> None:
    meeting = called(team)
    client = signed_in(team.sam)
    assert client.get(meeting.path).status_code == 200
    assert client.get(f"{meeting.path}minutes/").status_code == 403
    with pytest.raises(NotAllowed):
        meetings.write_minutes(
            actor=team.sam, meeting=meeting, present={}, others_present="", minutes="Mine.", version=0
        )


def test_a_reader_of_the_agenda_sees_of_each_case_what_they_may_know(team: Team, signed_in: SignIn) -> None:
    case, meeting = team.open(), called(team)
    rosa, ivy, tess = (
        words(signed_in(person).get(meeting.path))
        for person in (team.valley.cast.rosa, team.valley.cast.ivy, team.tess)
    )
    assert case.number not in rosa
    assert (case.number in ivy, "Read by its team only." in ivy, "Find out who it is" in ivy) == (
        True,
        True,
        False,
    )
    assert "Find out who it is, and start the screening" in tess


def test_what_was_said_of_a_case_is_read_by_its_team_alone(team: Team, signed_in: SignIn) -> None:
    case, meeting = team.open(), called(team)
    meetings.write_about_case(
        actor=team.ben, meeting=meeting, case=case, note="Marker-Said: he came to school today.", version=0
    )
    there = f"{meeting.path}cases/{case.number}/"
    assert "Marker-Said" in words(signed_in(team.dana).get(there))
    answers = {
        who: signed_in(team.valley.cast.everyone[who]).get(there).status_code
        for who in ("rosa", "ivy", "sam", "tess_elsewhere")
    }
    assert answers == {"rosa": 404, "ivy": 403, "sam": 404, "tess_elsewhere": 404}
    assert "Marker-Said" not in words(signed_in(team.tess).get(meeting.path))


def test_a_case_of_another_school_has_no_page_at_this_meeting(team: Team, signed_in: SignIn) -> None:
    paul = team.valley.cast.paul
    elsewhere = case_opening.open_case(
        actor=paul, school=team.valley.cast.school_b, concern="There.", lead=paul
    )
    case_opening.join(
        actor=paul, case=elsewhere, person=team.valley.cast.ivy, disciplines=["safety_security"]
    )
    meeting = called(team)
    assert signed_in(team.valley.cast.ivy).get(f"{meeting.path}cases/{elsewhere.number}/").status_code == 404


def test_minutes_and_decisions_are_nowhere_in_clear(team: Team) -> None:
    case, meeting = team.open(), called(team)
    meetings.write_about_case(actor=team.tess, meeting=meeting, case=case, note="Marker-Noted", version=0)
    meetings.write_minutes(
        actor=team.tess,
        meeting=meeting,
        present={team.tess: []},
        others_present="Marker-Guest",
        minutes="Marker-Minutes",
        version=0,
    )
    row = decisions.decide(
        actor=team.tess, meeting=meeting, what="Marker-What", owner=team.ben, due_on=team.valley.at.date()
    )
    decisions.settle_decision(actor=team.ben, decision=row, state="done", outcome="Marker-Outcome")
    dropped = called(team, days=3)
    meetings.drop_meeting(actor=team.tess, meeting=dropped, reason="Marker-Why")
    assert b"Marker-" not in everything_in_the_database()


def test_a_decision_about_a_case_belongs_to_somebody_of_its_team(team: Team, signed_in: SignIn) -> None:
    case, meeting = team.open(), called(team)
    with pytest.raises(decisions.CannotOwn):
        decisions.decide(
            actor=team.tess,
            meeting=meeting,
            case=case,
            what="Ask.",
            owner=team.sam,
            due_on=team.valley.at.date(),
        )
    row = decisions.decide(
        actor=team.tess, meeting=meeting, case=case, what="Ask.", owner=team.ben, due_on=team.valley.at.date()
    )
    there = f"{meeting.path}decisions/{row.uuid}/"
    assert signed_in(team.dana).get(there).status_code == 200
    assert signed_in(team.valley.cast.ivy).get(there).status_code == 404


# --- a meeting
# -------------------------------------------------------------------------------------------------------


def test_each_look_at_a_meeting_stands_in_the_ledger(team: Team, signed_in: SignIn) -> None:
    meeting = called(team)
    signed_in(team.ben).get(meeting.path)
    assert "meeting.read" in [entry.verb for entry in entries_about(meeting.thing)]


def test_a_meeting_is_not_over_before_it_began_nor_without_anybody(team: Team) -> None:
    meeting = called(team)
    with pytest.raises(meetings.NotYet):
        meetings.hold_meeting(actor=team.tess, meeting=meeting)
    team.valley.pass_time(hours=2)
    with pytest.raises(meetings.NobodyPresent):
        meetings.hold_meeting(actor=team.tess, meeting=meeting)
    meetings.write_minutes(
        actor=team.tess,
        meeting=meeting,
        present={team.tess: []},
        others_present=" ",
        minutes="I met myself.",
        version=0,
    )
    with pytest.raises(meetings.NobodyPresent):
        meetings.hold_meeting(actor=team.tess, meeting=meeting)
    with pytest.raises(meetings.WordsWanted):
        meetings.drop_meeting(actor=team.tess, meeting=meeting, reason=" ")


def test_closed_minutes_stay_as_they_are(team: Team) -> None:
    meeting = held(team)
    with pytest.raises(meetings.NotPlanned):
        meetings.write_minutes(
            actor=team.tess, meeting=meeting, present={}, others_present="", minutes="Other.", version=0
        )
    with pytest.raises(meetings.NotPlanned):
        meetings.move_meeting(actor=team.tess, meeting=meeting, starts_at=team.valley.at)


def test_f12_agenda_and_minutes_come_from_the_cases_without_typing_again(
    team: Team, signed_in: SignIn
) -> None:
    """Texas 2020-21: no tracking infrastructure, and staff without time. What a case knows is on the agenda
    and in the minutes by itself."""
    case = team.managed()
    client, meeting = signed_in(team.tess), called(team)
    agenda = words(client.get(meeting.path))
    assert case.number in agenda
    assert "Review the case" in agenda
    assert "Ben Cole" in agenda  # the owner of the plan's step
    team.valley.pass_time(hours=2)
    minutes = words(client.get(f"{meeting.path}minutes/"))
    assert "Ben Cole: Counseling, Mental health" in minutes  # what he brings is known from the case
    client.post(
        f"{meeting.path}minutes/",
        {
            "minutes-present": [str(team.tess.pk), str(team.ben.pk)],
            "minutes-minutes": "All on track.",
            "minutes-version": 0,
        },
    )
    assert "close the minutes" in words(client.get(meeting.path))
    client.post(f"{meeting.path}held/")
    row = Discussed.objects.get(meeting=meeting)
    assert (row.case_id, row.state, row.late) == (case.pk, "monitoring", False)
    page = words(client.get(meeting.path))
    assert "The open cases, as they stood" in page
    assert "Nobody was there for: " in page
    assert "All on track." in page


def test_a_decision_is_a_duty_of_its_owner_until_it_is_settled(team: Team, signed_in: SignIn) -> None:
    meeting = called(team)
    client = signed_in(team.tess)
    day = (team.valley.at + timedelta(days=3)).date().isoformat()
    given = {"decision-what": "Ask the bus company.", "decision-owner": team.ben.pk, "decision-due_on": day}
    answer = client.post(f"{meeting.path}decisions/new/", given)
    assert answer.status_code == 302
    row = Decision.objects.get()
    duty = Duty.objects.open().get(kind=decisions.DECISION)
    assert (duty.holder, duty.path) == (team.ben, f"{meeting.path}decisions/{row.uuid}/")
    assert "Ask the bus company." in words(signed_in(team.ben).get(duty.path))
    signed_in(team.ben).post(duty.path, {"settle-state": "done", "settle-outcome": "They come at eight."})
    assert not Duty.objects.open().filter(kind=decisions.DECISION).exists()
    with pytest.raises(decisions.AlreadySettled):
        decisions.settle_decision(actor=team.ben, decision=row, state="done", outcome="Again.")


def test_what_was_decided_before_stands_on_the_next_agenda_while_it_is_open(
    team: Team, signed_in: SignIn
) -> None:
    decisions.decide(
        actor=team.tess, meeting=held(team), what="Ask.", owner=team.ben, due_on=team.valley.at.date()
    )
    assert "Decided before, and still open" in words(signed_in(team.ben).get(called(team, days=9).path))


# --- no meeting
# ------------------------------------------------------------------------------------------------------


def test_a_team_that_does_not_meet_is_asked_and_then_its_district(team: Team) -> None:
    assert tasks.ask_for_meetings() > 0
    assert tasks.ask_for_meetings() == 0
    (duty,) = owed(team)
    assert (duty.holder, duty.due_at) == (team.tess, datetime(2026, 11, 30, 21, tzinfo=UTC))
    team.valley.set_clock(datetime(2026, 12, 4, 22, tzinfo=UTC))
    team.valley.ring()
    told = {person.name for step in duty.steps.all() for person in step.told.all()}
    assert {"Tess Moran", "Dana Price", "Ivy Chen", "Omar Reyes"} <= told


def test_a_meeting_that_was_held_ends_the_duty_and_the_next_month_asks_again(team: Team) -> None:
    tasks.ask_for_meetings()
    held(team)
    (duty,) = owed(team)
    assert duty.due_at == datetime(2026, 12, 31, 21, tzinfo=UTC)
    assert duty.next_step_at == datetime(2026, 12, 21, 21, tzinfo=UTC)


def test_a_meeting_called_off_leaves_the_duty(team: Team) -> None:
    tasks.ask_for_meetings()
    meetings.drop_meeting(actor=team.tess, meeting=called(team), reason="Snow.")
    assert len(owed(team)) == 1


def test_no_team_is_asked_that_has_no_plan_or_leaves_it_to_the_district(team: Team) -> None:
    cast = team.valley.cast
    meetings.set_rhythm(
        actor=team.tess, place=team.valley.school, every=Rhythm.Every.MONTH, with_district=True
    )
    tasks.ask_for_meetings()
    assert owed(team) == []
    district = Duty.objects.open().get(thing=meetings.team_thing(cast.district))
    assert district.holder == cast.ivy
    with scope(district=[cast.district_elsewhere.pk]):
        assert Duty.objects.open().filter(organization=cast.school_elsewhere, kind=meetings.DUE).exists()


def test_the_districts_meeting_counts_for_the_schools_that_leave_it_to_the_district(team: Team) -> None:
    cast, at = team.valley.cast, team.valley.at
    meetings.set_rhythm(
        actor=team.tess, place=team.valley.school, every=Rhythm.Every.MONTH, with_district=True
    )
    case = team.open()
    meeting = meetings.call_meeting(actor=cast.ivy, place=cast.district, starts_at=at)
    assert [line.case for line in reads.agenda(cast.ivy, cast.district).cases] == [case]
    meetings.write_minutes(
        actor=cast.ivy,
        meeting=meeting,
        present={cast.ivy: [], cast.nia: []},
        others_present="",
        minutes="",
        version=0,
    )
    meetings.hold_meeting(actor=cast.ivy, meeting=meeting)
    assert Discussed.objects.filter(meeting=meeting, case=case).exists()


@pytest.mark.parametrize(
    ("every", "last", "today", "due"),
    [
        ("month", None, "2026-11-24", "2026-11-30"),
        ("month", "2026-11-03", "2026-11-24", "2026-12-31"),
        ("month", "2026-12-31", "2027-01-02", "2027-01-31"),
        ("month", "2026-08-03", "2026-11-24", "2026-09-30"),
        ("week", "2026-11-20", "2026-11-24", "2026-11-27"),
        ("two_weeks", None, "2026-11-24", "2026-12-08"),
    ],
)
def test_the_next_meeting_is_due_by_the_rhythm(every: str, last: str | None, today: str, due: str) -> None:
    day = datetime.fromisoformat
    found = meeting_rhythm.due_day(every, day(last).date() if last else None, day(today).date())
    assert found == day(due).date()


def test_a_rhythm_is_set_and_a_meeting_planned_on_their_pages(team: Team, signed_in: SignIn) -> None:
    client, slug = signed_in(team.tess), team.valley.school.slug
    client.post(f"/team-meetings/of/{slug}/rhythm/", {"rhythm-every": "week"})
    assert Rhythm.objects.get().every == "week"
    assert "Every week." in words(client.get("/team-meetings/"))
    wrong = client.post(f"/team-meetings/of/{slug}/new/", {"meeting-starts_at": "soon"})
    assert "Choose a day and an hour." in words(wrong)
    client.post(f"/team-meetings/of/{slug}/new/", {"meeting-starts_at": "2026-11-25T15:00"})
    assert Meeting.objects.get().starts_at == datetime(2026, 11, 25, 20, tzinfo=UTC)
    meeting = Meeting.objects.get()
    client.post(f"{meeting.path}change/", {"move-starts_at": "2026-11-26T15:00"})
    meeting.refresh_from_db()
    assert meeting.day.isoformat() == "2026-11-26"
    assert "Write why it is called off." in words(
        client.post(f"{meeting.path}change/", {"drop": "1", "drop-reason": ""})
    )
    client.post(f"{meeting.path}change/", {"drop": "1", "drop-reason": "Snow."})
    assert "Why it was called off" in words(client.get(meeting.path))


def test_a_case_is_written_about_and_decided_on_from_the_agenda(team: Team, signed_in: SignIn) -> None:
    case: Case = team.open()
    meeting, client = called(team), signed_in(team.ben)
    there = f"{meeting.path}cases/{case.number}/"
    client.post(there, {"about-note": "Quiet week.", "about-version": 0})
    assert "Quiet week." in words(client.get(there))
    missing = words(client.post(there, {"decide": "1", "decision-what": "", "decision-owner": team.dana.pk}))
    assert "Write what is to be done." in missing
    client.post(
        there,
        {
            "decide": "1",
            "decision-what": "Call home.",
            "decision-owner": team.dana.pk,
            "decision-due_on": "2026-11-27",
        },
    )
    assert "Call home." in words(client.get(there))
    assert f"About case {case.number}" in words(client.get(meeting.path))


def test_a_plan_has_to_be_adopted_before_anybody_is_asked_to_meet(team: Team) -> None:
    plan = adopted_plan(team.valley.school)
    assert plan is not None
    type(plan).objects.filter(pk=plan.pk).update(state="superseded")
    assert reads.next_due(team.valley.school) is None
