"""A case goes to another school. It stays its giver's duty until the receiver takes it on by name; silence
rings at both ends.

(threat-assessment.md 9.3, 10.9, 14; docs/decisions/0017.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel_about, discharge_about, raise_duty
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import shown, unseal, unseal_all
from security_center.prevention.ladders import moment_after
from security_center.prevention.queries import calendar_of
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment import signals, team_audience
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    enter,
    locked,
    locked_for,
    require_running,
)
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from .. import policies
from ..models import Handoff
from ..queries.handoff_packet import packet
from ..sealing import unsealed_handoff

# Taken on elsewhere, the case here is closed with this reason or goes on for another
CLOSE_AFTER = timedelta(days=1)


class NotAReceiver(Refusal):
    """A case goes to another school that is active, or to a named one outside."""

    fields = ("to", "outside_school")
    sentence = _lazy("Choose the school, or write the name of one outside.")


class OfferGone(Refusal):
    """It was taken back, declined or taken on while somebody looked at it."""

    sentence = _lazy("It is not waiting any more: it was taken on, declined or taken back meanwhile.")


class PacketWanted(Refusal):
    """At least one part of the packet goes along, and a sentence of what the receiver has to know first."""

    fields = ("parts", "note")
    sentence = _lazy("Choose at least one part, and write what the other school has to know first.")


@transaction.atomic
def begin_handoff(
    *, actor: Person, case: Case, reason: str, to_school: Organization | None = None, outside_school: str = ""
) -> Handoff:
    """The student goes to another school. From now on the packet is owed. Raises NotAllowed, OnHold,
    NotATransition, NotAReceiver, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)  # an officer passes no student's record on
    require_running(fresh)
    # Nobody at another school hears of a practice case
    if fresh.state not in Case.HANDED_OVER_FROM or fresh.practice:
        raise NotATransition(fresh, State.HANDOFF)
    inside = (
        to_school is not None
        and to_school.kind == Organization.Kind.SCHOOL
        and to_school.active
        and to_school.pk != fresh.school_id
    )
    if not inside and (to_school is not None or not outside_school.strip()):
        raise NotAReceiver
    if not reason.strip():
        raise ReasonWanted
    ends = [fresh.school, fresh.district, *([to_school, to_school.district] if to_school is not None else [])]
    opened = new_record(recipients=desk_recipients(*ends))
    text = unseal_all(unsealed(fresh), fresh, ("subject_name", "subject_facts"))
    row = Handoff(
        record=opened.record,
        case=fresh,
        round=fresh.round,
        from_school=fresh.school,
        to_school=to_school,
        came_from=fresh.state,
        asked_at=now(),
        asked_by=actor,
    )
    seal(
        opened,
        row,
        student="\n".join(one for one in text.values() if one),
        outside_school=outside_school.strip(),
    )
    row.save(force_insert=True)
    enter(case=fresh, to=State.HANDOFF, actor=actor, reason=reason)
    _note(
        fresh, actor, "case.handoff_begun", fresh.school, to=to_school.pk if to_school is not None else None
    )
    return row


@transaction.atomic
def send_handoff(*, actor: Person, case: Case, parts: Sequence[str], note: str) -> Handoff:
    """Send the packet. Now the receiver owes an answer, and the giver still the case. Raises NotAllowed,
    NotATransition, PacketWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)  # an officer passes no student's record on
    row = _open(fresh)
    if fresh.state != State.HANDOFF or row is None or row.sent:
        raise NotATransition(fresh, State.HANDOFF)
    chosen = [key for key in content.handoff_parts() if key in parts]
    if not chosen or not note.strip():
        raise PacketWanted
    row.parts, row.sent_at, row.sent_by = chosen, now(), actor
    seal(unsealed_handoff(row), row, note=note, packet=packet(fresh, unsealed(fresh), chosen))
    row.save()
    if row.to_school is None or row.to_school.district != fresh.district:
        to = (
            row.to_school.name
            if row.to_school is not None
            else unseal(unsealed_handoff(row), row, "outside_school")
        )
        groups = [group for key in chosen for group in content.handoff_groups().get(key, ())]
        signals.told_to_school.send(Case, case=fresh, actor=actor, name=to, groups=groups)
    at = now()
    due = moment_after(doctrine.handoff_answer_span(), at, calendar_of(row.to_school or fresh.school))
    fresh.state_due = due
    fresh.save(update_fields=["state_due"])
    case_duties.settle(case=fresh, kind=case_duties.STEP, actor=actor, outcome="sent")
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.HANDOFF, due_at=due, actor=actor, part="handoff/", starts_at=due
    )
    if row.to_school is not None:
        ladder = team_audience.receivers_ladder(due, starts_at=at)
        raise_duty(
            kind=case_duties.HANDED,
            thing=team_audience.offered(fresh),
            organization=row.to_school,
            ladder=ladder.rungs,
            actor=actor,
            path=row.path,
            due_at=due,
            repeat_minutes=ladder.repeat_minutes,
        )
    _note(fresh, actor, "case.handoff_sent", fresh.school, parts=",".join(chosen), due=due.isoformat())
    return row


@transaction.atomic
def take_back(*, actor: Person, case: Case, reason: str) -> Case:
    """The case goes on here, where it stood: the student stays, or something is missing to close. Raises
    NotATransition, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    last = fresh.handoffs.order_by("-pk").first()
    if fresh.state != State.HANDOFF or last is None:
        raise NotATransition(fresh, State.HANDOFF)
    if not reason.strip():
        raise ReasonWanted
    if last.ended_at is None:
        _end(last, Handoff.Outcome.TAKEN_BACK, actor)
    _drop_waiting(fresh, actor, "taken_back")
    enter(case=fresh, to=last.came_from, actor=actor, reason=reason)
    return fresh


