"""Somebody says that a text is wrong or misleading: an answer, a hearing, and a statement that stays with the
text (34 CFR 99.20 to 99.22)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    locked_for,
)
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from ..models import Amendment
from ..queries.texts import Part
from .disclosures import NobodyNamed
from .inspections import due_of, require_day
from .record_holds import hold, release_if_free

State = Amendment.State
# When a statement of disagreement may be left: the answer was no.
REFUSED = frozenset({State.REFUSED, State.UPHELD})


@transaction.atomic
def ask_to_amend(
    *, actor: Person, case: Case, part: Part | None, name: str, relation: str, what: str, received_on: date
) -> Amendment:
    """Somebody asks to correct a text, or (None) the record as a whole. Raises NotAllowed, NobodyNamed,
    NotThatDay, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    if not name.strip():
        raise NobodyNamed
    if not what.strip() or relation not in content.relations():
        raise ReasonWanted
    require_day(fresh, received_on)
    row = Amendment(
        case=fresh, part=part.name if part is not None else "", relation=relation, received_on=received_on
    )
    row.asked_at, row.asked_by, row.due_at = now(), actor, due_of(fresh, received_on, "amendment")
    seal(unsealed(fresh), row, name=name, what=what)
    row.save(force_insert=True)
    hold(case=fresh, actor=actor)
    _note(fresh, actor, "case.amendment_asked", row)
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.AMENDMENT, due_at=row.due_at, actor=actor, part=_part(row)
    )
    return row


@transaction.atomic
def answer_amendment(*, actor: Person, case: Case, amendment: Amendment, agree: bool, text: str) -> Amendment:
    """Corrected (the text says how), or not; then whoever asked is told that they may have a hearing. Raises
    NotATransition, ReasonWanted."""
    fresh, row = _locked(actor, case, amendment)
    to = State.AMENDED if agree else State.REFUSED
    _go(fresh, row, to)
    _words(text)
    row.answered_at, row.answered_by = now(), actor
    seal(unsealed(fresh), row, answer=text)
    return _ended(fresh, row, actor)


@transaction.atomic
def ask_hearing(*, actor: Person, case: Case, amendment: Amendment) -> Amendment:
    """Whoever asked wants to be heard. The record is held again. Raises NotATransition."""
    fresh, row = _locked(actor, case, amendment)
    _go(fresh, row, State.HEARING)
    row.hearing_asked_at = now()
    row.due_at = row.hearing_asked_at + timedelta(days=content.privacy_clocks()["hearing"].days)
    row.save()
    hold(case=fresh, actor=actor)
    _note(fresh, actor, "case.hearing_asked", row)
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.AMENDMENT, due_at=row.due_at, actor=actor, part=_part(row)
    )
    return row


@transaction.atomic
def decide_hearing(*, actor: Person, case: Case, amendment: Amendment, agree: bool, text: str) -> Amendment:
    """What the hearing decided, by whom and on what evidence, in words. Raises NotATransition,
    ReasonWanted."""
    fresh, row = _locked(actor, case, amendment)
    if row.state != State.HEARING:
        raise NotATransition(fresh, State.UPHELD)
    _go(fresh, row, State.AMENDED if agree else State.UPHELD)
    _words(text)
    row.heard_at, row.heard_by = now(), actor
    seal(unsealed(fresh), row, hearing=text)
    return _ended(fresh, row, actor)


@transaction.atomic
def withdraw_amendment(*, actor: Person, case: Case, amendment: Amendment) -> Amendment:
    """Whoever asked takes it back. Raises NotATransition."""
    fresh, row = _locked(actor, case, amendment)
    _go(fresh, row, State.WITHDRAWN)
    return _ended(fresh, row, actor)


@transaction.atomic
def leave_statement(*, actor: Person, case: Case, amendment: Amendment, text: str) -> Amendment:
    """The statement of disagreement, in the words of whoever asked. It goes wherever the text goes. Raises
    NotATransition, ReasonWanted."""
    fresh, row = _locked(actor, case, amendment)
    if row.state not in REFUSED or row.statement_at is not None:
        raise NotATransition(fresh, "statement")
    _words(text)
    row.statement_at = now()
    seal(unsealed(fresh), row, statement=text)
    row.save()
    _note(fresh, actor, "case.statement_left", row)
    return row


def _locked(actor: Person, case: Case, amendment: Amendment) -> tuple[Case, Amendment]:
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    return fresh, Amendment.objects.select_for_update(no_key=True).get(pk=amendment.pk, case=fresh)


def _go(case: Case, row: Amendment, to: str) -> None:
    if to not in Amendment.TRANSITIONS[row.state]:
        raise NotATransition(case, to)
    row.state = to


def _words(text: str) -> None:
    if not text.strip():
        raise ReasonWanted


def _ended(case: Case, row: Amendment, actor: Person) -> Amendment:
    """Nothing is owed any more until a hearing is asked for."""
    row.save()
    _note(case, actor, f"case.amendment_{row.state}", row)
    case_duties.settle(case=case, kind=case_duties.AMENDMENT, actor=actor, outcome=row.state, part=_part(row))
    release_if_free(case=case, actor=actor)
    return row


def _part(amendment: Amendment) -> str:
    return f"privacy/amendments/{amendment.uuid}/"


def _note(case: Case, actor: Person, verb: str, row: Amendment) -> None:
    to_ledger(case, actor, verb, amendment=row.pk)
