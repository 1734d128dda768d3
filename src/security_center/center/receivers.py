"""Who is told when somebody may read more, or fewer read, or a school is not where it was. In the same
transaction as the act: it is never silent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from security_center.foundation.clock import now
from security_center.foundation.duties import audiences
from security_center.foundation.duties.actions import Rung, cancel_about, discharge_about, raise_duty
from security_center.foundation.notifications.actions import Notice, notify, notify_all
from security_center.foundation.notifications.kinds import register
from security_center.foundation.notifications.queries import have_unread, times_told
from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import (
    AccessSession,
    Organization,
    Person,
    Role,
    RoleAssignment,
)
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import given, has, remember
from security_center.foundation.organizations.queries import people_with_any_role, people_with_any_role_at
from security_center.foundation.organizations.readmission import WAIT, colleagues, has_been_in
from security_center.prevention.models import Plan
from security_center.prevention.signals import plan_adopted

from .messages import (
    ACCESS,
    ADDRESS_CHANGED,
    ADMINISTRATOR_RESET,
    COLLEAGUE,
    DISTRICT_ADDED,
    FACTOR_RESET,
    FORM_CLOSED,
    KINDS,
    NAMESAKE,
    NEW_ADMINISTRATOR,
    NEW_READER,
    OWN_ROLE_GONE,
    PLACE_CHANGED,
    PLAN_CHANGED,
    READER_GONE,
    SCHOOL_ADDED,
    WAITS_ALONE,
)
from .watchers import (
    LEADS,
    at_and_above,
    desks_of,
    leads_below,
    leads_beside,
    namesakes,
    watchers,
    who_works_by,
    working,
)

# By these a school is found, and called at night. What else is known of it may change each year.
SHOWN_AS = frozenset({"name", "slug", "city"})
FOUND_BY = SHOWN_AS | {"time_zone", "dispatch_number"}
COLLEAGUES = "center.colleagues"
HOURS_BETWEEN = 4
TIMES_A_DAY = 3


def announce_access_session(session: AccessSession, actor: Person, **_signal: Any) -> None:
    for person in watchers([session.organization], {})[session.organization_id]:
        if person.pk != actor.pk:
            notify(
                person=person,
                kind=ACCESS.name,
                organization=session.organization,
                path=f"/organizations/{session.organization_id}/access/",
            )


def announce_new_readers(assignments: list[RoleAssignment], actor: Person, **_signal: Any) -> None:
    about = _reading(assignments)
    places = working([one.organization for one in assignments if one.organization_id in about])
    _tell_desks(places, watchers(places, about), about, actor, NEW_READER.name)
    _tell_beside_administrators(assignments, actor, NEW_ADMINISTRATOR.name)


def announce_ended_role(assignment: RoleAssignment, actor: Person, **_signal: Any) -> None:
    _announce_ended([assignment], actor)


def announce_leaving(
    person: Person, actor: Person, roles: list[tuple[Role, Organization]], **_signal: Any
) -> None:
    _announce_ended(
        [RoleAssignment(person=person, organization=place, role=role) for role, place in roles], actor
    )


def _announce_ended(assignments: list[RoleAssignment], actor: Person) -> None:
    about = _reading(assignments)
    places = working([one.organization for one in assignments if one.organization_id in about])
    _tell_desks(places, desks_of(places), about, actor, READER_GONE.name)
    # Whoever loses it hears of it too: an administrator who empties a desk, to read there in somebody's name,
    # must not do it in silence.
    lost = {
        one.person: one.organization
        for one in assignments
        if one.organization in places and one.person_id in about[one.organization_id]
    }
    notify_all(
        [
            Notice(person, OWN_ROLE_GONE.name, organization=place)
            for person, place in lost.items()
            if person.pk != actor.pk
        ]
    )


def announce_changed_address(person: Person, before: str, **_signal: Any) -> None:
    """To the address of before: what goes to the new one is read by whoever gave it. Only of whoever has been
    in, and three times a day at each address: a typing error that was put right must not hide the next
    change, and nobody fills a mailbox by going back and forth."""
    since = now() - timedelta(days=1)
    if (
        person.is_active
        and has_been_in(person)
        and times_told(person, ADDRESS_CHANGED.name, address=before, since=since) < TIMES_A_DAY
    ):
        notify(person=person, kind=ADDRESS_CHANGED.name, path="/account/security/", address=before)


def announce_added_places(organizations: list[Organization], actor: Person, **_signal: Any) -> None:
    districts = [place for place in organizations if place.kind == Organization.Kind.DISTRICT]
    schools = [place for place in organizations if place.kind == Organization.Kind.SCHOOL]
    in_use = working(schools)
    above = people_with_any_role_at(in_use, LEADS, include_above=True)
    for kind, places, people in (
        (SCHOOL_ADDED, in_use, [person for leads in above.values() for person in leads]),
        (DISTRICT_ADDED, districts, leads_beside(districts)),
    ):
        if people:
            one = places[0] if len(places) == 1 or places[0].parent is None else places[0].parent
            _tell_of_place(people, one, actor, kind.name)
    _tell_namesakes(schools, actor)


def _tell_namesakes(schools: list[Organization], actor: Person) -> None:
    for one in namesakes(schools):
        _tell_of_place(at_and_above(one), one, actor, NAMESAKE.name)


def announce_changed_place(
    organization: Organization, actor: Person, changed: list[str], **_signal: Any
) -> None:
    found, closed = not FOUND_BY.isdisjoint(changed), "active" in changed and not organization.active
    people = at_and_above(organization) if (found or closed) and working([organization]) else []
    if found:
        is_district = organization.kind == Organization.Kind.DISTRICT and not SHOWN_AS.isdisjoint(changed)
        _tell_of_place(
            [*people, *(leads_beside([organization]) if is_district else ())],
            organization,
            actor,
            PLACE_CHANGED.name,
        )
    if closed:
        _tell_of_place(people, organization, actor, FORM_CLOSED.name)
    if "name" in changed and organization.kind == Organization.Kind.SCHOOL:
        _tell_namesakes([organization], actor)


def _tell_of_place(people: Collection[Person], place: Organization, actor: Person, kind: str) -> None:
    """One message to each. It leads to the place's page, where they may open that."""
    told = {person.pk: person for person in people if person.pk != actor.pk}.values()
    remember(told)
    paths = {
        person.pk: f"/organizations/{place.pk}/" if has(person, Permission.ORGANIZATION_VIEW, place) else ""
        for person in told
    }
    notify_all([Notice(person, kind, organization=place, path=paths[person.pk]) for person in told])


