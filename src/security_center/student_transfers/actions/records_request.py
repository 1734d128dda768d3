"""A student comes from another school, whose safety records are asked for one by one. Each that is not
answered rings on; nothing is complete before.

(threat-assessment.md 10.9, 13, F7: what a neighboring county knew never reached the new school.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge, discharge_about, raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import shown, unseal
from security_center.prevention.ladders import moment_after
from security_center.prevention.queries import calendar_of
from security_center.reporting.actions.subjects import IDENTIFIERS
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment import team_audience
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.case_opening import open_case
from security_center.threat_assessment.actions.repeated_warnings import warn_again, warn_district
from security_center.threat_assessment.actions.reported_concerns import NothingSaid
from security_center.threat_assessment.actions.state_transitions import NotATransition
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.queries.subject import cases_named_like
from security_center.threat_assessment.sealing import seal

from .. import content_loader as content
from .. import policies
from ..models import Transfer, TransferItem
from ..sealing import unsealed_transfer


class SafetyUnanswered(Refusal):
    """`missing`: the safety records that the prior school has not answered for yet, as keys."""

    sentence = _lazy("Safety records are not answered for yet. They stand at the top of the list.")

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class WhoAnswered(Refusal):
    """An answer names who at the prior school gave it."""

    fields = ("who",)
    sentence = _lazy("Write who at the other school said so.")


@transaction.atomic
def begin_transfer(
    *,
    actor: Person,
    school: Organization,
    student: str,
    prior_school: str,
    student_facts: str = "",
    first_day: date | None = None,
) -> Transfer:
    """A student is expected from another school. Raises NotAllowed, NothingSaid."""
    case_policies.require_at(actor, Permission.CASE_OPEN, school)
    if not student.strip() or not prior_school.strip():
        raise NothingSaid
    at, district = now(), school.district
    take_turn()
    with scope(district=[district.pk]):
        opened = new_record(recipients=desk_recipients(school, district))
        row = Transfer(
            record=opened.record,
            district=district,
            school=school,
            began_at=at,
            began_by=actor,
            first_day=first_day,
        )
        seal(opened, row, student=student, student_facts=student_facts, prior_school=prior_school)
        row.save(force_insert=True)
        record(actor=actor, verb="transfer.begun", about=row, organization_id=school.pk)
        due = moment_after(content.transfer_answer_span(), at, calendar_of(school))
        for key, one in content.transfer_items().items():
            TransferItem(transfer=row, key=key).save(force_insert=True)
            if one.safety:
                _owe(row, key, due, actor)
        alike = cases_named_like(district, student)
        if alike.filter(school=school).exists():
            warn_again(thing=row, organization=school, district=True, actor=actor, path=row.path)
        if alike.exclude(school=school).exists():
            warn_district(thing=row, district=district, actor=actor, path=row.path)
    return row


def _owe(row: Transfer, key: str, due: datetime, actor: Person) -> None:
    # A day or so before: not seven messages on the first morning
    half = row.began_at + (due - row.began_at) / 2
    upward = team_audience.receivers_ladder(due, starts_at=half)
    raise_duty(
        kind=case_duties.TRANSFER_ITEM,
        thing=row.thing,
        organization=row.school,
        ladder=[Rung(at=half, audience="holder"), *upward.rungs[1:]],
        actor=actor,
        holder=actor,
        path=f"{row.path}{key}/",
        due_at=due,
        repeat_minutes=upward.repeat_minutes,
    )


@transaction.atomic
def answer_item(
    *, actor: Person, transfer: Transfer, key: str, answer: str, who: str, note: str = ""
) -> TransferItem:
    """What the prior school says of one thing, and who there says it. Raises NotAllowed, NotATransition
    (complete), WhoAnswered."""
    row = _locked(actor, transfer)
    item = TransferItem.objects.select_for_update(of=("self",), no_key=True).get(transfer=row, key=key)
    if row.completed_at is not None or answer not in content.transfer_answers():
        raise NotATransition(Case(state=State.INTAKE), "transfer")
    if not who.strip():
        raise WhoAnswered
    item.answer, item.answered_at, item.answered_by = answer, now(), actor
    seal(unsealed_transfer(row), item, who=who, note=note)
    item.save()
    record(
        actor=actor,
        verb="transfer.answered",
        about=row,
        organization_id=row.school_id,
        detail={"item": key, "answer": answer},
    )
    if item.settled:
        for owed in open_about(row.thing, case_duties.TRANSFER_ITEM).filter(path=f"{row.path}{key}/"):
            discharge(duty=owed, actor=actor, outcome=answer)
    return item


@transaction.atomic
def complete_transfer(*, actor: Person, transfer: Transfer) -> Transfer:
    """Everything about safety is answered. Raises NotAllowed, SafetyUnanswered."""
    row = _locked(actor, transfer)
    answered = {item.key for item in row.items.all() if item.settled}
    missing = [key for key, one in content.transfer_items().items() if one.safety and key not in answered]
    if missing:
        raise SafetyUnanswered(missing)
    if row.completed_at is None:
        row.completed_at, row.completed_by = now(), actor
        row.save(update_fields=["completed_at", "completed_by"])
        record(actor=actor, verb="transfer.completed", about=row, organization_id=row.school_id)
        discharge_about(thing=row.thing, actor=actor, outcome="completed")
    return row


@transaction.atomic
def open_from_transfer(
    *,
    actor: Person,
    transfer: Transfer,
    concern: str,
    lead: Person,
    disciplines: Sequence[str],
    compared: Sequence[str] = (),
) -> Case:
    """The student needs a case here from the first day, whatever is not answered yet. Raises NotATransition,
    NothingWritten, CannotJoin."""
    row = _locked(actor, transfer)
    if row.case_id is not None:
        raise NotATransition(Case(state=State.INTAKE), "transfer")
    opened = unsealed_transfer(row)
    row.case = open_case(
        actor=actor,
        school=row.school,
        concern=concern,
        lead=lead,
        disciplines=disciplines,
        origin=Case.Origin.TRANSFER,
        subject_name=unseal(opened, row, "student"),
        subject_facts=unseal(opened, row, "student_facts"),
        known_subject=len({one for one in compared if one in IDENTIFIERS}) >= 2,
    )
    row.save(update_fields=["case"])
    record(
        actor=actor,
        verb="transfer.case",
        about=row,
        organization_id=row.school_id,
        detail={"case": row.case.number},
    )
    return row.case


@transaction.atomic
def look_at_transfer(
    *, actor: Person, transfer: Transfer
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The student and, by item, what was answered; every look is recorded. Raises NotAllowed."""
    if not policies.may_see_transfer(actor, transfer):
        raise NotAllowed(f"read {transfer.thing}")
    opened = unsealed_transfer(transfer)
    record(actor=actor, verb="transfer.read", about=transfer, organization_id=transfer.school_id)
    text = {name: shown(opened, transfer, name) for name in ("student", "student_facts", "prior_school")}
    return text, {
        item.key: {name: shown(opened, item, name) for name in ("who", "note")}
        for item in transfer.items.all()
    }


def _locked(actor: Person, transfer: Transfer) -> Transfer:
    if not policies.may_see_transfer(actor, transfer):
        raise NotAllowed(f"write {transfer.thing}")
    take_turn()
    return (
        Transfer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school__parent__parent", "district")
        .get(pk=transfer.pk)
    )
