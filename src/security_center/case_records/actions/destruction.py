"""The end of a closed case: its time is over, its key and its texts are destroyed, and a certificate stays
that holds none of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import ProtectedError
from django_scopes import scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel_about
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.timekeeping.queries import MARKED_BEFORE, moment_on_record
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.attached import remove_later
from security_center.foundation.vault.models import RecordHold
from security_center.foundation.vault.queries import is_on_hold
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment import signals
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    end_on,
    locked,
    locked_for,
    note_end_told,
)
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.case_tables import emptied, has_own_record, sealed_columns, tables
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.queries.list import kept_cases
from security_center.threat_assessment.queries.record_rows import files_of
from security_center.threat_assessment.retention import kept_by, may_end_early
from security_center.threat_assessment.sealing import seal, unsealed

from ..models import Certificate, EarlyEnd


@transaction.atomic
def ask_early_end(*, actor: Person, case: Case, reason: str) -> EarlyEnd:
    """Ask a second person to destroy an unfounded case before its day. Raises NotAllowed, NotATransition,
    ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    if not may_end_early(fresh) or EarlyEnd.objects.filter(case=fresh, answered_at__isnull=True).exists():
        raise NotATransition(fresh, "early_end")
    if not reason.strip():
        raise ReasonWanted
    row = EarlyEnd(case=fresh, asked_at=now(), asked_by=actor)
    seal(unsealed(fresh), row, reason=reason)
    row.save(force_insert=True)
    to_ledger(fresh, ledger_name(actor), "case.early_end_asked")
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.EARLY_END,
        due_at=now() + timedelta(days=7),
        actor=actor,
        part="privacy/end/",
    )
    return row


