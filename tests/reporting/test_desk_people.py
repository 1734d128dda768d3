"""Whom a conflict keeps out, and what becomes of the reports of whoever leaves: none rests with nobody."""

from __future__ import annotations

import pytest
from tests.reporting.acts import Valley, fresh

from security_center.center.queries.broken import broken_for
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting import policies
from security_center.reporting.actions import conflicts, decisions, desk, thread
from security_center.reporting.models import Approval, Conflict, Report

# --- conflicts
# ------------------------------------------------------------------------------------------------


def test_a_report_about_the_principal_goes_past_the_principal_and_everybody_they_direct(
    valley: Valley,
) -> None:
    cast = valley.cast
    people.set_supervision(actor=cast.ada, supervisor=cast.dana, supervised=cast.rosa)
    report = valley.taken(cast.ben, "The principal shouts at pupils.")
    conflicts.set_conflict(actor=cast.ben, report=report, about=cast.dana)
    moved = fresh(report)
    assert (moved.desk, moved.holder, moved.acknowledged_at) == (cast.district, None, None)
    assert set(Conflict.objects.filter(report=report).values_list("person", "named")) == {
        (cast.dana.pk, True),
        (cast.rosa.pk, False),
    }
    valley.ring()
    told = {name for _minute, _audience, names in valley.steps(report) for name in names}
    assert told == {"Nia Ward"}


def test_a_conflict_withdraws_what_the_person_had_asked_for(valley: Valley) -> None:
    cast = valley.cast
    report = valley.taken(cast.rosa, danger_now="yes")
    asked = decisions.ask_to_lower(actor=cast.rosa, report=report, urgency="U4", reason="It is nothing.")
    assert isinstance(asked, Approval)
    conflicts.set_conflict(actor=cast.ben, report=report, about=cast.rosa)
    asked.refresh_from_db()
    assert asked.decision == Approval.Decision.REFUSED
    assert set(valley.duties(report)) == {"acknowledge"}


def test_when_everybody_above_is_kept_out_the_alternate_is_told(valley: Valley) -> None:
    from security_center.prevention import actions as plan_actions

    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report("About those above.", about_staff=True)
    for about in (cast.nia, cast.omar):
        conflicts.set_conflict(actor=cast.ivy, report=fresh(report), about=about)
    for minutes in (0, 24 * 60, 3 * 24 * 60, 5 * 24 * 60):
        valley.pass_time(minutes=minutes)
        valley.ring()
    newest = valley.duties(report)["acknowledge"]
    told = {person.name for step in newest.steps.all() for person in step.told.all()}
    assert told == {"Ivy Chen"}


# --- who leaves
# ------------------------------------------------------------------------------------------------


def test_the_reports_of_a_person_who_leaves_ring_again_at_once(valley: Valley) -> None:
    cast = valley.cast
    report = valley.taken()
    decisions.decide(
        actor=cast.rosa,
        report=report,
        actions=["discipline"],
        validity="plausible",
        considered="Talked to both.",
    )
    thread.desk_writes(actor=cast.rosa, report=fresh(report), body="Thank you.")
    assert valley.duties(report) == {}
    people.leave(actor=cast.ada, person=cast.rosa)
    assert fresh(report).holder is None
    valley.ring()
    assert valley.steps(report)[-1][2] == ["Ben Cole"]


def test_the_reports_of_a_person_who_lost_the_role_ring_again_too(valley: Valley) -> None:
    cast = valley.cast
    report = valley.taken()
    people.end_role(actor=cast.ada, assignment=cast.rosa.role_assignments.get(role=Role.READER))
    assert fresh(report).holder is None
    assert set(valley.duties(report)) == {"acknowledge"}


def test_a_finished_report_that_its_reporter_opens_again_is_not_in_the_hands_of_somebody_who_has_left(
    valley: Valley,
) -> None:
    received = valley.receive("A bike is gone.")
    report = received.report
    desk.acknowledge(actor=valley.cast.rosa, report=report)
    decisions.decide(
        actor=valley.cast.rosa,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="Looked at all.",
    )
    desk.assign(actor=valley.cast.rosa, report=fresh(report), to=valley.cast.nia)
    decisions.close(actor=valley.cast.rosa, report=fresh(report), reason="Found again.")
    people.leave(actor=valley.cast.ada, person=valley.cast.nia)
    thread.reporter_writes(receipt=received.receipt, report=fresh(report), body="It is gone again.")
    again = fresh(report)
    assert again.open
    assert again.holder is None
    assert "acknowledge" in valley.duties(report)


