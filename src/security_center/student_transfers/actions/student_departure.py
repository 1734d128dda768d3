"""The student left: suspended, expelled, withdrawn, in hospital … Nothing closes by it. How contact is kept
is planned, and the team looks again.

(threat-assessment.md P6, 9.2, 13, F9.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.school_time import add_school_days, end_of_school_day
from security_center.foundation.vault.columns import shown
from security_center.prevention.queries import calendar_of
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions import case_duties, management_plan
from security_center.threat_assessment.actions.case_holds import lift
from security_center.threat_assessment.actions.case_opening import CannotJoin
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    locked_for,
    raise_next_step_duty,
    require_near,
)
from security_center.threat_assessment.actions.succession import note_passed_on, two_who_may
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.record_rows import plan_of
from security_center.threat_assessment.sealing import seal, unsealed

from .. import policies
from ..models import Departure

CONTACT_OPTION = "monitor.weekly_adult_check"
LOOK_AGAIN_WITHIN = 2  # school days
FIRST_CONTACT_WITHIN = timedelta(days=30)


@transaction.atomic
def note_departure(*, actor: Person, case: Case, kind: str, note: str) -> Departure:
    """Write down that the student left, and how. Raises NotAllowed, NotATransition (closed, or no such way of
    leaving), ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not fresh.open or kind not in doctrine.plan_rules().departures:
        raise NotATransition(fresh, "departure")
    if not note.strip():
        raise ReasonWanted
    at = now()
    row = Departure(case=fresh, kind=kind, at=at, by=actor)
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.student_left", kind=kind)
    if fresh.held_until is not None:  # whatever it waited for, this is more than was known
        lift(case=fresh, actor=actor, outcome="student_left")
        raise_next_step_duty(case=fresh, actor=actor)
    calendar = calendar_of(fresh.school)
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.CONTACT,
        due_at=end_of_school_day(calendar, at),
        actor=actor,
        part=case_duties.part_of_departure(row.uuid),
    )
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.LEFT,
        due_at=add_school_days(calendar, at, LOOK_AGAIN_WITHIN),
        actor=actor,
        part=case_duties.part_of_departure(row.uuid),
    )
    return row


@transaction.atomic
def plan_contact(
    *,
    actor: Person,
    case: Case,
    departure: Departure,
    contact: str,
    owner: Person,
    backup: Person,
    due_on: date,
) -> Departure:
    """Who keeps contact with the student and how; where there is a plan, it is a step of it. Raises
    ReasonWanted, CannotJoin, NotATransition, TooFarOff."""
    fresh, row = _locked(actor, case, departure)
    if row.contact_at is not None:
        raise NotATransition(fresh, "contact")
    if not contact.strip():
        raise ReasonWanted
    if owner.pk == backup.pk or not all(case_policies.may_do_steps(one, fresh) for one in (owner, backup)):
        raise CannotJoin
    require_near(due_on, fresh.today(), FIRST_CONTACT_WITHIN)
    row.contact_owner, row.contact_backup, row.contact_at = owner, backup, now()
    seal(unsealed(fresh), row, contact=contact)
    row.save()
    detail = {"owner": owner.pk, "backup": backup.pk}
    to_ledger(fresh, actor, "case.contact_planned", **detail)
    case_duties.settle(
        case=fresh,
        kind=case_duties.CONTACT,
        actor=actor,
        outcome="planned",
        part=case_duties.part_of_departure(row.uuid),
    )
    if plan_of(fresh) is not None:
        management_plan.add_action(
            actor=actor,
            case=fresh,
            option=CONTACT_OPTION,
            what=contact,
            owner=owner,
            backup=backup,
            due_on=due_on,
        )
    else:  # no plan yet: the first contact is owed all the same, and the plan takes it up
        due = datetime.combine(due_on, time(16, 0), fresh.zone)
        case_duties.raise_case_duty(
            case=fresh,
            kind=case_duties.ACTION,
            due_at=max(due, now() + timedelta(hours=1)),
            actor=actor,
            holder=owner,
            part=case_duties.part_of_departure(row.uuid),
        )
    return row


