"""The end of a meeting's minutes: as long as the plan keeps a case, then its key, its texts and who was there
are destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Role
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.timekeeping.queries import MARKED_BEFORE
from security_center.foundation.vault import actions as vault

from ..models import Attendance, Decision, Meeting
from ..retention import end_of_meeting

END_NEAR = "meeting.end_near"


@transaction.atomic
def tell_of_end(*, meeting: Meeting, at: datetime) -> bool:
    """Once, a week before: whoever leads the team there may still put the minutes on hold or write down
    elsewhere what is needed longer."""
    take_turn()
    if end_of_meeting(meeting) > at + MARKED_BEFORE:
        return False
    if not Meeting.objects.filter(pk=meeting.pk, end_told_at__isnull=True).update(end_told_at=at):
        return False
    for person in people_with_any_role(
        meeting.place, [Role.TEAM_LEAD, Role.DISTRICT_SAFETY_LEAD], include_above=True
    ):
        notify(person=person, kind=END_NEAR, organization=meeting.place, path=meeting.path)
    record(actor="worker", verb="meeting.end_near", about=meeting, organization_id=meeting.place_id)
    return True


@transaction.atomic
def end_meeting(*, meeting: Meeting, at: datetime, actor: str = "worker") -> bool:
    """`at`: a moment that has surely come. False where its day has not, a hold keeps it, or something decided
    there is still open. That it was held, and when, stays; what was said and decided about a case is sealed
    with the case, and goes with it."""
    take_turn()
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "place__parent__parent", "district"
    )
    fresh = rows.get(pk=meeting.pk)
    own = Decision.objects.filter(meeting=fresh, case__isnull=True)
    if (
        fresh.ended_at is not None
        or end_of_meeting(fresh) > at
        or own.filter(state=Decision.State.OPEN).exists()
    ):
        return False
    try:
        keys = vault.shred_record(record=fresh.record, actor=actor)
    except vault.OnHold:
        return False
    there = Attendance.objects.filter(meeting=fresh)
    detail = {"present": there.count(), "decided": own.count(), "keys": keys}
    there.delete()
    own.update(what=b"", outcome=None)
    fresh.minutes = fresh.others_present = fresh.reason = None
    fresh.ended_at = now()
    fresh.save()
    record(actor=actor, verb="meeting.ended", about=fresh, organization_id=fresh.place_id, detail=detail)
    return True
