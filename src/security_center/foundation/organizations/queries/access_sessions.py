"""Sessions in which an administrator may read reports, and their sealed reasons."""

from __future__ import annotations

from django.db.models import QuerySet

from security_center.foundation.clock import now
from security_center.foundation.vault import queries as vault_queries
from security_center.foundation.vault.columns import unseal

from .. import policies
from ..models import AccessSession, Organization, Person
from ..permissions import Permission
from .places import visible_organizations


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
