"""Who may be asked onto teams, where somebody may open cases, and which cases rest on a report already."""

from __future__ import annotations

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import organizations_with, roles_at
from security_center.foundation.organizations.queries import people_with_any_role

from .. import content_loader as doctrine
from ..models import Case, CaseReport
from .list import visible_to

MOST_SCHOOLS = 400
_JOINING = [role for role, held in ROLE_PERMISSIONS.items() if Permission.CASE_JOIN in held]


def schools_to_open_at(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.CASE_OPEN).filter(active=True, kind=Organization.Kind.SCHOOL)
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
