"""Who takes a report about the district itself, as long as they work here and hold a role."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.queries import with_a_role

from .models import Alternate


def _standing() -> QuerySet[Alternate]:
    """Whoever holds no role opens nothing, and the last rung of a ladder would end in them."""
    return Alternate.objects.filter(person__in=with_a_role())


def alternate_of(organization: Organization) -> Person | None:
    row = _standing().filter(organization=organization).select_related("person").first()
    return row.person if row else None


def without_alternate(organizations: QuerySet[Organization]) -> QuerySet[Organization]:
    """Those districts among them where nobody takes a report about the district itself."""
    named = _standing().filter(organization=OuterRef("pk"))
    return organizations.filter(~Exists(named), kind=Organization.Kind.DISTRICT)


def alternates_of(organizations: Collection[Organization]) -> dict[int, int]:
    """The alternates of the districts of these organizations, by the district's id."""
    districts = {place.district.pk for place in organizations}
    return dict(_standing().filter(organization__in=districts).values_list("organization_id", "person_id"))
