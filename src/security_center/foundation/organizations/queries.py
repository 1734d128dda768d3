"""What pages and other rooms read about organizations and people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.vault import queries as vault_queries
from security_center.foundation.vault.columns import unseal

from . import policies
from .models import AccessSession, Invitation, Organization, Person, Role, RoleAssignment, SignIn, Supervision
from .permissions import Permission
from .readmission import SETTLED, WAIT

LONGEST_SOUGHT = 100


def tenants() -> list[int]:
    """The ids in whose scopes the worker goes through everybody's rows: each district, and a state for what
    is its own."""
    return list(Organization.objects.exclude(kind=Organization.Kind.SCHOOL).values_list("pk", flat=True))


def _open_at() -> Q:
    """Assignments that count now."""
    moment = now()
    return Q(starts_at__lte=moment) & (Q(ends_at__isnull=True) | Q(ends_at__gt=moment))


def with_a_role() -> QuerySet[Person]:
    """Everybody who works somewhere and holds a role now, for use within another query."""
    return Person.objects.filter(
        pk__in=RoleAssignment.objects.filter(_open_at()).values("person"), is_active=True
    )


def _serving() -> QuerySet[Person]:
    """Who may be counted on: not those who left, nor those who read nothing until a colleague lets them back
    in."""
    return Person.objects.filter(is_active=True, waits_since__isnull=True)


def roles_held(roles: Iterable[Role | str]) -> QuerySet[RoleAssignment]:
    """Open assignments of these roles to people who may be counted on."""
    return RoleAssignment.objects.filter(_open_at(), role__in=list(roles), person__in=_serving())


def editable(actor: Person, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of `people`, who have a place, whom `actor` may edit: the rule of policies.may_edit_person, for
    many at once."""
    own = policies.organizations_with(actor, Permission.PEOPLE_EDIT).order_by().values("pk")
    elsewhere = RoleAssignment.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now()), person=OuterRef("pk")
    ).exclude(organization__in=own)
    return people.filter(Q(organization__isnull=True) | Q(organization__in=own)).exclude(Exists(elsewhere))


def where_held(roles: Iterable[Role | str], places: QuerySet[Organization]) -> set[tuple[int, str]]:
    """At which of these places, and of those above them, somebody holds which of these roles: (id of the
    place, role). Two queries: by ids the database reads an index, while a query within the query would make
    it read every role of a state."""
    ids = {
        pk
        for row in places.order_by().values_list("pk", "parent", "parent__parent")
        for pk in row
        if pk is not None
    }
    return set(
        roles_held(roles)
        .filter(organization__in=ids)
        .order_by()
        .values_list("organization_id", "role")
        .distinct()
    )


