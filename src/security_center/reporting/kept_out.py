"""Tells the floors below whom an alert about a report must not reach, and whom alone it may reach."""

from __future__ import annotations

from datetime import datetime

from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_role
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


def reserved_audience(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The person a reserved report is reserved for. When that person has left: the alternate named since, else the superintendent, who cannot open
    it and is the one to see that an alternate is named. An alert that rings for nobody would be a report that nobody ever reads."""
    with scopes_disabled():  # as above: the worker asks for a thing whose tenant it does not know
        report = Report.objects.filter(number=thing.partition(":")[2]).select_related("reserved_for").first()
    person = report.reserved_for if report is not None else None
    if person is not None and person.is_active:
        return [person]
    named = alternate_of(organization.district)
    return [named] if named is not None else people_with_role(organization.district, Role.SUPERINTENDENT)
