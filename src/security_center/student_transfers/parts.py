"""What this room shows on the pages of cases, and what a student who left asks for."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.page_parts import Ask

from .models import Departure, Handoff
from .queries.case_handoff import handed_to, where_it_came_from


def came_from(case: Case, opened: OpenRecord) -> list[Handoff]:
    return where_it_came_from(case)


def handed(person: Person) -> list[Handoff]:
    return handed_to(person)


def departure_to_settle(case: Case) -> Ask | None:
    rows = Departure.objects.filter(case=case).filter(
        Q(contact_at__isnull=True) | Q(looked_again_at__isnull=True)
    )
    left = rows.order_by("at").first()
    if left is None:
        return None
    asks = _("The student left. How contact is kept has to be planned, and the team looks at the case again.")
    return Ask(
        asks, reverse("student_transfers:departure", args=[case.number, left.uuid]), _("Say how it goes on")
    )
