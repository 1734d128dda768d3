"""What several pages of this room share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from security_center.foundation.organizations.models import Organization

from .. import actions, wording


def blame(form: Any, fault: actions.PlanFault) -> None:
    """Puts what an action refused above the fields of the form, as sentences."""
    if isinstance(fault, actions.LooserThanAbove):
        for one in fault.loosened:
            form.add_error(None, str(one))
    else:
        form.add_error(None, wording.fault_in_words(fault.code, fault.facts))


def trail(place: Organization | None = None) -> list[tuple[str, str]]:
    """The way here; with `place`, by its plan."""
    found = [(_("Plan and coverage"), reverse("prevention:index"))]
    if place is not None:
        found.append((_("Plan of %(name)s") % {"name": place.name}, reverse("prevention:plan", args=[place.slug])))
    return found


def pdf(drawn: bytes, name: str) -> HttpResponse:
    return HttpResponse(drawn, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
