"""What several pages of this room share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from security_center.foundation import refusals
from security_center.foundation.organizations.models import Organization

from .. import actions


def blame(form: Any, fault: actions.PlanFault) -> None:
    """Puts what an action refused beside the field where it was chosen, as a sentence; above all fields where
    the page has no such field."""
    if not isinstance(fault, actions.LooserThanAbove):
        refusals.blame(form, fault)
        return
    for one in fault.loosened:
        for name, sentence in one.by_part():
            form.add_error(_field_of(form, one.field, name), sentence)


def _field_of(form: Any, choice: str, part: str) -> str | None:
    """A choice of the plan may be a field of its own, or one field for each of its parts."""
    names = (f"{choice}__{part}", f"stricter_{part}" if choice == "stricter_urgencies" else "", choice)
    return next((name for name in names if name in form.fields), None)


def trail(place: Organization | None = None) -> list[tuple[str, str]]:
    """The way here; with `place`, by its plan."""
    found = [(_("Plan and coverage"), reverse("prevention:index"))]
    if place is not None:
        found.append(
            (_("Plan of %(name)s") % {"name": place.name}, reverse("prevention:plan", args=[place.slug]))
        )
    return found


def pdf(drawn: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        drawn, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
