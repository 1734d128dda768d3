"""Who is told when somebody may read more, or fewer read. In the same transaction as the act: it is never silent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.duties import audiences
from security_center.foundation.duties.actions import Rung, cancel_about, discharge_about, raise_duty
from security_center.foundation.notifications.actions import Notice, notify, notify_all
from security_center.foundation.notifications.kinds import Kind, register
from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import AccessSession, Organization, Person, Role, RoleAssignment
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import given
from security_center.foundation.organizations.queries import people_with_any_role, people_with_any_role_at
from security_center.foundation.organizations.readmission import colleagues
from security_center.prevention.queries import desks_with_a_calendar, readers_in_calendars

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
NEW_ADMINISTRATOR = Kind(
    "center.new_administrator",
    _("Somebody new is an administrator"),
    _("The administrator’s role was given at %(organization)s. Who holds it decides who reads. If you did not know of it, ask the others today."),
)
ADMINISTRATOR_RESET = Kind(
    "center.administrator_reset",
    _("An administrator’s second factor was removed"),
    _("At %(organization)s an administrator’s second factor was removed. Call them. If they did not ask for it, tell the others now."),
)
COLLEAGUE = Kind(
    "center.colleague_waits",
    _("A colleague waits for you"),
    _("The sign-in of a colleague at %(organization)s was set anew. Speak with them, then say whether it is them."),
)
WAITS_ALONE = Kind(
    "center.waits_alone",
    _("A reader’s sign-in was set anew, and nobody is left to agree"),
    _("At %(organization)s a reader’s sign-in was set anew. They read again in 24 hours. If nobody asked for it, tell the other administrator now."),
)
COLLEAGUES = "center.colleagues"
HOURS_BETWEEN = 4


def desks_of(organizations: Collection[Organization]) -> dict[int, list[Person]]:
    """Of each: everybody in the desk's calendar, and who answers for the place."""
    schools = [place for place in organizations if place.kind == Organization.Kind.SCHOOL]
    others = [place for place in organizations if place.kind != Organization.Kind.SCHOOL]
    answer = people_with_any_role_at(schools, [Role.PRINCIPAL])
    answer |= people_with_any_role_at(others, [Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT])
    named = readers_in_calendars(organizations)
    return {pk: list({person.pk: person for person in [*named[pk], *answer[pk]] if person.is_active}.values()) for pk in named}


def announce_access_session(session: AccessSession, actor: Person, **_signal: Any) -> None:
    for person in desks_of([session.organization])[session.organization_id]:
        if person.pk != actor.pk:
            notify(person=person, kind=ACCESS.name, organization=session.organization, path=f"/organizations/{session.organization_id}/access/")


def announce_new_readers(assignments: list[RoleAssignment], actor: Person, **_signal: Any) -> None:
    _tell_working_desks(assignments, actor, NEW_READER.name)
    _tell_beside_administrators(assignments, actor, NEW_ADMINISTRATOR.name)


def announce_ended_role(assignment: RoleAssignment, actor: Person, **_signal: Any) -> None:
    _tell_working_desks([assignment], actor, READER_GONE.name)


def _tell_working_desks(assignments: list[RoleAssignment], actor: Person, kind: str) -> None:
    """Only a desk that works already: while a district is being set up, its principals would get a message for every name entered. One message to
    each, however many roles an import gives at their desk."""
    reading = [one for one in assignments if Permission.REPORT_READ in ROLE_PERMISSIONS[Role(one.role)]]
    about: dict[int, set[int]] = {}
    for one in reading:
        about.setdefault(one.organization_id, set()).add(one.person_id)
    places = {one.organization_id: one.organization for one in reading}
    working = [places[pk] for pk, named in readers_in_calendars(places.values()).items() if named] if places else []
    notices = [
        Notice(person, kind, organization=places[pk], path=f"/coverage/{places[pk].slug}/")
        for pk, desk in (desks_of(working) if working else {}).items()
        for person in desk
        if person.pk != actor.pk and about[pk] - {person.pk}
    ]
    notify_all(notices)


def announce_second_factor_reset(person: Person, actor: Person, **_signal: Any) -> None:
    notify(person=person, kind=FACTOR_RESET.name, path="/account/security/")
    _tell_beside_administrators(given(person), actor, ADMINISTRATOR_RESET.name)


def _tell_beside_administrators(assignments: list[RoleAssignment], actor: Person, kind: str) -> None:
    """One administrator must not become two in silence. Only where a desk works already, in the whole district: in a set-up everybody is new."""
    notices = []
    for one in assignments:
        place, top = one.organization, one.organization.district.pk
        within = Organization.objects.filter(Q(pk=top) | Q(parent=top) | Q(parent__parent=top))
        if one.role == Role.ADMINISTRATOR and desks_with_a_calendar(within):
            told = people_with_any_role(place, [Role.ADMINISTRATOR, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT], include_above=True)
            beside = [person for person in told if person.pk not in {actor.pk, one.person_id}]
            notices += [Notice(person, kind, organization=place, path=f"/people/{one.person_id}/") for person in beside]
    notify_all(notices)


def ask_colleagues(person: Person, actor: Person | None, desk: Organization, **_signal: Any) -> None:
    """A duty, so that it rings until somebody answers."""
    cancel_about(thing=f"person:{person.pk}", kind=COLLEAGUE.name, actor="system", outcome="asked_again")
    raise_duty(
        kind=COLLEAGUE.name,
        thing=f"person:{person.pk}",
        organization=desk,
        ladder=[Rung(now(), COLLEAGUES)],
        actor=actor or "system",
        due_at=now(),
        path=f"/people/{person.pk}/let-in/",
        repeat_minutes=60 * HOURS_BETWEEN,
    )


def announce_wait_alone(person: Person, desk: Organization, **_signal: Any) -> None:
    told = people_with_any_role(desk.district, [Role.SUPERINTENDENT], include_above=True)
    for one in told or people_with_any_role(desk, [Role.ADMINISTRATOR], include_above=True):
        if one.pk != person.pk:
            notify(person=one, kind=WAITS_ALONE.name, organization=desk)


def end_asking(person: Person, actor: Person | None, **_signal: Any) -> None:
    discharge_about(thing=f"person:{person.pk}", kind=COLLEAGUE.name, actor=actor or "system", outcome="let_in")


def forget_who_left(person: Person, actor: Person, **_signal: Any) -> None:
    cancel_about(thing=f"person:{person.pk}", kind=COLLEAGUE.name, actor=actor, outcome="left")


def _colleagues(_organization: Organization, thing: str, _at: datetime) -> list[Person]:
    person = Person.objects.filter(pk=thing.removeprefix("person:")).first()
    return colleagues(person) if person is not None else []


def connect() -> None:
    for kind in (ACCESS, NEW_READER, READER_GONE, FACTOR_RESET, NEW_ADMINISTRATOR, ADMINISTRATOR_RESET, COLLEAGUE, WAITS_ALONE):
        register(kind)
    audiences.register(COLLEAGUES, _colleagues)
    for signal, receiver in (
        (signals.access_session_started, announce_access_session),
        (signals.reading_roles_given, announce_new_readers),
        (signals.role_ended, announce_ended_role),
        (signals.second_factor_reset, announce_second_factor_reset),
        (signals.sign_in_set_anew, ask_colleagues),
        (signals.waits_alone, announce_wait_alone),
        (signals.let_back_in, end_asking),
        (signals.person_leaving, forget_who_left),
    ):
        signal.connect(receiver, dispatch_uid=f"center.{receiver.__name__}")
