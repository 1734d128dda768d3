"""Many rows of everything that pages list, made by acts: three of each are few, twelve more are many."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope
from tests.house.addresses import Things
from tests.reporting.acts import Valley, every_hour, fresh
from tests.reporting.test_intake import upload

from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Role
from security_center.prevention import actions as plan_actions
from security_center.reporting.actions import desk, groups, handoffs, subjects, thread
from security_center.reporting.models import IncidentGroup, Report


def add_rows(valley: Valley, things: Things, numbers: range) -> None:
    """One school with its principal, reader and calendar, one reader and absence at Maple High, and one report of each kind for each number."""
    cast = valley.cast
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
            for person in (cast.rosa, cast.ada, cast.ivy):
                notify(person=person, kind="reporting.acknowledge", organization=school, path="/desk/", extra={"number": "AAAAAA"})
    plan_actions.set_coverage(actor=None, organization=cast.school_a, rows=every_hour(*readers[:8]))
    valley.stack.close()
