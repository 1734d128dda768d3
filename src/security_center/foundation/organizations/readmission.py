"""Who may say that a reader whose sign-in an administrator set anew is really that reader.

Whoever may set a sign-in anew could otherwise sign in as a reader and read, and nobody would know. So the
reader reads nothing until somebody of the same desk, who is neither the administrator nor themself, has said
that it is them. Where nobody is left who could, a day has to pass, and the superintendent is told; but
whoever made it so, by setting several of them anew or ending their roles, gains nothing by that day: those
who lead there, and those who read there until lately, are asked. The order of the steps makes no difference:
whoever held no role meanwhile, or had left, waits when they get one back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now

from . import policies
from .models import Organization, Person, Role, RoleAssignment
from .permissions import ROLE_PERMISSIONS, Permission, roles_with

ALONE = timedelta(hours=24)
# An administrator could otherwise make a reader of their own, who agrees: those who have read for so long
# come first.
SETTLED = timedelta(days=30)
# Who has to wait: whoever reads, or sees what there is to read. Who may agree: whoever reads.
WAIT = [
    role
    for role, permissions in ROLE_PERMISSIONS.items()
    if permissions & {Permission.REPORT_LIST, Permission.REPORT_READ}
]
LEAD = [Role.SUPERINTENDENT, Role.DISTRICT_SAFETY_LEAD, Role.PRINCIPAL, Role.ADMINISTRATOR]
READ = roles_with(Permission.REPORT_READ)


def desks_of(person: Person) -> list[Organization]:
    """Where the person reads, or sees what there is to read, when they do not have to wait."""
    return [assignment.organization for assignment in policies.given(person) if Role(assignment.role) in WAIT]


def has_ever_read(person: Person) -> bool:
    return RoleAssignment.objects.filter(person=person, role__in=WAIT).exists()


def has_been_in(person: Person) -> bool:
    """Whether anybody has ever signed in, or could, in this name."""
    from allauth.mfa.models import Authenticator

    return (
        person.has_usable_password()
        or Authenticator.objects.filter(user_id=person.pk).exists()
        or person.invitations.filter(used_at__isnull=False).exists()
    )


def back_with_another_sign_in(given: list[RoleAssignment]) -> list[Person]:
    """Whom of those who were just given these roles: whoever read once, read nothing until now, and has no
    second factor left from then or had their sign-in set anew meanwhile. Whoever only moves to another desk
    keeps their own. One query, however many roles an import gives."""
    new = {one.pk for one in given}
    people = {one.person_id: one.person for one in given if one.role in WAIT}
    moment = now()
    ended: dict[int, datetime] = {}
    reading = set()
    for pk, person, ends_at in RoleAssignment.objects.filter(person__in=people, role__in=WAIT).values_list(
        "pk", "person", "ends_at"
    ):
        if ends_at is not None and ends_at <= moment:
            ended[person] = max(ends_at, ended.get(person, ends_at))
        elif pk not in new:
            reading.add(person)
    return [
        people[pk]
        for pk, last in ended.items()
        if pk not in reading and _has_another_sign_in(people[pk], last)
    ]


def _has_another_sign_in(person: Person, last: datetime) -> bool:
    from allauth.mfa.models import Authenticator

    of_then = Authenticator.objects.filter(user_id=person.pk, created_at__lte=last).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return person.set_anew_by.exists() or (has_been_in(person) and not of_then.exists())


def set_anew_by(person: Person) -> list[str]:
    """Who has made the person wait, for the person; nobody while they do not wait."""
    return (
        list(person.set_anew_by.order_by("name").values_list("name", flat=True))
        if person.waits_since is not None
        else []
    )


def colleagues(person: Person) -> list[Person]:
    """Who may let `person` back in: those who read at the same desks or above them; where there is nobody,
    whoever reads in the district, or in the one where they read before. Who has begun to read only lately is
    asked where nobody else is left."""
    desks = desks_of(person)
    before = Organization.objects.filter(
        role_assignments__in=RoleAssignment.objects.filter(person=person, role__in=WAIT)
    )
    places = [
        Q(organization__in={place.pk for desk in desks for place in desk.line()}),
        _within({desk.district.pk for desk in desks}),
        _within({desk.district.pk for desk in before.select_related("parent__parent")}),
    ]
    since = (person.waits_since or now()) - SETTLED
    settled = RoleAssignment.objects.filter(role__in=READ, starts_at__lte=since).values("person")
    for able in (_able(person).filter(pk__in=settled), _able(person)):
        for where in places:
            found = list(able.filter(pk__in=_holds(READ, where)))
            if found:
                return found
    if not emptied_lately(person):
        return []
    until_lately = _ended_lately(person).filter(starts_at__lte=since).values("person")
    lead = _able(person).filter(pk__in=_holds(LEAD, places[0]))
    settled = RoleAssignment.objects.filter(role__in=[*READ, *LEAD], starts_at__lte=since).values("person")
    return list(lead.filter(pk__in=settled) | _able(person).filter(pk__in=until_lately)) or list(lead)


def emptied_lately(person: Person) -> bool:
    """Whether somebody else waits whom the same administrator set anew, or lately lost their role in the
    district. Then "nobody is left" may be that administrator's own work, and no clock makes up for it while
    somebody leads there, or read there until lately, who can say that it is them."""
    waiting = Person.objects.filter(
        is_active=True, waits_since__isnull=False, set_anew_by__in=person.set_anew_by.values("pk")
    )
    return waiting.exclude(pk=person.pk).exists() or _ended_lately(person).exists()


def _ended_lately(person: Person) -> QuerySet[RoleAssignment]:
    """Roles of others that read or lead in the person's district, and ended within the last 30 days."""
    moment = now()
    districts = {desk.district.pk for desk in desks_of(person)}
    ended = RoleAssignment.objects.filter(
        _within(districts), role__in=[*READ, *LEAD], ends_at__gt=moment - SETTLED, ends_at__lte=moment
    )
    return ended.exclude(person=person)


