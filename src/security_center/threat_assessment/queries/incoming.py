"""What schools were told and who may see it: the list that must not hold anything nobody has taken, and the
cases that one may belong to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import organizations_with

from .. import policies
from ..models import Case, Incoming, StudentToken
from .list import visible_to

SHOWN = 50
MOST_CANDIDATES = 20
_WITH = ("school__parent__parent", "district", "entered_by", "taken_by", "settled_by", "case")


class IncomingUnknown(Exception):
    """No such entry, or none that this person may know of."""


def schools_to_enter_at(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.CASE_NOTICE).filter(
        active=True, kind=Organization.Kind.SCHOOL
    )
    return list(found.select_related("parent__parent").order_by("name"))


def known_incoming(person: Person, pk: uuid.UUID) -> Incoming:
    row = Incoming.objects.select_related(*_WITH).filter(uuid=pk).first()
    if row is None or not policies.may_know_incoming(person, row):
        raise IncomingUnknown
    return row


@dataclass(frozen=True)
class IncomingList:
    waiting: list[Incoming]  # nobody has taken it: the oldest clock first
    open: list[Incoming]  # taken, and not in a case yet
    settled: list[Incoming]


def incoming_list(person: Person) -> IncomingList:
    """Of the schools where the person sees to the teams of cases, and what they wrote down themselves. No
    word of what it says."""
    schools = organizations_with(person, Permission.CASE_TEAM).values("pk")
    mine = Incoming.objects.filter(Q(school__in=schools) | Q(entered_by=person)).select_related(
        "school", "entered_by", "taken_by", "case"
    )
    unsettled = mine.filter(settled_at__isnull=True)
    return IncomingList(
        waiting=list(unsettled.filter(taken_at__isnull=True).order_by("due_at", "pk")[:SHOWN]),
        open=list(unsettled.filter(taken_at__isnull=False).order_by("entered_at", "pk")[:SHOWN]),
        settled=list(mine.filter(settled_at__isnull=False).order_by("-settled_at", "-pk")[:SHOWN]),
    )


def waiting_for(person: Person) -> int:
    """How many nobody has taken, at schools where the person sees to teams."""
    schools = organizations_with(person, Permission.CASE_TEAM).values("pk")
    return Incoming.objects.filter(school__in=schools, settled_at__isnull=True, taken_at__isnull=True)[
        :100
    ].count()


def cases_that_may_be_meant(row: Incoming) -> QuerySet[Case]:
    """Cases of the whole district whose student is called the same, or sounds alike. A likeness, never an
    answer. Whoever shows it asks `visible_to` as well."""
    tokens = StudentToken.objects.filter(incoming=row).values_list("token", flat=True)
    found = StudentToken.objects.filter(token__in=list(tokens), case__isnull=False).values("case")
    return (
        Case.objects.filter(pk__in=found, practice=False)
        .select_related("school__parent__parent", "district", "lead")
        .order_by("closed_at", "-opened_at")
    )


def candidates(person: Person, row: Incoming) -> list[Case]:
    """Of those, the ones that this person may know of. That there are others is for the district to hear,
    which may."""
    return list(cases_that_may_be_meant(row).filter(pk__in=visible_to(person).values("pk"))[:MOST_CANDIDATES])


def same_day(row: Incoming) -> QuerySet[Incoming]:
    """Earlier entries of that day, by the school's clock, that may be about the same student: anywhere in the
    district."""
    midnight = now().astimezone(row.school.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tokens = list(StudentToken.objects.filter(incoming=row).values_list("token", flat=True))
    alike = StudentToken.objects.filter(token__in=tokens, incoming__isnull=False).values("incoming")
    return Incoming.objects.filter(pk__in=alike, entered_at__gte=midnight).exclude(pk=row.pk)


def came_in_today(case: Case) -> list[tuple[datetime, str]]:
    """Moments and numbers of what came in about the case today."""
    midnight = now().astimezone(case.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    reports = case.reports.filter(added_at__gte=midnight).values_list("added_at", "report_number")
    told = Incoming.objects.filter(case=case, entered_at__gte=midnight).values_list("entered_at", "number")
    return sorted([*reports, *told])


def told_about(case: Case) -> list[Incoming]:
    """What belongs to the case, the newest first."""
    return list(Incoming.objects.filter(case=case).select_related("entered_by").order_by("-entered_at"))
