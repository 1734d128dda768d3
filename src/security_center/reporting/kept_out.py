"""Tells the floors below whom an alert about a report must not reach, and whom alone it may reach."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties import left
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.prevention.queries import alternate_of, readers_in_calendar

from .models import Conflict, Report

# The audience of a report that is about its district itself: the named alternate, and nobody else of that
# district's desk.
RESERVED = "reporting.reserved"
_READING = roles_with(Permission.REPORT_READ)
# Who may know of any report at their desk, or is told when nobody else answers. An officer is where the
# plan's calendar names them, and nowhere else.
MAY_KNOW = frozenset(_READING) - {Role.SRO} | {Role.SUPERINTENDENT}


def people_kept_from(things: Collection[str]) -> dict[str, set[int]]:
    """For each report among `things` ("report:<number>") the ids of the people whom a conflict or a
    reservation keeps from it."""
    numbers = [thing.removeprefix("report:") for thing in things if thing.startswith("report:")]
    if not numbers:
        return {}
    conflicts, reservations = conflicted(numbers), shut_out(numbers)
    return {f"report:{number}": conflicts[number] | reservations[number] for number in numbers}


def conflicted(numbers: Collection[str]) -> dict[str, set[int]]:
    """Ids of the people whom a conflict keeps from each of these reports."""
    found: dict[str, set[int]] = {number: set() for number in numbers}
    # The worker asks, for things whose tenant it does not know; only person ids come back
    with scopes_disabled():
        for number, person in Conflict.objects.filter(report__number__in=numbers).values_list(
            "report__number", "person_id"
        ):
            found[number].add(person)
    return found


def shut_out(numbers: Collection[str]) -> dict[str, set[int]]:
    """For each of these reports that is reserved, who else reads at its desk; but for its reader, and the
    alternate who is next to take it."""
    found: dict[str, set[int]] = {number: set() for number in numbers}
    with scopes_disabled():  # as above
        reserved = list(
            Report.objects.filter(number__in=numbers, reserved_for__isnull=False).select_related(
                "desk__parent__parent"
            )
        )
    for report in reserved:
        alternate = alternate_of(report.desk.district)
        reading = people_with_any_role(report.desk, _READING, include_above=True)
        found[report.number] = {
            person.pk for person in reading if person != alternate and person.pk != report.reserved_for_id
        }
    return found


def around(_kind: str, thing: str, organization: Organization) -> left.Circle:
    """Who stands around a report: whoever holds it and the readers whom its desk's calendar names, then who
    may know of it. A reserved one is for its reader, else for those who can name another."""
    with scopes_disabled():  # as above
        report = Report.objects.filter(number=thing.partition(":")[2]).select_related("holder").first()
    if report is not None and report.reserved_for_id is not None:
        return left.Circle(close=reserved_audience(organization, thing, now()), roles=frozenset())
    holder = [report.holder] if report is not None and report.holder is not None else []
    return left.Circle(close=[*holder, *readers_in_calendar(organization)], roles=MAY_KNOW)


def shut_to_its_reader(report: Report) -> bool:
    """Whether the one person for whom a report is reserved can read it no longer: they have left, lost the
    role, or it is about them."""
    person = report.reserved_for
    return person is not None and not may_take_reserved(person, report)


def may_take_reserved(person: Person, report: Report) -> bool:
    """Whether the report could be reserved for this person."""
    conflicted = Conflict.objects.filter(report=report, person=person).exists()
    return person.is_active and not conflicted and has(person, Permission.REPORT_WRITE, report.desk)


def reserved_audience(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The person a reserved report is reserved for. When it is shut to that person: the alternate named
    since. Else the superintendent and the administrators, who cannot open it and are the ones to name another
    alternate, but nobody of them whom it is about. An alert that rings for nobody would be a report that
    nobody ever reads."""
    with scopes_disabled():  # as above: the worker asks for a thing whose tenant it does not know
        report = (
            Report.objects.filter(number=thing.partition(":")[2])
            .select_related("reserved_for", "desk__parent__parent")
            .first()
        )
        named = alternate_of(organization.district)
        if report is not None:
            reader = next(
                (
                    one
                    for one in (report.reserved_for, named)
                    if one is not None and may_take_reserved(one, report)
                ),
                None,
            )
            if reader is not None:
                return [reader]
    return people_with_any_role(
        organization.district, [Role.SUPERINTENDENT, Role.ADMINISTRATOR], include_above=True
    )
