"""Tells the floors below whom an alert about a report must not reach, and whom alone it may reach."""

from __future__ import annotations

from datetime import datetime

from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.prevention.queries import alternate_of

from .models import Conflict, Report

# The audience of a report that is about its district itself: the named alternate, and nobody else of that district's desk.
RESERVED = "reporting.reserved"


def people_kept_from(thing: str) -> set[int]:
    """Ids of the people a conflict keeps from the report `thing` ("report:<number>"); for a reserved one, everybody a conflict names."""
    kind, _, number = thing.partition(":")
    if kind != "report":
        return set()
    with scopes_disabled():  # the worker asks, for a thing whose tenant it does not know; only person ids come back
        report = Report.objects.filter(number=number).only("pk").first()
        return set(Conflict.objects.filter(report=report).values_list("person_id", flat=True)) if report is not None else set()


def shut_to_its_reader(report: Report) -> bool:
    """Whether the one person for whom a report is reserved can read it no longer: they have left, lost the role, or it is about them."""
    person = report.reserved_for
    return person is not None and not may_take_reserved(person, report)


def may_take_reserved(person: Person, report: Report) -> bool:
    """Whether the report could be reserved for this person."""
    conflicted = Conflict.objects.filter(report=report, person=person).exists()
    return person.is_active and not conflicted and has(person, Permission.REPORT_WRITE, report.desk)


def reserved_audience(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The person a reserved report is reserved for. When it is shut to that person: the alternate named since. Else the superintendent and the
    administrators, who cannot open it and are the ones to name another alternate, but nobody of them whom it is about. An alert that rings for
    nobody would be a report that nobody ever reads."""
    with scopes_disabled():  # as above: the worker asks for a thing whose tenant it does not know
        report = Report.objects.filter(number=thing.partition(":")[2]).select_related("reserved_for", "desk__parent__parent").first()
        named = alternate_of(organization.district)
        if report is not None:
            reader = next((one for one in (report.reserved_for, named) if one is not None and may_take_reserved(one, report)), None)
            if reader is not None:
                return [reader]
    those = people_with_any_role(organization.district, [Role.SUPERINTENDENT, Role.ADMINISTRATOR], include_above=True)
    kept = people_kept_from(thing)
    # Were it about every one of them, it would still have to be somebody who names a reader: the alert says no word of the report.
    return [person for person in those if person.pk not in kept] or those
