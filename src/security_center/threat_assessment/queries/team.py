"""Who may be asked onto teams, where somebody may open cases, and which cases rest on a report already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import organizations_with, roles_at
from security_center.foundation.organizations.queries import people_with_any_role

from .. import content_loader as doctrine
from ..models import Case, CaseReport, Member
from .list import visible_to

MOST_SCHOOLS = 400
_JOINING = roles_with(Permission.CASE_JOIN)


def schools_to_open_at(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.CASE_OPEN).filter(
        active=True, kind=Organization.Kind.SCHOOL
    )
    return list(found.select_related("parent__parent").order_by("name")[:MOST_SCHOOLS])


def who_may_join(school: Organization) -> list[Person]:
    """Everybody whose role has a place on a team here, those of the school itself first."""
    return people_with_any_role(school, _JOINING, include_above=True)


def usual_disciplines(person: Person, school: Organization) -> list[str]:
    """What the person's roles bring without anybody naming it: the form starts from there."""
    roles = roles_at(person, school)
    return [one.key for one in doctrine.expertise().values() if not one.named and roles & set(one.roles)]


def cases_citing(person: Person, report_number: str) -> list[Case]:
    """Cases that rest on this report, of those that the person may know of."""
    cited = CaseReport.objects.filter(report_number=report_number).values("case")
    return list(visible_to(person).filter(pk__in=cited).order_by("pk"))


def is_on_team(person: Person, case_id: int) -> bool:
    """Asked of the case by its id: it may lie in a district that the person does not see."""
    return Member.objects.filter(case=case_id, person=person, removed_at__isnull=True).exists()


def was_on_team(person: Person, case_id: int, at: datetime) -> bool:
    """Whether the person was asked onto its team up to that moment."""
    return Member.objects.filter(case=case_id, person=person, added_at__lte=at).exists()


def cases_of_member(person: Person) -> Any:
    """Ids of the cases on whose team the person is."""
    return Member.objects.filter(person=person, removed_at__isnull=True).values("case")


def disciplines_of_member(person: Person, cases: Iterable[Case]) -> dict[int, list[str]]:
    """By case of whose team the person is, the disciplines that they stand for there."""
    ids = [case.pk for case in cases]
    return dict(
        Member.objects.filter(case__in=ids, person=person, removed_at__isnull=True).values_list(
            "case_id", "disciplines"
        )
    )


def disciplines_on_teams(cases: QuerySet[Case]) -> dict[int, set[str]]:
    """By person, what they stand for on the teams of these cases."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = Member.objects.filter(case__in=cases, removed_at__isnull=True)
    for person_id, disciplines in rows.values_list("person_id", "disciplines"):
        found[person_id].update(disciplines)
    return found