@transaction.atomic
def look_again(*, actor: Person, case: Case, departure: Departure, text: str) -> Departure:
    """The team looked again at what the leaving changes. Raises ReasonWanted, NotATransition (it has,
    already)."""
    fresh, row = _locked(actor, case, departure)
    if row.looked_again_at is not None:
        raise NotATransition(fresh, "look_again")
    if not text.strip():
        raise ReasonWanted
    row.looked_again_at, row.looked_again_by = now(), actor
    seal(unsealed(fresh), row, looked_again=text)
    row.save()
    to_ledger(fresh, actor, "case.looked_again")
    case_duties.settle(
        case=fresh,
        kind=case_duties.LEFT,
        actor=actor,
        outcome="looked",
        part=case_duties.part_of_departure(row.uuid),
    )
    return row


@transaction.atomic
def first_contact_made(*, actor: Person, case: Case, departure: Departure) -> None:
    """Somebody has spoken with the student since: a member, or whoever keeps contact without a place on the
    team. Twice is once."""
    fresh, row = _locked(None, case, departure)
    if not policies.keeps_contact(actor, row, fresh):
        case_policies.require(actor, Permission.CASE_WRITE, fresh)
    if case_duties.is_owed(case=fresh, kind=case_duties.ACTION, part=case_duties.part_of_departure(row.uuid)):
        to_ledger(fresh, actor, "case.contact_made")
        case_duties.settle(
            case=fresh,
            kind=case_duties.ACTION,
            actor=actor,
            outcome="done",
            part=case_duties.part_of_departure(row.uuid),
        )


@transaction.atomic
def read_contact(*, actor: Person, case: Case, departure: Departure) -> str:
    """How contact is kept, for somebody who does it and is not on the team: this one text and nothing else of
    the case. Raises NotAllowed."""
    fresh = locked_for(actor=None, permission=Permission.CASE_READ, case=case)
    row = Departure.objects.get(pk=departure.pk, case=fresh)
    if not policies.keeps_contact(actor, row, fresh):
        raise NotAllowed(f"instructions of {fresh.thing}")
    text = shown(unsealed(fresh), row, "contact")
    detail = {"departure": row.pk}
    to_ledger(fresh, actor, "case.instructions_read", **detail)
    return text


def _locked(actor: Person | None, case: Case, departure: Departure) -> tuple[Case, Departure]:
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Departure.objects.select_for_update(no_key=True).get(pk=departure.pk, case=fresh)
    if not fresh.open:
        raise NotATransition(fresh, "departure")
    return fresh, row


def contact_is_owed(case: Case, departure: Departure) -> bool:
    """Whether somebody still owes the first contact, without a plan that would ask for it."""
    return case_duties.is_owed(
        case=case, kind=case_duties.ACTION, part=case_duties.part_of_departure(departure.uuid)
    )


def pass_contacts_on(
    *, case: Case, left: Person | None, actor: Person | None, line: Sequence[Person]
) -> dict[str, Person]:
    """Contacts with a student who left: from whoever `left` to the one who stood in, else along the `line`;
    when another school has the case, all of them to the first two of it. Returns who keeps it now, by the
    part of the case. Called inside a transaction, with the case locked."""
    kept = Departure.objects.select_for_update(of=("self",), no_key=True).filter(
        case=case, contact_at__isnull=False
    )
    if left is None:
        owner, backup = line[:2]
        kept.update(contact_owner=owner, contact_backup=backup)
        return {}
    found: dict[str, Person] = {}
    named = kept.filter(Q(contact_owner=left) | Q(contact_backup=left))
    for one in named.select_related("contact_owner", "contact_backup"):
        before = (one.contact_owner_id, one.contact_backup_id)
        pair = two_who_may(case, left, (one.contact_owner, one.contact_backup, *line))
        if pair is not None:
            one.contact_owner, one.contact_backup = pair
            one.save(update_fields=["contact_owner", "contact_backup"])
            part = case_duties.part_of_departure(one.uuid)
            found[part] = note_passed_on(
                case=case,
                left=left,
                actor=actor,
                verb="case.contact_passed_on",
                before=before,
                pair=pair,
                part=part,
            )
    return found
