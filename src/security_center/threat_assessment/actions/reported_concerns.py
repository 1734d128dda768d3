"""A school is told something about a student, by law enforcement or by somebody who trusts an adult. It is
written down at once, its teller gets a number, somebody has to take it by a clock, and a person says which
case it belongs to. A second warning on one day goes past its first recipient.

(threat-assessment.md 5e, 13, F2, F7, F8.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge_about, raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, roles_at
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import end_of_school_day
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import shown, unseal
from security_center.prevention.ladders import moment_after
from security_center.prevention.queries import calendar_of, rules_at
from security_center.reporting.actions.subjects import IDENTIFIERS

from .. import policies, team_audience
from ..models import Case, Incoming, Notice, State
from ..queries.incoming import cases_that_may_be_meant, same_day
from ..sealing import seal, unsealed_incoming
from . import case_duties
from .case_closing import reopen
from .case_holds import lift
from .case_opening import open_case
from .judgement_signing import SUPERVISING_STAFF
from .repeated_warnings import hear, warn_again, warn_district, warned_today, warnings_for
from .state_transitions import NotATransition, ReasonWanted, locked_for, raise_next_step_duty
from .student_tokens import remember_student

# A notice of law enforcement; staff who supervise the student have to hear of it at once
NOTICE_WITHIN = timedelta(hours=1)


class SameStudentUnsure(Refusal):
    """Two things are compared before somebody says that it is the same student: a name alone has led to the
    wrong one before (threat-assessment.md F7)."""

    fields = ("compared",)
    sentence = _lazy("Compare two things at least: a name alone has led to the wrong student before.")


class NothingSaid(Refusal):
    """Who is meant, who told it, and what it says are each written down."""

    fields = ("says", "teller", "student")
    sentence = _lazy("Write who is meant, who told it, and what was said.")


@transaction.atomic
def enter_incoming(
    *,
    actor: Person,
    school: Organization,
    kind: str,
    says: str,
    teller: str,
    student: str,
    student_facts: str = "",
    agency: str = "",
    incident_number: str = "",
    life_safety: bool = False,
    told_at: datetime | None = None,
    written_at: datetime | None = None,
    happened_at: datetime | None = None,
) -> Incoming:
    """Write down what was told, with a number for whoever told it. Somebody at the school has to take it by
    its clock.

    Raises NotAllowed, NothingSaid.
    """
    policies.require_at(actor, Permission.CASE_NOTICE, school)
    police = kind == Incoming.Kind.LAW_ENFORCEMENT
    if (
        kind not in Incoming.Kind.values
        or not says.strip()
        or not teller.strip()
        or not student.strip()
        or (police and not agency.strip())
    ):
        raise NothingSaid
    at, district = now(), school.district
    take_turn()
    with scope(district=[district.pk]):
        opened = new_record(recipients=desk_recipients(school, district))
        row = Incoming(
            record=opened.record,
            district=district,
            school=school,
            kind=kind,
            life_safety=life_safety,
            law_enforcement_purpose=police,
            entered_at=at,
            entered_by=actor,
            told_at=told_at or at,
            written_at=written_at,
            happened_at=happened_at,
            due_at=_due(school, at, police=police, life_safety=life_safety),
        )
        seal(
            opened,
            row,
            says=says,
            teller=teller,
            student=student,
            student_facts=student_facts,
            agency=agency,
            incident_number=incident_number,
        )
        row.save(force_insert=True)
        remember_student(name=student, district=district, incoming=row)
        detail: dict[str, int | str | bool | None] = {
            "kind": kind,
            "due": row.due_at.isoformat(),
            "life_safety": life_safety,
        }
        record(actor=actor, verb="incoming.entered", about=row, organization_id=school.pk, detail=detail)
        step = timedelta(minutes=15) if life_safety else timedelta(hours=4)
        ladder = team_audience.receivers_ladder(row.due_at, starts_at=at, step=step)
        _raise(
            row,
            case_duties.INCOMING,
            ladder.rungs,
            ladder.due_at,
            ladder.repeat_minutes,
            actor,
            urgency="U1" if life_safety else "",
        )
        _warn_further_up(row, actor)
    return row


def _due(school: Organization, at: datetime, *, police: bool, life_safety: bool) -> datetime:
    if police and not life_safety:
        return at + NOTICE_WITHIN
    span = (
        rules_at(school)
        .clocks("intake")["acknowledge_life_safety" if life_safety else "acknowledge_other"]
        .span
    )
    return moment_after(span, at, calendar_of(school)) if span is not None else at + NOTICE_WITHIN


def _warn_further_up(row: Incoming, actor: Person) -> None:
    """The second warning of a day that may be about one student is told to the principal as well, past
    whoever has the first; the third to the district (threat-assessment.md F8: three warnings in a day stopped
    at one desk). Of what another school was told or has, the district alone hears."""
    told = list(same_day(row).select_related("entered_by"))
    earlier = [one for one in told if one.school_id == row.school_id]
    row.warned_again = len(earlier) + 1
    row.save(update_fields=["warned_again"])
    if len(told) > len(earlier) or cases_that_may_be_meant(row).exclude(school=row.school_id).exists():
        warn_district(thing=row, district=row.district, actor=actor, path=row.path)
    if not earlier:
        return
    heard = {one.entered_by_id: one.entered_by for one in earlier} | {actor.pk: actor}
    principal_heard = any(Role.PRINCIPAL in roles_at(person, row.school) for person in heard.values())
    further = len(earlier) > 1 or principal_heard
    warn_again(thing=row, organization=row.school, district=further, actor=actor, path=row.path)


@transaction.atomic
def take_incoming(*, actor: Person, incoming: Incoming) -> Incoming:
    """Somebody has it: the clock of the unread ends, and it is theirs to put into a case by the end of the
    school day. Twice is once."""
    row = _locked(actor, incoming)
    if row.taken_at is not None or row.settled_at is not None:
        return row
    row.taken_at, row.taken_by = now(), actor
    row.save(update_fields=["taken_at", "taken_by"])
    record(actor=actor, verb="incoming.taken", about=row, organization_id=row.school_id)
    _settle(row, case_duties.INCOMING, actor, "taken")
    due = end_of_school_day(calendar_of(row.school), now())
    ladder = team_audience.receivers_ladder(due, starts_at=now(), step=timedelta(hours=4))
    rungs = [Rung(at=now(), audience="holder"), *ladder.rungs[1:]]
    _raise(row, case_duties.INCOMING_OPEN, rungs, due, ladder.repeat_minutes, actor, holder=actor)
    return row


@transaction.atomic
def put_into_case(*, actor: Person, incoming: Incoming, case: Case, compared: Sequence[str]) -> Case:
    """A person says that it is about the student of this case. The team has to look, and a closed case opens
    again.

    Raises NotAllowed, SameStudentUnsure, NotATransition (settled already).
    """
    row = _locked(actor, incoming)
    if not policies.may_know(actor, case):
        raise NotAllowed(f"put {row.thing} into {case.thing}")
    fresh = locked_for(actor=None, permission=Permission.CASE_WRITE, case=case)
    _require_open(row, fresh)
    if len({one for one in compared if one in IDENTIFIERS}) < 2:
        raise SameStudentUnsure
    _close(row, fresh, actor)
    if not fresh.open:
        reopen(case=fresh, actor=actor)
    elif fresh.held_until is not None:
        lift(case=fresh, actor=actor, outcome="incoming")
        raise_next_step_duty(case=fresh, actor=actor)
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.NEW_REPORT,
        due_at=now() + timedelta(hours=4),
        actor=actor,
        part="reports/",
    )
    warned_today(case=fresh, actor=actor)
    _tell_staff(fresh, row, actor)
    return fresh


@transaction.atomic
def open_from_incoming(
    *,
    actor: Person,
    incoming: Incoming,
    lead: Person,
    disciplines: Sequence[str],
    compared: Sequence[str] = (),
) -> Case:
    """It becomes a case of its own, cited by its number: what it says stays in its own record. Raises
    NotAllowed, NotATransition, CannotJoin."""
    row = _locked(actor, incoming)
    _require_open(row, None)
    opened = unsealed_incoming(row)
    police = row.kind == Incoming.Kind.LAW_ENFORCEMENT
    told = (
        _("Law enforcement has told the school about the student: notice %(number)s.")
        if police
        else _("Told to an adult: entry %(number)s.")
    )
    case = open_case(
        actor=actor,
        school=row.school,
        concern=told % {"number": row.number},
        lead=lead,
        disciplines=disciplines,
        origin=Case.Origin.LAW_ENFORCEMENT if police else Case.Origin.STAFF,
        subject_name=unseal(opened, row, "student"),
        subject_facts=unseal(opened, row, "student_facts"),
        known_subject=len({one for one in compared if one in IDENTIFIERS}) >= 2,
        life_safety=row.life_safety,
    )
    row.seen_at = now()
    _close(row, case, actor)
    _tell_staff(case, row, actor)
    return case


@transaction.atomic
def no_case(*, actor: Person, incoming: Incoming, reason: str) -> Incoming:
    """A concern that needs no case, as somebody else than who wrote it down sees it. A notice of law
    enforcement always becomes one.

    Raises NotAllowed, NotATransition, ReasonWanted.
    """
    row = _locked(actor, incoming)
    _require_open(row, None)
    if row.kind == Incoming.Kind.LAW_ENFORCEMENT or row.entered_by_id == actor.pk:
        raise NotATransition(Case(state=State.INTAKE), "no_case")
    if not reason.strip():
        raise ReasonWanted
    seal(unsealed_incoming(row), row, reason=reason)
    row.outcome, row.settled_at, row.settled_by = Incoming.Outcome.NO_CASE, now(), actor
    row.save()
    record(actor=actor, verb="incoming.no_case", about=row, organization_id=row.school_id)
    for kind in (case_duties.INCOMING, case_duties.INCOMING_OPEN):
        _settle(row, kind, actor, "no_case")
    return row


@transaction.atomic
def has_heard_warning(*, actor: Person, incoming: Incoming) -> None:
    """Somebody further up than whoever wrote the warnings down has read that there are several. Raises
    NotAllowed."""
    row = _locked(actor, incoming)
    wrote = {row.entered_by_id, *same_day(row).values_list("entered_by", flat=True)}
    if actor.pk in wrote:
        raise NotAllowed(f"hear the warning {row.thing}")
    hear(thing=row, actor=actor)


@transaction.atomic
def look_at_incoming(*, actor: Person, incoming: Incoming) -> dict[str, str]:
    """Open it to be read; every look is recorded. Raises NotAllowed."""
    if not policies.may_read_incoming(actor, incoming):
        raise NotAllowed(f"read {incoming.thing}")
    opened = unsealed_incoming(incoming)
    record(actor=actor, verb="incoming.read", about=incoming, organization_id=incoming.school_id)
    columns = ("student", "student_facts", "says", "teller", "agency", "incident_number", "reason")
    return {name: shown(opened, incoming, name) for name in columns}


def _tell_staff(case: Case, row: Incoming, actor: Person) -> None:
    """Staff who supervise the student are told at once of a notice of law enforcement
    (threat-assessment.md 5e)."""
    if row.kind != Incoming.Kind.LAW_ENFORCEMENT:
        return
    Notice.objects.get_or_create(
        case=case, party=SUPERVISING_STAFF, settled_at=None, defaults={"raised_at": now()}
    )
    case_duties.raise_case_duty(
        case=case,
        kind=case_duties.TELL_STAFF,
        due_at=now() + NOTICE_WITHIN,
        actor=actor,
        step=NOTICE_WITHIN,
        part="notices/",
    )


def _locked(actor: Person, incoming: Incoming) -> Incoming:
    policies.require_at(actor, Permission.CASE_TEAM, incoming.school)
    take_turn()
    return (
        Incoming.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school__parent__parent", "district")
        .get(pk=incoming.pk)
    )


def _require_open(row: Incoming, case: Case | None) -> None:
    if row.settled_at is not None or (case is not None and case.expunged_at is not None):
        raise NotATransition(case or Case(state=State.INTAKE), "incoming")


def _close(row: Incoming, case: Case, actor: Person) -> None:
    row.case, row.outcome, row.settled_at, row.settled_by = case, Incoming.Outcome.CASE, now(), actor
    row.save()
    record(
        actor=actor,
        verb="incoming.in_case",
        about=row,
        organization_id=row.school_id,
        detail={"case": case.number},
    )
    for kind in (case_duties.INCOMING, case_duties.INCOMING_OPEN):
        _settle(row, kind, actor, "in_case")


def _settle(row: Incoming, kind: str, actor: Person, outcome: str) -> None:
    discharge_about(thing=row.thing, kind=kind, actor=actor, outcome=outcome)


def _raise(
    row: Incoming,
    kind: str,
    rungs: list[Rung],
    due_at: datetime,
    repeat: int,
    actor: Person,
    *,
    urgency: str = "",
    holder: Person | None = None,
) -> None:
    raise_duty(
        kind=kind,
        thing=row.thing,
        organization=row.school,
        ladder=rungs,
        actor=actor,
        urgency=urgency,
        holder=holder,
        path=row.path,
        due_at=due_at,
        repeat_minutes=repeat,
    )


def warning_is_open(person: Person, row: Incoming) -> bool:
    """Whether somebody further up has still to hear that it is not the only one today, as far as this person
    may know of it."""
    return bool(warnings_for(person, row.thing))