def announce_adopted_plan(plan: Plan, actor: Person | None, **_signal: Any) -> None:
    """What children are told, whom they can turn to and how long reports are kept goes by it. At most one
    unread message a day for each: its page shows all that has changed since, so that a harmless version hides
    none before it, and whoever has looked is told of the next."""
    place, where = plan.organization, who_works_by(plan.organization, plan.adopted_at or now())
    waits = have_unread(where, PLAN_CHANGED.name, place, since=now() - timedelta(days=1))
    told = [person for person in where if person.pk not in waits and (actor is None or person.pk != actor.pk)]
    remember(told)
    notices = []
    for person in told:
        (desk, version), path = where[person], ""
        if has(person, Permission.PLAN_VIEW, desk):
            path = f"/plan/{desk.slug}/compare/?from={version - 1}" if version > 1 else f"/plan/{desk.slug}/"
        notices.append(Notice(person, PLAN_CHANGED.name, organization=place, path=path))
    notify_all(notices)


def _reading(assignments: list[RoleAssignment]) -> dict[int, set[int]]:
    """Ids of those who get or lose a role that reads, or lists what there is to read, by the id of the
    place."""
    about: dict[int, set[int]] = {}
    for one in assignments:
        if one.role in WAIT:
            about.setdefault(one.organization_id, set()).add(one.person_id)
    return about


