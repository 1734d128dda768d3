"""Whoever leaves, every ring ends in somebody who may know, as long as anybody is left (B12). Seen before:
without superintendent and alternate 47 of 55 steps of a case told nobody though its team was there; without
district roles and readers 192 of 192, though administrators were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reporting.acts import Valley, forget_roles, valley
from tests.threat_assessment.team import Team, team

from security_center.center.queries.broken import broken_for
from security_center.foundation.clock import now
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Person, Role, RoleAssignment
from security_center.prevention import actions as plan_actions
from security_center.prevention import queries
from security_center.prevention.models import Absence, Alternate
from security_center.reporting.actions import conflicts, subjects
from security_center.reporting.models import Conflict, Report
from security_center.threat_assessment.actions import case_opening
from security_center.threat_assessment.models import Case, LawEnforcementDecision

__all__ = ["team", "valley"]
pytestmark = pytest.mark.django_db

LEFT = "duties.nobody_left"


def gone(valley: Valley, *names: str) -> None:
    """These people leave, by no verb of ours: what follows a departure must not depend on how it came."""
    ids = [valley.cast.everyone[name].pk for name in names]
    Person.objects.filter(pk__in=ids).update(is_active=False, left_at=now())
    Alternate.objects.filter(person__in=ids).delete()
    for name in names:
        valley.cast.everyone[name].refresh_from_db()
    forget_roles(valley.cast)


def ring_for_days(valley: Valley, days: int = 4) -> None:
    for _ in range(days * 4):
        valley.pass_time(hours=6)
        valley.ring()


def last_told(duty: Duty) -> list[Person]:
    return list(duty.steps.order_by("-number")[0].told.order_by("name"))


def test_without_superintendent_and_alternate_each_ring_of_a_case_reaches_its_team(team: Team) -> None:
    case = team.screened()
    gone(team.valley, "omar", "nia", "ivy")
    ring_for_days(team.valley)
    rings = DutyStep.objects.filter(duty__thing=case.thing, number__gt=1)
    assert rings.exists()
    for duty in Duty.objects.open().filter(thing=case.thing, step__gt=0):
        assert {person.name for person in last_told(duty)} == {"Tess Moran", "Ben Cole", "Dana Price"}


def test_an_alternate_whose_last_role_has_ended_is_not_where_a_ladder_ends(team: Team) -> None:
    """The role was ended and not the person; then the superintendent left, and eight of fifteen duties rang
    for her alone, who opened nothing."""
    case = team.screened()
    cast = team.valley.cast
    plan_actions.set_alternate(actor=cast.ada, organization=cast.district, person=cast.nia)
    RoleAssignment.objects.filter(person=cast.nia).update(ends_at=now())
    assert queries.alternate_of(cast.district) is None
    gone(team.valley, "omar", "ivy")
    ring_for_days(team.valley)
    told = [
        person
        for duty in Duty.objects.open().filter(thing=case.thing, step__gt=0)
        for person in last_told(duty)
    ]
    assert told
    assert cast.nia not in told


def test_without_district_and_readers_the_school_hears_and_without_the_school_its_administrators(
    valley: Valley,
) -> None:
    report = valley.report()
    gone(valley, "rosa", "tess", "nia", "ivy", "omar")
    ring_for_days(valley)
    assert [person.name for person in last_told(valley.duties(report)["acknowledge"])] == ["Ben Cole"]
    gone(valley, "ben", "dana", "sam")
    ring_for_days(valley)
    assert [person.name for person in last_told(valley.duties(report)["acknowledge"])] == ["Ada Stone"]
    for message in Message.objects.filter(person=valley.cast.ada, kind=LEFT):
        assert (message.extra, message.path, message.duty_id) == ({"number": report.number}, "/people/", None)
        assert message.line == (
            f"At Maple High School nobody is left for the alert about {report.number}. Give "
            "somebody a role there who can answer."
        )
    assert not Message.objects.filter(person=valley.cast.ada).exclude(kind=LEFT).exists()
    assert "ringing" in {one.key for one in broken_for(valley.cast.ada)}


def test_where_nobody_is_left_it_rings_on_and_the_first_page_says_so(valley: Valley) -> None:
    report = valley.report()
    gone(valley, *(name for name in valley.cast.insiders), "root")
    ring_for_days(valley)
    duty = valley.duties(report)["acknowledge"]
    assert last_told(duty) == []
    assert duty.next_step_at > valley.at
    Person.objects.filter(pk=valley.cast.ada.pk).update(is_active=True, left_at=None)
    assert "ringing" in {one.key for one in broken_for(Person.objects.get(pk=valley.cast.ada.pk))}


def test_whoever_a_report_is_about_never_hears_of_it_though_nobody_else_is_there(valley: Valley) -> None:
    report = valley.taken()
    conflicts.set_conflict(actor=valley.cast.rosa, report=report, about=valley.cast.dana)
    gone(valley, "rosa", "ben", "tess", "sam", "nia", "ivy", "omar")
    ring_for_days(valley, 20)
    told = {
        person.name for duty in Duty.objects.open().filter(thing=report.thing) for person in last_told(duty)
    }
    assert told == {"Ada Stone"}
    assert not Message.objects.filter(person=valley.cast.dana).exists()


def test_whoever_a_report_is_about_hears_of_no_case_that_rests_on_it(team: Team) -> None:
    report = team.valley.taken()
    conflicts.set_conflict(actor=team.valley.cast.rosa, report=report, about=team.valley.cast.omar)
    case = team.open()
    case_opening.cite(actor=None, case=case, report=report)
    gone(team.valley, "nia", "ivy")
    ring_for_days(team.valley)
    assert not DutyStep.objects.filter(duty__thing=case.thing, told=team.valley.cast.omar).exists()
    for duty in Duty.objects.open().filter(thing=case.thing, step__gt=0):
        assert last_told(duty) != []


def test_a_reservation_holds_for_the_alert_that_several_reports_name_one_person(valley: Valley) -> None:
    plan_actions.set_alternate(actor=None, organization=valley.cast.district, person=valley.cast.ivy)
    one, other = (
        valley.report("The superintendent takes money.", at=valley.cast.district, about_staff=True)
        for _ in range(2)
    )
    subject = subjects.name_subject(actor=valley.cast.ivy, report=one, name="Omar Reyes").subject
    subjects.match_subject(
        actor=valley.cast.ivy, report=other, subject=subject, same=True, compared=["name", "photo"]
    )
    assert Duty.objects.open().filter(kind="reporting.pattern").exists()
    ring_for_days(valley)
    told = DutyStep.objects.filter(duty__thing__in=[one.thing, other.thing], told__isnull=False)
    assert set(told.values_list("told__name", flat=True)) == {"Ivy Chen"}


@pytest.mark.parametrize(("decided", "expected"), [(False, {"Ada Stone"}), (True, {"Sam Lee"})])
def test_an_officer_hears_of_a_case_only_once_the_team_has_decided_to_tell_law_enforcement(
    team: Team, decided: bool, expected: set[str]
) -> None:
    case = team.screened()
    if decided:
        LawEnforcementDecision(
            case=case,
            threshold="weapon",
            raised_at=now(),
            due_at=now(),
            outcome="notified",
            decided_by=team.tess,
            decided_at=now(),
        ).save(force_insert=True)
    gone(team.valley, "rosa", "tess", "ben", "dana", "nia", "ivy", "omar")
    ring_for_days(team.valley)
    assert {
        person.name
        for duty in Duty.objects.open().filter(thing=case.thing, step__gt=0)
        for person in last_told(duty)
    } == expected


def test_of_a_practice_case_nobody_beyond_its_team_ever_hears(team: Team) -> None:
    case = team.open(practice=True)
    gone(team.valley, "tess", "ben", "dana")
    ring_for_days(team.valley, 10)
    assert not Message.objects.filter(
        kind="case.practice", created_at__gt=case.opened_at + timedelta(hours=1)
    ).exists()


def test_where_the_last_one_is_away_the_nearest_who_is_there_hears_too(team: Team) -> None:
    case = team.screened()
    gone(team.valley, "nia", "ivy")
    for person in (team.valley.cast.omar, team.tess):
        Absence.objects.create(
            person=person, starts_at=team.valley.at, ends_at=team.valley.at + timedelta(days=30)
        )
    ring_for_days(team.valley)
    for duty in Duty.objects.open().filter(thing=case.thing, step__gt=0):
        assert {person.name for person in last_told(duty)} == {
            "Omar Reyes",
            "Tess Moran",
            "Ben Cole",
            "Dana Price",
        }


INSIDERS = ("rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "ada", "root")
MISHAPS = st.lists(
    st.tuples(
        st.sampled_from(("leaves", "loses_the_role", "is_away", "is_named")), st.sampled_from(INSIDERS)
    ),
    min_size=1,
    max_size=14,
)
MAY_ANSWER = frozenset(Role) - {Role.AUDITOR, Role.ADMINISTRATOR, Role.SRO}


@pytest.mark.long
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mishaps=MISHAPS)
def test_whoever_leaves_each_ring_tells_somebody_who_may_know(
    team: Team, mishaps: list[tuple[str, str]]
) -> None:
    at = team.valley.at
    with transaction.atomic():
        _live_through(team, mishaps)
        transaction.set_rollback(True)
    team.valley.set_clock(at)
    for person in team.valley.cast.everyone.values():
        person.refresh_from_db()
    forget_roles(team.valley.cast)


def _live_through(team: Team, mishaps: list[tuple[str, str]]) -> None:
    valley, everyone = team.valley, team.valley.cast.everyone
    report = valley.report("He has a gun in his bag right now.", danger_now="yes")
    case = team.open()
    case_opening.cite(actor=None, case=case, report=report)
    kept: set[int] = set()
    for number, (mishap, name) in enumerate(mishaps):
        person = everyone[name]
        if mishap == "leaves":
            gone(valley, name)
        elif mishap == "loses_the_role":
            RoleAssignment.objects.filter(person=person).update(ends_at=now())
        elif mishap == "is_away":
            Absence.objects.create(person=person, starts_at=now(), ends_at=now() + timedelta(days=30))
        else:
            kept.add(person.pk)
            Conflict.objects.get_or_create(
                report=report, person=person, defaults={"named": True, "set_at": now()}
            )
        forget_roles(valley.cast)
        if number % 4 == 0:
            valley.pass_time(hours=5)
            valley.ring()
            _each_last_ring_told_somebody(report, case, kept)
    ring_for_days(valley, 4)
    _each_last_ring_told_somebody(report, case, kept)


def _each_last_ring_told_somebody(report: Report, case: Case, kept: set[int]) -> None:
    held: dict[int, set[str]] = {}
    rows = RoleAssignment.objects.filter(
        organization__in=[place.pk for place in report.desk.line()], person__is_active=True
    )
    for row in rows.exclude(ends_at__lte=now()).exclude(person__in=kept):
        held.setdefault(row.person_id, set()).add(row.role)
    some_left = any(roles & (MAY_ANSWER | {Role.ADMINISTRATOR}) for roles in held.values())
    leaders = {"principal", "team_lead", "district_on_call", "district_safety_lead", "superintendent"}
    for duty in Duty.objects.open().filter(thing__in=[report.thing, case.thing], step__gt=0):
        last = duty.steps.order_by("-number")[0]
        told = set(last.told.values_list("pk", flat=True))
        if last.done_at < now():
            continue  # told before the latest mishap
        may_answer = leaders if duty.thing == case.thing else MAY_ANSWER
        assert not told & kept
        assert told <= set(Person.objects.filter(is_active=True).values_list("pk", flat=True))
        if some_left and any(roles & (set(may_answer) | {"administrator"}) for roles in held.values()):
            assert told, (duty.kind, last.audience, last.note)
        for message in Message.objects.filter(person__in=told, created_at=last.done_at, kind=LEFT):
            assert set(message.extra) == {"number"}
