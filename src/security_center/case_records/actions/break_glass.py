"""Break-glass: somebody who is not on the team reads a case for an hour, with a reason. The lead and the team
hear of it at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.case_opening import team_of
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    locked_for,
)
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from .. import policies
from ..models import BreakGlass

OPEN_FOR = timedelta(minutes=60)


@transaction.atomic
def break_glass(*, actor: Person, case: Case, reason: str) -> BreakGlass:
    """Open the case for an hour, to be read only. While it is open, asking again gives the same one. Raises
    NotAllowed, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_BREAK_GLASS, case=case)
    if not case_policies.may_break_glass(actor, fresh):
        raise NotAllowed(f"{Permission.CASE_BREAK_GLASS} on {fresh.thing}")
    standing = policies.glass_of(actor, fresh)
    if standing is not None:
        return standing
    if not reason.strip():
        raise ReasonWanted
    at = now()
    glass = BreakGlass(case=fresh, person=actor, opened_at=at, ends_at=at + OPEN_FOR)
    seal(unsealed(fresh), glass, reason=reason)
    glass.save(force_insert=True)
    to_ledger(fresh, actor, "case.glass_broken", glass=glass.pk, until=glass.ends_at.isoformat())
    told = {person.pk: person for person in [fresh.lead, *(member.person for member in team_of(fresh))]}
    for person in told.values():
        notify(
            person=person,
            kind=case_duties.BREAK_GLASS,
            organization=fresh.school,
            path=path_of(glass),
            extra={"number": fresh.number},
        )
    due = at + timedelta(days=content.privacy_clocks()["break_glass"].days)
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.BREAK_GLASS, due_at=due, actor=actor, part=_part(glass)
    )
    return glass


@transaction.atomic
def look_through(*, actor: Person, case: Case) -> OpenRecord:
    """Open the case to be read through a broken glass. Raises NotAllowed when the hour is over,
    VaultLocked."""
    glass = policies.glass_of(actor, case)
    if glass is None:
        raise NotAllowed(f"{Permission.CASE_READ} on {case.thing}")
    opened = unsealed(case)
    to_ledger(case, actor, "case.read_by_glass", glass=glass.pk)
    return opened


@transaction.atomic
def acknowledge_glass(*, actor: Person, case: Case, glass: BreakGlass) -> BreakGlass:
    """The lead has read why. Raises NotAllowed, NotATransition (somebody else leads, it was acknowledged, or
    the lead broke it: then another leads first)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = BreakGlass.objects.select_for_update(no_key=True).get(pk=glass.pk, case=fresh)
    if row.acknowledged_at is not None or fresh.lead_id != actor.pk or row.person_id == actor.pk:
        raise NotATransition(fresh, "glass")
    row.acknowledged_at, row.acknowledged_by = now(), actor
    row.save()
    to_ledger(fresh, actor, "case.glass_acknowledged", glass=row.pk)
    case_duties.settle(
        case=fresh, kind=case_duties.BREAK_GLASS, actor=actor, outcome="acknowledged", part=_part(row)
    )
    return row


def _part(glass: BreakGlass) -> str:
    return f"privacy/glass/{glass.uuid}/"


def path_of(glass: BreakGlass) -> str:
    return f"{glass.case.path}{_part(glass)}"