def test_a_report_about_the_district_never_rests_with_an_alternate_who_has_left(valley: Valley) -> None:
    from security_center.prevention import actions as plan_actions
    from security_center.reporting import tasks

    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report("The superintendent takes money.", at=cast.district, about_staff=True)
    people.leave(actor=cast.ada, person=cast.ivy)
    valley.ring()
    # Who cannot open it, and are to name another alternate.
    assert valley.steps(report)[-1][2] == ["Ada Stone", "Omar Reyes", "Ruth Root"]
    with pytest.raises(NotAllowed):
        desk.look(actor=cast.omar, report=fresh(report))
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.nia)
    assert tasks.reserve_again() == 1
    valley.ring()
    assert valley.steps(report)[-1][2] == ["Nia Ward"]
    desk.look(actor=cast.nia, report=fresh(report))


def test_a_report_about_its_own_alternate_rings_for_those_who_can_name_another_until_one_is_named(
    valley: Valley,
) -> None:
    from security_center.prevention import actions as plan_actions
    from security_center.reporting import tasks

    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report(
        "The safety lead and the superintendent take money.", at=cast.district, about_staff=True
    )
    desk.acknowledge(actor=cast.ivy, report=report)
    for about in (cast.omar, cast.ivy):
        conflicts.set_conflict(actor=cast.ivy, report=fresh(report), about=about)
    with pytest.raises(NotAllowed):
        desk.look(actor=cast.ivy, report=fresh(report))
    key = f"another-alternate:{cast.district.slug}"
    assert key in {one.key for one in broken_for(cast.ada)}
    assert tasks.reserve_again() == 0
    for days in (0, 1, 10):
        valley.pass_time(days=days)
        valley.ring()
        assert valley.steps(report)[-1][2] == ["Ada Stone", "Ruth Root"]
        assert fresh(report).holder is None
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.nia)
    assert (tasks.reserve_again(), tasks.reserve_again()) == (1, 0)
    assert key not in {one.key for one in broken_for(cast.ada)}
    valley.ring()
    assert valley.steps(report)[-1][2] == ["Nia Ward"]
    desk.look(actor=cast.nia, report=fresh(report))
    assert set(valley.duties(report)) == {"acknowledge"}


def test_a_reserved_report_whose_reader_lost_the_role_goes_to_the_next_one_too(valley: Valley) -> None:
    from security_center.prevention import actions as plan_actions
    from security_center.reporting import tasks

    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report("The superintendent takes money.", at=cast.district, about_staff=True)
    assert tasks.reserve_again() == 0
    people.end_role(actor=cast.ada, assignment=cast.ivy.role_assignments.get(role=Role.DISTRICT_SAFETY_LEAD))
    valley.ring()
    assert "Ivy Chen" not in valley.steps(report)[-1][2]
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.nia)
    assert tasks.reserve_again() == 1
    assert fresh(report).reserved_for == cast.nia


def test_of_many_people_those_can_whom_neither_a_conflict_nor_a_reservation_keeps_out(valley: Valley) -> None:
    cast = valley.cast
    report = conflicts.set_conflict(actor=cast.ben, report=valley.report(), about=cast.nia)

    def can() -> list[Person]:
        return policies.those_who_can(
            [cast.rosa, cast.nia, cast.ivy, cast.omar], Permission.REPORT_READ, fresh(report)
        )

    assert can() == [cast.ivy], "it lies at the district, and is about Nia"
    Report.objects.filter(pk=report.pk).update(reserved_for=cast.nia)
    assert can() == [], "reserved for somebody whom a conflict keeps out"
    Report.objects.filter(pk=report.pk).update(reserved_for=cast.ivy)
    assert can() == [cast.ivy]