@transaction.atomic
def decline(*, actor: Person, handoff: Handoff, reason: str) -> None:
    """The other school says that the student is not theirs: the case goes on with its giver. Raises
    NotAllowed, OfferGone, ReasonWanted."""
    # The case lies in the giver's district; that the handoff goes to this school is what lets it through
    with scopes_disabled():
        row, case = locked_offer(actor=actor, handoff=handoff)
        if not reason.strip():
            raise ReasonWanted
        seal(unsealed_handoff(row), row, answer=reason)
        _end(row, Handoff.Outcome.DECLINED, actor)
        _drop_waiting(case, actor, "declined")
        _note(case, actor, "case.handoff_declined", row.to_school or row.from_school)
        if case.state == State.HANDOFF:
            enter(case=case, to=row.came_from, actor=actor)
        elif case.before_imminent == State.HANDOFF:
            case.before_imminent = row.came_from
            case.save(update_fields=["before_imminent"])


@transaction.atomic
def note_outside_answer(*, actor: Person, case: Case, person: str, how: str) -> Handoff:
    """A school outside the system has taken it on: who did, when and how that is known. Raises NotAllowed,
    NotATransition, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)  # an officer passes no student's record on
    row = _open(fresh)
    if fresh.state != State.HANDOFF or row is None or not row.sent or row.to_school_id is not None:
        raise NotATransition(fresh, State.HANDOFF)
    if not person.strip() or not how.strip():
        raise ReasonWanted
    seal(unsealed_handoff(row), row, answer=f"{person.strip()}\n{how.strip()}")
    acknowledged(case=fresh, row=row, actor=actor)
    return row


def acknowledged(*, case: Case, row: Handoff, actor: Person) -> None:
    """Taken on elsewhere: what is left here is to close the case for that reason. Called inside a
    transaction."""
    settle(case=case, row=row, actor=actor)
    if case.state == State.HANDOFF:
        case.state_due = now() + CLOSE_AFTER
        case.save(update_fields=["state_due"])
        case_duties.raise_case_duty(
            case=case, kind=case_duties.STEP, due_at=case.state_due, actor=actor, part="close/"
        )


def settle(*, case: Case, row: Handoff, actor: Person) -> None:
    """Nobody waits for the answer any more. Called inside a transaction."""
    _end(row, Handoff.Outcome.ACKNOWLEDGED, actor)
    _drop_waiting(case, actor, "acknowledged")
    _note(case, actor, "case.handoff_acknowledged", row.to_school or row.from_school)


def locked_offer(*, actor: Person, handoff: Handoff) -> tuple[Handoff, Case]:
    """A packet that waits at a school where the person sees to the teams of cases. Raises NotAllowed,
    OfferGone."""
    if handoff.to_school is None or not has(actor, Permission.CASE_TEAM, handoff.to_school):
        raise NotAllowed(f"take on a case at organization {handoff.to_school_id}")
    case = locked(handoff.case_id)
    assert case is not None  # noqa: S101 - the packet hangs on it
    row = (
        Handoff.objects.select_for_update(of=("self",), no_key=True)
        .select_related("to_school__parent__parent", "from_school")
        .get(pk=handoff.pk)
    )
    if row.ended_at is not None or not row.sent:
        raise OfferGone
    return row, case


@transaction.atomic
def look_at_offer(*, actor: Person, handoff: Handoff) -> dict[str, str]:
    """Which student it is about, for the receiver before it is taken on; whoever took it on reads the packet
    too. Every look is recorded."""
    policies.require_receiver(actor, handoff)
    columns = ("student", "note", "packet", "answer") if handoff.acknowledged else ("student",)
    with scopes_disabled():
        opened = unsealed_handoff(handoff)
        text = {name: shown(opened, handoff, name) for name in columns}
        record(
            actor=actor,
            verb="case.handoff_read",
            about=handoff.case,
            organization_id=handoff.to_school_id,
            detail={"packet": handoff.acknowledged},
        )
    return text


def _open(case: Case) -> Handoff | None:
    rows = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related(
        "to_school__parent__parent"
    )
    return rows.filter(case=case, ended_at__isnull=True).first()


def _end(row: Handoff, outcome: str, actor: Person) -> None:
    row.outcome, row.ended_at, row.ended_by = outcome, now(), actor
    row.save()


def _drop_waiting(case: Case, actor: Person, outcome: str) -> None:
    discharge_about(thing=team_audience.offered(case), actor=actor, outcome=outcome)
    cancel_about(thing=case.thing, kind=case_duties.HANDOFF, actor=actor, outcome=outcome)


def _note(case: Case, actor: Person, verb: str, at: Organization, **detail: int | str | None) -> None:
    record(actor=actor, verb=verb, about=case, organization_id=at.pk, detail=detail)
