"""Who may say that a reader whose sign-in an administrator set anew is really that reader.

Whoever may set a sign-in anew could otherwise sign in as a reader and read, and nobody would know. So the reader reads nothing until somebody of the
same desk, who is neither the administrator nor themself, has said that it is them. Where nobody is left who could, a day has to pass, and the
superintendent is told.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from security_center.foundation.clock import now

from . import policies
from .models import Organization, Person, Role, RoleAssignment
from .permissions import ROLE_PERMISSIONS, Permission

ALONE = timedelta(hours=24)
# Who has to wait: whoever reads, or sees what there is to read. Who may agree: whoever reads.
WAIT = [role for role, permissions in ROLE_PERMISSIONS.items() if permissions & {Permission.REPORT_LIST, Permission.REPORT_READ}]
READ = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.REPORT_READ in permissions]


def desks_of(person: Person) -> list[Organization]:
    """Where the person reads, or sees what there is to read, when they do not have to wait."""
    return [assignment.organization for assignment in policies.given(person) if Role(assignment.role) in WAIT]


def colleagues(person: Person) -> list[Person]:
    """Who may let `person` back in: those who read at the same desks or above them; where there is nobody, whoever reads in the district."""
    desks = desks_of(person)
    own = Q(organization__in={place.pk for desk in desks for place in desk.line()})
    district = {desk.district.pk for desk in desks}
    return _able(person, own) or _able(person, Q(organization__in=district) | Q(organization__parent__in=district))


def _able(person: Person, where: Q) -> list[Person]:
    from allauth.mfa.models import Authenticator

    moment = now()
    # Only those who can sign in themselves: nobody should wait for somebody who never comes.
    secured = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user")
    roles = RoleAssignment.objects.filter(where, role__in=READ, starts_at__lte=moment).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
    able = Person.objects.filter(pk__in=roles.values("person"), is_active=True, waits_since__isnull=True).filter(pk__in=secured)
    return list(able.exclude(pk__in=[pk for pk in (person.pk, person.set_anew_by_id) if pk]).order_by("name", "pk"))


def may_let_in(actor: Person, person: Person) -> bool:
    return person.waits_since is not None and any(actor.pk == colleague.pk for colleague in colleagues(person))
