"""Of which district a page shows the figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of
from security_center.foundation.organizations.views.lookups import current_person

from ..queries import pages


def district_asked_for(
    request: HttpRequest, permission: Permission
) -> tuple[Organization, list[Organization]]:
    """(the one in the address, or the first; all that the person may choose from). Another tenant's is
    404."""
    if not any_of(current_person(request), [permission]):
        raise NotAllowed(permission)
    districts = pages.districts_of(current_person(request), permission)
    slug = (request.POST if request.method == "POST" else request.GET).get("district", "")[:80]
    chosen = (
        next((one for one in districts if one.slug == slug), None) if slug else next(iter(districts), None)
    )
    if chosen is None:
        raise Http404
    return chosen, districts
