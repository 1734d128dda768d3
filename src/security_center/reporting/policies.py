"""Who may do what with reports. A conflict of interest or a reservation shuts a report even to those whose
role would open it."""

from __future__ import annotations

from collections.abc import Iterable

from security_center.foundation.organizations.looking import Looking, looking_of
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import DISCIPLINE, Permission
from security_center.foundation.organizations.policies import NotAllowed, has, remember, roles_at

from .models import Conflict, IncidentGroup, Report


def kept_from(person: Person, report: Report) -> bool:
    """Whether a reservation or a conflict of interest shuts the report to this person, whatever their
    role."""
    if report.reserved_for_id is not None and report.reserved_for_id != person.pk:
        return True
    return Conflict.objects.filter(report=report, person=person).exists()


def group_kept_from(person: Person, group: IncidentGroup) -> bool:
    """Whether a report of the group is kept from this person: its title and its line would tell what that
    report is about."""
    reports = Report.objects.filter(group=group)
    reserved = reports.filter(reserved_for__isnull=False).exclude(reserved_for=person)
    return reserved.exists() or Conflict.objects.filter(report__group=group, person=person).exists()


def may_know(person: Person, report: Report) -> bool:
    """Whether the person may learn that the report exists: they have some role at its desk, and it is not
    kept from them."""
    return bool(roles_at(person, report.desk)) and not kept_from(person, report)


def can(person: Person, permission: Permission, report: Report) -> bool:
    """Whether `person` may do `permission` with `report`: by role at the desk that holds it, unless the
    report is kept from them.

    An administrator has no standing access: only inside an access session for exactly this desk may they
    read, and never write (`has` asks for it)."""
    looking = looking_of(person, report)
    if looking is not None:
        return permission in looking.permissions
    return not kept_from(person, report) and has(person, permission, report.desk)


def those_who_can(people: Iterable[Person], permission: Permission, report: Report) -> list[Person]:
    """Those of `people` for whom `can` is true. Two queries, however many people."""
    asked = list(people)
    remember(asked)
    conflicted = set(
        Conflict.objects.filter(report=report, person__in=asked).values_list("person_id", flat=True)
    )
    reserved = report.reserved_for_id
    free = [person for person in asked if person.pk not in conflicted and reserved in {None, person.pk}]
    return [person for person in free if has(person, permission, report.desk)]


def permissions_on(person: Person, report: Report) -> frozenset[Permission]:
    """Every permission for which `can` is true: for a page that shows many buttons."""
    looking = looking_of(person, report)
    if looking is not None:
        return looking.permissions
    return (
        frozenset()
        if kept_from(person, report)
        else frozenset(one for one in Permission if has(person, one, report.desk))
    )


def looking_at(person: Person, report: Report) -> Looking:
    """Made once for a page about the report."""
    return Looking(person, report, permissions_on(person, report))


def may_start_access_session(person: Person, report: Report) -> bool:
    """An administrator may open a report only by a time-limited session at its desk, announced to the
    desk."""
    return has(person, Permission.ACCESS_SESSION_START, report.desk)


def require(person: Person | None, permission: Permission, report: Report) -> None:
    """`None` is the system (worker, sample district). Raises `NotAllowed`."""
    if person is not None and not can(person, permission, report):
        raise NotAllowed(f"{permission} on {report.thing}")


def require_intake(person: Person | None, organization: Organization, channel: str) -> None:
    """Anybody may report by web or QR code. The staff channels need a signed-in person of that
    organization."""
    if channel in {Report.Channel.WEB, Report.Channel.QR_LINK}:
        return
    if person is None or not has(person, Permission.REPORT_CREATE_INTAKE, organization):
        raise NotAllowed(f"intake by {channel} at organization {organization.pk}")


def disciplines(person: Person, organization: Organization) -> set[str]:
    """The disciplines a person stands for at a desk; a second reader has to come from another one
    (reporting.md 6.3)."""
    return {DISCIPLINE[role] for role in roles_at(person, organization) if role in DISCIPLINE}