def _tell_desks(
    places: Collection[Organization],
    told: dict[int, list[Person]],
    about: dict[int, set[int]],
    actor: Person,
    kind: str,
) -> None:
    """One message to each, however many roles an import gives at however many desks."""
    where: dict[Person, list[Organization]] = {}
    for place in places:
        for person in told[place.pk]:
            if person.pk != actor.pk and about[place.pk] - {person.pk}:
                where.setdefault(person, []).append(place)
    notices = []
    for person, of_them in where.items():
        one = of_them[0] if len(of_them) == 1 else of_them[0].district
        shows = len(of_them) == 1 and one.kind != Organization.Kind.STATE
        notices.append(Notice(person, kind, organization=one, path=f"/coverage/{one.slug}/" if shows else ""))
    notify_all(notices)


def announce_second_factor_reset(person: Person, actor: Person, **_signal: Any) -> None:
    notify(person=person, kind=FACTOR_RESET.name, path="/account/security/")
    _tell_beside_administrators(given(person), actor, ADMINISTRATOR_RESET.name)


def _tell_beside_administrators(assignments: list[RoleAssignment], actor: Person, kind: str) -> None:
    """One administrator must not become two in silence. Only where a desk works already, in the whole
    district: in a set-up everybody is new."""
    new = [one for one in assignments if one.role == Role.ADMINISTRATOR]
    places = working([one.organization for one in new])
    told, below = people_with_any_role_at(places, LEADS, include_above=True), leads_below(places)
    notices = []
    for one in new:
        beside, led = told.get(one.organization_id, []), below.get(one.organization_id, [])
        for person in dict.fromkeys([*beside, *led]):
            if person.pk not in {actor.pk, one.person_id}:
                # Of a person of the state a district sees no page
                path = "" if person in led else f"/people/{one.person_id}/"
                notices.append(Notice(person, kind, organization=one.organization, path=path))
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
        due_at=now() + timedelta(hours=HOURS_BETWEEN),
        path=f"/people/{person.pk}/let-in/",
        repeat_minutes=60 * HOURS_BETWEEN,
    )


def announce_wait_alone(person: Person, desk: Organization, **_signal: Any) -> None:
    told = people_with_any_role(desk.district, [Role.SUPERINTENDENT], include_above=True)
    for one in told or people_with_any_role(desk, [Role.ADMINISTRATOR], include_above=True):
        if one.pk != person.pk:
            notify(person=one, kind=WAITS_ALONE.name, organization=desk)


def end_asking(person: Person, actor: Person | None, **_signal: Any) -> None:
    discharge_about(
        thing=f"person:{person.pk}", kind=COLLEAGUE.name, actor=actor or "system", outcome="let_in"
    )


def forget_who_left(person: Person, actor: Person, **_signal: Any) -> None:
    cancel_about(thing=f"person:{person.pk}", kind=COLLEAGUE.name, actor=actor, outcome="left")


def _colleagues(_organization: Organization, thing: str, _at: datetime) -> list[Person]:
    person = Person.objects.filter(pk=thing.removeprefix("person:")).first()
    return colleagues(person) if person is not None else []


def connect() -> None:
    for kind in KINDS:
        register(kind)
    audiences.register(COLLEAGUES, _colleagues)
    for signal, receiver in (
        (signals.access_session_started, announce_access_session),
        (signals.reading_roles_given, announce_new_readers),
        (signals.role_ended, announce_ended_role),
        (signals.person_leaving, announce_leaving),
        (signals.organizations_added, announce_added_places),
        (signals.organization_changed, announce_changed_place),
        (plan_adopted, announce_adopted_plan),
        (signals.address_changed, announce_changed_address),
        (signals.second_factor_reset, announce_second_factor_reset),
        (signals.sign_in_set_anew, ask_colleagues),
        (signals.waits_alone, announce_wait_alone),
        (signals.let_back_in, end_asking),
        (signals.person_leaving, forget_who_left),
    ):
        signal.connect(receiver, dispatch_uid=f"center.{receiver.__name__}")
