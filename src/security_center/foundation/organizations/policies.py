"""Who may do what. Rooms above build their own `can` on `has`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now

from .models import AccessSession, Organization, Person, Role, RoleAssignment
from .permissions import ACCESS_SESSION_PERMISSIONS, READING_ROLES, ROLE_PERMISSIONS, Permission


class NotAllowed(Exception):
    """The person may not do this here. Pages answer 404 for another tenant's things, 403 for their own
    organization's."""


def open_assignments(person: Person) -> QuerySet[RoleAssignment]:
    moment = now()
    if not person.is_active:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.filter(person=person, starts_at__lte=moment).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
    )


def held(person: Person) -> list[RoleAssignment]:
    """The person's open roles, as far as they may use them: whoever waits for a colleague (readmission.py)
    holds none meanwhile."""
    return [] if person.waits_since is not None else given(person)


def given(person: Person) -> list[RoleAssignment]:
    """The person's open roles. Rows are read once and remembered on the object (for a request); the clock is
    asked each time."""
    if not person.is_active:
        return []
    moment = now()
    cached: list[RoleAssignment] | None = getattr(person, "_held_roles", None)
    if cached is None:
        cached = list(
            RoleAssignment.objects.filter(person=person)
            .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
            .select_related("organization__parent__parent")
            .order_by("pk")
        )
        person._held_roles = cached  # type: ignore[attr-defined]
    return [a for a in cached if a.starts_at <= moment and (a.ends_at is None or a.ends_at > moment)]


def remember(people: Iterable[Person]) -> None:
    """Read the open roles of many people in one query, as `held` would one person at a time."""
    asked = {
        person.pk: person for person in people if person.is_active and not hasattr(person, "_held_roles")
    }
    roles: dict[int, list[RoleAssignment]] = {pk: [] for pk in asked}
    open_roles = RoleAssignment.objects.filter(person__in=roles).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now())
    )
    for assignment in open_roles.select_related("organization__parent__parent").order_by("pk"):
        roles[assignment.person_id].append(assignment)
    for pk, person in asked.items():
        person._held_roles = roles[pk]  # type: ignore[attr-defined]


def forget(person: Person) -> None:
    """Called by the actions that change roles, so that a remembered answer never outlives the change."""
    for name in ("_held_roles", "_access_sessions", "_districts_of_states"):
        if hasattr(person, name):
            delattr(person, name)


def roles_at(person: Person, organization: Organization) -> set[Role]:
    """Roles that count at `organization`: those given there and those given above it (a district's reader
    reads its schools' desks)."""
    above = {ancestor.pk for ancestor in organization.line()}
    return {Role(assignment.role) for assignment in held(person) if assignment.organization_id in above}


def has(person: Person, permission: Permission, organization: Organization) -> bool:
    """True when a role of the person gives `permission` at `organization`, or an access session that is open
    exactly there does."""
    if any(permission in ROLE_PERMISSIONS[role] for role in roles_at(person, organization)):
        return True
    return permission in ACCESS_SESSION_PERMISSIONS and access_session(person, organization) is not None


def require(person: Person, permission: Permission, organization: Organization) -> None:
    if not has(person, permission, organization):
        raise NotAllowed(f"{permission} at organization {organization.pk}")


def access_session(person: Person, organization: Organization) -> AccessSession | None:
    """The administrator's session that is open now at exactly this organization. It ends by the clock, and
    with the role that allowed it."""
    moment = now()
    if not any(
        Permission.ACCESS_SESSION_START in ROLE_PERMISSIONS[role] for role in roles_at(person, organization)
    ):
        return None
    for session in _access_sessions(person):
        if (
            session.organization_id == organization.pk
            and session.started_at <= moment < session.expires_at
            and session.ended_at is None
        ):
            return session
    return None


def _access_sessions(person: Person) -> list[AccessSession]:
    cached: list[AccessSession] | None = getattr(person, "_access_sessions", None)
    if cached is None:
        cached = list(
            AccessSession.objects.filter(person=person, ended_at__isnull=True, expires_at__gt=now())
            .select_related("organization__parent__parent")
            .order_by("pk")
        )
        person._access_sessions = cached  # type: ignore[attr-defined]
    return cached