@transaction.atomic
def answer_early_end(*, actor: Person, case: Case, row: EarlyEnd, agree: bool) -> None:
    """A second person's answer. If they agree, the case is marked: it is destroyed a week later, unless a
    request or a hold keeps it: then as soon as that ends. In that week whoever led it may find that it should
    be kept."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    asked = EarlyEnd.objects.select_for_update(no_key=True).get(pk=row.pk, case=fresh)
    if asked.answered_at is not None or asked.asked_by_id == actor.pk or not may_end_early(fresh):
        raise NotATransition(fresh, "early_end")
    asked.answered_at, asked.answered_by, asked.granted = now(), actor, agree
    asked.save()
    to_ledger(fresh, ledger_name(actor), "case.early_end_answered", granted=agree)
    case_duties.settle(
        case=fresh, kind=case_duties.EARLY_END, actor=actor, outcome="granted" if agree else "refused"
    )
    if agree:
        at = moment_on_record()
        end_on(case=fresh, day=(at + MARKED_BEFORE).astimezone(fresh.zone).date())
        tell_of_end(case=fresh, at=at)


@transaction.atomic
def tell_of_end(*, case: Case, at: datetime) -> bool:
    """Once, before the day comes: whoever led it may still hold it or hand it on. It is destroyed a week
    after `at` at the earliest. Returns whether somebody was told."""
    take_turn()
    if not note_end_told(case=case, at=at):
        return False
    notify(
        person=case.lead,
        kind=END_NEAR,
        organization=case.school,
        path=f"{case.path}privacy/end/",
        extra={"number": case.number},
    )
    to_ledger(case, "worker", "case.end_near")
    return True


END_NEAR = "case.end_near"


@transaction.atomic
def expunge(*, case: Case, actor: str = "worker", again: bool = False) -> Certificate | None:
    """Destroy the case's key first, so that nothing of it can ever be opened, backups included once they
    follow; then its texts and rows.

    None where a hold, an open request or an open case keeps it, or its day has not come. The row stays with
    number, times and outcome. again: it was destroyed before, and an older backup brought it back, perhaps
    from when it was still open or held. It goes all the same."""
    fresh = locked(case.pk)
    if fresh is None or fresh.expunged_at is not None:
        return None
    if again:
        _as_if_over(fresh, actor)
    if fresh.open or fresh.keep_until is None or fresh.keep_until > fresh.today():
        return None
    rule, early = kept_by(fresh), EarlyEnd.objects.filter(case=fresh, granted=True).exists()
    try:
        keys = vault.shred_record(record=fresh.record, actor=actor)
    except vault.OnHold:
        return None
    _end_duties(fresh, actor)
    texts = _texts(fresh)
    keys += _destroy_own_records(fresh, actor)
    stored = [file_id for row in files_of(fresh) for file_id in row.stored]
    gone = _destroy_rows(fresh)
    fresh.subject_name = fresh.subject_facts = None
    fresh.concern = b""
    fresh.student, fresh.subject_compared, fresh.subject_set_by, fresh.subject_set_at = None, [], None, None
    fresh.expunged_at = now()
    fresh.save()
    numbers = {"rows": gone, "texts": texts, "files": len(stored), "keys": keys}
    certificate = Certificate(
        case=fresh, at=fresh.expunged_at, rule=rule.key, days=rule.days, early=early, **numbers
    )
    certificate.save(force_insert=True)
    to_ledger(
        fresh, actor, "case.expunged", rule=rule.key, early=early, texts=texts, files=len(stored), keys=keys
    )
    remove_later(stored)
    return certificate


def expunge_again(*, numbers: Iterable[str]) -> int:
    """Destroy what an older backup brought back, by number and of all tenants. Returns how many cases
    were."""
    with scopes_disabled():  # the numbers come from the sealed list beside the archive
        return sum(expunge(case=case, actor="system", again=True) is not None for case in kept_cases(numbers))


def _as_if_over(case: Case, actor: str) -> None:
    for kind in RecordHold.Kind:
        vault.release_record(record=case.record, actor=actor, kind=kind)
    case.state, case.closed_at = State.CLOSED, case.closed_at or now()
    case.close_reason = case.close_reason or next(iter(doctrine.close_reasons()))
    case.state_due, case.keep_until = None, case.today()


def _end_duties(case: Case, actor: str) -> None:
    """Nobody is asked for what nobody can read any more: neither about the case nor about anything that hangs
    on it under a name of its own."""
    cancel_about(thing=case.thing, actor=actor, outcome="destroyed")
    for model, way in tables().items():
        if hasattr(model, "thing"):
            for row in model._default_manager.filter(**{way: case}):
                cancel_about(thing=row.thing, actor=actor, outcome="destroyed")


def _texts(case: Case) -> int:
    """How many sealed texts there are, before they go."""
    found = sum(bool(getattr(case, column)) for column in sealed_columns(Case))
    for model, way in tables().items():
        columns = sealed_columns(model)
        for row in model._default_manager.filter(**{way: case}).values_list(*columns) if columns else ():
            found += sum(bool(value) for value in row)
    return found


def _destroy_own_records(case: Case, actor: str) -> int:
    """The keys of what hangs on the case under a record of its own. A packet that opened a case in another
    district is that case's history, and goes with the later of the two."""
    keys = 0
    with scopes_disabled():
        keys += sum(count for _room, count in signals.case_destroyed.send(Case, case=case, actor=actor))  # type: ignore[misc]
        for model, way in tables().items():
            if not has_own_record(model):
                continue
            for one in model._default_manager.filter(**{way: case}):
                if not (hasattr(one, "read_elsewhere") and one.read_elsewhere()):
                    keys += vault.shred_record(record=one.record, actor=actor)  # type: ignore[attr-defined]  # it has one: has_own_record
    return keys


def _destroy_rows(case: Case) -> dict[str, int]:
    """Remove every row that hangs on the case, whatever table a later version adds; of those that stay, the
    texts. Rows that others need go last."""
    gone: dict[str, int] = {}
    waiting = {model: way for model, way in tables().items() if not _stays(model)}
    while waiting:
        before = len(waiting)
        for model, way in list(waiting.items()):
            try:
                with transaction.atomic():
                    rows = model._default_manager.filter(**{way: case})
                    rows = rows.exclude(model.STAYS_WHERE) if hasattr(model, "STAYS_WHERE") else rows
                    count = rows.delete()[1].get(model._meta.label, 0)
            except ProtectedError:
                continue
            del waiting[model]
            if count:
                gone[str(model._meta.model_name)] = count
        if len(waiting) == before:
            raise RuntimeError(f"rows of {', '.join(model._meta.label for model in waiting)} hold each other")
    for model, way in tables().items():
        if _stays(model):
            model._default_manager.filter(**{way: case}).update(**emptied(model))
    return gone


def _stays(model: type[models.Model]) -> bool:
    return getattr(model, "STAYS_AS_COUNT", False)


def kept_back(case: Case) -> bool:
    """Whether a hold or an open request stands in the way."""
    return is_on_hold(case.record)