def who_holds(role: Role, places: QuerySet[Organization]) -> defaultdict[int, set[int]]:
    """Ids of the people who hold it at each of these places, and at each one right above them, by the id of
    the place. One query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    at = Q(organization__in=places.order_by().values("pk")) | Q(
        organization__in=places.order_by().values("parent")
    )
    for place, person in roles_held([role]).filter(at).values_list("organization_id", "person_id"):
        found[place].add(person)
    return found


def people_with_role(
    organization: Organization, role: Role | str, include_above: bool = False
) -> list[Person]:
    """Active people who hold `role` at `organization` now (with `include_above`, also at those above it,
    nearest first)."""
    line = organization.line() if include_above else [organization]
    nearness = {place.pk: distance for distance, place in enumerate(line)}
    assignments = (
        RoleAssignment.objects.filter(
            _open_at(), role=role, organization_id__in=nearness, person__in=_serving()
        )
        .select_related("person")
        .order_by("starts_at", "pk")
    )
    found: dict[int, Person] = {}
    for assignment in sorted(assignments, key=lambda a: nearness[a.organization_id]):
        found.setdefault(assignment.person_id, assignment.person)
    return list(found.values())


def people_with_any_role(
    organization: Organization, roles: Iterable[Role | str], include_above: bool = False
) -> list[Person]:
    """Like `people_with_role` for several roles, in the order of `roles`; each person once."""
    return people_with_any_role_at([organization], roles, include_above)[organization.pk]


def people_with_roles_anywhere(roles: Iterable[Role | str]) -> list[Person]:
    """Everybody who holds one of the roles now, at whatever organization: for what concerns the whole
    installation."""
    held_now = RoleAssignment.objects.filter(_open_at(), role__in=roles)
    return list(Person.objects.filter(pk__in=held_now.values("person"), is_active=True).order_by("pk"))


def people_with_any_role_at(
    organizations: Iterable[Organization], roles: Iterable[Role | str], include_above: bool = False
) -> dict[int, list[Person]]:
    """The same for each of several organizations, which come with their parents, by id. One query."""
    order = {str(role): position for position, role in enumerate(roles)}
    lines = {place.pk: place.line() if include_above else [place] for place in organizations}
    wanted = {place.pk for line in lines.values() for place in line}
    assignments = RoleAssignment.objects.filter(
        _open_at(), role__in=order, organization_id__in=wanted, person__in=_serving()
    )
    by_place: defaultdict[int, list[RoleAssignment]] = defaultdict(list)
    people: dict[
        int, Person
    ] = {}  # one object for each person, so that what is remembered on it serves everywhere
    for assignment in assignments.select_related("person").order_by("starts_at", "pk"):
        assignment.person = people.setdefault(assignment.person_id, assignment.person)
        by_place[assignment.organization_id].append(assignment)
    found = {}
    for pk, line in lines.items():
        nearest_first = [assignment for place in line for assignment in by_place[place.pk]]
        in_order = sorted(nearest_first, key=lambda assignment: order[assignment.role])
        found[pk] = list({assignment.person_id: assignment.person for assignment in in_order}.values())
    return found


def visible_organizations(person: Person) -> QuerySet[Organization]:
    """Organizations the person belongs to, those below included. Fails to nothing for strangers."""
    return policies.organizations_with(person, Permission.ORGANIZATION_VIEW)


def organizations_for(person: Person, permission: Permission) -> QuerySet[Organization]:
    return policies.organizations_with(person, permission)


def tree(person: Person) -> list[tuple[Organization, int]]:
    """The visible organizations as rows of an indented list: (organization, depth), by name within each
    parent."""
    visible = list(visible_organizations(person).order_by("name"))
    known = {organization.pk for organization in visible}
    below: defaultdict[int | None, list[Organization]] = defaultdict(list)
    for organization in visible:
        below[organization.parent_id if organization.parent_id in known else None].append(organization)
    rows: list[tuple[Organization, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for organization in below[parent]:
            rows.append((organization, depth))
            walk(organization.pk, depth + 1)

    walk(None, 0)
    return rows


def schools_of(district: Organization) -> QuerySet[Organization]:
    return (
        Organization.objects.filter(parent=district, kind=Organization.Kind.SCHOOL)
        .select_related("parent__parent")
        .order_by("name")
    )


def organizations_called(text: str) -> list[Organization]:
    """Those with this short address, else those with this name: for the person at the machine, who is kept
    from none."""
    by_slug = list(Organization.objects.filter(slug=text))
    return by_slug or list(Organization.objects.filter(name__iexact=text).order_by("slug"))


def any_organization_exists() -> bool:
    return Organization.objects.exists()


def time_zone_of(person: Person) -> ZoneInfo | None:
    """The zone of the place where the person was given a role (the first, for somebody with several), also
    while they wait; None for nobody's."""
    given = policies.given(person)
    return given[0].organization.zone if given else None


def district_ids(person: Person) -> list[int]:
    """Districts in which the person holds a role: the tenant scope of a request (a state's own id stands for
    reports about the state itself)."""
    places = [assignment.organization for assignment in policies.held(person)]
    states = frozenset(place.pk for place in places if place.kind == Organization.Kind.STATE)
    found = {place.district.pk for place in places} | policies.districts_of_states(person, states)
    return sorted(found)


def people_of(organization: Organization, include_below: bool = True) -> QuerySet[Person]:
    """Active people who hold a role at `organization` or were entered there (and, unless told otherwise,
    below it)."""
    places = Q(pk=organization.pk)
    if include_below:
        places |= Q(parent=organization) | Q(parent__parent=organization)
    ids = Organization.objects.filter(places).values("pk")
    roles = RoleAssignment.objects.filter(_open_at(), organization__in=ids).values("person")
    return Person.objects.filter(Q(organization__in=ids) | Q(pk__in=roles), is_active=True).order_by(
        "name", "pk"
    )


