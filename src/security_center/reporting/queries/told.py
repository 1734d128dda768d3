"""What a person has promised to write down today."""

from __future__ import annotations

from security_center.foundation.duties.models import DutyQuerySet
from security_center.foundation.duties.queries import open_for
from security_center.foundation.organizations.models import Person

RECORD_TODAY = "reporting.record_today"


def promises_of(person: Person) -> DutyQuerySet:
    return open_for(person).filter(kind=RECORD_TODAY, holder=person).order_by("raised_at", "pk")
