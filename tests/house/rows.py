"""Many rows of everything that pages list, made by acts: three of each are few, twelve more are many."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope
from tests.house.addresses import Things
from tests.reporting.acts import Valley, every_hour, fresh
from tests.reporting.test_intake import upload
from tests.students.people import Register
from tests.threat_assessment.team import Team

from security_center.equity import statistics, tables
from security_center.equity.actions import importing
from security_center.equity.models import Figures
from security_center.equity.queries.joining import counts_of
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.students.actions import enter_student
from security_center.prevention import actions as plan_actions
from security_center.prevention.actions import training as training_actions
from security_center.reporting.actions import desk, groups, handoffs, subjects, thread
from security_center.reporting.models import IncidentGroup, Report
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    closing,
    containment,
    deciding,
    files,
    holding,
    incoming,
    inquiry,
    leading,
    managing,
    meetings,
    opening,
    removing,
    services,
    transferring,
)
from security_center.threat_assessment.periods import Period


def add_rows(valley: Valley, things: Things, numbers: range) -> None:
    """One school with its principal, reader and calendar, one reader and absence at Maple High, and one report of each kind for each number."""
    cast = valley.cast
    things.with_cases()
    valley.set_clock(valley.at)
    group = IncidentGroup.objects.get(uuid=things.by_name["reporting:group"]["pk"])
    main = Report.objects.get(number=things.by_argument["number"])
    readers = [cast.rosa, cast.ben, cast.tess]
    for number in numbers:
        with scope(district=[cast.district.pk]):
            school = people.create_organization(actor=cast.ada, kind="school", parent=cast.district, name=f"Oak {number} School", level="high")
            for role in (Role.PRINCIPAL, Role.READER):
                one = people.add_person(actor=cast.ada, organization=school, name=f"{role} {number}", email=f"{role}.{number}@maple.example.org")
                people.assign_role(actor=cast.ada, person=one, organization=school, role=role)
            plan_actions.set_coverage(actor=None, organization=school, rows=every_hour(one))
            reader = people.add_person(actor=cast.ada, organization=cast.school_a, name=f"Near {number}", email=f"near.{number}@maple.example.org")
            people.assign_role(actor=cast.ada, person=reader, organization=cast.school_a, role=Role.READER)
            people.assign_role(actor=cast.ada, person=cast.rosa, organization=school, role=Role.COUNSELOR)
            readers.append(reader)
            at = valley.at + timedelta(days=20 + number)
            plan_actions.add_absence(actor=None, organization=cast.school_a, person=reader, starts_at=at, ends_at=at + timedelta(days=1))
            plan_actions.add_holiday(actor=None, organization=cast.school_a, first_day=at.date(), last_day=at.date(), name=f"Day {number}")
            enter_student(actor=None, school=cast.school_a, identifier=f"71{number}", name=f"Alex Poe {number}", grade="9")
            for place, kind in ((school, "reporting"), (cast.school_a, "reporting"), (cast.school_a, "team")):
                staff = [] if kind == "team" else [f"Kim {number}"]
                training_actions.enter_training(actor=None, place=place, kind=kind, trained_on=valley.at.date(), people=[reader], staff=staff)
            people.start_access_session(actor=cast.ada, organization=school, reason="A parent called and nobody is here.")
            for organization in (cast.school_a, school, cast.district):
                valley.report(f"Somebody waits at gate {number} of {organization.pk}.", at=organization)
            taken = valley.taken(what=f"They push him at stop {number}.", files=[upload()])
            subjects.name_subject(actor=cast.rosa, report=fresh(taken), name="Sam Doe")
            handoffs.hand_to_desk(actor=cast.rosa, report=valley.taken(what=f"Yard {number}."), to_desk=cast.district, reason="It is theirs.")
            groups.open_group(actor=cast.rosa, desk=cast.school_a, title=f"Rumor {number}", reports=[valley.report(f"Picture {number}.")])
            groups.add_to_group(actor=cast.rosa, group=group, reports=[valley.report(f"The same picture, {number}.")])
            desk.write_note(actor=cast.rosa, report=fresh(main), body=f"Note {number}.")
            subjects.name_subject(actor=cast.rosa, report=fresh(main), name=f"Kim Roe {number}")
            thread.desk_writes(actor=cast.rosa, report=fresh(valley.taken(what=f"Bus {number}.")), body="Thank you.")
            Register(valley).enter(f"Jo Row {number}", school=school, identifier=f"row {number}")
            for person in (cast.rosa, cast.ada, cast.ivy):
                notify(person=person, kind="reporting.acknowledge", organization=school, path="/desk/", extra={"number": "AAAAAA"})
            add_rows_to_cases(valley, things, reader, number)
            add_figures(valley, number)
    plan_actions.set_coverage(actor=None, organization=cast.school_a, rows=every_hour(*readers[:8]))
    valley.stack.close()


def add_figures(valley: Valley, number: int) -> None:
    """One more file that a data officer sent, and the figures of one more school year, with a row for each school."""
    cast = valley.cast
    text = f"student_id,race,disability,english_learner,gender\n{number},white,,,"
    importing.send(actor=cast.ada, district=cast.district, kind="protected", text=text)
    for kind in Figures.Kind.values:
        counts, period = counts_of(cast.district, Period(2000 + number)), Period(2000 + number)
        made = (
            tables.publish(counts, whole=True, at=valley.at, before=None)
            if kind == "equity"
            else statistics.publish(counts, period=period, zone=cast.district.zone, at=valley.at, before=None)
        )
        Figures(district=cast.district, kind=kind, period=period.key, tables=made, made_at=valley.at).save()


def add_rows_to_cases(valley: Valley, things: Things, reader: Person, number: int) -> None:
    """One more case, and one more of everything in each of the cases that pages show."""
    team, tess, ben = Team(valley), valley.cast.tess, valley.cast.ben
    team.open(concern=f"Concern {number}.", subject_name="Kim Roe")
    transferring.begin_transfer(actor=tess, school=valley.school, student=f"Lou {number} Park", prior_school="Lakeside")
    for kind in ("concern", "law_enforcement"):
        given = {"says": f"He cried, {number}.", "teller": "Mr. Webb", "agency": "Maple Police", "student": "Kim Roe"}
        row = incoming.enter_incoming(actor=tess, school=valley.school, kind=kind, **given)
        if kind == "concern":
            incoming.put_into_case(actor=tess, incoming=row, case=things.cases["screened"], compared=["grade", "photo"])
    for case in things.cases.values():
        opening.join(actor=tess, case=case, person=reader, disciplines=["coaching"])
        closing.add_report(actor=tess, case=case, report=valley.report(f"About him, {number}, {case.number}."))
        decision = containment.meet_threshold(actor=tess, case=case, threshold="le_consult")
        containment.decide_threshold(actor=tess, case=case, decision=decision, outcome="not_notified", reason=f"Talked, {number}.")
    holding.hold(actor=tess, case=things.cases["screened"], reason=f"His aunt, {number}.", days=1)
    leading.offer_lead(actor=tess, case=things.cases["screened"], to=reader)
    containment.press(actor=ben, case=things.cases["imminent"], kind="called_911")
    managed, option = things.cases["managed"], next(iter(doctrine.plan_options()))
    team.hear(managed, "teacher_current")
    coach = inquiry.add_source(actor=reader, case=managed, kind="coach", name=f"Coach {number}")
    files.add_files(actor=reader, case=managed, source=coach, uploads=[upload()], shows=f"Drawing {number}.")
    due = (valley.at + timedelta(days=7)).date()
    deciding.decide(actor=tess, meeting=things.meeting, what=f"Call {number}.", owner=ben, due_on=due)
    deciding.decide(actor=tess, meeting=things.meeting, case=managed, what=f"Ask {number}.", owner=ben, due_on=due)
    services.enter_service(actor=ben, district=valley.cast.district, kind="counseling", name=f"Counseling {number}")
    another = meetings.call_meeting(actor=tess, place=valley.school, starts_at=valley.at + timedelta(days=number))
    deciding.decide(actor=tess, meeting=another, case=managed, what=f"Write {number}.", owner=ben, due_on=due)
    managing.add_action(actor=tess, case=managed, option=option, what=f"Talk {number}.", owner=ben, backup=reader, due_on=due)
    removing.add_removal(
        actor=reader, case=managed, kind="sent_home", first_day=valley.at.date(), last_day=valley.at.date(), reason=f"Calm, {number}."
    )
    managing.review(actor=reader, case=managed, text=f"Better, {number}.", next_in_days=14)
