"""What people decide about a report. No report ends without a written decision by a person, and the grave
ones need two (reporting.md 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import people_with_role
from security_center.foundation.refusals import Refusal
from security_center.foundation.timekeeping.queries import moment_on_record
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.columns import seal, shown
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from .. import policies
from ..content_loader import disposition_actions, validities
from ..models import Approval, Attachment, Disposition, Report, Urgency
from ..report_ledger import to_ledger
from .desk import (
    NotATransition,
    has_read_new_facts,
    locked,
    locked_for,
    move,
    note_on,
    set_urgency,
    take_on,
    unsealed,
    withdraw_offer,
)
from .follow_up import (
    DECIDE,
    SECOND_READER,
    ask_second_reader,
    clock_start,
    discharge_all,
    final_disposition,
    raise_on,
)

# The district's: closing a report at the school does not silence it (reporting.md R5).
PATTERN = "reporting.pattern"


class NoWrittenBasis(Refusal):
    """A decision needs a written basis: what was looked at, and why."""

    fields = ("considered", "reason", "answer")
    sentence = _lazy("Write the reason first. Nothing was changed.")


class UnknownAction(Refusal):
    """The code is not in content/dispositions.yaml."""

    sentence = _lazy("One of the choices is not known any more. Choose again.")


class NothingDecided(Refusal):
    """A report is closed only after a final disposition."""

    sentence = _lazy("Write the final decision first. A report is closed only after it.")


class SecondReaderNeeded(Refusal):
    """The same person, or one of the same discipline, cannot be the second reader."""

    sentence = _lazy(
        "The second reader must be another person from another field of work. Ask one of those named below."
    )


class AlreadyAsked(Refusal):
    """A second reader has been asked and has not decided yet."""

    sentence = _lazy("A second reader has been asked already, or has just answered. Look at the page again.")


class MentalHealthNeeded(Refusal):
    """A report about suicide is not decided by law enforcement alone while somebody of mental health can be
    reached (reporting.md R11)."""

    sentence = _lazy(
        "This may be about suicide. Bring in a counselor, and say in the decision to whom the "
        "person was handed over."
    )


class NewFactsUnread(Refusal):
    """The reporter wrote something new; it has to be read before anybody closes (reporting.md R3, R17)."""

    sentence = _lazy(
        "The reporter wrote something new since closing was asked. Read it first, then decide again."
    )


@transaction.atomic
def decide(
    *,
    actor: Person,
    report: Report,
    actions: Sequence[str],
    validity: str,
    considered: str,
    interim: bool = False,
) -> Disposition:
    """Write a disposition.

    Args:
        actions: codes of content/dispositions.yaml: what was done. validity: a Disposition.Validity; one with
        `two_people` is first written as unsubstantiated and waits for a second reader
        (reporting.md R16). considered: the written basis, sealed. interim: leaves the report open and starts
        the clock of the final one.

    Raises `NoWrittenBasis`, `UnknownAction`, `MentalHealthNeeded`, `NotAllowed`.
    """
    policies.require(actor, Permission.REPORT_WRITE, report)
    if not considered.strip():
        raise NoWrittenBasis
    known = disposition_actions()
    unknown = [code for code in actions if code not in known]
    if unknown or not actions or validity not in Disposition.Validity.values:
        raise UnknownAction(unknown[0] if unknown else validity)
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if fresh.closed_at is not None:
        raise NotATransition(fresh, Report.State.ACTING)
    _require_mental_health(fresh, actor)
    if fresh.acknowledged_at is None:
        take_on(report=fresh, actor=actor)  # whoever decides has it
    at = now()
    held_back = validities()[validity].two_people
    disposition = Disposition(
        report=fresh,
        by=actor,
        at=at,
        interim=interim,
        actions=list(dict.fromkeys(actions)),
        validity=Disposition.Validity.UNSUBSTANTIATED if held_back else validity,
    )
    seal(unsealed(fresh), disposition, considered=considered)
    disposition.save(force_insert=True)
    fresh.decided_at = fresh.decided_at or at
    fresh.holder, fresh.assigned_at = fresh.holder or actor, fresh.assigned_at or at
    fresh.first_action_at = fresh.first_action_at or at
    move(fresh, Report.State.ACTING)
    fresh.save()
    discharge_all(report=fresh, kind=DECIDE, actor=actor, outcome="interim" if interim else "decided")
    to_ledger(
        fresh,
        actor,
        "report.decided",
        disposition=disposition.pk,
        interim=interim,
        validity=disposition.validity,
    )
    if final_disposition(fresh) is None:
        raise_on(
            report=fresh,
            kind=DECIDE,
            ladder=ladders.disposition(Urgency.U2, clock_start(fresh), calendar_of(fresh.desk)),
            actor=actor,
            holder=fresh.holder,
        )
    if held_back:
        payload = {"disposition": disposition.pk, "validity": validity}
        _ask(fresh, Approval.Kind.KNOWINGLY_FALSE, actor, considered, payload)
    return disposition


def _require_mental_health(report: Report, actor: Person) -> None:
    if not report.crisis_lock or policies.disciplines(actor, report.desk) != {"law_enforcement"}:
        return
    if people_with_role(report.desk, Role.COUNSELOR, include_above=True):
        raise MentalHealthNeeded


@transaction.atomic
def ask_to_lower(*, actor: Person, report: Report, urgency: str, reason: str) -> Report | Approval:
    """Lower the urgency. From U1 a second reader has to agree; below that a reader may do it with a written
    reason."""
    policies.require(actor, Permission.REPORT_WRITE, report)
    if urgency not in Urgency.values or urgency <= report.urgency:
        raise NotATransition(report, urgency)
    if not reason.strip():
        raise NoWrittenBasis
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if fresh.urgency == Urgency.U1:
        return _ask(fresh, Approval.Kind.LOWER_URGENCY, actor, reason, {"urgency": urgency})
    note_on(report=fresh, actor=actor, body=reason)
    set_urgency(report=fresh, urgency=urgency, because="reader", actor=actor)
    return fresh


@transaction.atomic
def close(*, actor: Person, report: Report, reason: str = "") -> Report | Approval:
    """Close a decided report. U1, or one that names a weapon, an attack or suicide, waits for a second reader
    of another discipline.

    A crisis report stays open until its final disposition says to whom the person was handed over.
    """
    fresh = locked_for(actor=actor, permission=Permission.REPORT_CLOSE, report=report)
    final = _require_gates(fresh, actor)
    if fresh.needs_second_reader or fresh.urgency == Urgency.U1 or fresh.first_urgency == Urgency.U1:
        if not reason.strip():
            raise NoWrittenBasis
        return _ask(fresh, Approval.Kind.CLOSE, actor, reason, {"disposition": final.pk})
    finish(report=fresh, actor=actor)
    return fresh


def _require_gates(report: Report, actor: Person) -> Disposition:
    """Whether the report may be closed as it stands now; asked when closing is asked for and again when the
    second reader agrees."""
    final = final_disposition(report)
    if final is None or report.closed_at is not None:
        raise NothingDecided
    known = disposition_actions()
    if report.crisis_lock and not any(known[code].hands_over for code in final.actions):
        raise MentalHealthNeeded
    if report.new_facts_at is not None and not has_read_new_facts(actor=actor, report=report):
        raise NewFactsUnread
    # A closed report rings for nobody, so a question to a second reader has to be answered first.
    if report.approvals.filter(decision=Approval.Decision.WAITING).exclude(kind=Approval.Kind.CLOSE).exists():
        raise AlreadyAsked
    return final


def finish(*, report: Report, actor: Person) -> None:
    """Close the row: state, times, duties, ledger. Called inside a transaction with the row locked, after
    every gate is met."""
    withdraw_offer(report=report, actor=actor)
    move(report, Report.State.FINISHED)
    report.closed_at, report.closed_by, report.end_told_at = moment_on_record(), actor, None
    report.new_facts_at = None
    report.save()
    # Isolated as they came, by no person: the program that took them in may hold nothing.
    if report.attachments.filter(state=Attachment.State.ISOLATED, isolated_by=None).exists():
        vault.hold_record(record=report.record, actor=ledger_name(actor))
    for kind in {duty.kind for duty in open_about(report.thing)} - {PATTERN}:
        discharge_all(report=report, kind=kind, actor=actor, outcome="closed")
    to_ledger(report, actor, "report.closed")


def _ask(report: Report, kind: str, actor: Person, reason: str, payload: dict[str, object]) -> Approval:
    if Approval.objects.filter(report=report, kind=kind, decision=Approval.Decision.WAITING).exists():
        raise AlreadyAsked
    # The asker's field of work is kept as it is now: were it asked only later, whoever lost a role meanwhile
    # would count as of none, and a colleague of the very same field could be the second reader.
    payload = {**payload, "disciplines": sorted(policies.disciplines(actor, report.desk))}
    approval = Approval(report=report, kind=kind, payload=payload, asked_by=actor, asked_at=now())
    seal(unsealed(report), approval, reason=reason)
    approval.save(force_insert=True)
    to_ledger(report, actor, "approval.asked", kind=kind)
    ask_second_reader(report=report, actor=actor)
    return approval


def may_second(person: Person, approval: Approval) -> bool:
    """A second reader is another person of another discipline. In a school with one reader that is the
    district's."""
    return bool(who_may_second([person], approval))


