"""What the receiving desk may know of a report before it takes it over: from where, how urgent, what kind,
since when. Never the content."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import roles_at

from ..models import Handoff


@dataclass(frozen=True)
class Offer:
    handoff: Handoff
    number: str
    urgency: str
    category: str
    received_at: datetime
    school: str


def offer_for(person: Person, pk: uuid.UUID) -> Offer | None:
    """The hand-over, for people with some role at the receiving desk; None for everybody else."""
    found = Handoff.objects.filter(uuid=pk).select_related(
        "from_desk__parent", "to_desk__parent__parent", "to_district", "by", "acknowledged_by"
    )
    handoff = found.first()
    if handoff is None or not roles_at(person, handoff.to_desk):
        return None
    # The report still lies in the giver's district; the named fields are all that leaves it
    with scopes_disabled():
        report = handoff.report
        if report.conflicts.filter(person=person).exists():
            return None
        return Offer(
            handoff,
            report.number,
            report.urgency,
            report.category,
            report.received_at,
            report.organization.name,
        )