def read_now_or_lately(places: Collection[Organization]) -> dict[int, dict[Person, bool]]:
    """Who reads at each of these places, by its id, and who did within the last 30 days and has not left:
    True for those who still do, and have for as long. Whoever waits for a colleague is among them. One
    query."""
    moment = now()
    held = RoleAssignment.objects.filter(
        organization__in=[place.pk for place in places], role__in=READ, starts_at__lte=moment
    )
    held = held.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=moment - SETTLED), person__is_active=True
    ).select_related("person")
    found: dict[int, dict[Person, bool]] = {place.pk: {} for place in places}
    begun: dict[tuple[int, int], datetime] = {}
    for one in held.order_by("starts_at", "pk"):
        since = begun.setdefault((one.organization_id, one.person_id), one.starts_at)
        settled = since <= moment - SETTLED and (one.ends_at is None or one.ends_at > moment)
        found[one.organization_id][one.person] = settled or found[one.organization_id].get(one.person, False)
    return found


def _within(districts: set[int]) -> Q:
    return Q(organization__in=districts) | Q(organization__parent__in=districts)


def _holds(roles_of: list[Role], where: Q) -> QuerySet[RoleAssignment]:
    moment = now()
    roles = RoleAssignment.objects.filter(where, role__in=roles_of, starts_at__lte=moment).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
    )
    return roles.values("person")  # type: ignore[return-value]


def _able(person: Person) -> QuerySet[Person]:
    from allauth.mfa.models import Authenticator

    # Only those who can sign in themselves: nobody should wait for somebody who never comes.
    secured = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user")
    able = Person.objects.filter(is_active=True, waits_since__isnull=True, pk__in=secured)
    return able.exclude(pk=person.pk).exclude(pk__in=person.set_anew_by.values("pk")).order_by("name", "pk")


def may_let_in(actor: Person, person: Person) -> bool:
    return person.waits_since is not None and any(
        actor.pk == colleague.pk for colleague in colleagues(person)
    )