def organizations_with(person: Person, permission: Permission) -> QuerySet[Organization]:
    """Organizations where the person holds `permission`, those below included. Fails to nothing for
    strangers."""
    roots = [place.pk for place in roots_of(person, permission)]
    within = Q(pk__in=roots) | Q(parent__in=roots) | Q(parent__parent__in=roots)
    opened = [place.pk for place in opened_by_session(person, permission)]
    return Organization.objects.filter(within | Q(pk__in=opened) if opened else within)


def roots_of(person: Person, permission: Permission) -> list[Organization]:
    """Where a role of the person gives `permission`: it counts at each of these and at every organization
    below."""
    return [a.organization for a in held(person) if permission in ROLE_PERMISSIONS[Role(a.role)]]


def opened_by_session(person: Person, permission: Permission) -> list[Organization]:
    """Where an access session that is open now gives `permission`: exactly there, and nowhere below."""
    if permission not in ACCESS_SESSION_PERMISSIONS or not any_of(person, [Permission.ACCESS_SESSION_START]):
        return []
    return [
        session.organization
        for session in _access_sessions(person)
        if access_session(person, session.organization) is not None
    ]


def whole_districts(person: Person, permission: Permission) -> set[int]:
    """Ids of the districts in which `permission` counts at every desk. Asked once a request: a state's are
    many."""
    roots = roots_of(person, permission)
    states = frozenset(place.pk for place in roots if place.kind == Organization.Kind.STATE)
    return {place.pk for place in roots if place.kind == Organization.Kind.DISTRICT} | districts_of_states(
        person, states
    )


def districts_of_states(person: Person, states: frozenset[int]) -> set[int]:
    """Ids of the districts of these states, remembered on the person (for a request)."""
    if not states:
        return set()
    # By the attribute: `__dict__` of whoever is signed in is that of Django's wrapper around the person,
    # where `forget` takes nothing away.
    known: dict[frozenset[int], set[int]] | None = getattr(person, "_districts_of_states", None)
    if known is None:
        known = person._districts_of_states = {}  # type: ignore[attr-defined]
    if states not in known:
        known[states] = set(
            Organization.objects.filter(parent__in=states, kind=Organization.Kind.DISTRICT).values_list(
                "pk", flat=True
            )
        )
    return known[states]


def any_of(person: Person, permissions: Iterable[Permission]) -> bool:
    wanted = set(permissions)
    return any(wanted & ROLE_PERMISSIONS[Role(a.role)] for a in held(person))


def places_of(person: Person) -> list[Organization]:
    """Every organization that has a say over this person: where they were entered, and where they hold or
    will hold a role."""
    return places_of_each([person])[person.pk]


def places_of_each(people: Iterable[Person]) -> dict[int, list[Organization]]:
    """The same for each of several people, by id. Two queries."""
    asked = {person.pk: person for person in people}
    places: dict[int, dict[int, Organization]] = {pk: {} for pk in asked}
    open_roles = RoleAssignment.objects.filter(person__in=asked).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now())
    )
    for assignment in open_roles.select_related("organization__parent__parent"):
        places[assignment.person_id][assignment.organization_id] = assignment.organization
    own = {person.organization_id for person in asked.values() if person.organization_id is not None}
    homes = Organization.objects.select_related("parent__parent").in_bulk(own)
    for pk, person in asked.items():
        if person.organization_id is not None:
            places[pk].setdefault(person.organization_id, homes[person.organization_id])
    return {pk: list(found.values()) for pk, found in places.items()}


def may_edit_person(actor: Person, person: Person) -> bool:
    """True when `actor` holds people:edit at *every* place of `person`.

    One place would not do: an administrator of one district could otherwise change the address or the
    password link of somebody who also reads reports in another district, and sign in there as that person.
    """
    return bool(those_editable(actor, [person]))


def those_editable(actor: Person, people: Iterable[Person]) -> list[Person]:
    """Those of `people` whom `actor` may edit."""
    asked = list(people)
    places = places_of_each(asked)
    return [
        person
        for person in asked
        if places[person.pk] and all(has(actor, Permission.PEOPLE_EDIT, place) for place in places[person.pk])
    ]


def require_edit_person(actor: Person, person: Person) -> None:
    if not may_edit_person(actor, person):
        raise NotAllowed(f"{Permission.PEOPLE_EDIT} over person {person.pk}")


def needs_second_factor(person: Person) -> bool:
    """Whoever reads reports or decides who reads them signs in with a second factor or not at all; so does
    the first administrator."""
    return person.is_first_administrator or any(Role(a.role) in READING_ROLES for a in given(person))
