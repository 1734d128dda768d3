"""Many rows of everything that pages list, made by acts: three of each are few, twelve more are many.

A room adds its own: `add_rows(things, added)` in tests/<room>/rows.py, once for all numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django_scopes import scope
from tests.house.addresses import Things
from tests.house.tables import module_of, rooms_with
from tests.reporting.acts import every_hour

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.prevention import actions as plan_actions


@dataclass(frozen=True)
class Added:
    """A number, a school of that number at work, and one more reader at the first school."""

    number: int
    school: Organization
    reader: Person


def add_rows(things: Things, numbers: range) -> None:
    """For each number a school with its principal, reader and calendar, and a reader at Maple High; then what
    each room adds for them."""
    valley = things.valley
    valley.set_clock(valley.at)
    added = [_a_school(things, number) for number in numbers]
    for room in rooms_with("rows"):
        valley.set_clock(valley.at)
        module_of(room, "rows").add_rows(things, added)
    valley.stack.close()


def _a_school(things: Things, number: int) -> Added:
    cast = things.cast
    with scope(district=[cast.district.pk]):
        school = people.create_organization(
            actor=cast.ada,
            kind="school",
            parent=cast.district,
            name=f"Oak {number} School",
            level="high",
        )
        for role in (Role.PRINCIPAL, Role.READER):
            one = people.add_person(
                actor=cast.ada,
                organization=school,
                name=f"{role} {number}",
                email=f"{role}.{number}@maple.example.org",
            )
            people.assign_role(actor=cast.ada, person=one, organization=school, role=role)
        plan_actions.set_coverage(actor=None, organization=school, rows=every_hour(one))
        reader = people.add_person(
            actor=cast.ada,
            organization=cast.school_a,
            name=f"Near {number}",
            email=f"near.{number}@maple.example.org",
        )
        people.assign_role(actor=cast.ada, person=reader, organization=cast.school_a, role=Role.READER)
        people.assign_role(actor=cast.ada, person=cast.rosa, organization=school, role=Role.COUNSELOR)
        people.start_access_session(
            actor=cast.ada,
            organization=school,
            reason="A parent called and nobody is here.",
        )
    return Added(number, school, reader)
