"""Who is told when somebody may read more, or fewer read. In the same transaction as the act: it is never silent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.actions import notify
from security_center.foundation.notifications.kinds import Kind, register
from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import AccessSession, Organization, Person, Role, RoleAssignment
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.prevention.queries import readers_in_calendar

ACCESS = Kind(
    "center.access_session",
    _("An administrator may read reports for a while"),
    _("An administrator opened an access session at %(organization)s. See who, for how long and why."),
)
NEW_READER = Kind(
    "center.new_reader", _("Somebody new may read reports"), _("A role that reads reports was given at %(organization)s. See the calendar.")
)
READER_GONE = Kind(
    "center.reader_gone",
    _("A reader’s role has ended"),
    _("A role that reads reports has ended at %(organization)s. Look for hours without a reader."),
)
FACTOR_RESET = Kind(
    "center.second_factor_reset",
    _("Your second factor was removed"),
    _("An administrator removed your second factor. If you did not ask for it, tell your district’s safety lead now."),
)


def desk_of(organization: Organization) -> list[Person]:
    """Everybody in the desk's calendar, and who answers for the place."""
    answer = (Role.PRINCIPAL,) if organization.kind == Organization.Kind.SCHOOL else (Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT)
    people = [*readers_in_calendar(organization), *people_with_any_role(organization, answer)]
    return list({person.pk: person for person in people if person.is_active}.values())


def announce_access_session(session: AccessSession, actor: Person, **_signal: Any) -> None:
    for person in desk_of(session.organization):
        if person.pk != actor.pk:
            notify(person=person, kind=ACCESS.name, organization=session.organization, path=f"/organizations/{session.organization_id}/access/")


def announce_new_reader(assignment: RoleAssignment, actor: Person, **_signal: Any) -> None:
    _tell_working_desk(assignment, actor, NEW_READER.name)


def announce_ended_role(assignment: RoleAssignment, actor: Person, **_signal: Any) -> None:
    _tell_working_desk(assignment, actor, READER_GONE.name)


def _tell_working_desk(assignment: RoleAssignment, actor: Person, kind: str) -> None:
    """Only a desk that works already: while a district is being set up, its principals would get a message for every name entered."""
    place = assignment.organization
    if Permission.REPORT_READ not in ROLE_PERMISSIONS[Role(assignment.role)] or not readers_in_calendar(place):
        return
    for person in desk_of(place):
        if person.pk not in {actor.pk, assignment.person_id}:
            notify(person=person, kind=kind, organization=place, path=f"/coverage/{place.slug}/")


def announce_second_factor_reset(person: Person, **_signal: Any) -> None:
    notify(person=person, kind=FACTOR_RESET.name, path="/account/security/")


def connect() -> None:
    for kind in (ACCESS, NEW_READER, READER_GONE, FACTOR_RESET):
        register(kind)
    for signal, receiver in (
        (signals.access_session_started, announce_access_session),
        (signals.reading_role_given, announce_new_reader),
        (signals.role_ended, announce_ended_role),
        (signals.second_factor_reset, announce_second_factor_reset),
    ):
        signal.connect(receiver, dispatch_uid=f"center.{receiver.__name__}")