def visible_people(person: Person, permission: Permission = Permission.ORGANIZATION_VIEW) -> QuerySet[Person]:
    """People of the organizations where `person` holds `permission`, those who left included. Fails to
    nothing for strangers."""
    ids = policies.organizations_with(person, permission).values("pk")
    moment = now()
    roles = (
        RoleAssignment.objects.filter(organization__in=ids)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
        .values("person")
    )
    return Person.objects.filter(Q(organization__in=ids) | Q(pk__in=roles))


def roles_of(person: Person, viewer: Person | None = None) -> list[RoleAssignment]:
    """The person's open roles with their organizations, for a page; with `viewer`, only those at
    organizations that the viewer sees."""
    roles = policies.open_assignments(person).select_related("organization")
    if viewer is not None:
        roles = roles.filter(organization__in=visible_organizations(viewer))
    return sorted(roles, key=lambda a: (a.organization.name, a.role))


def supervises(supervisor: Person, supervised: Person) -> bool:
    """True when `supervisor` directs the work of `supervised`, directly or through others."""
    return supervised.pk in all_supervised_by(supervisor)


def all_supervised_by(person: Person) -> set[int]:
    """Ids of everyone below `person` in the lines of supervision, transitively; never the person."""
    found: set[int] = set()
    front: set[int] = {person.pk}
    while front:
        front = (
            set(Supervision.objects.filter(supervisor__in=front).values_list("supervised", flat=True))
            - found
            - {person.pk}
        )
        found |= front
    return found


