"""*I was told something and will write it down today*: the promise is a duty, and filing the report
discharges it (reporting.md R4)."""

from __future__ import annotations

import uuid

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge, raise_duty
from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from ..queries.told import RECORD_TODAY, promises_of


@transaction.atomic
def promise_to_record(*, actor: Person, organization: Organization) -> Duty:
    """Raise the duty on the person who was told; if the day ends without a report, the district hears of
    it."""
    require(actor, Permission.REPORT_CREATE_INTAKE, organization)
    thing = f"told:{uuid.uuid4()}"
    ladder = ladders.same_day(now(), calendar_of(organization))
    duty = raise_duty(
        kind=RECORD_TODAY,
        thing=thing,
        organization=organization,
        ladder=ladder.rungs,
        actor=actor,
        holder=actor,
        path="/desk/new/in_person/",
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )
    record(actor=actor, verb="told.promised", about=thing, organization_id=organization.pk)
    return duty


@transaction.atomic
def keep_promise(*, actor: Person, organization: Organization) -> None:
    """A report was filed: the oldest promise of this person at this school, if there is one, is kept."""
    duty = promises_of(actor).filter(organization=organization).first()
    if duty is not None:
        discharge(duty=duty, actor=actor, outcome="filed")