def who_may_second(people: Iterable[Person], approval: Approval) -> list[Person]:
    """Those of `people` who may be the second reader."""
    report = approval.report
    others = [person for person in people if person.pk != approval.asked_by_id]
    taken = policies.disciplines(approval.asked_by, report.desk) | set(
        approval.payload.get("disciplines", ())
    )
    may_close = policies.those_who_can(others, Permission.REPORT_CLOSE, report)
    return [person for person in may_close if policies.disciplines(person, report.desk) - taken]


def reason_of(approval: Approval) -> str:
    """Why a colleague asks, for the page of the second reader who may answer."""
    return shown(unsealed(approval.report), approval, "reason")


@transaction.atomic
def answer_approval(*, actor: Person, approval: Approval, agree: bool, answer: str) -> Approval:
    """The second reader agrees, which carries it out, or refuses, which leaves everything as it was."""
    report = locked(approval.report)
    fresh = (
        Approval.objects.select_for_update(no_key=True, of=("self",))
        .select_related("asked_by")
        .get(pk=approval.pk)
    )
    fresh.report = (
        report  # as it lies now: the one at hand may have been read before the report went to another desk
    )
    if not may_second(actor, fresh):
        raise SecondReaderNeeded
    if not answer.strip():
        raise NoWrittenBasis
    if fresh.decision != Approval.Decision.WAITING:
        raise AlreadyAsked
    fresh.decision = Approval.Decision.AGREED if agree else Approval.Decision.REFUSED
    fresh.decided_by, fresh.decided_at = actor, now()
    seal(unsealed(report), fresh, answer=answer)
    fresh.save()
    to_ledger(
        report,
        actor,
        "approval.agreed" if agree else "approval.refused",
        kind=fresh.kind,
        asked_by=fresh.asked_by_id,
    )
    if not Approval.objects.filter(report=report, decision=Approval.Decision.WAITING).exists():
        discharge_all(report=report, kind=SECOND_READER, actor=actor, outcome="answered")
    if agree:
        _carry_out(report, fresh, actor)
    elif fresh.kind == Approval.Kind.CLOSE and report.closed_at is None:
        # The refusal is a task for whoever holds it: decide anew, or ask again with a better basis.
        discharge_all(report=report, kind=DECIDE, actor=actor, outcome="restarted")
        raise_on(
            report=report,
            kind=DECIDE,
            ladder=ladders.disposition(Urgency.U2, now(), calendar_of(report.desk)),
            actor=actor,
            holder=report.holder,
        )
    return fresh


def _carry_out(report: Report, approval: Approval, actor: Person) -> None:
    if approval.kind == Approval.Kind.LOWER_URGENCY:
        # What was U1 once is still closed by two: `first_urgency` and `needs_second_reader` stay.
        if approval.payload["urgency"] > report.urgency:
            set_urgency(
                report=report, urgency=approval.payload["urgency"], because="two_readers", actor=actor
            )
    elif approval.kind == Approval.Kind.KNOWINGLY_FALSE:
        # One asked before requests said for which validity is for the only one that needed two people then.
        validity = approval.payload.get("validity", Disposition.Validity.KNOWINGLY_FALSE)
        report.dispositions.filter(pk=approval.payload["disposition"]).update(validity=validity)
    elif report.closed_at is None:
        # Much may have come in since closing was asked: new words, "it is about me", an urgency raised.
        _require_gates(report, actor)
        finish(report=report, actor=actor)