def supervisors_of(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(supervises__supervised=person).order_by("name")


def supervised_by(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(supervised_by__supervisor=person).order_by("name")


def possible_supervisors(person: Person) -> QuerySet[Person]:
    """Who may direct this person's work: people entered at, or holding a role at, any place of theirs or one
    above it."""
    above = {ancestor.pk for place in policies.places_of(person) for ancestor in place.line()}
    roles = RoleAssignment.objects.filter(_open_at(), organization__in=above).values("person")
    return (
        Person.objects.filter(Q(organization__in=above) | Q(pk__in=roles), is_active=True)
        .exclude(pk=person.pk)
        .order_by("name", "pk")
    )


def access_sessions_at(organization: Organization) -> QuerySet[AccessSession]:
    """Every access session ever opened at this organization, newest first."""
    return (
        AccessSession.objects.filter(organization=organization)
        .select_related("person")
        .order_by("-started_at", "-pk")
    )


def access_sessions_visible_to(viewer: Person) -> QuerySet[AccessSession]:
    return AccessSession.objects.filter(organization__in=visible_organizations(viewer)).select_related(
        "organization__parent__parent", "person"
    )


def access_reason(viewer: Person, session: AccessSession) -> str:
    """The sealed reason, for whoever may see access sessions there. Raises NotAllowed; VaultLocked when
    nothing can be opened."""
    policies.require(viewer, Permission.ACCESS_SESSION_VIEW, session.organization)
    opened = vault_queries.open_record(session.record, f"desk:{session.organization_id}")
    return unseal(opened, session, "reason")


def open_access_sessions_of(person: Person) -> QuerySet[AccessSession]:
    moment = now()
    mine = AccessSession.objects.filter(person=person, ended_at__isnull=True)
    return mine.filter(started_at__lte=moment, expires_at__gt=moment).select_related("organization")


def sign_ins_of(person: Person) -> QuerySet[SignIn]:
    """The browsers in which the person is signed in, the first one first."""
    return SignIn.objects.filter(person=person, expire_date__gt=now()).order_by("began_at", "pk")


def has_second_factor(person: Person) -> bool:
    """True when an authenticator app or a passkey is set up (recovery codes alone are none)."""
    from allauth.mfa.models import Authenticator

    return bool(
        Authenticator.objects.filter(user_id=person.pk)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )


@dataclass(frozen=True)
class SignInState:
    """How a person signs in, for the page about them."""

    app: bool
    passkeys: int
    recovery_codes: bool
    has_password: bool
    invited_until: datetime | None
    needs_second_factor: bool

    @property
    def has_second_factor(self) -> bool:
        return self.app or self.passkeys > 0


def sign_in_state(person: Person) -> SignInState:
    from allauth.mfa.models import Authenticator

    types = list(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    invitation = (
        Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=now())
        .order_by("-pk")
        .first()
    )
    return SignInState(
        app=Authenticator.Type.TOTP in types,
        passkeys=types.count(Authenticator.Type.WEBAUTHN),
        recovery_codes=Authenticator.Type.RECOVERY_CODES in types,
        has_password=person.has_usable_password(),
        invited_until=invitation.expires_at if invitation else None,
        needs_second_factor=policies.needs_second_factor(person),
    )


PAGE = 50
LARGEST_ID_DIGITS = 18


def is_id(text: str) -> bool:
    """Whether what stands in an address can be a row's id: a longer number, or a raised 2 (a digit that is no
    number), would be a fault of ours."""
    return text.isdecimal() and len(text) <= LARGEST_ID_DIGITS


@dataclass(frozen=True)
class PersonRow:
    person: Person
    roles: list[RoleAssignment]
    has_second_factor: bool


@dataclass(frozen=True)
class PeoplePage:
    rows: list[PersonRow]
    next_after: int | None


def sought(text: str) -> str:
    """What somebody typed to search for, no longer than a name can be: a database refuses to compare with a
    whole page."""
    return text.strip()[:LONGEST_SOUGHT]


def few_places(viewer: Person) -> list[Organization] | None:
    """To choose from, by name; None where they are more than one chooses from: then they are found by
    name."""
    found = list(visible_organizations(viewer).only("name").order_by("name", "pk")[: PAGE + 1])
    return found if len(found) <= PAGE else None


def people_page(
    viewer: Person,
    *,
    text: str = "",
    organization: str = "",
    place: str = "",
    left: bool = False,
    after: str = "",
) -> PeoplePage:
    """Up to 50 people by name, after the person with id `after`; a keyset page, so it costs the same at the
    end of a long list."""
    from allauth.mfa.models import Authenticator

    people = visible_people(viewer, Permission.PEOPLE_VIEW).filter(is_active=not left)
    if is_id(organization) or place.strip():
        wanted = (
            Q(pk=organization) | Q(parent=organization) | Q(parent__parent=organization)
            if is_id(organization)
            else Q()
        )
        if place.strip():
            wanted &= Q(name__icontains=sought(place)) | Q(parent__name__icontains=sought(place))
        places = visible_organizations(viewer).filter(wanted).values("pk")
        roles = RoleAssignment.objects.filter(_open_at(), organization__in=places).values("person")
        people = people.filter(Q(organization__in=places) | Q(pk__in=roles))
    if text.strip():
        people = people.filter(Q(name__icontains=sought(text)) | Q(email__icontains=sought(text)))
    if is_id(after):
        anchor = visible_people(viewer, Permission.PEOPLE_VIEW).filter(pk=after).first()
        if anchor is not None:
            people = people.filter(Q(name__gt=anchor.name) | Q(name=anchor.name, pk__gt=anchor.pk))
    open_roles = (
        RoleAssignment.objects.filter(_open_at(), organization__in=visible_organizations(viewer))
        .select_related("organization")
        .order_by("role")
    )
    found = list(
        people.select_related("organization")
        .prefetch_related(Prefetch("role_assignments", open_roles, to_attr="open_roles"))
        .order_by("name", "pk")[: PAGE + 1]
    )
    shown = found[:PAGE]
    secured = set(
        Authenticator.objects.filter(user_id__in=[person.pk for person in shown])
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    rows = [PersonRow(person, person.open_roles, person.pk in secured) for person in shown]
    return PeoplePage(rows, shown[-1].pk if len(found) > PAGE else None)


@dataclass(frozen=True)
class NewReader:
    name: str
    role: str  # its label
    organization: Organization
    since: datetime


def new_readers(place: Organization) -> list[NewReader]:
    """Who reads here, or lists what there is to read, by a role of the last 30 days, the newest first. None
    while everybody is new."""
    held = RoleAssignment.objects.filter(
        _open_at(), organization__in=place.line(), role__in=WAIT, person__is_active=True
    )
    rows = list(held.select_related("person", "organization").order_by("-starts_at", "-pk"))
    new = [row for row in rows if row.starts_at > now() - SETTLED]
    return (
        [NewReader(row.person.name, row.get_role_display(), row.organization, row.starts_at) for row in new]
        if len(new) < len(rows)
        else []
    )
